"""How long a licence holds, as lists write it in one cell: a day, two days, or for good.

read("2024.5.1-2027.4.30")   -> issued_on 2024-05-01, valid_until 2027-04-30
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from linli.ground import times
from linli.ground.codes import halfwidth


class Validity(NamedTuple):
    """From when and until when; `open_ended` says that it has no end, not that none was written."""

    issued_on: date | None
    valid_until: date | None
    open_ended: bool = False


class _Words(NamedTuple):
    date: re.Pattern[str]
    open_ended: re.Pattern[str]
    between: re.Pattern[str]
    begins: re.Pattern[str]


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "validity.toml").read_text("utf-8"))

    def one_of(key: str) -> str:
        return "|".join(re.escape(word) for word in sorted(told[key], key=len, reverse=True))

    return _Words(
        date=re.compile(told["date"], re.A),
        open_ended=re.compile(one_of("open_ended")),
        between=re.compile(rf"(?:{one_of('between')}|\s)*"),
        begins=re.compile(one_of("begins")),
    )


def read(cell: Any) -> Validity:
    """What a cell says of the time a licence holds. Raises `times.Unreadable`."""
    if not isinstance(cell, str):
        return Validity(None, times.read_day(cell).day)
    words, text = _words(), halfwidth(cell).strip()
    dates = words.date.findall(text)
    if not dates and not words.open_ended.search(text):
        return _otherwise(text)
    rest = words.date.sub(" ", text)
    for_good = words.open_ended.search(rest) is not None
    around = words.open_ended.sub(" ", rest)
    if len(dates) + for_good > 2 or not words.between.fullmatch(around):
        return _otherwise(text)
    days = [times.read_day("".join(one.split())).day for one in dates]
    if for_good:
        return Validity(days[0] if days else None, None, open_ended=True)
    if len(days) == 2:
        return Validity(days[0], days[1])
    if words.begins.search(around):
        return Validity(days[0], None)
    return Validity(None, days[0])


def of_cell(cell: Any) -> dict[str, Any]:
    """The same by the names of a licence's fields, without what the cell does not say."""
    found = read(cell)._asdict()
    return {name: found[name] for name in ("issued_on", "valid_until") if found[name] is not None}


def _otherwise(text: str) -> Validity:
    """A day in another of the ways that days are written, such as with a time behind it."""
    try:
        return Validity(None, times.read_day(text).day)
    except times.Unreadable as wrong:
        if wrong.code != "unreadable":
            raise
        problem = _(
            "This does not say until when a licence holds. Write it as 2024-05-01 - 2027-04-30."
        )
        raise times.Unreadable("unreadable", problem) from None
