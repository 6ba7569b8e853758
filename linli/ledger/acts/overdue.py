"""When something overdue goes up to whom, and how the matter keeps that it did (escalation.py does it)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, rules, workdays
from linli.ledger.acts.deadlines import iso
from linli.ledger.declaration.common_actions import LEVELS
from linli.org.tree import overrides


def goes_up_at(due: datetime, level: str, district: UUID) -> datetime:
    """When something that was due then is told to that level (see LEVELS)."""
    judged_by = rules.on(clock.local(due).date())
    span = judged_by.span(f"escalation.{level}")
    if span.n == 0:
        return due
    return workdays.due(due, span, judged_by.hours(), overrides(district)).at


def levels_reached(due: datetime, district: UUID, now: datetime) -> list[str]:
    """The levels that know by now of something due at `due`, the lowest first."""
    if now <= due:
        return []
    return [level for level in LEVELS if goes_up_at(due, level, district) <= now]


def apply(values: dict[str, Any], cleaned: Mapping[str, Any], at: datetime) -> None:
    """Note in the entry's deadline that it was told to a level; ValidationError where it already
    was, or where nothing of the kind is overdue."""
    name, level = cleaned["overdue_deadline"], cleaned["escalated_to"]
    kept = values["deadlines"].get(name)
    late = kept and "met" not in kept and datetime.fromisoformat(kept["due"]) <= at
    if not late or level in kept:
        raise ValidationError(_("This was reported before, or is not overdue."), code="told")
    values["deadlines"] = {**values["deadlines"], name: {**kept, level: iso(at)}}
