"""Making the demonstration: all of it in one transaction, so that it is there whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import connection
from django.utils import translation

from linli.access.actor import system_actor
from linli.demo import registers, told
from linli.demo.last_days import LastDays
from linli.demo.matters import plan_matter
from linli.demo.plan import Plan, Room
from linli.demo.rhythm import Calendar
from linli.demo.staffing import Staffed, say_whereabouts, staffed
from linli.demo.usual_services import UsualServices
from linli.ground import clock
from linli.ledger.acts import watching
from linli.ledger.entries import counting
from linli.ledger.entries.rows import writing
from linli.org import actions, tree
from linli.org.models import Unit, UnitKind

# Matters a year: the main room, the other rooms of its station, all others.
_A_YEAR = (900, 160, 24)
_VISITS_SHARE = 0.64
_REGISTERED = timedelta(days=5)  # the register of places was filled
_BEFORE = timedelta(days=40)  # units and people are there before the first matter


@dataclass(frozen=True)
class Size:
    """How much to make; `busy` multiplies the matters. Tests make little."""

    days: int = 365
    rooms: int | None = None
    busy: float = 1.0


@dataclass(frozen=True)
class Made:
    """What was made; `codes`: (kind of report, receipt code), known only now."""

    rooms: int
    entries: int
    acts: int
    codes: list[tuple[str, str]]


def build(size: Size | None = None) -> Made:
    """Make the demonstration in an empty, migrated installation. Same content for the same day."""
    size = size or Size()
    now = clock.now().replace(microsecond=0)
    # What is written down for good, such as a signed log, is Chinese like the people of the district.
    with translation.override("zh-hans"), writing():
        with clock.fixed(now - timedelta(days=size.days) - _BEFORE):
            there = staffed(size.rooms)
        plan = Plan(now)
        _year(plan, there, size)
        last = LastDays(plan, there.rooms[0], there.people, Random("last days"))  # noqa: S311
        last.all(size.days)
        for file in ("usual_services", "gatherings", "streets"):
            own = Random(file.replace("_", " "))  # noqa: S311
            UsualServices(plan, there.rooms[0], there.people, own, file).all()
        if there.rooms[0].main:
            rng = Random("registers")  # noqa: S311
            plan.call(now - _REGISTERED, partial(registers.fill, there.rooms[0], rng))
        plan.carry_out()
        _finish(now)
    watching.remind()  # what the worker does every hour
    tree.forget()
    counting.fold()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Made(len(there.rooms), plan.recorded, plan.acts, last.codes)


def _year(plan: Plan, there: Staffed, size: Size) -> None:
    calendar = Calendar(clock.local(plan.now).date(), size.days)
    kinds = {ledger: told.kinds(ledger) for ledger in ("incidents", "visits")}
    weights = {ledger: [kind.weight for kind in of] for ledger, of in kinds.items()}
    station = there.rooms[0].code[:9]
    for room in there.rooms:
        rng = Random(room.code)  # noqa: S311 - the same every time
        for _nth in range(_how_many(room, station, size, rng)):
            ledger = "visits" if rng.random() < _VISITS_SHARE else "incidents"
            kind = rng.choices(kinds[ledger], weights=weights[ledger])[0]
            at = calendar.moment(rng, kind)
            if at < plan.now:
                plan_matter(plan, room, rng, kind, at)


def _how_many(room: Room, station: str, size: Size, rng: Random) -> int:
    a_year = _A_YEAR[0] if room.main else _A_YEAR[1] if room.code[:9] == station else _A_YEAR[2]
    wanted = a_year * size.days / 365 * size.busy * rng.uniform(0.8, 1.2)
    return int(wanted + rng.random())


def _finish(now: datetime) -> None:
    """The last step of the bureau's chain carries the moment at which all this was made."""
    cast = told.read("cast")
    bureau = Unit.objects.get(kind=UnitKind.BUREAU)
    with clock.fixed(now):
        actions.change_unit(
            unit=bureau, by=system_actor(cast["maker"]), address=cast["bureau_address"]
        )
        say_whereabouts()
