"""`linli ledgers add FILE --room CODE`: an XLSForm workbook becomes a ledger, or its next version."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from linli.access.actor import Actor, actor_for, system_actor
from linli.ground.exits import COULD_NOT, DONE, PARTLY
from linli.ledger.custom import designs, workbook
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.exchange.sheets import opening
from linli.org.models import Staff, Unit


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The arguments of `linli ledgers add`."""
    command.add_argument("file", metavar="FILE", help=_("an XLSForm workbook (.xlsx)"))
    command.add_argument(
        "--room", required=True, metavar="CODE",
        help=_("code of the room, or of the station or branch for all its rooms"),
    )  # fmt: skip
    command.add_argument("--user", metavar="NAME", help=_("as this account (the program itself)"))
    command.add_argument(
        "--draft", action="store_true", help=_("do not publish it; go on in the browser")
    )
    command.add_argument(
        "--dry-run", action="store_true", help=_("say what would happen, write nothing")
    )
    command.set_defaults(func=add_command)


def add_command(args: argparse.Namespace) -> int:
    """Add a ledger. 0: it is there; 1: it is, but parts of the workbook were left away; 2: it could
    not be added. A dry run says what it would be."""
    try:
        unit, actor = _asked(args)
        form = workbook.read(opening.take(Path(args.file)))
        for problem in form.problems:
            print(problem, file=sys.stderr)
        for remark in form.remarks:
            print(remark)
        if form.problems:
            return COULD_NOT
        if args.dry_run:
            print(_("A dry run: nothing was written."))
        else:
            _add(args, unit, actor, form)
    except designs.UnfinishedError as unfinished:
        for found in unfinished.problems:
            print(found.message, file=sys.stderr)
        return COULD_NOT
    except ValidationError as refused:
        for message in refused.messages:
            print(message, file=sys.stderr)
        return COULD_NOT
    except PermissionDenied:
        print(_("This account may not design ledgers for this unit."), file=sys.stderr)
        return COULD_NOT
    return PARTLY if form.remarks else DONE


def _asked(args: argparse.Namespace) -> tuple[Unit, Actor]:
    unit = Unit.objects.filter(code=args.room, until=None).first()
    if unit is None:
        raise ValidationError(_("There is no unit with the code %s.") % args.room)
    if not args.user:
        return unit, system_actor("linli ledgers add")
    staff = Staff.objects.filter(username=args.user, is_active=True).first()
    if staff is None:
        raise ValidationError(_("There is no such account, or it is closed."))
    return unit, actor_for(staff)


def _add(args: argparse.Namespace, unit: Unit, actor: Actor, form: workbook.Form) -> None:
    before = designs.newest_of(unit, form.code)
    if before and before.state == LedgerDesign.PUBLISHED and _unchanged(before, form.draft):
        print(_("%(code)s is there already, as version %(version)d.") % _told(before))
        return
    row = designs.take_over(by=actor, unit=unit, definition=form.draft, code=form.code)
    if args.draft:
        print(_("%(code)s: draft of version %(version)d, for %(unit)s.") % _told(row, unit))
        return
    row = designs.publish(by=actor, draft=row)
    print(_("%(code)s: version %(version)d is published, for %(unit)s.") % _told(row, unit))


def _unchanged(before: LedgerDesign, draft: dict[str, Any]) -> bool:
    kept = {name: before.definition[name] for name in designs.KEPT_SETTINGS}
    return designs.same(before.definition, {**draft, **kept})


def _told(row: LedgerDesign, unit: Unit | None = None) -> dict[str, object]:
    return {"code": row.code, "version": row.version, "unit": unit.name if unit else ""}
