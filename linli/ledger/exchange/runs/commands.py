"""`linli import LEDGER FILE --room CODE [--year 2025] [--dry-run]`: an old book, or an export."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from linli.access.actor import Actor, actor_for, system_actor
from linli.ground.exits import COULD_NOT, DONE, PARTLY
from linli.ledger.declaration import registry
from linli.ledger.declaration.register import Register
from linli.ledger.exchange.runs import planning, results, running
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets import opening
from linli.ledger.exchange.words import headings
from linli.ledger.runs.lease import TakenOver
from linli.org.models import Staff, Unit, UnitKind

_MOST_REASONS = 20


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang `import` onto the command line."""
    command = subparsers.add_parser("import", help="take an old spreadsheet into a ledger")
    command.add_argument(
        "ledger",
        metavar="REGISTER",
        help="a ledger (incidents, visits, …: see linli ledgers list) or a register of things (places)",
    )
    command.add_argument("file", metavar="FILE", help=".xlsx, .xls, .ods, .csv or .jsonl")
    command.add_argument("--room", required=True, metavar="CODE", help="code of the room")
    command.add_argument("--year", type=int, help="the year of times that were written without one")
    command.add_argument(
        "--dry-run", action="store_true", help="say what would happen, write nothing"
    )
    command.add_argument(
        "--map", action="append", default=[], metavar="WORD=CODE",
        help="what a word of the file stands for, such as WORD=dispute.other; it is remembered",
    )  # fmt: skip
    command.add_argument(
        "--user", metavar="NAME", help="import as this account (the program itself)"
    )
    command.add_argument("--result", metavar="FILE", help="write the result workbook there")
    command.set_defaults(func=import_command)


def import_command(args: argparse.Namespace) -> int:
    """Import a file. 0: all rows are in; 1: some were refused; 2: nothing could be done."""
    try:
        ledger, room, actor = _asked(args)
        content = opening.take(Path(args.file))
        opening.recognise(content)
        _teach(args.map, ledger, room)
        if args.dry_run:
            return _dry_run(content, ledger, room, actor, args.year)
        return _import(content, ledger, room, actor, args)
    except ValidationError as refused:
        for message in refused.messages:
            print(message, file=sys.stderr)
    except PermissionDenied:
        print(_("This account may not import into this room."), file=sys.stderr)
    except TakenOver:
        print(_("Another process goes on with this import."), file=sys.stderr)
    return COULD_NOT


def _asked(args: argparse.Namespace) -> tuple[Register, Unit, Actor]:
    try:
        ledger = registry.register_of(args.ledger)
    except registry.UnknownLedger:
        codes = [one.code for one in registry.all_ledgers()]
        known = ", ".join([*codes, *(one.code for one in registry.things())])
        raise ValidationError(_("There is no such ledger; there are: %s.") % known) from None
    room = Unit.objects.filter(kind=UnitKind.ROOM, code=args.room).first()
    if room is None:
        raise ValidationError(_("There is no room with the code %s.") % args.room)
    if not args.user:
        return ledger, room, system_actor("linli import", via="import")
    staff = Staff.objects.filter(username=args.user, is_active=True).first()
    if staff is None:
        raise ValidationError(_("There is no such account, or it is closed."))
    return ledger, room, actor_for(staff, via="import")


def _teach(maps: list[str], ledger: Register, room: Unit) -> None:
    for told in maps:
        said, found, code = told.rpartition("=")
        if not found or not said.strip():
            raise ValidationError(_("Write --map WORD=CODE, not %s.") % told)
        name = planning.field_for(room, ledger, code.strip())
        planning.teach_value(room, ledger, name, said.strip(), code.strip())


def _dry_run(content: bytes, ledger: Register, room: Unit, actor: Actor, year: int | None) -> int:
    made = planning.plan(
        content, ledger=ledger, room=room, actor=actor, most=None,
        settings=planning.Settings(year=year),
    )  # fmt: skip
    if made.time_column_missing:
        raise ValidationError(running.no_column(ledger))
    print(_("A dry run: nothing was written."))
    if made.book.own is not None:
        print(_("The file was exported from this ledger; every column is known."))
    for heading, target in made.columns.items() if made.book.own is None else ():
        print(f"  {heading} -> {target or _('kept as it was said')}")
    for name in made.book.left_out:
        print(_("Sheet “%s” is left out: no row of headings was found in it.") % name)
    _print_counts(made.counts, to_come=True)
    _print_reasons(made.reasons)
    _print_unknown(made)
    if made.needs_year:
        print(_("%d rows have no year: give it with --year.") % made.rows_without_year)
    return PARTLY if made.counts["refused"] else DONE


def _import(
    content: bytes, ledger: Register, room: Unit, actor: Actor, args: argparse.Namespace
) -> int:
    run = running.receive(
        actor=actor, ledger=ledger, room=room, name=Path(args.file).name, content=content,
        language=settings.LANGUAGE_CODE, year=args.year,
    )  # fmt: skip
    if run.status in (Status.RUNNING, Status.STOPPED):
        print(_("Going on with the import that was stopped."))
    running.prepare(run, columns={}, year=args.year)
    done = running.carry_on(run.pk, tick=_tick if sys.stderr.isatty() else None)
    if done.status != Status.DONE:
        raise ValidationError(done.problem)
    _print_counts(Counter({key: getattr(done, key) for key in results.verdict_words()}))
    reasons: Counter[str] = Counter()
    for verdict in results.verdicts(done):
        if verdict.verdict in ("warned", "refused"):
            reasons.update(verdict.reasons)
    _print_reasons(reasons)
    if args.result and done.has_result:
        _save_result(done, Path(args.result))
    if done.problem:
        print(done.problem, file=sys.stderr)
    return PARTLY if done.refused else DONE


def _tick(run: ImportRun) -> None:
    print(f"\r{run.at_row}/{run.rows}", end="", file=sys.stderr, flush=True)


def _save_result(run: ImportRun, target: Path) -> None:
    from linli.ledger.exchange.runs import files

    try:
        target.write_bytes(files.get(run, files.RESULT))
    except OSError as wrong:
        raise ValidationError(opening.said_of(wrong)) from wrong
    print(_("Every row and what became of it: %s") % target)


def _print_counts(counts: Counter[str], *, to_come: bool = False) -> None:
    for key, words in results.verdict_words(to_come=to_come).items():
        print(f"{counts[key]:8} {words}")


def _print_reasons(reasons: Counter[str]) -> None:
    for reason, count in reasons.most_common(_MOST_REASONS):
        print(f"{count:8} × {reason}")


def _print_unknown(made: planning.Plan) -> None:
    """Words without a meaning; an officer who is not of this room is no code to be mapped to."""
    titles = dict(headings.targets(made.ledger))
    for name, words in made.unknown.items():
        for said, count in words.most_common(_MOST_REASONS):
            told = {"count": count, "said": said, "field": titles.get(name, name)}
            if name == headings.OFFICERS:
                print(_("%(count)d × “%(said)s” is nobody who is posted in this room.") % told)
            else:
                print(
                    _(
                        "%(count)d × “%(said)s” is not in the list of “%(field)s”: --map %(said)s=CODE"
                    )
                    % told
                )
