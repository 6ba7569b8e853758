"""One export from start to end, by any process; and its download.

It is written whole or not at all, so that after a crash it is simply begun again: there is nothing
to go on with.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import IO, Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access.actor import Actor, actor_for
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.rows import writing
from linli.ledger.exports import asking, reading, sealed_files, tables
from linli.ledger.exports.asking import Why
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.reading import lists
from linli.ledger.runs import doing, kept_files
from linli.ledger.runs.lease import Lease
from linli.ledger.runs.long_work import LongWork, Told, declare
from linli.org.models import Staff, Unit

_TELL_EVERY = 0.5  # seconds


def carry_on(run_id: UUID) -> ExportRun:
    """Make the file of a run, from its beginning. Returns it as done or stopped.

    Raises TakenOver, ExportRun.DoesNotExist.
    """
    return doing.carry_out(EXPORT, run_id)


def _make(lease: Lease[ExportRun]) -> None:
    run = lease.run
    actor = actor_for(Staff.objects.get(pk=run.by), via="job")
    stored = secrets.token_hex(16)
    kept_files.remove(sealed_files.KEPT, run.stored)  # what a process that was killed left
    lease.beat(stored=stored, written=0)
    last = time.monotonic()

    def tick(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _TELL_EVERY:
            last = time.monotonic()
            lease.beat(written=done)

    with sealed_files.making(run, stored) as (out, beside):
        if run.ledger:
            done = _table(run, actor, out, beside, tick)
        else:
            done = _archive(run, actor, out, tick)
    try:
        lease.end(
            written=done, kept_until=sealed_files.kept_until(), stored=run.stored, box=run.box,
            size=run.size,
        )  # fmt: skip
    except BaseException:
        kept_files.remove(sealed_files.KEPT, stored)
        raise


def filters_of(run: ExportRun) -> lists.Filters:
    return lists.Filters.from_query(dict(parse_qsl(run.query)))


def why_of(run: ExportRun) -> Why:
    return Why(run.names, run.purpose, run.matter, run.words)


def _table(run: ExportRun, actor: Actor, out: IO[bytes], beside: Any, tick: tables.Tick) -> int:
    ledger = registry.get(run.ledger)
    if not asking.covers(actor, run):
        raise PermissionDenied
    rows = asking.selected(actor, ledger, filters_of(run), names=run.names)
    if run.names:  # what came in after it was asked for, nobody has approved
        rows = rows.filter(recorded_at__lte=run.made_at)
    with reading.apart() as database:
        rows = rows.using(database)
        rooms = reading.rooms_of(rows)
        if run.names and _grew(run, rooms):
            raise ValidationError(
                _("There are matters of other rooms by now than those approved. Ask anew.")
            )
        _note(run, actor, ledger, rooms)
        return tables.write(
            out, form=run.form, ledger=ledger, rows=rows, opened=run.names, beside=beside, tick=tick
        )


def _grew(run: ExportRun, rooms: asking.Rooms) -> bool:
    """Whether there are rooms that nobody approved."""
    return bool({str(room) for room in rooms} - set(run.rooms))


def _note(run: ExportRun, actor: Actor, ledger: Ledger, rooms: asking.Rooms) -> None:
    """Logged and committed before the first entry is read: no trail, no data."""
    said = "; ".join(part for part in (run.said, run.form) if part)
    with writing():
        asking.note(
            actor, rooms, fields=asking.fields_of(ledger, names=run.names), said=said,
            why=why_of(run), approved_by=run.approved_by_name,
        )  # fmt: skip
        ExportRun.objects.filter(pk=run.pk).update(
            entries=sum(many for _district, many in rooms.values()),
            rooms={str(room): [str(district), many] for room, (district, many) in rooms.items()},
        )


def _archive(run: ExportRun, actor: Actor, out: IO[bytes], tick: tables.Tick) -> int:
    from linli.ledger.exports import archive

    if not asking.covers(actor, run):
        raise PermissionDenied
    [room] = run.rooms
    return archive.write(
        out, room=Unit.objects.get(pk=room), actor=actor, why=why_of(run), tick=tick,
        approved_by=run.approved_by_name,
    )  # fmt: skip


# Fetching


def may_fetch(run: ExportRun, actor: Actor) -> bool:
    """Its maker, as long as they may see what is in it."""
    return run.status == Status.DONE and run.by == actor.id and asking.covers(actor, run)


def fetch(run: ExportRun, actor: Actor) -> tuple[str, str, Iterator[bytes]]:
    """(name, media type, bytes) of the file, for its maker. Raises PermissionDenied,
    FileNotFoundError."""
    if not may_fetch(run, actor) or (run.kept_until and run.kept_until < clock.now()):
        raise PermissionDenied
    pieces = sealed_files.read(run)
    first = next(pieces)  # what does not open is found before the answer begins
    ExportRun.objects.filter(pk=run.pk).update(fetched_at=clock.now())
    form = tables.FORMS.get(run.form, tables.ARCHIVE)
    return name_of(run), form.media, _after(first, pieces)


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def name_of(run: ExportRun) -> str:
    """What the file is called when it is saved."""
    from linli.org.tree import names

    form = tables.FORMS.get(run.form, tables.ARCHIVE)
    day = f"{clock.local(run.made_at):%Y-%m-%d}"
    if run.ledger:
        ledger = registry.get(run.ledger)
        return f"{ledger.book or ledger.title} {day}.{form.suffix}"
    [room] = run.rooms
    return f"{names([UUID(room)]).get(UUID(room), '')} {day}.{form.suffix}"


def throw_away(run: ExportRun) -> None:
    """Its maker wants it no more: the file is erased at once; one at work ends by itself."""
    kept_files.drop(run, sealed_files.KEPT)


EXPORT: Final = declare(
    LongWork(
        code="export",
        model=ExportRun,
        do=_make,
        told=Told(
            denied=gettext_lazy("You may not export this any more."),
            unwritten=gettext_lazy("The file could not be written: %s"),
            database=gettext_lazy("The database did not give the entries. Begin it again later."),
            stopped=gettext_lazy("It was stopped. Begin it again."),
        ),
        files=sealed_files.KEPT,
        past=sealed_files.past,
    )
)
