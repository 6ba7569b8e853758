"""What officers see of the answers: figures of a year by room and ledger, from five answers on.

They advance in steps of five, so that no two looks differ by one person; nothing is added up that
would let a hidden part be taken away from a whole. Comments stand without order and date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.access.actor import Actor
from linli.ground import clock, rules
from linli.ledger.entries.models import Entry
from linli.surveys.ledger import CODE

GOOD = ("4", "5")


@dataclass(frozen=True)
class Cell:
    """The answers about one ledger in one room. Without `shown` there are too few; `satisfied`,
    `attitude` and `speed` are per cent of those who said it is good or very good (None: nobody
    said)."""

    room: UUID
    ledger: str
    shown: int
    satisfied: int | None = None
    attitude: int | None = None
    speed: int | None = None
    comments: tuple[str, ...] = ()


def fewest() -> int:
    """From how many answers on figures are shown."""
    return rules.on(clock.today()).int("small_counts.below")


def of_year(actor: Actor, year: int) -> list[Cell]:
    """The cells of a year in the rooms whose matters the actor reads."""
    rows = (
        Entry.objects.filter(actor.reach("read").q(), ledger=CODE, state="answered")
        .filter(data__about_month__startswith=f"{year:04d}-")
        .order_by("room", "serial_year", "serial_no")
    )
    groups: dict[tuple[UUID, str], list[Entry]] = defaultdict(list)
    for entry in rows:
        groups[(entry.room, entry.data["about_ledger"])].append(entry)
    step = fewest()
    return [
        _cell(room, ledger, entries[: len(entries) - len(entries) % step])
        for (room, ledger), entries in groups.items()
    ]


def _cell(room: UUID, ledger: str, entries: list[Entry]) -> Cell:
    if not entries:
        return Cell(room, ledger, 0)
    said = [entry.data for entry in entries]
    satisfied, attitude, speed = (
        _good(one.get(name) for one in said) for name in ("satisfaction", "attitude", "speed")
    )
    comments = tuple(sorted(entry.narrative for entry in entries if entry.narrative))
    return Cell(room, ledger, len(entries), satisfied, attitude, speed, comments)


def _good(grades: Iterable[Any]) -> int | None:
    """Per cent of good ones; fewer than are shown at all are not told either."""
    given = [grade for grade in grades if grade]
    if len(given) < fewest():
        return None
    return round(100 * sum(grade in GOOD for grade in given) / len(given))
