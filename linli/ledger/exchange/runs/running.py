"""One import from start to end: begun, stopped and gone on with, undone as one act.

A run always goes through the whole file from its first row; what is in the ledger already is not
entered again. So it can be stopped anywhere, and gone on with by any process.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access.actor import Actor, actor_for, system_actor
from linli.ground import clock
from linli.ledger.acts import bulk_entry, turn
from linli.ledger.declaration import registry
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.serials import written
from linli.ledger.exchange.rows.cells import Guide
from linli.ledger.exchange.runs import entering_things, files, planning, results, row_pool
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.runs.planning import Book, Present, Row, verdict_of
from linli.ledger.exchange.runs.results import Verdict, VerdictWriter
from linli.ledger.exchange.runs.row_pool import Said
from linli.ledger.exchange.sheets.opening import UNREADABLE, FileRefused, said_of
from linli.ledger.runs import doing
from linli.ledger.runs.lease import Lease
from linli.ledger.runs.long_work import LongWork, Told, declare
from linli.org.models import Staff, Unit

_GOING_ON = (Status.PREVIEW, Status.WAITING, Status.RUNNING, Status.STOPPED)
Tick = Callable[[ImportRun], None]


def receive(
    *,
    actor: Actor,
    ledger: Register,
    room: Unit,
    name: str,
    content: bytes,
    language: str = "",
    year: int | None = None,
) -> ImportRun:
    """Keep a file that `opening` let through, sealed, as a run that has not begun.

    The same file of an unfinished run of this room is that run. Raises PermissionDenied,
    FileRefused (nothing is left behind).
    """
    district, room_id = planning.district_and_room(room)
    require(actor, ledger, district, room_id)
    digest = hashlib.sha256(content).hexdigest()
    unfinished = ImportRun.objects.filter(
        room=room_id, ledger=ledger.code, digest=digest, by=actor.id, status__in=_GOING_ON
    ).exclude(folder="")
    for run in unfinished.order_by("-made_at"):
        if (files.folder(run) / files.UPLOAD).exists():
            return run
    run = ImportRun(
        district=district, room=room_id, ledger=ledger.code, by=actor.id, by_name=actor.name[:60],
        file_name=name[-200:], digest=digest, folder=secrets.token_urlsafe(24), year=year,
        language=language or translation.get_language() or "zh-hans",
    )  # fmt: skip
    try:
        files.put(run, files.UPLOAD, content)
        run.save()
    except (FileRefused, DatabaseError):
        files.drop(run)
        raise
    return run


def require(actor: Actor, ledger: Register, district: UUID, room: UUID) -> None:
    """Importing is recording in bulk: both permissions, there. Raises PermissionDenied."""
    for permission in ("import", "record"):
        turn.require(actor, permission, ledger, room, district)


def prepare(run: ImportRun, *, columns: Mapping[str, str], year: int | None) -> None:
    """Fix the columns and the year with which a run will read its file."""
    ImportRun.objects.filter(pk=run.pk, status__in=_GOING_ON).update(
        columns=dict(columns), year=year, status=Status.WAITING, claim=None,
        progress_at=clock.now(), problem="",
    )  # fmt: skip
    run.refresh_from_db()


@dataclass
class _Passage:
    """One way through the file: what has been seen and counted."""

    run: ImportRun
    book: Book
    guide: Guide
    ledger: Register
    lease: Lease[ImportRun]
    letter: str
    # What was in the ledger before.
    present: Mapping[bytes, Present]
    # What the file has said so far: the row that said it first.
    seen: dict[bytes, int] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("imported", "warned", "duplicate", "refused", "skipped"), 0
        )
    )
    at_row: int = 0


def carry_on(run_id: UUID, *, tick: Tick | None = None) -> ImportRun:
    """Do a run, or go on with it. Returns it as done or stopped (`problem` says why).

    Raises TakenOver where another process has it, ImportRun.DoesNotExist.
    """
    return doing.carry_out(IMPORT, run_id, tick=tick)


def actor_of(run: ImportRun) -> Actor:
    """Who imports: the officer who began it, with the rights held now; else the program."""
    if run.by is None:
        return system_actor(run.by_name or "linli import", via="import")
    return actor_for(Staff.objects.get(pk=run.by), via="import")


def _pass_through(lease: Lease[ImportRun]) -> None:
    run = lease.run
    lease.beat(started_at=run.started_at or clock.now())
    content = files.get(run, files.UPLOAD)
    with row_pool.processes(len(content)) as pool:
        passage = _begin(lease, content)
        _progress(passage, rows=passage.book.size)
        with VerdictWriter(files.folder(run) / files.VERDICTS) as verdicts:
            for batch in row_pool.ready(passage.book, passage.guide, pool):
                verdicts.write(_enter(passage, batch))
                _progress(passage)
    lease.end(rows=passage.at_row, at_row=passage.at_row, **passage.counts)
    run.refresh_from_db()
    _write_result(run)


def _begin(lease: Lease[ImportRun], content: bytes) -> _Passage:
    """Open the file and look at what is there. Raises PermissionDenied, ValidationError."""
    run = lease.run
    ledger, room = registry.register_of(run.ledger), Unit.objects.get(pk=run.room)
    actor = actor_of(run)
    require(actor, ledger, run.district, run.room)
    book = planning.open_book(content, ledger, room.pk)
    columns = planning.columns_of(book, ledger, room.pk, run.columns)
    if planning.indispensable(ledger) not in columns.values():
        raise ValidationError(no_column(ledger))
    guide = planning.guide(
        book=book, ledger=ledger, room=room, actor=actor, run=run.pk, columns=columns,
        year=run.year, language=run.language,
    )  # fmt: skip
    return _Passage(
        run,
        book,
        guide,
        ledger,
        lease,
        str(getattr(ledger, "letter", "")),
        planning.in_ledger(guide),
    )


def no_column(register: Register) -> str:
    """What is said where the column is missing without which no row says anything."""
    if isinstance(register, Thing):
        title = register.field(planning.indispensable(register)).title
        return _("No column says “%(field)s”. Choose which one it is.") % {"field": title}
    return _("No column says when a matter was received. Choose which one it is.")


def _progress(passage: _Passage, **also: Any) -> None:
    """Say how far it is; TakenOver where the run is no longer ours."""
    passage.lease.beat(at_row=passage.at_row, **passage.counts, **also)


def _enter(passage: _Passage, batch: row_pool.Ready) -> list[Verdict]:
    """Write the rows of a batch that are new, all or none, and say what became of each."""
    if isinstance(passage.ledger, Thing):
        return _enter_things(passage, batch)
    for last_try in (False, True):
        present = passage.present
        judged = _judged(passage, batch)
        new = [
            said
            for _row, said, verdict in judged
            if said and verdict in _COMES_IN and said.source not in present
        ]
        try:
            done = bulk_entry.enter(batch.parcel.only([said.position for said in new]))
        except IntegrityError:  # another run has entered one of these rows just now
            if last_try:
                raise
            for _row, said, verdict in judged:
                if said and verdict in _COMES_IN:
                    del passage.seen[said.source]
            passage.present = planning.in_ledger(passage.guide)
            continue
        break
    serials = {said.source: one for said, one in zip(new, done, strict=True)}
    passage.at_row += len(batch.rows)
    return [_verdict(passage, row, said, verdict, serials) for row, said, verdict in judged]


def _enter_things(passage: _Passage, batch: row_pool.Ready) -> list[Verdict]:
    """The same for a register of things, which have no serials."""
    judged = _judged(passage, batch)
    new = [
        said
        for _row, said, verdict in judged
        if said and verdict in _COMES_IN and said.source not in passage.present
    ]
    told = entering_things.enter([batch.things[said.position] for said in new])
    there = {said.source: words for said, words in zip(new, told, strict=True) if words}
    passage.at_row += len(batch.rows)
    verdicts = []
    for row, said, verdict in judged:
        if said and verdict in _COMES_IN and said.source in there:
            passage.counts["duplicate"] += 1
            words = (there[said.source],)
            verdicts.append(Verdict(row.sheet, row.number, "duplicate", words, ""))
        else:
            verdicts.append(_verdict(passage, row, said, verdict, {}))
    return verdicts


_COMES_IN = ("imported", "warned")
_Judged = list[tuple[Row, Said | None, str]]


def _judged(passage: _Passage, batch: row_pool.Ready) -> _Judged:
    """A row that this run brought in before it was stopped is imported, not a duplicate."""
    judged: _Judged = []
    for row, said in zip(batch.rows, batch.said, strict=True):
        if said is None:
            judged.append((row, None, "skipped"))
            continue
        there = passage.present.get(said.source)
        ours = there is not None and there.run == passage.run.pk
        known = {} if ours else passage.present
        judged.append((row, said, verdict_of(said, row.number, passage.seen, known)))
    return judged


def _verdict(
    passage: _Passage,
    row: Row,
    outcome: Said | None,
    verdict: str,
    serials: Mapping[bytes, tuple[int, int]],
) -> Verdict:
    passage.counts[verdict] += 1
    if outcome is None:
        return Verdict(row.sheet, row.number, verdict, (row.skipped,))
    there = passage.present.get(outcome.source)
    known = (there.year, there.number) if there else (0, 0)
    year, number = serials.get(outcome.source, known)
    serial = ""
    if number and not outcome.refused:
        serial = written(passage.letter, year, number)
    if verdict == "duplicate":
        first = passage.seen.get(outcome.source)
        reasons = (
            _("The same row is in the ledger already.")
            if first is None
            else _("The same as row %d of this file.") % first,
        )
        return Verdict(row.sheet, row.number, verdict, reasons, serial)
    told = (outcome.refused,) if outcome.refused else tuple(outcome.warnings)
    return Verdict(row.sheet, row.number, verdict, told, serial)


def _write_result(run: ImportRun) -> None:
    """The result workbook; the import itself is done, so its failure is only said."""
    try:
        results.write(run)
        ImportRun.objects.filter(pk=run.pk).update(has_result=True)
    except (ValidationError, OSError) as wrong:
        words = wrong.messages[0] if isinstance(wrong, ValidationError) else said_of(wrong)
        ImportRun.objects.filter(pk=run.pk).update(
            problem=_("The rows are in, but the result workbook could not be written: %s") % words
        )
    run.refresh_from_db()


IMPORT: Final = declare(
    LongWork(
        code="import",
        model=ImportRun,
        do=_pass_through,
        told=Told(
            denied=gettext_lazy("You may not import into this room any more."),
            unwritten=UNREADABLE,
            database=gettext_lazy(
                "The database did not take the rows. Go on with it later; nothing is lost."
            ),
            stopped=gettext_lazy(
                "It was stopped. You can go on with it; nothing is taken in twice."
            ),
        ),
        files=files.KEPT,
        past=files.never_begun,
    )
)
