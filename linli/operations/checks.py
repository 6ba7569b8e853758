"""`linli check`: what is wrong with this installation and how to put it right.

Each check looks at one thing and yields findings; it never changes anything. Level 0 is in order,
1 a warning, 2 wrong. A check that itself fails is a finding too, not the end.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from linli.ground import clock, keyring, rules
from linli.history import heads
from linli.history.models import Head, ReadLog
from linli.ledger.entries.models import CountDelta, Entry, Sealed
from linli.ledger.files import scanner
from linli.ledger.retention.models import RetentionRun
from linli.operations import preparing, running, warnings
from linli.org import tree

OK, WARNING, WRONG = 0, 1, 2
WORDS: Final[tuple[Callable[[], str], ...]] = (
    lambda: _("ok     "),
    lambda: _("warning"),
    lambda: _("WRONG  "),
)
SMALLEST_DISK: Final = 1 << 30
OLDEST_BACKUP: Final = timedelta(days=2)
OLDEST_RUN: Final = timedelta(days=3)
_POSTGRESQL, _SQLITE = 140000, (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `how` says how to put it right."""

    level: int
    what: str
    how: str = ""


def all_findings() -> Iterator[Finding]:
    """Look at everything, in the order in which troubles follow from each other."""
    for check in (python, home, keys, backups, disk, time, words, fonts, virus_scanner):
        yield from _guarded(check)
    reached = list(_guarded(database))
    yield from reached
    if any(finding.level == WRONG for finding in reached):
        return
    for check in (
        migrations, sealed_rows, chains, worker, waiting, retained, calendar, unknown_rules,
    ):  # fmt: skip
        yield from _guarded(check)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except (DatabaseError, OSError, ValueError, LookupError) as trouble:
        reason = str(trouble).strip().splitlines()
        yield Finding(
            WRONG,
            _("%(check)s cannot be looked at: %(reason)s")
            % {"check": check.__name__, "reason": reason[0] if reason else type(trouble).__name__},
        )


def python() -> Iterator[Finding]:
    number = ".".join(map(str, sys.version_info[:3]))
    if sys.prefix != sys.base_prefix:
        yield Finding(OK, f"Python {number}")
    else:
        how = _("Install it into an environment of its own: make setup")
        yield Finding(WARNING, _("Python %(v)s of the system is used.") % {"v": number}, how)


def home() -> Iterator[Finding]:
    folder = Path(settings.HOME)
    if not folder.is_dir():
        how = _("linli serve makes it, or set LINLI_HOME to the right folder.")
        yield Finding(WRONG, _("There is no home %(path)s.") % {"path": folder}, how)
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        how = _("Give it to the user that runs Linli: chown -R linli %(path)s") % {"path": folder}
        yield Finding(WRONG, _("The home %(path)s may not be written.") % {"path": folder}, how)
    elif folder.stat().st_mode & 0o077:
        how = _("Run: chmod 700 %(path)s") % {"path": folder}
        yield Finding(WRONG, _("Others may look into the home %(path)s.") % {"path": folder}, how)
    else:
        yield Finding(OK, _("Home %(path)s, for its owner alone") % {"path": folder})


def keys() -> Iterator[Finding]:
    try:
        ring = keyring.load(Path(settings.HOME))
    except keyring.KeyringMissing:
        how = _("linli serve makes one for a new installation. If there were data: linli restore.")
        yield Finding(WRONG, _("The keyring is missing."), how)
        return
    except keyring.KeyringUnreadable as trouble:
        how = _("Take it from the newest backup: linli restore --replace")
        yield Finding(WRONG, _("The keyring cannot be read: %(what)s") % {"what": trouble}, how)
        return
    yield Finding(
        OK,
        _("Keyring %(name)s with %(n)d keys, %(algorithm)s")
        % {"name": ring.fingerprint, "n": len(ring.key_ids), "algorithm": ring.algorithm},
    )
    if "file_open" in ring.problems():
        how = _("Run: chmod 600 %(path)s") % {"path": ring.home / "keyring.json"}
        yield Finding(WRONG, _("Others may read the keyring."), how)
    if ring.algorithm == "SM4-GCM":
        yield Finding(OK, _("New values are sealed by SM4."))


def backups() -> Iterator[Finding]:
    """A copy of the keyring elsewhere, with all keys, and not an old one."""
    ring = keyring.load(Path(settings.HOME))
    how = _("Run: linli backup --to FOLDER, on another disk or machine.")
    if ring.copied_at is None:
        yield Finding(WRONG, _("There is no copy of the keyring: no backup was made."), how)
        return
    said = {"moment": f"{clock.local(ring.copied_at):%Y-%m-%d %H:%M}"}
    if not set(ring.key_ids) <= warnings.copied_keys(ring.home):
        yield Finding(WRONG, _("The keyring has keys that no backup holds yet."), how)
    if clock.now() - ring.copied_at > OLDEST_BACKUP:
        yield Finding(WARNING, _("The last backup is of %(moment)s.") % said, how)
    else:
        yield Finding(OK, _("The last backup is of %(moment)s.") % said)


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.HOME).free
    said = {"free": f"{free / (1 << 30):.1f} GiB"}
    if free < SMALLEST_DISK:
        how = _("Make room: old backups and before-restore folders may be moved away.")
        yield Finding(WRONG, _("Only %(free)s are free on the disk.") % said, how)
    else:
        yield Finding(OK, _("%(free)s free on the disk") % said)


def time() -> Iterator[Finding]:
    """The machine's clock against what was last signed: a clock that was set back shows here."""
    try:
        newest = max((head.written for head in heads.read_all().values()), default=0)
    except keyring.KeyringMissing:
        newest = 0
    now = clock.now()
    how = _("Set the clock (timedatectl set-ntp true), then restart Linli.")
    if now.year < 2026:
        yield Finding(WRONG, _("The clock says %(now)s.") % {"now": now.date()}, how)
    elif newest > now.timestamp() + 60:
        yield Finding(WRONG, _("The clock stands before the last recorded step."), how)
    elif (day := clock.rehearsal_day()) is not None:
        yield Finding(
            WARNING,
            _("The program plays the day %(day)s, for a rehearsal.") % {"day": day},
            _("Start it without %(name)s.") % {"name": clock.REHEARSAL},
        )
    else:
        yield Finding(OK, _("Clock: %(now)s") % {"now": f"{clock.local(now):%Y-%m-%d %H:%M}"})


def words() -> Iterator[Finding]:
    stale = [
        path.parts[-5]
        for path in preparing.catalogues()
        if not path.with_suffix(".mo").exists()
        or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    if stale:
        what = _("The Chinese words of %(rooms)s are not compiled.") % {"rooms": ", ".join(stale)}
        yield Finding(WARNING, what, _("Run: make words"))
    else:
        yield Finding(OK, _("Languages: Chinese, English"))


def fonts() -> Iterator[Finding]:
    if list((Path(settings.SOURCE) / "design" / "fonts").glob("*.ttf")):
        yield Finding(OK, _("Chinese font for printing"))
    else:
        how = _("Install the program again: linli/design/fonts is empty.")
        yield Finding(WRONG, _("There is no Chinese font for printing."), how)


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as trouble:
        reason = str(trouble).strip().splitlines()[0]
        how = _("Is the server running, and is LINLI_DATABASE_URL right?")
        what = _("The database cannot be reached: %(reason)s") % {"reason": reason}
        yield Finding(WRONG, what, how)
        return
    yield from _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
            " pg_encoding_to_char(encoding), datcollate, rolsuper"
            " FROM pg_database, pg_roles WHERE datname = current_database()"
            " AND rolname = current_user"
        )
        number, version, encoding, collation, superuser = cursor.fetchone()
    if number < _POSTGRESQL:
        how = _("Upgrade the server to 14 or newer.")
        yield Finding(WRONG, f"PostgreSQL {version}", how)
    elif encoding != "UTF8" or collation in ("C", "POSIX"):
        how = _("Make the database anew: ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
        yield Finding(WRONG, f"PostgreSQL {version}, {encoding}, {collation}", how)
    else:
        yield Finding(OK, f"PostgreSQL {version}, {encoding}, {collation}")
    if superuser:
        how = _("Make a user of its own for Linli: see docs/operations.md")
        yield Finding(WARNING, _("Linli uses the database as its superuser."), how)


def _sqlite() -> Iterator[Finding]:
    import sqlite3

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        journal = cursor.fetchone()[0]
    what = f"SQLite {sqlite3.sqlite_version}, {journal}"
    if sqlite3.sqlite_version_info < _SQLITE:
        yield Finding(WRONG, what, _("Install a Python with SQLite 3.35 or newer."))
    elif journal != "wal":
        yield Finding(WARNING, what, _("Put the database on a local disk: WAL needs one."))
    else:
        yield Finding(OK, what)


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    lacking = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if lacking:
        what = _("%(n)d migrations are not applied.") % {"n": len(lacking)}
        yield Finding(WRONG, what, _("Run: linli migrate"))
    else:
        yield Finding(OK, _("The tables are up to date."))


def sealed_rows() -> Iterator[Finding]:
    """The keyring opens the newest sealed rows: it belongs to this database."""
    from linli.ledger.entries.people import associated

    ring = keyring.load(Path(settings.HOME))
    rows = list(Sealed.objects.order_by("-id")[:20])
    closed = 0
    for row in rows:
        value = keyring.SealedValue(row.key_id, bytes(row.wrapped), bytes(row.box))
        try:
            ring.open(value, aad=associated(row.owner, row.entry))
        except keyring.KeyDestroyed:
            continue
        except keyring.SealBroken:
            closed += 1
    if closed:
        how = _("Is this the keyring of this database? Restore both from one backup.")
        yield Finding(
            WRONG, _("%(n)d of the newest sealed values do not open.") % {"n": closed}, how
        )
    else:
        yield Finding(OK, _("The keyring opens the newest %(n)d sealed values.") % {"n": len(rows)})


def chains() -> Iterator[Finding]:
    """Every room's head against its signed copy outside the database (the quick look)."""
    kept = {head.room: head for head in Head.objects.all()}
    signed = heads.read_all()
    how = _("Run: linli audit verify")
    bad = 0
    for room, outside in signed.items():
        inside = kept.get(room)
        if (
            not outside.genuine
            or inside is None
            or inside.seq < outside.seq
            or (inside.seq == outside.seq and bytes(inside.hash) != outside.hash)
        ):
            bad += 1
    if bad:
        what = _("%(n)d chains do not agree with their signed heads.") % {"n": bad}
        yield Finding(WRONG, what, how)
        return
    unsigned = sum(1 for room, head in kept.items() if head.seq and room not in signed)
    if unsigned:
        what = _("%(n)d chains have no signed head outside the database.") % {"n": unsigned}
        yield Finding(WARNING, what, how)
    else:
        yield Finding(OK, _("%(n)d chains agree with their signed heads.") % {"n": len(kept)})


def virus_scanner() -> Iterator[Finding]:
    """Files that people send: are they scanned, and does the scanner answer?"""
    if not scanner.is_configured():
        how = _(
            "Install ClamAV and set LINLI_CLAMD to its socket, where the rules of your bureau ask for it."
        )
        yield Finding(OK, _("Files are not scanned for viruses: LINLI_CLAMD is not set."), how)
    elif scanner.answers():
        yield Finding(OK, _("The virus scanner answers."))
    else:
        how = _(
            "Is clamd running, and may Linli use its socket? Until it answers no file is taken."
        )
        yield Finding(WRONG, _("The virus scanner does not answer."), how)


def worker() -> Iterator[Finding]:
    silent = running.worker_silent_for()
    how = _("Start it: linli serve, or linli worker on a machine of its own.")
    if silent is None:
        yield Finding(WARNING, _("The worker never ran here."), how)
    elif silent > running.LATE:
        minutes = int(silent.total_seconds() // 60)
        what = _("The worker gave no sign for %(n)d minutes.") % {"n": minutes}
        yield Finding(WARNING, what, how)
    else:
        yield Finding(OK, _("The worker is alive."))


def waiting() -> Iterator[Finding]:
    """What the worker should have done by now."""
    hour_ago = clock.now() - timedelta(hours=1)
    reads = ReadLog.objects.filter(sealed_by=None, at__lt=hour_ago).count()
    deltas = CountDelta.objects.count()
    if reads or deltas > 100_000:
        what = _("Waiting for the worker: %(reads)d reads to seal, %(counts)d counts to fold.")
        how = _("Is the worker running? Its log says why it does not get on.")
        yield Finding(WARNING, what % {"reads": reads, "counts": deltas}, how)


def retained() -> Iterator[Finding]:
    """Whether what is past its time is being erased, and the journal of it is genuine."""
    late = RetentionRun.objects.filter(started_at__gt=clock.now() - OLDEST_RUN)
    old = Entry.objects.filter(recorded_at__lt=clock.now() - OLDEST_RUN)
    if old.exists() and not late.exclude(finished_at=None).exists():
        how = _("Keep linli worker running, or run: linli retention run")
        yield Finding(WARNING, _("What is past its time was not erased for days."), how)
    else:
        yield Finding(OK, _("What is past its time is erased every night"))
    if strange := keyring.load(Path(settings.HOME)).strange_tombstones():
        how = _("Compare tombstones.jsonl with that of the newest backup.")
        what = _("%(n)d lines of tombstones.jsonl were not written by this keyring.")
        yield Finding(WRONG, what % {"n": strange}, how)


def calendar() -> Iterator[Finding]:
    today = clock.today()
    years = [today.year]
    if today.month == 12:
        years.append(today.year + 1)
    for year in years:
        if tree.year_known(year):
            yield Finding(OK, _("The working days of %(year)d are known.") % {"year": year})
        else:
            how = _("Enter the State Council's notice as working-day overrides.")
            what = _("The working days of %(year)d are not known: deadlines are estimates.")
            yield Finding(WARNING, what % {"year": year}, how)


def unknown_rules() -> Iterator[Finding]:
    """Rules whose source nobody has confirmed yet (marked [?] in the pack)."""
    now = rules.on(clock.today())
    unsure = [code for code in now if now.rule(code).mark == "?"]
    if unsure:
        how = _("Ask the bureau and override them: %(rules)s") % {"rules": ", ".join(unsure[:8])}
        what = _("%(n)d rules of %(pack)s are not confirmed by a source.")
        yield Finding(WARNING, what % {"n": len(unsure), "pack": now.version}, how)
