"""`linli serve, worker, migrate, check, backup, restore, ledgers, audit, export, counts`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from linli.ground.exits import COULD_NOT, DONE, PARTLY

if TYPE_CHECKING:
    from collections.abc import Callable


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang the commands of this room onto the command line."""
    _add_running(subparsers)
    _add_keeping(subparsers)
    _add_looking(subparsers)


def _add(
    parsers: Any, name: str, words: str, func: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=words, description=words)
    parser.set_defaults(func=func)
    return parser


def _add_running(subparsers: Any) -> None:
    serve = _add(
        subparsers, "serve", _("serve the pages and run the worker, supervised"), serve_command
    )
    serve.add_argument("--host", default="127.0.0.1", help=_("address to listen on (127.0.0.1)"))
    serve.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get("PORT") or 8000),
        help=_("port (8000 or $PORT)"),
    )
    serve.add_argument("--workers", type=int, metavar="N", help=_("web processes"))
    serve.add_argument("--threads", type=int, metavar="N", help=_("threads in each of them"))
    serve.add_argument("--no-worker", action="store_true", help=_("the worker runs elsewhere"))
    serve.add_argument("--no-migrate", action="store_true", help=_("leave the tables as they are"))
    worker = _add(
        subparsers, "worker", _("carry out what was put off, and keep house"), worker_command
    )
    worker.add_argument("--batch", action="store_true", help=_("end when nothing is left to do"))
    _add(subparsers, "migrate", _("bring the tables up to date"), migrate_command)


def _add_keeping(subparsers: Any) -> None:
    backup = _add(
        subparsers,
        "backup",
        _("write an encrypted copy of everything, while running"),
        backup_command,
    )
    backup.add_argument("--to", type=Path, metavar="FOLDER", help=_("where to write it"))
    _add_secret(backup)
    backup.add_argument(
        "--prune", action="store_true",
        help=_("then remove backups there that are older than the rule retention.backups"),
    )  # fmt: skip
    backup.add_argument(
        "--new-key-file", type=Path, metavar="FILE", help=_("make a key file for backups and end")
    )
    restore = _add(subparsers, "restore", _("put a backup back"), restore_command)
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument(
        "--journal", type=Path, metavar="FILE",
        help=_("a newer tombstones.jsonl: what it names is erased again"),
    )  # fmt: skip
    restore.add_argument(
        "--replace", action="store_true", help=_("there are data already: put them aside")
    )
    _add_secret(restore)
    check = _add(
        subparsers, "check", _("what is wrong with this installation and how to put it right"),
        check_command,
    )  # fmt: skip
    check.add_argument("--quiet", action="store_true", help=_("only what is not in order"))


def _add_secret(parser: argparse.ArgumentParser) -> None:
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help=_("the passphrase is its first line")
    )
    secret.add_argument(
        "--key-file", type=Path, metavar="FILE", help=_("a key made by linli backup")
    )


def _add_looking(subparsers: Any) -> None:
    from linli.ledger.custom.commands import add_arguments

    ledgers = subparsers.add_parser("ledgers", help=_("the ledgers of this installation"))
    what = ledgers.add_subparsers(required=True, metavar="WHAT")
    _add(what, "list", _("ledgers with their states, fields and actions"), ledgers_command)
    of_ledger = _add(
        what, "fields", _("what Word templates of a ledger may ask for"), fields_command
    )
    of_ledger.add_argument("ledger", metavar="LEDGER")
    add_arguments(what.add_parser("add", help=_("make a ledger of an XLSForm workbook")))
    audit = subparsers.add_parser("audit", help=_("is the history whole"))
    what = audit.add_subparsers(required=True, metavar="WHAT")
    verify = _add(
        what, "verify", _("follow every chain and replay it against the entries"), verify_command
    )
    verify.add_argument(
        "--room", action="append", default=[], metavar="CODE", help=_("only this room")
    )
    counts = _add(
        what, "counts", _("count all entries and compare with the daily counts"), counts_command
    )
    counts.add_argument("--repair", action="store_true", help=_("put the daily counts right"))
    _add_export(subparsers)


def _add_export(subparsers: Any) -> None:
    export = _add(
        subparsers, "export", _("write a ledger, or everything of a room, to a file"),
        export_command,
    )  # fmt: skip
    export.add_argument("ledger", metavar="LEDGER", nargs="?", default="")
    export.add_argument("--room", default="", metavar="CODE", help=_("only this room"))
    export.add_argument("--out", type=Path, metavar="FILE", help=_(".xlsx, .csv or .jsonl"))
    export.add_argument("--gb18030", action="store_true", help=_("a .csv for old programs"))
    export.add_argument(
        "--all", type=Path, metavar="OUT.zip", help=_("everything of the room, as one archive")
    )
    export.add_argument(
        "--check", type=Path, metavar="FILE.zip", help=_("is such an archive whole and unchanged")
    )
    export.add_argument(
        "--filter", action="append", default=[], metavar="NAME=VALUE",
        help=_("as in the address of the list: state=open, since=2026-01-01, category=help"),
    )  # fmt: skip
    export.add_argument("--names", action="store_true", help=_("people with names and numbers"))
    export.add_argument("--user", default="", metavar="NAME", help=_("what this account may see"))
    export.add_argument(
        "--purpose", default="", metavar="WORDS", help=_("what it is for; it is logged")
    )


def serve_command(args: argparse.Namespace) -> int:
    """Prepare the installation, then serve until Ctrl-C."""
    from linli.operations import preparing, serving, warnings
    from linli.operations.running import StillRunningError
    from linli.operations.troubles import CouldNotError

    serving.check_port(args.host, args.port)
    preparing.prepare(migrate=not args.no_migrate)
    for warning in warnings.warnings():
        print(f"!!! {warning}", file=sys.stderr)
    here = {"host": args.host, "port": args.port}
    answers = _("Linli answers at http://%(host)s:%(port)d/  (Ctrl-C ends it)") % here
    try:
        return serving.serve(
            host=args.host,
            port=args.port,
            workers=args.workers,
            threads=args.threads,
            with_worker=not args.no_worker,
            announce=lambda: print(answers, flush=True),  # its thread speaks another language
        )
    except StillRunningError:
        raise CouldNotError(_("A backup is just being put back. Wait for its end.")) from None


def worker_command(args: argparse.Namespace) -> int:
    """Carry out tasks until Ctrl-C."""
    from linli.operations import preparing, working
    from linli.operations.running import StillRunningError
    from linli.operations.troubles import CouldNotError

    preparing.prepare_home()
    try:
        return working.work(batch=args.batch)
    except StillRunningError:
        raise CouldNotError(_("A backup is just being put back. Wait for its end.")) from None


def migrate_command(args: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    from linli.operations import preparing

    preparing.prepare(collect=False)
    print(_("The tables are up to date."))
    return DONE


def backup_command(args: argparse.Namespace) -> int:
    """Write a backup and read it back; or make a key file."""
    from linli.operations import backup, copies, passphrases

    if args.new_key_file:
        passphrases.new_key_file(args.new_key_file)
        print(_("Made %(path)s. Keep a copy away from this machine.") % {"path": args.new_key_file})
        return DONE
    secret = passphrases.ask(args.passphrase_file, args.key_file, new=True)
    made = backup.make(secret, folder=args.to)
    print(
        _("%(path)s: %(size)s, %(files)d parts, read back and found right.")
        % {"path": made.path, "size": backup.readable(made.size), "files": made.members}
    )
    if args.prune and (gone := copies.forget_backups(made.path.parent)):
        print(_("%(n)d old backups removed.") % {"n": gone})
    if not made.outside:
        print(
            _("It lies in the home of Linli itself. Take it to another machine."), file=sys.stderr
        )
    return DONE


def restore_command(args: argparse.Namespace) -> int:
    """Put a backup back and verify it. 1 where something is to be looked at."""
    from linli.operations import passphrases, restore

    secret = passphrases.ask(args.passphrase_file, args.key_file, new=False)
    result = restore.restore(args.file, secret, replace=args.replace, journal=args.journal)
    for line in result.lines():
        print(line)
    return DONE if result.sound else PARTLY


def check_command(args: argparse.Namespace) -> int:
    """Print one line per thing looked at, and how to put right what is not in order."""
    from linli.operations import checks

    worst = DONE
    for found in checks.all_findings():
        worst = max(worst, found.level)
        if args.quiet and not found.level:
            continue
        print(f"{checks.WORDS[found.level]()}  {found.what}")
        if found.how:
            print(f"      -> {found.how}")
    return worst


def ledgers_command(args: argparse.Namespace) -> int:
    """Print each ledger with what it declares."""
    from linli.operations import listing

    for line in listing.ledgers():
        print(line)
    return DONE


def fields_command(args: argparse.Namespace) -> int:
    """Print the fields of a ledger's Word templates."""
    from linli.ledger.declaration import registry
    from linli.operations import listing

    for line in listing.fields(args.ledger):
        print(line)
    return DONE if registry.is_there(args.ledger) else COULD_NOT


def verify_command(args: argparse.Namespace) -> int:
    """Verify chains, entries and sealed reads. 0 when all is whole, else 1."""
    from linli.operations import auditing

    found = 0
    for wrong, line in auditing.verify(args.room):
        found += wrong
        print(line)
    rooms, steps = auditing.extent(args.room)
    print(
        _("%(steps)d steps in %(rooms)d chains verified, %(found)d findings.")
        % {"steps": steps, "rooms": rooms, "found": found}
    )
    return PARTLY if found else DONE


def counts_command(args: argparse.Namespace) -> int:
    """Compare the daily counts with the entries."""
    from linli.ledger.entries import counting

    differences = counting.rebuild_and_compare(repair=args.repair)
    for one in differences:
        _district, room, ledger, category, day, measure = one.key
        print(f"{day} {room} {ledger} {category or '-'} {measure}: {one.counted} -> {one.actual}")
    print(_("%(n)d daily counts differ from the entries.") % {"n": len(differences)})
    return PARTLY if differences and not args.repair else DONE


def export_command(args: argparse.Namespace) -> int:
    """Write entries to a file, or a room to an archive, or check an archive (1: findings)."""
    from linli.ledger.reading.lists import Filters
    from linli.operations import export
    from linli.operations.troubles import CouldNotError

    if args.check:
        return _check_archive(args.check)
    how = {"purpose": args.purpose, "names": args.names, "user": args.user}
    if args.all:
        if not args.room or args.ledger or args.out:
            raise CouldNotError(_("Everything of a room: linli export --room CODE --all OUT.zip"))
        count, out = export.export_all(args.room, args.all, **how), args.all
    elif not (args.ledger and args.out):
        raise CouldNotError(_("Say which ledger, and with --out which file."))
    else:
        asked = dict(one.partition("=")[::2] for one in args.filter)
        filters = Filters.from_query(asked)
        if left := [name for name, said in asked.items() if getattr(filters, name, None) != said]:
            raise CouldNotError(_("A list has no such filter: %s.") % ", ".join(left))
        count, out = (
            export.export(
                args.ledger, args.room, args.out, filters=filters, gb=args.gb18030, **how
            ),
            args.out,
        )
    print(_("%(n)d entries written to %(path)s.") % {"n": count, "path": out})
    return DONE


def _check_archive(path: Path) -> int:
    from django.conf import settings

    from linli.ground import keyring
    from linli.ledger.exports import checking

    found = checking.check(path)
    for line in found.wrong:
        print(line)
    room = found.about.get("room") or {}
    print(
        _("%(name)s, made at %(at)s: %(files)d files looked at, %(wrong)d findings.")
        % {
            "name": room.get("name", ""), "at": found.about.get("made_at", ""),
            "files": found.files, "wrong": len(found.wrong),
        }
    )  # fmt: skip
    if found.key is not None:
        try:
            ours = keyring.load(settings.HOME).public_key == found.key
        except keyring.KeyringMissing:
            ours = False
        print(_("Signed by this installation.") if ours else _("Signed by another installation."))
    return PARTLY if found.wrong else DONE
