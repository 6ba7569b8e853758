"""When things happen: over the year, the week and the day; and the next hour an office is open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from linli.demo.told import Kind
from linli.ground import clock, workdays

# Chance of a visit on Monday and Thursday, reception days, against other days.
_RECEPTION = {0: 1.6, 3: 1.6}
_SATURDAY = 5


def is_working(day: date) -> bool:
    return workdays.is_working(day)[0]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day on a Shanghai clock."""
    return datetime.combine(day, time(hour, minute), clock.SHANGHAI)


def working_day(day: date, step: int) -> date:
    """The working day `step` working days away (0: the day itself, or the next one that works)."""
    move = timedelta(days=-1 if step < 0 else 1)
    while step == 0 and not is_working(day):
        day += move
    for _nth in range(abs(step)):
        day += move
        while not is_working(day):
            day += move
    return day


def office_moment(rng: Random, after: datetime, days: int) -> datetime:
    """A moment in office hours, `days` working days after `after`, and later than it."""
    start = clock.local(after)
    day = working_day(start.date(), days)
    if day == start.date() and start.hour >= 16:
        day = working_day(day, 1)
    opens = max(start.hour + 1, 9) if day == start.date() else 9
    hour = rng.choice([h for h in (9, 10, 11, 14, 15, 16) if h >= opens] or [16])
    return max(at(day, hour, rng.randint(0, 59)), after + timedelta(minutes=2))


def hours_ago(now: datetime, minutes: int) -> datetime:
    """A moment in office hours about so many minutes before now."""
    moment = clock.local(now) - timedelta(minutes=minutes)
    while not (is_working(moment.date()) and 9 <= moment.hour < 17 and moment.hour not in (12, 13)):
        moment -= timedelta(minutes=30)
    return moment


class Calendar:
    """The days of the demonstration, and how likely each kind of matter falls on each."""

    def __init__(self, last: date, days: int) -> None:
        self.days = [last - timedelta(days=n) for n in range(days, -1, -1)]
        self._weights: dict[int, list[float]] = {}

    def moment(self, rng: Random, kind: Kind) -> datetime:
        """A moment at which such a matter comes in."""
        weights = self._weights.get(id(kind))
        if weights is None:
            weights = self._weights[id(kind)] = list(accumulate(self._weight(kind)))
        day = rng.choices(self.days, cum_weights=weights)[0]
        hour = rng.choices(range(24), weights=kind.hours)[0]
        lowest, highest = (30, 59) if kind.office and hour == 8 else (0, 59)
        if kind.office and hour == 17:
            highest = 25
        moment = at(day, hour, rng.randint(lowest, highest))
        return moment + timedelta(seconds=rng.randint(0, 59))

    def _weight(self, kind: Kind) -> list[float]:
        weights = [kind.months[day.month - 1] * self._of_weekday(kind, day) for day in self.days]
        return weights if any(weights) else [1.0] * len(weights)

    @staticmethod
    def _of_weekday(kind: Kind, day: date) -> float:
        if kind.office:
            return _RECEPTION.get(day.weekday(), 1.0) if is_working(day) else 0.0
        return kind.weekend if day.weekday() >= _SATURDAY else 1.0
