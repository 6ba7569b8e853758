"""Working days 工作日 with 调休, and when something is due.

`chinesecalendar` knows the notices of the State Council up to a year; an administrator's table
(`overrides`: day -> works or not) says what later notices bring. Where neither knows a year the
weekday is a guess and the result says so (`known` or `certain` is False).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import NamedTuple

import chinese_calendar

from linli.ground.clock import SHANGHAI
from linli.ground.rules.pack import Span, Spans

WorkingHours = Spans
Overrides = Mapping[date, bool]

NONE: Overrides = MappingProxyType({})
_ONE_DAY = timedelta(days=1)
_LONGEST_WAIT = 400  # days without one working day: the overrides must be wrong
_known: dict[date, tuple[bool, bool]] = {}


class Due(NamedTuple):
    """When something is due (UTC); `certain` is False where a year's holidays are not known."""

    at: datetime
    certain: bool


class NoWorkingTime(ValueError):
    """The overrides or hours leave no working time at all."""


def is_working(day: date, overrides: Overrides = NONE) -> tuple[bool, bool]:
    """(works, known): whether `day` is a working day, and whether that is known or a guess."""
    told = overrides.get(day)
    if told is not None:
        return told, True
    answer = _known.get(day)
    if answer is None:
        answer = _known[day] = _ask(day)
    return answer


def _ask(day: date) -> tuple[bool, bool]:
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


def _next_working(day: date, overrides: Overrides, certain: bool) -> tuple[date, bool]:
    """The first working day from `day` on."""
    for _attempt in range(_LONGEST_WAIT):
        works, known = is_working(day, overrides)
        certain = certain and known
        if works:
            return day, certain
        day += _ONE_DAY
    raise NoWorkingTime(str(day))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def add_working_days(
    start: datetime, n: int, hours: WorkingHours, overrides: Overrides = NONE
) -> Due:
    """The end of the n-th working day after the day of `start`; of that day itself for 0."""
    if not hours:
        raise NoWorkingTime("no working hours")
    day = start.astimezone(SHANGHAI).date()
    certain = True
    if n == 0:
        day, certain = _next_working(day, overrides, certain)
    for _nth in range(n):
        day, certain = _next_working(day + _ONE_DAY, overrides, certain)
    return Due(_moment(day, hours[-1][1]), certain)


def add_working_hours(
    start: datetime, n: int, hours: WorkingHours, overrides: Overrides = NONE
) -> Due:
    """The moment when `n` hours of working time have passed since `start`.

    Seconds of `start` are kept; time outside the working hours does not count.
    """
    if not hours:
        raise NoWorkingTime("no working hours")
    begun = start.astimezone(SHANGHAI)
    day = begun.date()
    left = timedelta(hours=n)
    at: time | None = begun.time()
    certain = True
    while True:
        working_day, certain = _next_working(day, overrides, certain)
        if working_day != day:
            at = None
        for opens, closes in hours:
            since = opens if at is None or at < opens else at
            if since >= closes:
                continue
            room = datetime.combine(working_day, closes) - datetime.combine(working_day, since)
            if left <= room:
                end = datetime.combine(working_day, since, SHANGHAI) + left
                return Due(end.astimezone(UTC), certain)
            left -= room
        day, at = working_day + _ONE_DAY, None


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due(start: datetime, span: Span, hours: WorkingHours, overrides: Overrides = NONE) -> Due:
    """When a span that begins at `start` (aware) is over.

    Days, months and years by the calendar end with the working hours of their last day, or of
    the next working day when that is a holiday (Civil Code, art. 203). Minutes, hours and
    shifts run by the clock.
    """
    n, unit = span
    if unit == "working_days":
        return add_working_days(start, n, hours, overrides)
    if unit == "working_hours":
        return add_working_hours(start, n, hours, overrides)
    if unit == "minutes":
        return Due(start.astimezone(UTC) + timedelta(minutes=n), True)
    if unit in ("hours", "shift"):
        return Due(start.astimezone(UTC) + timedelta(hours=n), True)
    day = start.astimezone(SHANGHAI).date()
    if unit == "days":
        day += timedelta(days=n)
    else:
        day = _months_later(day, n if unit == "months" else 12 * n)
    day, certain = _next_working(day, overrides, True)
    return Due(_moment(day, hours[-1][1]), certain)
