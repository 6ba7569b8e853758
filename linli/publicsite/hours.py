"""When a room is open: weekly slots, public holidays, days worked in exchange, own exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.ground import clock, workdays

Slots = tuple[tuple[time, time], ...]
Weekly = Mapping[int, Slots]  # weekday (Monday is 0) -> its slots in order

# How far ahead an opening is looked for: longer than any holiday.
_AHEAD: Final = 30
_FIRST_OF_WEEKEND: Final = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of time in which the room receives people (aware, Shanghai)."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class OpenState:
    """`now`: the opening that runs; `next`: the one after. `certain` is False where the holidays
    of that year are not known yet."""

    now: Opening | None
    next: Opening | None
    certain: bool


def weekly(hours: Sequence[Mapping[str, Any]]) -> dict[int, Slots]:
    """A unit's hours (see org.models.check_hours) by weekday."""
    by_day: dict[int, list[tuple[time, time]]] = {}
    for slot in hours:
        span = (time.fromisoformat(slot["from"]), time.fromisoformat(slot["to"]))
        by_day.setdefault(int(slot["day"]), []).append(span)
    return {day: tuple(sorted(spans)) for day, spans in sorted(by_day.items())}


def slots_on(day: date, week: Weekly, overrides: workdays.Overrides) -> tuple[Slots, bool]:
    """(slots, known) of one day.

    A weekday is open when it is worked. A weekend worked in exchange keeps the hours that all
    five weekdays have in common: no notice says which weekday it stands for. Weekend hours of the
    room's own hold unless the room's exceptions close the day.
    """
    works, known = workdays.is_working(day, overrides)
    own = week.get(day.weekday(), ())
    if day.weekday() < _FIRST_OF_WEEKEND:
        return (own if works else ()), known
    if own:
        return (own if overrides.get(day, True) else ()), True
    if not works:
        return (), known
    shared = set(week.get(0, ())).intersection(*(week.get(n, ()) for n in range(1, 5)))
    return tuple(sorted(shared)), known


def state(
    week: Weekly, overrides: workdays.Overrides = workdays.NONE, at: datetime | None = None
) -> OpenState:
    """Whether the room is open at a moment (default: now), and when it opens next."""
    here = clock.local(at or clock.now())
    running: Opening | None = None
    certain = True
    for ahead in range(_AHEAD):
        day = here.date() + timedelta(days=ahead)
        slots, known = slots_on(day, week, overrides)
        certain = certain and known
        for opens, closes in slots:
            opening = Opening(
                datetime.combine(day, opens, clock.SHANGHAI),
                datetime.combine(day, closes, clock.SHANGHAI),
            )
            if opening.opens <= here < opening.closes:
                running = opening
            elif opening.opens > here:
                return OpenState(running, opening, certain)
    return OpenState(running, None, certain)


def _weekday(day: int) -> str:
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )[day]


def span_words(slot: tuple[time, time]) -> str:
    return f"{slot[0]:%H:%M}–{slot[1]:%H:%M}"


def week_words(week: Weekly) -> list[tuple[str, list[str]]]:
    """The week in rows, days with the same hours together: ("Mon to Fri", ["08:30–12:00", ...])."""
    by_hours: dict[Slots, list[int]] = {}
    for day, slots in week.items():
        by_hours.setdefault(slots, []).append(day)
    return [
        (_days_words(days), [span_words(slot) for slot in slots])
        for slots, days in sorted(by_hours.items(), key=lambda item: item[1])
    ]


def _days_words(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s to %(last)s") % {
            "first": _weekday(days[0]),
            "last": _weekday(days[-1]),
        }
    return pgettext("between listed words", ", ").join(_weekday(day) for day in days)
