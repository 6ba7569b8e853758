"""The rules of the ledger of security committee and guards as pure functions over facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts


def reviewed_by(facts: Facts) -> str | None:
    """What a team did is gone through with it once a month."""
    return "deadline.committee.reviewed"


def finding_by(facts: Facts) -> str | None:
    """What was found and stays with the room is followed; what was passed on is followed there."""
    told = any(row["passed_to"] == "room" for row in facts.get("findings") or ())
    return "deadline.committee.finding" if told else None


def not_over(facts: Facts) -> bool:
    """Whether it is not said yet when the activity ended."""
    return facts.get("finished_at") is None


def hours_in_order(facts: Facts) -> None:
    """An activity ends after it begins, is over, and no member stood longer than it took."""
    began, ended = facts["received_at"], facts.get("finished_at")
    if ended and ended < began.replace(second=0, microsecond=0):
        raise ValidationError({"finished_at": _("Ended before it began. Check both times.")})
    if ended and ended > clock.now() + timedelta(minutes=5):
        raise ValidationError({"finished_at": _("This time is yet to come.")})
    hours = facts.get("hours")
    if ended and hours is not None and not facts["past"]:
        took = (ended - began).total_seconds() / 3600
        if hours > round(took, 1) + 0.1:
            raise ValidationError(
                {"hours": _("More hours than there are between beginning and end.")}
            )
