"""The rules of lost property as pure functions over an entry's facts (Civil Code, art. 314 to 318)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, workdays
from linli.ground import rules as law
from linli.ledger.declaration.ledger import Facts

UNCLAIMED = "deadline.lost_property.unclaimed"


def noticed_by(facts: Facts) -> str | None:
    """The owner is told at once where known, else a notice is posted (art. 315 gives no number)."""
    return "deadline.lost_property.noticed"


def fetched_by(facts: Facts) -> str | None:
    """An owner who was told and does not come is asked again."""
    return "deadline.lost_property.fetched"


def unclaimed_by(facts: Facts) -> str | None:
    """What nobody claims after the notice falls to the State (art. 318): never to the finder."""
    return UNCLAIMED if facts.get("notice_on") else None


def unclaimed_from(facts: Facts) -> datetime | None:
    """The moment from which it belongs to the State; None without a notice."""
    posted = facts.get("notice_on")
    if posted is None:
        return None
    judged_by = law.on(clock.local(facts["received_at"]).date())
    start = datetime.combine(posted, time(23, 59, 59), clock.SHANGHAI)
    return workdays.due(start, judged_by.span(UNCLAIMED), judged_by.hours()).at


def may_be_handed_on(facts: Facts) -> None:
    """To the State only after its year; the owner's right ends no earlier."""
    if facts.get("handed_to") != "state":
        return
    free = unclaimed_from(facts)
    if free is None:
        problem = _("Without a notice the year has not begun: post the notice first.")
        raise ValidationError({"handed_to": problem})
    if facts["acted_at"] <= free:
        problem = _("It belongs to its owner until %(day)s: the year of the notice is not over.")
        raise ValidationError(
            {"handed_to": ValidationError(problem, params={"day": clock.local(free).date()})}
        )


def times_in_order(facts: Facts) -> None:
    """Found, handed in, noticed, given back: in this order (typed times have no seconds)."""
    received = facts["received_at"]
    found, finished = facts.get("found_at"), facts.get("finished_at")
    if found and found > received + timedelta(minutes=1):
        raise ValidationError({"found_at": _("Found after it was handed in. Check both times.")})
    if finished and finished < received.replace(second=0, microsecond=0):
        raise ValidationError({"finished_at": _("Given away before it was handed in.")})
    posted = facts.get("notice_on")
    if posted and posted < clock.local(received).date():
        raise ValidationError(
            {"notice_on": _("The notice is older than the thing. Check the day.")}
        )
    if posted and posted > clock.today() + timedelta(days=1):
        raise ValidationError({"notice_on": _("This notice is yet to come.")})
