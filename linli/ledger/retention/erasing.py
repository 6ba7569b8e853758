"""To erase: a slice of entries of one room, in one transaction, with the chained step that says so.

What goes: the rows of the entry, its people and sealed values, its words in the index, drafts and
receipts that lead to it, its links, its files and their contents, the files of the import or export
that it came with, and the bodies of all its steps. What stays: the headers of the steps, so that the
chain holds; an ErasedEntry, so that the serial is explained; and the daily counts, which name nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from linli.ground import clock, keyring
from linli.history import chain
from linli.history.models import Erasure, Step, StepBody
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.entries import counting
from linli.ledger.entries.models import (
    CountDelta,
    Draft,
    Entry,
    EntryLink,
    EntryPerson,
    ErasedEntry,
    Receipt,
    Sealed,
    SearchText,
    SentOnce,
)
from linli.ledger.entries.rows import writing
from linli.ledger.entries.things import EntryThing
from linli.ledger.files.models import Attachment
from linli.ledger.retention import copies
from linli.ledger.retention.models import Hold

ACTION: Final = "erased"
SLICE: Final = 200  # entries under one step: nobody waits long for the room's lock
_AT_ONCE: Final = 500  # ids in one statement
_COLUMNS: Final = (
    "id", "district", "room", "ledger", "serial_year", "serial_no", "state", "category",
    "received_at", "closed_at", "import_run",
)  # fmt: skip
# Every table that has rows of an entry, by the column that names it. A test walks all models.
OF_ENTRY: Final[tuple[tuple[type[Model], str], ...]] = (
    (EntryPerson, "entry"), (Sealed, "entry"), (SearchText, "entry"), (Draft, "entry"),
    (Receipt, "entry"), (SentOnce, "entry"), (EntryLink, "cause"), (EntryLink, "effect"),
    (EntryThing, "entry"), (Attachment, "entry"), (Attachment, "meant_for"), (Hold, "entry"),
    (Entry, "id"),
)  # fmt: skip


def erase(
    room: UUID,
    district: UUID,
    wanted: QuerySet[Entry],
    rule: str,
    *,
    journal: bool = True,
    **said: Any,
) -> int:
    """Erase up to SLICE of the entries of this room that `wanted` gives under the room's lock.

    `rule` is the code of a rule, "own", or "request"; `said` goes into the step as well: never
    anything of the entries' content. `journal` is False for what the journal itself names. Gives how
    many were erased.
    """
    ring = keyring.load(settings.HOME)
    with writing():
        overwriting()
        chain.lock({room: district})
        entries = list(wanted.filter(room=room).order_by("id")[:SLICE].values(*_COLUMNS))
        if not entries:
            return 0
        ids = [entry["id"] for entry in entries]
        files = _files(ids)
        step = _chained(room, district, entries, [*ids, *(row["id"] for row in files)], rule, said)
        _leave_stubs(entries, rule, step)
        for model, column in OF_ENTRY:
            _delete(model, column, ids)
        # The journal is the last thing that can fail before the commit: what it names has gone.
        if journal:
            ring.bury_entries([one.hex for one in ids], rule)
        transaction.on_commit(lambda: copies.drop_contents(files))
        transaction.on_commit(lambda: copies.drop_copies(room, entries))
    return len(entries)


def overwriting() -> None:
    """SQLite overwrites what it deletes with zeros, instead of leaving it in free pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def _files(ids: Sequence[UUID]) -> Sequence[Mapping[str, Any]]:
    rows = Attachment.objects.filter(Q(entry__in=ids) | Q(meant_for__in=ids, entry=None))
    return list(rows.values("id", "stored", "thumbnail"))


def _chained(
    room: UUID,
    district: UUID,
    entries: Sequence[Mapping[str, Any]],
    subjects: Sequence[UUID],
    rule: str,
    said: Mapping[str, Any],
) -> UUID:
    """The step that names what goes, and the bodies of the steps that it takes away."""
    holds = Hold.objects.filter(entry__in=[entry["id"] for entry in entries])
    steps = list(
        Step.objects.filter(subject__in=[*subjects, *holds.values_list("id", flat=True)])
        .filter(id__in=StepBody.objects.values("step"))
        .order_by("seq")
        .values_list("id", "seq")
    )
    named = {str(entry["id"]): serial_of(entry) for entry in entries}
    return take_bodies(
        room, district, steps, {**said, "rule": rule, "entries": named, "day": clock.today()}
    )


def take_bodies(
    room: UUID, district: UUID, steps: Sequence[tuple[UUID, int]], said: Mapping[str, Any]
) -> UUID:
    """Erase the bodies of these steps (id, seq) of a room with a step that names them by number."""
    by = chain.note_change(
        district=district, room=room, subject=room, action=ACTION, actor_id=None,
        actor_name="linli", body={**said, "seqs": [seq for _id, seq in steps]},
    )  # fmt: skip
    Erasure.objects.bulk_create([Erasure(step=id, by=by) for id, _seq in steps], batch_size=500)
    _delete(StepBody, "step", [id for id, _seq in steps])
    return by


def serial_of(entry: Mapping[str, Any]) -> str:
    """The serial as the headers of steps have it."""
    return f"{entry['ledger']}/{entry['serial_year']}/{entry['serial_no']}"


def _delete(model: type[Model], column: str, ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        rows = model._default_manager.filter(**{f"{column}__in": ids[start : start + _AT_ONCE]})
        rows._raw_delete(rows.db)


def _leave_stubs(entries: Sequence[Mapping[str, Any]], rule: str, step: UUID) -> None:
    now = clock.now()
    ErasedEntry.objects.bulk_create(
        ErasedEntry(
            id=entry["id"], district=entry["district"], room=entry["room"],
            ledger=entry["ledger"], serial_year=entry["serial_year"],
            serial_no=entry["serial_no"], received_on=clock.local(entry["received_at"]).date(),
            rule=rule, erased_at=now, step=step,
        )
        for entry in entries
    )  # fmt: skip
    CountDelta.objects.bulk_create(_counted(entries))


def _counted(entries: Iterable[Mapping[str, Any]]) -> list[CountDelta]:
    """What the daily counts go on counting though the entries are gone (see counting.py)."""
    counts: Counter[tuple[UUID, UUID, str, str, date, str]] = Counter()
    for entry in entries:
        if entry["state"] == VOID:
            continue
        what = entry["district"], entry["room"], entry["ledger"], entry["category"]
        received = clock.local(entry["received_at"]).date()
        counts[(*what, received, counting.ERASED_RECEIVED)] += 1
        if entry["closed_at"]:
            closed = clock.local(entry["closed_at"]).date()
            counts[(*what, closed, counting.ERASED_CLOSED)] += 1
    return [
        CountDelta(
            district=district, room=room, ledger=ledger, category=category, day=day,
            measure=measure, n=n,
        )
        for (district, room, ledger, category, day, measure), n in counts.items()
    ]  # fmt: skip
