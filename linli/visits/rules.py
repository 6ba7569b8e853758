"""The rules of the visitor register as pure functions over an entry's facts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.ledger import Facts


def answered_by(facts: Facts) -> str | None:
    """Which rule sets the day of the answer: complaints, and opinions from a meeting, have their own."""
    if facts["category"] == "complaint":
        return "deadline.visits.complaint_answered"
    if facts.get("channel") == "meeting":
        return "deadline.opinions.answered"
    return "deadline.visits.answered"


def noticed_by(facts: Facts) -> str | None:
    """A complaint is acknowledged within a time of its own; other visits are not."""
    return "deadline.visits.complaint_noticed" if facts["category"] == "complaint" else None


def referred_by(facts: Facts) -> str | None:
    """A referred visit is followed: the other body's answer is due like our own."""
    return "deadline.visits.answered"


def not_before_it_was_received(facts: Facts) -> None:
    """A visit cannot have been finished before it was received (typed times have no seconds)."""
    finished, received = facts.get("finished_at"), facts.get("received_at")
    if finished and received and finished < received.replace(second=0, microsecond=0):
        raise ValidationError(
            {"finished_at": _("Finished before it was received. Check both times.")}
        )
