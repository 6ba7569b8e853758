"""The rules of the ledger of public-order cases as pure functions over an entry's facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts


def transferred_by(facts: Facts) -> str | None:
    """Community officers investigate nothing: a case goes to the case unit, but for what an officer
    decides on the spot."""
    return None if facts["procedure"] == "on_the_spot" else "deadline.cases.transferred"


def decided_by(facts: Facts) -> str | None:
    """Which rule sets the day of the decision: the fast track, or the ordinary time once extended."""
    if facts["procedure"] == "fast":
        return "deadline.cases.fast_track"
    if facts["procedure"] == "on_the_spot":
        return None
    return "deadline.cases.decided_extended" if extended(facts) else "deadline.cases.decided"


def extended(facts: Facts) -> bool:
    return bool(facts.get("extended_by"))


def may_be_extended(facts: Facts) -> bool:
    """The time is extended once, and only that of the ordinary procedure."""
    return facts["procedure"] == "ordinary" and not extended(facts)


def times_in_order(facts: Facts) -> None:
    """Accepted, transferred, decided: none lies before the acceptance or is yet to come (typed
    times have no seconds)."""
    accepted = facts["received_at"].replace(second=0, microsecond=0)
    soon = clock.now() + timedelta(minutes=5)
    wrong = {}
    for name in ("transferred_at", "finished_at"):
        at = facts.get(name)
        if at and at < accepted:
            wrong[name] = _("Before the case was accepted. Check both times.")
        elif at and at > soon:
            wrong[name] = _("This time is yet to come.")
    if wrong:
        raise ValidationError(wrong)


def hearings_in_order(facts: Facts) -> None:
    """Nothing is heard before the day on which the case was accepted."""
    accepted = clock.local(facts["received_at"]).date()
    for one in facts.get("hearings") or ():
        if one["held_at"] and clock.local(one["held_at"]).date() < accepted:
            raise ValidationError({"hearings": _("Held before the case was accepted.")})


def penalties_counted(facts: Facts) -> None:
    """How many penalties were handled is a figure without names; only a penalty has one."""
    count, outcome = facts.get("penalties"), facts.get("outcome")
    if outcome == "penalty" and not count and not facts["past"]:
        raise ValidationError({"penalties": _("Say how many were penalised, without names.")})
    if count and outcome and outcome != "penalty":
        raise ValidationError({"penalties": _("There is no penalty with this outcome.")})
