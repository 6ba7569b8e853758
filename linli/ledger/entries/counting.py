"""Daily counts: deltas are appended with the entries and folded here, by the worker.

Figures are read from `DailyCount` plus what is not folded yet, so that folding never changes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, Sum

from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.models import CountDelta, DailyCount, Entry
from linli.ledger.entries.rows import writing

BATCH = 50_000
# Of entries that were erased after their time (retention/erasing.py) the counts stay. How many of
# them there are is kept under these measures, or nothing could be compared any more.
ERASED_RECEIVED: Final = "erased_in"
ERASED_CLOSED: Final = "erased_out"
STANDING: Final = "standing"  # of things: the base figures
_STOOD_FOR: Final = {ERASED_RECEIVED: "received", ERASED_CLOSED: "closed"}
_WHAT = ("district", "room", "ledger", "category", "day", "measure")
Key = tuple[UUID, UUID, str, str, date, str]

_ADD = """INSERT INTO ledger_dailycount (district, room, ledger, category, day, measure, n)
    SELECT district, room, ledger, category, day, measure, sum(n) FROM {source}
    GROUP BY district, room, ledger, category, day, measure
    ORDER BY district, room, ledger, category, day, measure
    ON CONFLICT (district, room, ledger, category, day, measure)
    DO UPDATE SET n = ledger_dailycount.n + excluded.n"""
# Rows are taken by deleting them: a sequence's order is not the order of commits, so "up to this
# id" would lose what a slower transaction adds below it.
_POSTGRESQL = f"""WITH taken AS (
        DELETE FROM ledger_countdelta WHERE id IN (
            SELECT id FROM ledger_countdelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
        RETURNING *),
    folded AS ({_ADD.format(source="taken")})
    SELECT count(*) FROM taken"""  # noqa: S608 - constants


def fold() -> int:
    """Add the deltas to the daily counts and delete them; gives how many. Several may fold at once."""
    total = 0
    while True:
        done = _fold_postgresql() if connection.vendor == "postgresql" else _fold_sqlite()
        total += done
        if done < BATCH:
            return total


def _fold_postgresql() -> int:
    with writing(), connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL, [BATCH])
        return int(cursor.fetchone()[0])


def _fold_sqlite() -> int:
    """Under IMMEDIATE nobody else writes: all up to the greatest id is there."""
    if not CountDelta.objects.exists():
        return 0
    with writing(), connection.cursor() as cursor:
        first = CountDelta.objects.order_by("id").values("id")[:BATCH]
        last = CountDelta.objects.filter(id__in=first).aggregate(last=Max("id"))["last"]
        source = "ledger_countdelta WHERE id <= %s"
        cursor.execute(_ADD.format(source=source), [last])
        cursor.execute("DELETE FROM ledger_countdelta WHERE id <= %s", [last])
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that does not agree with the entries it should count."""

    key: Key
    counted: int
    actual: int


def rebuild_and_compare(*, repair: bool = False) -> list[Difference]:
    """Count all entries anew and compare with the kept counts; `repair` puts the kept ones right.

    Gives the differences, empty when all is well. Repairing while entries are written may miss
    what is not committed yet: stop the server first.
    """
    fold()
    actual = _count_entries()
    kept = {
        tuple(row[name] for name in _WHAT): row["n"]
        for row in DailyCount.objects.values(*_WHAT).annotate(n=Sum("n"))
    }
    waiting = CountDelta.objects.values(*_WHAT).annotate(total=Sum("n"))
    for row in waiting:
        key = tuple(row[name] for name in _WHAT)
        kept[key] = kept.get(key, 0) + row["total"]
    for key in [key for key in kept if key[-1] in _STOOD_FOR]:
        actual[(*key[:-1], _STOOD_FOR[key[-1]])] += kept.pop(key)
    differences = [
        Difference(key, kept.get(key, 0), actual.get(key, 0))
        for key in sorted({*kept, *actual}, key=str)
        if kept.get(key, 0) != actual.get(key, 0)
    ]
    if repair and differences:
        _repair(actual)
    return differences


def _count_entries() -> Counter[Any]:
    """What the counts must be: received unless void, closed while closed, on Shanghai's days."""
    counts: Counter[Any] = Counter()
    for entry in _entries():
        if entry["state"] == VOID:
            continue
        head = (entry["district"], entry["room"], entry["ledger"], entry["category"])
        counts[(*head, clock.local(entry["received_at"]).date(), "received")] += 1
        if entry["closed_at"]:
            counts[(*head, clock.local(entry["closed_at"]).date(), "closed")] += 1
    for thing in registry.things():
        if thing.counted_by:
            _count_things(thing, counts)
    return counts


def _count_things(thing: Thing, counts: Counter[Any]) -> None:
    """The base figures of a register: what stands from its first day on, until its last."""
    columns = ("district", "room", "since", "until", "merged_into", "void", "made_at")
    for values in thing.model._default_manager.values(*columns, thing.counted_by).iterator(
        chunk_size=5000
    ):
        for (category, day), n in counted(thing, values).items():
            key = (values["district"], values["room"], thing.code, category, day, STANDING)
            counts[key] += n


def counted(thing: Thing, values: Mapping[str, Any]) -> Counter[tuple[str, date]]:
    """What a thing adds to the base figures: one from its first day on, less one from its last; by
    category and day. Nothing where the register does not count, or where it was merged or voided."""
    if not thing.counted_by or values["void"] or values["merged_into"] is not None:
        return Counter()
    category = values[thing.counted_by]
    first = values["since"] or clock.local(values["made_at"]).date()
    found = Counter({(category, first): 1})
    if values["until"] is not None:
        found[category, max(values["until"], first)] -= 1
    return found


def _entries() -> Iterator[dict[str, Any]]:
    columns = ("district", "room", "ledger", "category", "state", "received_at", "closed_at")
    yield from Entry.objects.values(*columns).iterator(chunk_size=5000)


def _repair(actual: Counter[Any]) -> None:
    with writing():
        CountDelta.objects.exclude(measure__in=_STOOD_FOR)._raw_delete("default")
        DailyCount.objects.exclude(measure__in=_STOOD_FOR)._raw_delete("default")
        DailyCount.objects.bulk_create(
            (DailyCount(**dict(zip(_WHAT, key, strict=True)), n=n) for key, n in actual.items()),
            batch_size=1000,
        )
