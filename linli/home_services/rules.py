"""The rules of services at home as pure functions over an entry's facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts


def agreed_by(facts: Facts) -> str | None:
    """Whoever asked is called back with a day; nothing runs where one was agreed at once."""
    return None if facts.get("agreed_for") else "deadline.home_services.agreed"


def served_by(facts: Facts) -> str | None:
    """What was agreed is done on that day."""
    return "deadline.home_services.served" if facts.get("agreed_for") else None


def delivered_by(facts: Facts) -> str | None:
    """Papers go to the home soon after they are ready."""
    return "deadline.home_services.delivered" if facts.get("ready_on") else None


def times_in_order(facts: Facts) -> None:
    """Asked, agreed, served, in this order (typed times have no seconds)."""
    asked = facts["received_at"].replace(second=0, microsecond=0)
    agreed, finished = facts.get("agreed_for"), facts.get("finished_at")
    if agreed and agreed < asked and not facts["past"]:
        raise ValidationError({"agreed_for": _("The day agreed lies before they asked. Check it.")})
    if finished and finished < asked:
        raise ValidationError({"finished_at": _("Done before they asked. Check both times.")})
    if finished and finished > clock.now() + timedelta(minutes=5):
        raise ValidationError({"finished_at": _("This time is yet to come.")})
    ready = facts.get("ready_on")
    if ready and ready < clock.local(asked).date():
        raise ValidationError({"ready_on": _("Ready before they asked. Check the day.")})


def time_is_to_come(facts: Facts) -> None:
    """A time is agreed for the future."""
    agreed, at = facts.get("agreed_for"), facts.get("acted_at")
    if agreed and at and agreed < at - timedelta(minutes=5):
        raise ValidationError({"agreed_for": _("This time has passed. Agree on one to come.")})


def second_is_another(facts: Facts) -> None:
    """Two go into a home, and the second is not the first."""
    second = facts.get("companion")
    if second and str(second) == str(facts["responsible"]) and not facts["past"]:
        raise ValidationError({"companion": _("The second one is somebody else than the first.")})
