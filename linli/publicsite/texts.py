"""Long texts in two languages from data files, with the numbers of the law filled in by the rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.utils import translation

from linli.ground import rules
from linli.ground.clock import today
from linli.ground.rules import Span

_DATA: Final = Path(__file__).parent / "data"
_PLACE: Final = re.compile(r"\{([a-z0-9_.]+)\}")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences, in the language of the page."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A public telephone line."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What a resident can report, and the ledger and category that it goes to.

    `to_chief`: the chief of the station becomes responsible, not somebody of the room.
    """

    code: str
    title: str
    hint: str
    ledger: str
    category: str
    to_chief: bool


@lru_cache
def _read(name: str) -> Mapping[str, Any]:
    with (_DATA / f"{name}.toml").open("rb") as opened:
        return tomllib.load(opened)


def _language() -> str:
    return "en" if (translation.get_language() or "zh").startswith("en") else "zh"


def _filled(text: str) -> str:
    """`{rule.code}` becomes the number that rule has today."""
    in_force = rules.on(today())
    return _PLACE.sub(lambda found: _number(in_force.value(found[1])), text)


def _number(value: Any) -> str:
    if isinstance(value, Span):
        return str(value.n)
    if isinstance(value, tuple):
        return "\u3001".join(str(part) for part in value)  # the mark between listed words
    return str(value)


def permits() -> list[Section]:
    """Rules and fees in short."""
    spoken = _language()
    return [
        Section(raw[spoken], tuple(_filled(line[spoken]) for line in raw["line"]))
        for raw in _read("permits")["section"]
    ]


def duties() -> list[str]:
    """The duties of a room that has not written its own."""
    return [line[_language()] for line in _read("duties")["line"]]


def lines() -> list[Line]:
    """Public telephone lines beside the room's own."""
    return [Line(line["number"], line[_language()]) for line in _read("lines")["line"]]


def kinds() -> dict[str, ReportKind]:
    """What can be reported, by code, in the order of the form."""
    spoken = _language()
    return {
        raw["code"]: ReportKind(
            raw["code"], raw[spoken], raw[f"hint_{spoken}"], raw["ledger"], raw["category"],
            raw.get("to_chief", False),
        )
        for raw in _read("kinds")["kind"]
    }  # fmt: skip
