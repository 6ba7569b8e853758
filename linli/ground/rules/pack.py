"""What a rule pack is and how its TOML is read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

TimeUnit = Literal[
    "working_hours", "working_days", "minutes", "hours", "shift", "days", "months", "years"
]
Mark = Literal["L", "W", "T", "P", "K", "?"]
# From when a retention counts: from closing, from when it was received or recorded, or as its note says.
Event = Literal["closed", "received", "recorded", "noted"]
Spans = tuple[tuple[time, time], ...]
Plain = bool | int | float | str
TIME_UNITS: Final = frozenset(get_args(TimeUnit))
HOURS_UNIT: Final = "hours_of_day"
_PACKS: Final = Path(__file__).parent / "packs"


class Span(NamedTuple):
    """A stretch of time: so many of a unit. A shift is `n` hours by the clock."""

    n: int
    unit: TimeUnit


Value = Plain | Span | Spans | tuple[Plain, ...] | dict[str, Any]


class UnknownRule(KeyError):
    """No rule of this code is in force on that day in that pack."""


class NotOverridable(ValueError):
    """The pack does not let anybody override this rule, or not with this value."""


class Rule(BaseModel):
    """One dated parameter. `until` is the first day it no longer holds.

    Of a retention, `event` says from when it counts, and `open_too` that it does so even for a matter
    that nobody closed (others are kept while they are open).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")
    value: Plain | list[Plain] | dict[str, Any]
    unit: str | None = None
    since: date = Field(alias="from")
    until: date | None = None
    source: str = Field(min_length=1)
    mark: Mark
    overridable_by: tuple[str, ...] = ()
    note: str = ""
    event: Event | None = None
    open_too: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"{self.code}: until is not after from")
        value_of(self, self.value)
        return self


class Pack(BaseModel):
    """A set of rules by code and date, with a number that grows when a value is put right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    edition: int = Field(ge=1)
    title: str
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        by_code: dict[str, list[Rule]] = {}
        for rule in self.rules:
            by_code.setdefault(rule.code, []).append(rule)
        for code, rules in by_code.items():
            rules.sort(key=lambda rule: rule.since)
            for earlier, later in pairwise(rules):
                if earlier.until is None or earlier.until > later.since:
                    raise ValueError(f"{code}: two rules hold on {later.since}")
        return self

    @property
    def version(self) -> str:
        """What an entry keeps: `national-2026@1`."""
        return f"{self.code}@{self.edition}"

    def in_force(self, day: date) -> dict[str, Rule]:
        """The rules that hold on a day, by code."""
        return {
            rule.code: rule
            for rule in self.rules
            if rule.since <= day and (rule.until is None or day < rule.until)
        }


def value_of(rule: Rule, raw: object) -> Value:
    """What `raw` means for this rule's unit; ValueError if it does not fit.

    An override may be the bare number, `[n, unit]` or `{"value": n, "unit": unit}`.
    """
    unit = rule.unit
    if isinstance(raw, Mapping) and set(raw) == {"value", "unit"}:
        told = dict(raw)
        raw, unit = told["value"], str(told["unit"])
    elif rule.unit in TIME_UNITS and isinstance(raw, (list, tuple)) and len(raw) == 2:
        n, named = raw
        raw, unit = n, str(named)
    if rule.unit in TIME_UNITS:
        if unit not in TIME_UNITS or isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
            raise ValueError(f"{rule.code}: a whole number and a unit of time are needed")
        return Span(raw, unit)  # type: ignore[arg-type]  # just checked
    if rule.unit == HOURS_UNIT:
        return _hours(rule.code, raw)
    if isinstance(raw, (list, tuple)):
        return tuple(raw)
    if isinstance(raw, Mapping):
        return dict(raw)
    if not isinstance(raw, (bool, int, float, str)):
        raise ValueError(f"{rule.code}: a value of this kind is not known")
    if type(rule.value) in (int, float) and (
        isinstance(raw, bool) or not isinstance(raw, (int, float))
    ):
        raise ValueError(f"{rule.code}: a number is needed")
    return raw


def _hours(code: str, raw: object) -> Spans:
    if not isinstance(raw, (list, tuple)) or not raw:
        raise ValueError(f"{code}: hours are written as a list of '08:30-12:00'")
    spans: list[tuple[time, time]] = []
    for part in raw:
        if not isinstance(part, str):
            raise ValueError(f"{code}: hours are written as '08:30-12:00'")
        opens, _dash, closes = part.partition("-")
        spans.append((time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())))
    edges = [edge for span in spans for edge in span]
    if edges != sorted(set(edges)):
        raise ValueError(f"{code}: the hours overlap or run backwards")
    return tuple(spans)


def read_pack(path: Path) -> Pack:
    """Read one pack; a rule without own dates, source or mark takes those of its `[[group]]`."""
    content = tomllib.loads(path.read_text("utf-8"))
    rules = []
    for group in content.pop("group"):
        shared = {key: value for key, value in group.items() if key != "rules"}
        rules += [
            {"code": code, **shared, **(spec if isinstance(spec, dict) else {"value": spec})}
            for code, spec in group["rules"].items()
        ]
    return Pack.model_validate({**content, "rules": rules})


def read_packs() -> dict[str, Pack]:
    """All packs that ship, by code."""
    found = [read_pack(path) for path in sorted(_PACKS.glob("*.toml"))]
    return {pack.code: pack for pack in found}
