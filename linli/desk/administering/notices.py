"""A pasted holiday notice, line by line: a day or a span of days, off or worked, perhaps a name.

2027-01-01 off New Year        2027-02-06 to 2027-02-12 off        2027-01-31 work
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from linli.ground import workdays

_WORDS: Final = Path(__file__).with_name("notice_words.toml")
# The years that working days are kept for.
FIRST, LAST = 2004, 2100
# No holiday is longer; a longer span is a slip of the pen.
_LONGEST: Final = 31


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return tomllib.loads(_WORDS.read_text("utf-8"))


@lru_cache(maxsize=1)
def _line() -> re.Pattern[str]:
    day = r"(\d{4})\D(\d{1,2})\D(\d{1,2})[^\s\d]?"
    to = "|".join(re.escape(word) for word in _words()["to"])
    marks = sorted([*_words()["free"], *_words()["work"]], key=len, reverse=True)
    mark = "|".join(re.escape(word) for word in marks)
    return re.compile(
        rf"^\s*{day}(?:\s*(?:{to})\s*{day})?[\s:\uff1a,\uff0c]*({mark})[\s,\uff0c]*(.*)$",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One day of the notice: what it becomes, and what the calendar would say without it."""

    day: date
    working: bool
    note: str
    by_calendar: bool
    known: bool

    @property
    def changes(self) -> bool:
        return self.working != self.by_calendar or not self.known


@dataclass(slots=True)
class Notice:
    """What was understood: `days` in order, and the lines that were not, by number with the reason."""

    days: list[Told] = field(default_factory=list)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def unknown_years(self) -> list[int]:
        return sorted({told.day.year for told in self.days if not told.known})


def read(text: str) -> Notice:
    """Read a notice. A day told twice in two ways is an error of its second line."""
    found: dict[date, tuple[bool, str]] = {}
    notice = Notice()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            for day, told in _of_line(line).items():
                if day in found and found[day][0] != told[0]:
                    raise ValueError(_("another line says the opposite of %(day)s") % {"day": day})
                found[day] = told
        except ValueError as wrong:
            notice.wrong.append((number, line.strip()[:60], str(wrong)))
    notice.days = [
        Told(day, working, note, *workdays.is_working(day))
        for day, (working, note) in sorted(found.items())
    ]
    return notice


def _of_line(line: str) -> dict[date, tuple[bool, str]]:
    match = _line().match(line)
    if match is None:
        raise ValueError(_("not understood: write a date and whether it is off or worked"))
    *numbers, mark, note = match.groups()
    first = _day(numbers[:3])
    last = _day(numbers[3:]) if numbers[3] else first
    if not 0 <= (last - first).days < _LONGEST:
        raise ValueError(_("the span ends before it begins, or is longer than a month"))
    working = mark.lower() in _words()["work"]
    return {
        first + timedelta(days=n): (working, note.strip()[:60])
        for n in range((last - first).days + 1)
    }


def _day(parts: list[str]) -> date:
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        raise ValueError(_("there is no such day")) from None
    if not FIRST <= day.year <= LAST:
        raise ValueError(_("there is no such day"))
    return day


def whole_years(notice: Notice) -> Mapping[date, tuple[bool, str]]:
    """The notice with every other day of its unknown years by the weekday: then those years are known."""
    days: dict[date, tuple[bool, str]] = {}
    for year in notice.unknown_years:
        day = date(year, 1, 1)
        while day.year == year:
            days[day] = (day.weekday() < 5, "")
            day += timedelta(days=1)
    days.update(as_told(notice))
    return days


def as_told(notice: Notice) -> dict[date, tuple[bool, str]]:
    return {told.day: (told.working, told.note) for told in notice.days}


def words_written() -> dict[str, str]:
    """The word for each of free, work and to, for an example."""
    return {name: words[0] for name, words in _words().items()}
