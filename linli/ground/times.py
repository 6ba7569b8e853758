"""Dates and times as people and spreadsheets write them, read into moments.

Nothing is guessed in silence: what had to be added or interpreted is in `notes`, what can be
read in two ways is refused with a reason. A time without zone is a Shanghai time.

Notes: `year_given` (the year was not written), `no_time` (a day only), `serial_number` (a
spreadsheet's day count), `midnight` (24:00, read as 00:00 of the next day), `in_future`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from linli.ground.clock import SHANGHAI
from linli.ground.codes import halfwidth

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Given = str | float | int | datetime | date | time | None
Precision = Literal["minute", "day"]
_Parts = tuple[int | None, int, int, int | None, int, int]

_COMMON = re.compile(
    r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.0+)?)?)?", re.A
)
# A book of one year: "4.6 0:29". Not "13.5", which is no date.
_OF_A_YEAR = re.compile(r"(\d{1,2})([-./])(\d{1,2}) +(\d{1,2}):(\d\d)(?::(\d\d))?", re.A)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[ T]*(\d\d):?(\d\d)(?::?(\d\d))?)?", re.A)
_NUMBER = re.compile(r"\d{1,6}(\.\d+)?", re.A)
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}([-./])\d{1,2}\1(\d{4}|\d{2})(?!\d).*", re.A)
_TIME_ONLY = re.compile(r"\d{1,2}:\d\d(:\d\d)?", re.A)
_MONTH_ONLY = re.compile(r"\d{4}[-./]\d{1,2}", re.A)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet has no zone
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119; smaller ones are plain numbers
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class Unreadable(ValueError):
    """A date or time that cannot be read, or in two ways. `message` is lazy, for people."""

    def __init__(self, code: str, message: str | _StrPromise) -> None:
        super().__init__(code, message)  # both, so that worker processes can send it
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class ReadTime(NamedTuple):
    """A moment (aware, UTC), how exactly it was written, and what had to be interpreted."""

    at: datetime
    precision: Precision
    notes: tuple[str, ...]


class ReadDay(NamedTuple):
    """A day, and what had to be interpreted."""

    day: date
    notes: tuple[str, ...]


class _Words(NamedTuple):
    written: re.Pattern[str]
    weekday: re.Pattern[str]
    numeral_run: re.Pattern[str]
    numerals: dict[str, int]
    part_of_day: dict[str, str]
    time_only: re.Pattern[str]


@cache
def _words() -> _Words:
    """The patterns for dates written in words, built from `data/times.toml`."""
    path = Path(__file__).parent / "data" / "times.toml"
    told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))

    def one_of(key: str) -> str:
        return "(?:" + "|".join(map(re.escape, told[key])) + ")"

    parts = {word: part for part, words in told["part_of_day"].items() for word in words}
    part = "|".join(map(re.escape, sorted(parts, key=len, reverse=True)))
    clock = (
        rf"(?P<part>{part})?\s*(?P<hour>\d{{1,2}})\s*(?:"
        rf":\s*(?P<colon>\d\d)(?::(?P<second>\d\d))?"
        rf"|{one_of('hour')}\s*(?:(?P<half>{one_of('half')})"
        rf"|(?P<quarter>\d){one_of('quarter')}"
        rf"|(?P<minute>\d{{1,2}})\s*(?:{one_of('minute')}"
        rf"(?:\s*(?P<spoken_second>\d{{1,2}})\s*{one_of('second')})?)?)?{one_of('sharp')}?"
        rf"|(?={part}))\s*(?P<after>{part})?"
    )
    written = (
        rf"(?:(?P<year>\d{{4}})\s*(?:{one_of('year')}|[-./])\s*)?"
        rf"(?P<month>\d{{1,2}})\s*(?:{one_of('month')}|[-./])\s*"
        rf"(?P<day>\d{{1,2}})(?P<stop>\s*{one_of('day')})?"
        # Without a word or blank between, "2025-9-111:43" could be the 1st or the 11th.
        rf"(?:(?:\s+|(?<=\D)|(?={part})){clock})?"
    )
    numerals = told["numerals"]
    return _Words(
        written=re.compile(written, re.A),
        weekday=re.compile(rf"\(?{one_of('before_weekday')}{one_of('weekday')}\)?"),
        numeral_run=re.compile("[" + "".join(numerals) + "]+"),
        numerals=numerals,
        part_of_day=parts,
        time_only=re.compile(clock, re.A),
    )


def _unreadable() -> Unreadable:
    return Unreadable("unreadable", _("This is no date or time. Write it as 2025-09-13 11:43."))


def _arabic(run: str, numerals: dict[str, int]) -> str:
    """Chinese numerals up to 99, or digit by digit as in years."""
    values = [numerals[sign] for sign in run]
    if 10 not in values:
        return "".join(map(str, values))
    ten = values.index(10)
    tens = values[ten - 1] if ten else 1
    ones = values[ten + 1] if ten + 1 < len(values) else 0
    return str(tens * 10 + ones)


def _hour(part: str | None, hour: int) -> int:
    """The hour of 24 that "3 in the afternoon" means; Unreadable where it contradicts itself."""
    if part is None:
        return hour
    if part == "dawn" and hour <= 12:
        return hour % 12
    if part == "morning" and hour <= 12:
        return hour
    if part == "noon" and (10 <= hour <= 14 or 1 <= hour <= 2):
        return hour if hour >= 10 else hour + 12
    if part == "afternoon" and 1 <= hour <= 23:
        return hour if hour >= 12 else hour + 12
    if part == "evening" and 5 <= hour <= 24:
        return hour if hour > 12 else hour + 12
    raise Unreadable(
        "part_of_day",
        _(
            "The hour does not fit the part of the day, or fits two days. Write it as 2025-09-13 23:43."
        ),
    )


def _written(text: str) -> _Parts:
    """Year, month, day, hour, minute, second of a text; year and hour None if not written."""
    words = _words()
    text = " ".join(words.weekday.sub(" ", text).lower().split())
    text = words.numeral_run.sub(lambda run: _arabic(run.group(), words.numerals), text)
    if (found := _COMMON.fullmatch(text) or _DIGITS.fullmatch(text)) is not None:
        return _numbers(found)
    found = words.written.fullmatch(text)
    if found is None:
        raise _why_not(text, words)
    year = int(found["year"]) if found["year"] else None
    month, day = int(found["month"]), int(found["day"])
    if found["hour"] is None:
        return year, month, day, None, 0, 0
    part = found["part"] or found["after"]
    hour = _hour(words.part_of_day[part] if part else None, int(found["hour"]))
    minute = int(found["colon"] or found["minute"] or 0)
    if found["half"]:
        minute = 30
    elif found["quarter"]:
        minute = 15 * int(found["quarter"])
    return year, month, day, hour, minute, int(found["second"] or found["spoken_second"] or 0)


def _why_not(text: str, words: _Words) -> Unreadable:
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return Unreadable(
            "ambiguous",
            _("This can be read as several dates. Write the year first, with four digits."),
        )
    if _TIME_ONLY.fullmatch(text) or words.time_only.fullmatch(text):
        return Unreadable("no_date", _("A time without a date. Add the day."))
    if _MONTH_ONLY.fullmatch(text):
        return Unreadable("no_day", _("A month without a day. Add the day."))
    return _unreadable()


def _no_such_year(year: int) -> Unreadable:
    return Unreadable("no_year", format_lazy(_("{n} cannot be the year."), n=year))


def _no_such_time(hour: int, minute: int) -> Unreadable:
    return Unreadable(
        "no_such_time",
        format_lazy(_("There is no time {h}:{m}."), h=hour, m=f"{minute:02}"),
    )


def _numbers(found: re.Match[str]) -> _Parts:
    year, month, day, hour, minute, second = found.groups()
    if hour == "24" and (minute != "00" or second not in (None, "00")):
        raise _no_such_time(24, int(minute))
    return (
        int(year),
        int(month),
        int(day),
        None if hour is None else int(hour),
        int(minute or 0),
        int(second or 0),
    )


def _serial(value: float) -> datetime:
    """The naive moment of a spreadsheet's day count, to the second."""
    if not _FIRST_SERIAL <= value < _LAST_SERIAL:
        raise Unreadable("number", _("This is a plain number, no date. Write it as 2025-09-13."))
    return _EPOCH + timedelta(seconds=round(value * 86_400))


def _from_text(text: str) -> tuple[_Parts, tuple[str, ...]]:
    text = halfwidth(text).strip()
    found = _COMMON.fullmatch(text)
    if found is not None:
        return _numbers(found), ()
    if not text:
        raise Unreadable("empty", _("There is no date here."))
    if (short := _OF_A_YEAR.fullmatch(text)) is not None:
        month, _sign, day, hour, minute, second = short.groups()
        return (None, int(month), int(day), int(hour), int(minute), int(second or 0)), ()
    if _NUMBER.fullmatch(text) and float(text) >= _FIRST_SERIAL:
        return _from_naive(_serial(float(text))), ("serial_number",)
    return _written(text), ()


def _from_naive(moment: datetime) -> _Parts:
    """A cell's date-time; exactly midnight is how spreadsheets keep a day without a time."""
    hour = moment.hour if moment.time() != time.min else None
    return moment.year, moment.month, moment.day, hour, moment.minute, moment.second


def _from_other(value: object) -> tuple[_Parts, tuple[str, ...]]:
    if isinstance(value, datetime):
        return _from_naive(value), ()
    if isinstance(value, date):
        return (value.year, value.month, value.day, None, 0, 0), ()
    if isinstance(value, time):
        raise Unreadable("no_date", _("A time without a date. Add the day."))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if 19_000_101 <= value <= 21_001_231:
            return _written(str(int(value))), ()
        return _from_naive(_serial(value)), ("serial_number",)
    if value is None:
        raise Unreadable("empty", _("There is no date here."))
    raise _unreadable()


def _checked_day(parts: _Parts, year: int | None) -> tuple[date, tuple[str, ...]]:
    own, month, day = parts[:3]
    chosen = own if own is not None else year
    if chosen is None:
        raise Unreadable("year_missing", _("The year is missing. Say once which year this is."))
    if not _FIRST_YEAR <= chosen <= _LAST_YEAR:
        raise _no_such_year(chosen)
    if not 1 <= month <= 12:
        raise Unreadable("no_month", format_lazy(_("There is no month {n}."), n=month))
    try:
        return date(chosen, month, day), ("year_given",) if own is None else ()
    except ValueError:
        raise Unreadable(
            "no_such_day",
            format_lazy(
                _("Month {month} of {year} has no day {n}."), month=month, year=chosen, n=day
            ),
        ) from None


def _build(parts: _Parts, year: int | None, notes: tuple[str, ...]) -> ReadTime:
    own, month, day, hour, minute, second = parts
    if own is not None and hour is not None and hour < 24 and _FIRST_YEAR <= own <= _LAST_YEAR:
        try:  # the common case at once; what fails is explained below
            at = datetime(own, month, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)
        except ValueError:
            pass
        else:
            return ReadTime(at, "minute", notes)
    found, added = _checked_day(parts, year)
    notes += added
    if hour is None:
        at = datetime(found.year, found.month, found.day, tzinfo=SHANGHAI).astimezone(UTC)
        return ReadTime(at, "day", (*notes, "no_time"))
    late = hour == 24
    if hour > 24 or minute > 59 or second > 59:  # 24:30 is what "12:30 at night" has become
        raise _no_such_time(hour, minute)
    at = datetime.combine(found, time(hour % 24, minute, second), SHANGHAI)
    if late:
        at, notes = at + timedelta(days=1), (*notes, "midnight")
    return ReadTime(at.astimezone(UTC), "minute", notes)


def read_moment(value: Given, *, year: int | None = None, now: datetime | None = None) -> ReadTime:
    """Read a moment; `year` is for dates written without one, `now` to note what lies ahead.

    Raises `Unreadable` with a code (empty, unreadable, ambiguous, no_date, no_day, no_year,
    no_month, no_such_day, no_such_time, part_of_day, year_missing, number) and a message.
    """
    if isinstance(value, str):
        try:
            parts, notes = _from_text(value)
        except Unreadable:
            aware = _zoned(value)
            if aware is None:
                raise
            read = _of_aware(aware)
        else:
            read = _build(parts, year, notes)
    elif isinstance(value, datetime) and value.tzinfo is not None:
        read = _of_aware(value)
    else:
        parts, notes = _from_other(value)
        read = _build(parts, year, notes)
    if now is not None and read.at > now:
        return read._replace(notes=(*read.notes, "in_future"))
    return read


def _zoned(text: str) -> datetime | None:
    """A moment with a zone as programs write it, `2025-09-13T03:43:00Z`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _of_aware(moment: datetime) -> ReadTime:
    """A moment that says its zone; beyond the years that are taken even the zones' sums fail."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise _no_such_year(moment.year)
    return ReadTime(moment.astimezone(UTC), "minute", ())


def read_day(value: Given, *, year: int | None = None, now: datetime | None = None) -> ReadDay:
    """Read a day in Shanghai; a time that stands with it is checked and left out."""
    read = read_moment(value, year=year, now=now)
    at = read.at - timedelta(seconds=1) if "midnight" in read.notes else read.at
    notes = tuple(note for note in read.notes if note not in ("no_time", "midnight"))
    return ReadDay(at.astimezone(SHANGHAI).date(), notes)
