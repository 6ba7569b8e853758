"""`linli demo` and `linli demo code USER`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from typing import Any

from django.utils.translation import gettext as _

from linli.ground.exits import DONE


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang `demo` onto the command line."""
    words = _("a district with synthetic people and a year of matters, to try Linli with")
    demo = subparsers.add_parser("demo", help=words, description=words)
    demo.add_argument("--host", default="127.0.0.1", help=_("address to listen on (127.0.0.1)"))
    demo.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    demo.add_argument("--no-serve", action="store_true", help=_("make it and end"))
    demo.add_argument("--fresh", action="store_true", help=_("throw it away and make it anew"))
    demo.set_defaults(func=demo_command)
    what = demo.add_subparsers(metavar="code USER")
    code = what.add_parser("code", help=_("the six digits of somebody's second factor, now"))
    code.add_argument("user", metavar="USER")
    code.set_defaults(func=code_command)


def demo_command(args: argparse.Namespace) -> int:
    """Make the demonstration where it is not there yet, print the accounts, and serve."""
    from linli.demo import showing
    from linli.operations import preparing, serving

    if not args.no_serve:
        _check_port(args.host, args.port)
    preparing.prepare()
    codes = _make(args.fresh)
    lines = list(showing.everything(args.host, args.port, codes))
    if args.no_serve:
        print("\n".join(lines))
        return DONE
    return serving.serve(
        host=args.host, port=args.port, announce=lambda: print("\n".join(lines), flush=True)
    )


def _check_port(host: str, port: int) -> None:
    """CouldNotError where somebody listens there already: Linli itself, most likely."""
    from linli.operations.troubles import CouldNotError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            problem = _("Port %(port)d is in use. End what runs there, or choose another: --port N")
            raise CouldNotError(problem % {"port": port}) from None


def _make(fresh: bool) -> list[tuple[str, str]]:
    """Make what is missing; gives the receipts, which are known only when just made."""
    from linli.demo import building, home
    from linli.operations.running import StillRunningError
    from linli.operations.troubles import CouldNotError

    if home.is_demo():
        if not fresh:
            print(_("The demonstration is there already; --fresh makes it anew."))
            return []
        try:
            home.clear()
        except StillRunningError:
            raise CouldNotError(_("The demonstration is running. End it first.")) from None
    elif not home.is_empty():
        raise CouldNotError(
            _("There are units or accounts here that are not the demonstration's, so it is not "
              "loaded. Give it a home of its own: LINLI_HOME=FOLDER linli demo")
        )  # fmt: skip
    print(_("Making the demonstration (a year of matters in one district) …"), flush=True)
    started = time.monotonic()
    made = building.build()
    print(
        _("%(entries)d matters with %(acts)d steps in %(rooms)d police rooms, in %(seconds).0f s.")
        % {
            "entries": made.entries, "acts": made.acts, "rooms": made.rooms,
            "seconds": time.monotonic() - started,
        }
    )  # fmt: skip
    return made.codes


def code_command(args: argparse.Namespace) -> int:
    """Print the six digits that the sign-in page asks for now."""
    from allauth.mfa.totp.internal import auth as totp

    from linli.demo import home, showing
    from linli.operations.troubles import CouldNotError

    if not home.is_demo():
        raise CouldNotError(_("This is not the demonstration."))
    username = args.user.strip().lower()
    if username not in showing.with_second_factor():
        raise CouldNotError(_("Nobody of that name needs six digits here."))
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    print(totp.format_hotp_value(totp.hotp_value(showing.secret(), counter)))
    left = totp.app_settings.TOTP_PERIOD - int(time.time()) % totp.app_settings.TOTP_PERIOD
    print(_("good for %(seconds)d seconds") % {"seconds": left}, file=sys.stderr)
    return DONE
