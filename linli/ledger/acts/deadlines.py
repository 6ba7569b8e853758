"""Deadlines of an entry, from the rules in force on the day it was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from linli.ground import clock, rules, workdays
from linli.ledger.declaration.ledger import Deadline, Facts, Ledger
from linli.org.tree import overrides

HANDOVER = "handover"


def rules_for(day: date) -> rules.Rules:
    """The rules by which a matter received on this day is judged."""
    return rules.on(day)


def running(
    start: datetime, code: str | rules.Span, judged_by: rules.Rules, district: UUID
) -> dict[str, Any]:
    """The deadline that rule `code` (or a span) gives from `start`, in working time where it says
    so: {"due": ISO time}, with "guess" where the year's working days are not known yet."""
    span = judged_by.span(code) if isinstance(code, str) else code
    due = workdays.due(start, span, judged_by.hours(), overrides(district))
    return {"due": iso(due.at)} if due.certain else {"due": iso(due.at), "guess": True}


def started(
    ledger: Ledger, action: str, facts: Facts, judged_by: rules.Rules, district: UUID
) -> dict[str, dict[str, Any]]:
    """The deadlines that this action starts: {name: {"due": ISO time}}."""
    begun = {}
    for deadline in ledger.deadlines:
        if action in deadline.beginnings:
            found = _from(deadline, facts, judged_by, district)
            if found:
                begun[deadline.name] = found
    return begun


def restarted(
    ledger: Ledger,
    action: str,
    kept: Mapping[str, Any],
    facts: Facts,
    judged_by: rules.Rules,
    district: UUID,
) -> dict[str, Any]:
    """The kept deadlines with those that this action starts, perhaps again; one that runs and
    whose rule now answers None is taken away."""
    fresh = started(ledger, action, facts, judged_by, district)
    over = {
        deadline.name
        for deadline in ledger.deadlines
        if action in deadline.beginnings and deadline.name not in fresh
    }
    still = {n: v for n, v in kept.items() if n not in over or "met" in v}
    return still | fresh


def judged_again(
    ledger: Ledger,
    kept: Mapping[str, Any],
    facts: Facts,
    judged_by: rules.Rules,
    district: UUID,
) -> dict[str, Any]:
    """A correction moves the deadlines that still run: another category, time, day or row."""
    fresh = started(ledger, "record", facts, judged_by, district)
    again = dict(kept)
    for deadline in ledger.deadlines:
        now = kept.get(deadline.name)
        if now is None and deadline.name in fresh:
            again[deadline.name] = fresh[deadline.name]
        if now is None or "met" in now or (deadline.start == "acted_at" and "from" not in now):
            continue
        if since := now.get("from"):
            facts = {**facts, "acted_at": datetime.fromisoformat(since)}
        if found := _from(deadline, facts, judged_by, district):
            # What stays due as it was has been told to whom it was told.
            again[deadline.name] = now if found["due"] == now["due"] else found
        else:
            del again[deadline.name]
    return again


def _from(
    deadline: Deadline, facts: Facts, judged_by: rules.Rules, district: UUID
) -> dict[str, Any] | None:
    """The deadline as these facts start it; None where there is none."""
    code = deadline.rule(facts)
    start = facts.get(deadline.start)
    if deadline.start == "acted_at":
        start = start or facts["received_at"]  # to record is to act when it came in
    elif isinstance(start, date) and not isinstance(start, datetime):
        start = datetime.combine(start, time(23, 59, 59), clock.SHANGHAI)
    if not code or not start:
        return None
    found = running(start, code, judged_by, district)
    return {**found, "from": iso(start)} if deadline.start == "acted_at" else found


def met(ledger: Ledger, action: str, kept: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The kept deadlines with those marked as met that this action meets."""
    meets = {deadline.name for deadline in ledger.deadlines if action in deadline.met_by}
    return {
        name: {**value, "met": iso(at)} if name in meets and "met" not in value else value
        for name, value in kept.items()
    }


def next_due(kept: Mapping[str, Any]) -> datetime | None:
    """The nearest deadline that still runs."""
    open_ones = [value["due"] for value in kept.values() if "met" not in value]
    return datetime.fromisoformat(min(open_ones)) if open_ones else None


def iso(moment: datetime) -> str:
    """UTC in ISO 8601 with seconds: sorts as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
