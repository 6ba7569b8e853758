"""Times as people say them: 'today 14:20', 'tomorrow', 'next Wed', 'over by 2 h'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from linli.ground import clock

Tone = Literal["late", "today", "later", "done"]
MINUTE, HOUR, DAY = 60, 3600, 86400


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def _weekday(day: date) -> str:
    """Short name of the weekday, Monday first."""
    return str(_WEEKDAYS[day.weekday()])


_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)


def _month(day: date) -> str:
    """Name of the month as it stands in a full date."""
    return str(_MONTHS[day.month - 1])


_MONTHS_IN_ROW = (
    pgettext_lazy("month in a row", "Jan"),
    pgettext_lazy("month in a row", "Feb"),
    pgettext_lazy("month in a row", "Mar"),
    pgettext_lazy("month in a row", "Apr"),
    pgettext_lazy("month in a row", "May"),
    pgettext_lazy("month in a row", "Jun"),
    pgettext_lazy("month in a row", "Jul"),
    pgettext_lazy("month in a row", "Aug"),
    pgettext_lazy("month in a row", "Sep"),
    pgettext_lazy("month in a row", "Oct"),
    pgettext_lazy("month in a row", "Nov"),
    pgettext_lazy("month in a row", "Dec"),
)


def _month_in_row(day: date) -> str:
    """The month as it stands in a table: a name of three letters, in Chinese two digits."""
    return str(_MONTHS_IN_ROW[day.month - 1])


_NEAR = {
    -1: gettext_lazy("yesterday"),
    0: gettext_lazy("today"),
    1: gettext_lazy("tomorrow"),
}


def day_words(day: date, today: date) -> str:
    """A day seen from today: a word when it is near, the date without the year in this year."""
    distance = (day - today).days
    if -1 <= distance <= 1:
        return str(_NEAR[distance])
    if 1 < distance < 7:
        same_week = day.isocalendar()[:2] == today.isocalendar()[:2]
        name = _weekday(day)
        return name if same_week else _("next %(weekday)s") % {"weekday": name}
    parts = {"year": day.year, "month": _month_in_row(day), "day": f"{day.day:02d}"}
    if day.year == today.year:
        return _("%(day)s %(month)s") % parts
    return _("%(day)s %(month)s %(year)s") % parts


def full_words(moment: datetime | date, precision: str = "minute") -> str:
    """The whole date with its weekday, and the time unless only the day is known."""
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    parts = {
        "year": day.year,
        "month": _month(day),
        "day": day.day,
        "weekday": _weekday(day),
    }
    text = _("%(weekday)s, %(day)s %(month)s %(year)s") % parts
    if isinstance(moment, datetime) and precision == "minute":
        text = f"{text} {clock.local(moment):%H:%M}"
    return text


def when_words(moment: datetime | date, precision: str = "minute") -> str:
    """'today 14:20'; only the day for a date, or when the precision is 'day'."""
    if not isinstance(moment, datetime):
        return day_words(moment, clock.today())
    at = clock.local(moment)
    words = day_words(at.date(), clock.today())
    return words if precision == "day" else f"{words} {at:%H:%M}"


def stamp_words(moment: datetime | date, precision: str = "minute") -> str:
    """The same in every year and on every day, for paper: '2026-11-23 14:20'."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{clock.local(moment):{'%Y-%m-%d' if precision == 'day' else '%Y-%m-%d %H:%M'}}"


def machine_text(moment: datetime | date, precision: str = "minute") -> str:
    """For <time datetime>: ISO 8601 in Shanghai time, to the minute or the day."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    at = clock.local(moment)
    return at.date().isoformat() if precision == "day" else at.isoformat(timespec="minutes")


@dataclass(frozen=True, slots=True)
class DueWords:
    """What to show for a deadline: the words and how urgent it is."""

    text: str
    tone: Tone


def span_words(seconds: float) -> str:
    """A span in its largest whole unit: '25 min', '2 h', '3 days'."""
    if seconds < HOUR:
        count = max(1, int(seconds // MINUTE))
        return ngettext("%(count)s min", "%(count)s min", count) % {"count": count}
    if seconds < DAY:
        count = int(seconds // HOUR)
        return ngettext("%(count)s h", "%(count)s h", count) % {"count": count}
    count = int(seconds // DAY)
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def due_words(moment: datetime, closed: datetime | None = None) -> DueWords:
    """A deadline seen from now, or from when the matter was closed."""
    if closed is not None:
        late = (closed - moment).total_seconds()
        if late <= 0:
            return DueWords(_("in time"), "done")
        return DueWords(_("was late by %(span)s") % {"span": span_words(late)}, "done")
    over = (clock.now() - moment).total_seconds()
    if over > 0:
        return DueWords(_("over by %(span)s") % {"span": span_words(over)}, "late")
    at, today = clock.local(moment), clock.today()
    if at.date() == today:
        return DueWords(when_words(moment), "today")
    return DueWords(day_words(at.date(), today), "later")
