"""Rules: dated parameters (days, limits, hours, money) that law and city set, never code.

    rules.on(day).span("deadline.incidents.told")    -> Span(n=1, unit="working_days")
    rules.on(day).int("limit.reveal.officer")        -> 40

A pack is a TOML file in `packs/`; an entry keeps the `version` it was judged by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import cast

from linli.ground.rules.pack import (
    HOURS_UNIT,
    NotOverridable,
    Pack,
    Rule,
    Span,
    Spans,
    UnknownRule,
    Value,
    read_packs,
    value_of,
)

__all__ = [
    "NotOverridable",
    "Pack",
    "Rule",
    "Rules",
    "Span",
    "UnknownRule",
    "on",
    "packs",
]

DEFAULT_PACK = "national-2026"


class Rules:
    """The rules in force on one day, with a bureau's overrides."""

    __slots__ = ("_rules", "_values", "version")

    def __init__(self, version: str, rules: dict[str, Rule], values: dict[str, Value]) -> None:
        self.version = version
        self._rules = rules
        self._values = values

    def __contains__(self, code: str) -> bool:
        return code in self._rules

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def rule(self, code: str) -> Rule:
        """The rule as the pack has it: source, mark, dates, who may override."""
        try:
            return self._rules[code]
        except KeyError:
            raise UnknownRule(code) from None

    def value(self, code: str) -> Value:
        """The value, overridden where the bureau did so; `UnknownRule`."""
        try:
            return self._values[code]
        except KeyError:
            raise UnknownRule(code) from None

    def int(self, code: str) -> int:
        """The value of a rule that is a whole number; TypeError if it is not."""
        value = self.value(code)
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{code} is not a whole number")
        return value

    def span(self, code: str) -> Span:
        """The value with its unit of time; TypeError if the rule is no span of time."""
        value = self.value(code)
        if not isinstance(value, Span):
            raise TypeError(f"{code} is no span of time")
        return value

    def days(self, code: str) -> timedelta:
        """How long something is kept; TypeError if the rule is no number of days."""
        span = self.span(code)
        if span.unit != "days":
            raise TypeError(f"{code} is expected in days")
        return timedelta(days=span.n)

    def hours(self, code: str = "working_hours") -> Spans:
        """The spans of a day, such as the working hours: ((08:30, 12:00), (14:00, 17:30))."""
        value = self.value(code)
        if self.rule(code).unit != HOURS_UNIT:
            raise TypeError(f"{code} is no list of hours")
        return cast(Spans, value)


@lru_cache(maxsize=1)
def _packs() -> dict[str, Pack]:
    return read_packs()


def packs() -> dict[str, Pack]:
    """All packs that ship, by code."""
    return dict(_packs())


@lru_cache(maxsize=8192)
def _plain(day: date, pack: str) -> Rules:
    try:
        chosen = _packs()[pack]
    except KeyError:
        raise UnknownRule(pack) from None
    rules = chosen.in_force(day)
    return Rules(
        chosen.version, rules, {code: value_of(rule, rule.value) for code, rule in rules.items()}
    )


_overridden: dict[tuple[date, str, str], Rules] = {}


def _with_overrides(base: Rules, overrides: Mapping[str, object], mark: str) -> Rules:
    values = dict(base._values)
    for code, raw in overrides.items():
        if code not in base:
            continue  # an override of a rule that no longer, or not yet, holds
        rule = base.rule(code)
        if not rule.overridable_by:
            raise NotOverridable(code)
        try:
            values[code] = value_of(rule, raw)
        except (ValueError, TypeError, LookupError) as wrong:
            raise NotOverridable(f"{code}: {wrong}") from wrong
    return Rules(f"{base.version}+{mark}", base._rules, values)


def on(day: date, pack: str = DEFAULT_PACK, overrides: Mapping[str, object] | None = None) -> Rules:
    """The rules in force on `day`. `overrides` (code -> value) are a bureau's own.

    With overrides the version ends in `+` and 8 hex signs of what they were, so that an entry
    tells what it was judged by. Raises `UnknownRule` for a pack that does not ship and
    `NotOverridable` for an override that the pack does not allow.
    """
    base = _plain(day, pack)
    if not overrides:
        return base
    text = repr(sorted(overrides.items()))
    key = (day, pack, text)
    known = _overridden.get(key)
    if known is None:
        if len(_overridden) > 2048:
            _overridden.clear()
        known = _with_overrides(base, overrides, sha256(text.encode()).hexdigest()[:8])
        _overridden[key] = known
    return known
