"""`linli retention run, holds, hold, release, erase`."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.ground.exits import DONE

if TYPE_CHECKING:
    from linli.ledger.entries.models import Entry
    from linli.ledger.retention.due import Planned


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang `retention` onto the command line."""
    words = _("erase what is past its time, and what stops that")
    what = subparsers.add_parser("retention", help=words, description=words).add_subparsers(
        required=True, metavar="WHAT"
    )
    run = _add(what, "run", _("erase everything that is past its time, now"), run_command)
    run.add_argument("--dry-run", action="store_true", help=_("only say what would be erased"))
    _add(what, "holds", _("the holds that stand, with who placed them and why"), holds_command)
    hold = _add(what, "hold", _("do not erase this entry until the hold is released"), hold_command)
    _add_entry(hold)
    hold.add_argument(
        "--until",
        type=date.fromisoformat,
        metavar="DAY",
        help=_("the last day of the hold: 2027-12-31"),
    )
    release = _add(what, "release", _("end the holds of an entry"), release_command)
    _add_entry(release)
    erase = _add(what, "erase", _("erase one closed entry before its time"), erase_command)
    _add_entry(erase)


def _add(parsers: Any, name: str, words: str, func: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=words, description=words)
    parser.set_defaults(func=func)
    return parser


def _add_entry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help=_("its serial, or its id"))
    parser.add_argument(
        "--room", metavar="CODE", default="", help=_("the room, where ENTRY is a serial")
    )
    parser.add_argument(
        "--reason", required=True, metavar="WORDS",
        help=_("why: the number of a decision, never a name"),
    )  # fmt: skip


def run_command(args: argparse.Namespace) -> int:
    """Erase what is due, or say what is."""
    from linli.ledger.retention import due, nightly
    from linli.operations.troubles import CouldNotError

    if args.dry_run:
        for planned in due.plan():
            print(_line(planned))
        return DONE
    try:
        done = nightly.run("linli retention run")
    except nightly.AtWorkError:
        raise CouldNotError(_("Another process is just doing it. Try again later.")) from None
    for code, told in sorted(done.ledgers.items()):
        if "erased" in told:
            print(_("%(ledger)s: %(erased)d erased, %(held)d held") % {"ledger": code, **told})
    print(
        _("%(erased)d entries and %(reads)d logged reads erased, %(keys)d keys destroyed.")
        % {"erased": done.erased + done.again, "reads": done.reads, "keys": len(done.keys)}
    )
    return DONE


def _line(planned: Planned) -> str:
    from linli.desk.administering.rules import span_words

    if planned.how is None:
        return _("%(ledger)s: nobody said for how long; kept") % {"ledger": planned.ledger.code}
    how = planned.how
    return _("%(ledger)s: %(due)d due, %(held)d held; kept %(span)s from “%(event)s” (%(rule)s)") % {
        "ledger": planned.ledger.code, "due": planned.due, "held": planned.held,
        "span": span_words(how.span), "event": how.event, "rule": how.rule,
    }  # fmt: skip


def holds_command(args: argparse.Namespace) -> int:
    """Print the holds that stand."""
    from linli.ground import clock
    from linli.ledger.retention import holding

    count = 0
    for hold in holding.standing(clock.today()).order_by("placed_at", "id"):
        until = str(hold.until or _("until it is released"))
        day = f"{clock.local(hold.placed_at):%Y-%m-%d}"
        print(f"{hold.entry}  {hold.ledger}  {day}  {hold.placed_by_name}  {until}  {hold.reason}")
        count += 1
    print(_("%(n)d holds stand.") % {"n": count})
    return DONE


def hold_command(args: argparse.Namespace) -> int:
    """Place a hold."""
    from linli.access.actor import system_actor
    from linli.ledger.retention import holding

    entry = _entry(args)
    by = system_actor("linli retention hold")
    holding.place(entry, by=by, reason=args.reason, until=args.until)
    print(_("%(entry)s is not erased while the hold stands.") % {"entry": args.entry})
    return DONE


def release_command(args: argparse.Namespace) -> int:
    """End the holds of an entry."""
    from linli.access.actor import system_actor
    from linli.ledger.retention import holding

    by = system_actor("linli retention release")
    holds = holding.of_entry(_entry(args).id)
    done = sum(holding.release(hold, by=by, reason=args.reason) for hold in holds)
    print(_("%(n)d holds released.") % {"n": done})
    return DONE


def erase_command(args: argparse.Namespace) -> int:
    """Erase one entry on request."""
    from linli.ledger.retention import on_request

    entry = _entry(args)
    on_request.erase(entry, reason=args.reason)
    print(_("%(entry)s is erased; its serial stays, with the day.") % {"entry": args.entry})
    return DONE


def _entry(args: argparse.Namespace) -> Entry:
    """The entry that ENTRY and --room name. Raises CouldNotError."""
    from linli.ledger.entries import serials
    from linli.ledger.entries.models import Entry
    from linli.operations.troubles import CouldNotError
    from linli.org.models import Unit

    try:
        rows = Entry.objects.filter(id=UUID(args.entry))
    except ValueError:
        asked = serials.parse(args.entry)
        if asked is None or not asked.ledgers or asked.year is None:
            raise CouldNotError(
                _("%(said)s is neither an id nor a serial such as V-2026-0041.")
                % {"said": args.entry}
            ) from None
        rows = Entry.objects.filter(
            ledger__in=asked.ledgers, serial_year=asked.year, serial_no=asked.number
        )
    if args.room:
        rows = rows.filter(room__in=Unit.objects.filter(code=args.room).values("pk"))
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise CouldNotError(_("Several rooms have %(said)s: add --room.") % {"said": args.entry})
    raise CouldNotError(_("There is no entry %(said)s.") % {"said": args.entry})
