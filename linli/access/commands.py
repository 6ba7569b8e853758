"""`linli admin create`, `linli admin reset` and `linli token create`."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.ground.clock import now
from linli.ground.exits import COULD_NOT


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang `admin` and `token` onto the command line."""
    admin = subparsers.add_parser("admin", help="accounts that administer").add_subparsers(
        required=True, metavar="WHAT"
    )
    create = admin.add_parser("create", help="make an administrator, with a second factor")
    create.add_argument("--username")
    create.add_argument("--name")
    create.add_argument(
        "--unit", metavar="CODE", help="code of the bureau or branch (the only bureau)"
    )
    create.add_argument(
        "--password-stdin", action="store_true", help="read the password from stdin"
    )
    create.set_defaults(func=create_admin)

    reset = admin.add_parser("reset", help="let somebody in again: new password, no second factor")
    reset.add_argument("--user", required=True, metavar="NAME")
    reset.add_argument(
        "--password-stdin", action="store_true", help="read a new password from stdin"
    )
    reset.add_argument("--second-step", action="store_true", help="the phone is lost: set up anew")
    reset.set_defaults(func=reset_account)

    token = subparsers.add_parser("token", help="keys for programs").add_subparsers(
        required=True, metavar="WHAT"
    )
    new = token.add_parser("create", help="make a key that acts as somebody; it is shown once")
    new.add_argument("--user", required=True, metavar="NAME")
    new.add_argument("--name", default="command line", metavar="LABEL")
    new.add_argument(
        "--days", type=number_of_days, metavar="N", help="expires after N days (never)"
    )
    new.add_argument("--scope", action="append", default=[], metavar="PERMISSION")
    new.set_defaults(func=create_token)


def number_of_days(text: str) -> int:
    """A whole number from 1 on; ValueError (which argparse tells) for anything else."""
    days = int(text)
    if days < 1:
        raise ValueError(text)
    return days


def create_admin(args: argparse.Namespace) -> int:
    """Make an administrator and print the secret of the second factor once. 0, or 2 if refused."""
    from linli.access.actor import system_actor
    from linli.org.actions import add_staff

    try:
        unit = _unit(args.unit)
        username = args.username or _ask(_("User name: "))
        name = args.name or (_ask(_("Name: ")) if sys.stdin.isatty() else username)
        password = _password(args.password_stdin)
        with transaction.atomic():
            staff = add_staff(
                username=username,
                name=name,
                password=password,
                unit=unit,
                role="administrator",
                by=system_actor("linli admin create"),
            )
            secret, uri = set_up_totp(staff)
    except ValidationError as refused:
        return _refuse(refused)
    print(
        _("Administrator %(name)s is made, for %(unit)s.") % {"name": username, "unit": unit.name}
    )
    print(_("Secret for the authenticator app (shown this once): %(secret)s") % {"secret": secret})
    print(uri)
    return 0


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise ValidationError(_("There is nobody to ask: give --username."))
    return input(question).strip()


def _unit(code: str | None) -> Any:
    """The unit to administer: by its code, else the only bureau there is."""
    from linli.org.models import Unit, UnitKind

    found = (
        Unit.objects.filter(code=code).exclude(kind=UnitKind.ROOM)
        if code
        else Unit.objects.filter(kind=UnitKind.BUREAU)
    )
    units = sorted(found[:2], key=lambda unit: list(UnitKind).index(UnitKind(unit.kind)))
    if code and units:
        return units[0]
    if not units:
        raise ValidationError(_("There is no such unit. Load the units first: linli units load"))
    if len(units) > 1:
        raise ValidationError(_("There are several bureaus: say which with --unit CODE."))
    return units[0]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise ValidationError(_("There is nobody to ask: give --password-stdin."))
    first = getpass.getpass(_("Password: "))
    if first != getpass.getpass(_("The same again: ")):
        raise ValidationError(_("The two are not the same."))
    return first


def set_up_totp(staff: Any, secret: str | None = None) -> tuple[str, str]:
    """Give somebody a second factor with recovery codes; (secret, otpauth address for a QR code).

    For the first administrator and the demo; everybody else does it in the browser.
    """
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = secret or generate_totp_secret()
    TOTP.activate(staff, secret)
    RecoveryCodes.activate(staff)
    return secret, get_adapter().build_totp_url(staff, secret)


def reset_account(args: argparse.Namespace) -> int:
    """End a lock-out; give a new password and take the second factor away if asked. 0, or 2."""
    from axes.handlers.proxy import AxesProxyHandler

    from linli.access import second_factor
    from linli.access.actor import system_actor
    from linli.org.actions import set_password

    by = system_actor("linli admin reset")
    try:
        staff = _account(args.user)
        with transaction.atomic():
            if args.password_stdin:
                set_password(staff=staff, password=_password(True), by=by)
            if args.second_step:
                second_factor.switch_off(staff=staff, by=by)
            AxesProxyHandler.reset_attempts(username=staff.username)
    except ValidationError as refused:
        return _refuse(refused)
    print(_("%(name)s can sign in again.") % {"name": staff.username})
    return 0


def _account(name: str) -> Any:
    from linli.org.models import Staff

    staff = Staff.objects.filter(username=name.strip().lower(), is_active=True).first()
    if staff is None:
        raise ValidationError(_("There is no such account, or it is closed."))
    return staff


def create_token(args: argparse.Namespace) -> int:
    """Make a token for somebody and print it once. 0, or 2 if there is no such person."""
    from linli.access import tokens

    try:
        staff = _account(args.user)
        expires = now() + timedelta(days=args.days) if args.days else None
        raw = tokens.create(staff, args.name, expires_at=expires, scopes=args.scope)
    except ValidationError as refused:
        return _refuse(refused)
    print(raw)
    return 0


def _refuse(refused: ValidationError) -> int:
    for message in refused.messages:
        print(message, file=sys.stderr)
    return COULD_NOT
