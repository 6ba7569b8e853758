"""When the time of an entry is over: pure functions over a ledger's rule and a day.

An entry is kept through the last day of its time and is due from the day after. What is open is kept,
whatever its age, except where the rule says that its time runs all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from linli.ground import clock, rules
from linli.ground.rules import Span
from linli.ledger.declaration.ledger import Ledger

Event = Literal["closed", "received", "recorded"]
OWN: Final = "own"  # the source of a time that a community set in its own ledger


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a ledger keeps its entries: `span` after `event`; `open_too`: open ones as well.

    `rule` is the code of the rule, or OWN where the ledger itself says so.
    """

    span: Span
    event: Event
    rule: str
    open_too: bool = False


def kept(ledger: Ledger, day: date) -> Kept | None:
    """What holds for a ledger on a day; None where nobody said how long it keeps anything, or names
    a rule that is not in force: then it is kept, and the page of retention says so."""
    if ledger.kept_for is not None:
        months, after = ledger.kept_for
        return Kept(Span(months, "months"), "recorded" if after == "recorded" else "closed", OWN)
    in_force = rules.on(day)
    if not ledger.retention or ledger.retention not in in_force:
        return None
    rule = in_force.rule(ledger.retention)
    # "noted" is the end of a stay, a lease, a measure: a ledger's matter is closed on that day.
    event: Event = rule.event if rule.event in ("received", "recorded") else "closed"
    return Kept(in_force.span(ledger.retention), event, ledger.retention, rule.open_too)


def kept_as_long(ledger: Ledger, other: Ledger, day: date) -> bool:
    """Whether what a ledger says may stand in another one too: it is kept there no longer."""
    ours, theirs = kept(ledger, day), kept(other, day)
    if ours is None or theirs is None:
        return ours is None
    return later(day, ours.span) >= later(day, theirs.span)


def event_of(how: Kept, entry: Mapping[str, Any]) -> datetime | None:
    """The moment from which the time of an entry runs; None while it does not run (it is open)."""
    if entry["is_open"] and not how.open_too:
        return None
    if how.event == "received":
        return _moment(entry["received_at"])
    if how.event == "recorded":
        return _moment(entry["recorded_at"])
    return _moment(entry["closed_at"] or (None if entry["is_open"] else entry["recorded_at"]))


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def last_day(how: Kept, event: datetime) -> date:
    """The last Shanghai day on which an entry is kept."""
    return later(clock.local(event).date(), how.span)


def is_due(how: Kept, entry: Mapping[str, Any], today: date) -> bool:
    """Whether the time of an entry is over."""
    event = event_of(how, entry)
    return event is not None and last_day(how, event) < today


def due_before(how: Kept, today: date) -> date:
    """Events before this day are over: the first day whose time is not."""
    day = today - timedelta(days=_at_least(how.span))
    while later(day, how.span) < today:
        day += timedelta(days=1)
    return day


def _at_least(span: Span) -> int:
    """So many days that no span of this length is longer."""
    return span.n * {"days": 1, "months": 31, "years": 366}.get(span.unit, 366) + 4


def later(day: date, span: Span) -> date:
    """A day so much later; the 29th of February, a 31st are the last of a shorter month."""
    if span.unit == "days":
        return day + timedelta(days=span.n)
    if span.unit not in ("months", "years"):
        raise ValueError(f"a retention is given in days, months or years, not {span.unit}")
    months = day.month - 1 + span.n * (12 if span.unit == "years" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))
