"""One import from start to end: begun, stopped and gone on with, undone as one act.

A run always goes through the whole file from its first row; what is in the ledger already is not
entered again. So it can be stopped anywhere, and gone on with by any process.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from linli.access.actor import Actor, actor_for, system_actor
from linli.ground import clock
from linli.ground.ids import new_id
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
from linli.ledger.exchange.sheets.opening import FileRefused, said_of
from linli.org.models import Staff, Unit

log = logging.getLogger(__name__)

# A run whose process has said nothing for so long has lost it.
SILENT_FOR = timedelta(seconds=60)
_GOING_ON = (Status.PREVIEW, Status.WAITING, Status.RUNNING, Status.STOPPED)
Tick = Callable[[ImportRun], None]


class TakenOver(Exception):
    """Another process goes on with this run."""


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
    ).order_by("-made_at")
    for run in unfinished:
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
        columns=dict(columns), year=year, status=Status.WAITING, progress_at=clock.now()
    )
    run.refresh_from_db()


def is_silent(run: ImportRun) -> bool:
    """Whether a run that should be at work has lost its process."""
    last = run.progress_at or run.made_at
    return run.status in (Status.RUNNING, Status.WAITING, Status.UNDOING) and (
        clock.now() - last > SILENT_FOR
    )


@dataclass
class _Passage:
    """One way through the file: what has been seen and counted."""

    run: ImportRun
    book: Book
    guide: Guide
    ledger: Register
    claim: UUID
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
    claim = new_id()
    claimed = ImportRun.objects.filter(pk=run_id, status__in=_GOING_ON).update(
        status=Status.RUNNING, claim=claim, progress_at=clock.now(), problem=""
    )
    run = ImportRun.objects.get(pk=run_id)
    if not claimed:
        return run
    if run.started_at is None:
        ImportRun.objects.filter(pk=run_id).update(started_at=clock.now())
    with translation.override(run.language):
        try:
            _pass_through(run, claim, tick)
        except TakenOver:
            raise
        except (ValidationError, PermissionDenied, OSError, DatabaseError) as wrong:
            return _stopped(run, claim, wrong)
        except BaseException:
            _stop(
                run, claim, _("It was stopped. You can go on with it; nothing is taken in twice.")
            )
            raise
        run.refresh_from_db()
        _write_result(run)
    if tick:
        tick(run)
    return run


def _stopped(run: ImportRun, claim: UUID, wrong: Exception) -> ImportRun:
    if isinstance(wrong, ValidationError):
        words = " ".join(wrong.messages)
    elif isinstance(wrong, PermissionDenied):
        words = _("You may not import into this room any more.")
    elif isinstance(wrong, OSError):
        words = said_of(wrong)
    else:
        log.error("import %s stopped: %s", run.pk, type(wrong).__name__)
        words = _("The database did not take the rows. Go on with it later; nothing is lost.")
    _stop(run, claim, words)
    run.refresh_from_db()
    return run


def _stop(run: ImportRun, claim: UUID, words: str) -> None:
    ImportRun.objects.filter(pk=run.pk, claim=claim).update(status=Status.STOPPED, problem=words)


def actor_of(run: ImportRun) -> Actor:
    """Who imports: the officer who began it, with the rights held now; else the program."""
    if run.by is None:
        return system_actor(run.by_name or "linli import", via="import")
    return actor_for(Staff.objects.get(pk=run.by), via="import")


def _pass_through(run: ImportRun, claim: UUID, tick: Tick | None) -> None:
    content = files.get(run, files.UPLOAD)
    with row_pool.processes(len(content)) as pool:
        passage = _begin(run, claim, content)
        _progress(passage, rows=passage.book.size)
        with VerdictWriter(files.folder(run) / files.VERDICTS) as verdicts:
            for batch in row_pool.ready(passage.book, passage.guide, pool):
                verdicts.write(_enter(passage, batch))
                _progress(passage)
                if tick:
                    run.refresh_from_db()
                    tick(run)
    _progress(passage, rows=passage.at_row, status=Status.DONE, finished_at=clock.now())


def _begin(run: ImportRun, claim: UUID, content: bytes) -> _Passage:
    """Open the file and look at what is there. Raises PermissionDenied, ValidationError."""
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
        claim,
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
    mine = ImportRun.objects.filter(pk=passage.run.pk, claim=passage.claim).update(
        at_row=passage.at_row, progress_at=clock.now(), **passage.counts, **also
    )
    if not mine:
        raise TakenOver


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
