"""The rules of the hazard register as pure functions over an entry's facts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.hazards.categories import CATEGORIES
from linli.ledger.declaration.ledger import Facts


def is_serious(facts: Facts) -> bool:
    """As the officer says; where nobody said, as its kind is (gas, an open manhole)."""
    if facts.get("severity"):
        return bool(facts["severity"] == "serious")
    return any(node.emergency for node in CATEGORIES.path(facts.get("category") or ""))


def put_right_by(facts: Facts) -> str | None:
    """A serious hazard is put right within a day, others within weeks."""
    return "deadline.hazards.serious" if is_serious(facts) else "deadline.hazards.other"


def chased_by(facts: Facts) -> str | None:
    """Who was given a day is chased when it has passed."""
    return "deadline.hazards.chased" if facts.get("due_on") else None


def checked_by(facts: Facts) -> str | None:
    """What is said to be right is looked at."""
    return "deadline.hazards.checked"


def day_is_to_come(facts: Facts) -> None:
    """The day one is given to put it right has not passed yet."""
    due, at = facts.get("due_on"), facts.get("acted_at")
    if due and at and due < clock.local(at).date():
        raise ValidationError({"due_on": _("This day has passed. Check it.")})


def not_before_it_was_found(facts: Facts) -> None:
    """Nothing was put right before it was found (typed times have no seconds)."""
    right = facts.get("finished_at")
    if right and right < facts["received_at"].replace(second=0, microsecond=0):
        raise ValidationError(
            {"finished_at": _("Put right before it was found. Check both times.")}
        )


def checked_after_it_was_put_right(facts: Facts) -> None:
    """Nothing was seen to be right before it was."""
    right, checked = facts.get("finished_at"), facts.get("checked_at")
    if checked and right and checked < right.replace(second=0, microsecond=0):
        raise ValidationError(
            {"checked_at": _("Checked before it was put right. Check both times.")}
        )
