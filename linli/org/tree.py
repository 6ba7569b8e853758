"""Questions about the tree: who is above, what is below, who is there. Answers are kept briefly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from linli.ground import workdays
from linli.ground.clock import today
from linli.org.models import Posting, Role, Staff, Unit, UnitKind, Whereabouts, WorkdayOverride

T = TypeVar("T")

# What another process changed is seen here after this many seconds at the latest.
_KEPT: Final = 30.0
_answers: dict[tuple[str, object], tuple[float, object]] = {}
_version = 0


def version() -> int:
    """Grows in this process whenever units, staff or postings change; part of others' cache keys."""
    return _version


def changed() -> None:
    """Units, staff or postings changed: forget every answer kept in this process.

    Called by the actions; once more after the commit, since another thread may have asked between.
    """
    forget()
    transaction.on_commit(forget)


def forget() -> None:
    """Forget every answer kept in this process (tests do so between databases)."""
    global _version
    _version += 1
    _answers.clear()


def _kept(question: str, about: object, ask: Callable[[], T]) -> T:
    key = (question, about)
    held = _answers.get(key)
    if held is not None and time.monotonic() - held[0] < _KEPT:
        return held[1]  # type: ignore[return-value]
    answer = ask()
    if len(_answers) > 20_000:
        _answers.clear()
    _answers[key] = (time.monotonic(), answer)
    return answer


def path(unit: UUID) -> tuple[Unit, ...]:
    """The unit with all above it, highest first; Unit.DoesNotExist. One query, kept."""

    def ask() -> tuple[Unit, ...]:
        found = Unit.objects.select_related("parent__parent__parent").get(pk=unit)
        line: list[Unit] = []
        above: Unit | None = found
        while above is not None:
            line.append(above)
            above = above.parent
        return tuple(reversed(line))

    return _kept("path", unit, ask)


def place_in_tree(room: UUID) -> tuple[Unit, Unit, Unit, Unit]:
    """(bureau, branch, station, room) of a room; ValueError for a unit that is not a room."""
    line = path(room)
    if len(line) != 4:
        raise ValueError(f"unit {room} is a {line[-1].kind}, not a room")
    return line[0], line[1], line[2], line[3]


def district_of(unit: UUID) -> UUID:
    """The branch above a unit (or the unit itself when it is one); a bureau answers with itself."""
    line = path(unit)
    return line[min(1, len(line) - 1)].pk


def below(unit: UUID) -> QuerySet[Unit]:
    """The unit and all units below it."""
    return Unit.objects.filter(
        Q(pk=unit) | Q(parent=unit) | Q(parent__parent=unit) | Q(parent__parent__parent=unit)
    )


def rooms_under(unit: UUID) -> list[UUID]:
    """The rooms below a unit (a room answers with itself), closed ones too, by code."""
    rooms = below(unit).filter(kind=UnitKind.ROOM).order_by("code")
    return list(rooms.values_list("pk", flat=True))


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of units and of staff by id; an unknown id is left out. At most two queries, kept."""
    wanted = set(ids)
    found: dict[UUID, str] = {}
    moment = time.monotonic()
    for one in wanted:
        held = _answers.get(("name", one))
        if held is not None and moment - held[0] < _KEPT:
            found[one] = str(held[1])
    for model in (Unit, Staff):
        missing = wanted - found.keys()
        if missing:
            asked = dict(model._default_manager.filter(pk__in=missing).values_list("pk", "name"))
            found |= asked
            _answers.update((("name", one), (moment, name)) for one, name in asked.items())
    return found


def staff_of(unit: UUID, on: date | None = None) -> list[tuple[Staff, str]]:
    """Who is posted at a unit that day, with the role: heads first, then by name."""
    day = on or today()
    postings = (
        Posting.objects.filter(unit=unit, since__lte=day, staff__is_active=True)
        .filter(Q(until=None) | Q(until__gt=day))
        .select_related("staff")
        .order_by("staff__name_pinyin", "staff__name")
    )
    order = [Role.HEAD, Role.CHIEF, Role.OFFICER, *Role]
    return sorted(
        ((posting.staff, posting.role) for posting in postings),
        key=lambda pair: order.index(Role(pair[1])),
    )


_ANSWERS_FIRST: Final = (Role.OFFICER, Role.HEAD, Role.AUXILIARY, Role.CLERK)


def duty_officer(room: UUID, on: date | None = None) -> Staff | None:
    """Who answers for what comes in: an officer, else the head, an auxiliary, a clerk, else the chief.

    Among equals somebody on duty goes before somebody off. None: nobody at all, so the room takes
    no reports and says where to go instead.
    """
    people = staff_of(room, on)
    for role in _ANSWERS_FIRST:
        holders = [staff for staff, held in people if held == role]
        if holders:
            return min(holders, key=lambda staff: staff.whereabouts == Whereabouts.OFF)
    station = place_in_tree(room)[2]
    chiefs = [staff for staff, role in staff_of(station.pk, on) if role == Role.CHIEF]
    return chiefs[0] if chiefs else None


_NO_OVERRIDES: Final[Mapping[date, bool]] = MappingProxyType({})


def overrides(unit: UUID | None = None) -> Mapping[date, bool]:
    """Working-day overrides that hold in a unit, for `linli.ground.workdays`; nearer units win.

    The same object is given back until something changes, so that others can cache by it.
    """

    def ask() -> Mapping[date, bool]:
        line = [one.pk for one in path(unit)] if unit else []
        rows = WorkdayOverride.objects.filter(Q(unit=None) | Q(unit__in=line))
        if not rows:
            return _NO_OVERRIDES
        depth = {pk: level for level, pk in enumerate(line)}
        ordered = sorted(rows, key=lambda row: depth.get(row.unit_id, -1) if row.unit_id else -1)
        return MappingProxyType({row.day: row.working for row in ordered})

    return _kept("overrides", unit, ask)


def year_known(year: int) -> bool:
    """Whether the calendar knows the year's working days, or every day was entered for all units."""
    if workdays.is_working(date(year, 1, 1))[1]:
        return True
    told = WorkdayOverride.objects.filter(day__year=year, unit=None).count()
    return told >= (date(year + 1, 1, 1) - date(year, 1, 1)).days
