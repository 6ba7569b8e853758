"""The rules of entrusted keys as pure functions over an entry's facts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts


def returned_by(facts: Facts) -> str | None:
    """A key goes back on the day that was agreed; a later day is agreed in words."""
    return "deadline.entrusted_keys.returned" if facts.get("until") else None


def asked_by(facts: Facts) -> str | None:
    """Whoever was reminded and does not come is reminded again."""
    return "deadline.entrusted_keys.asked"


def is_out(facts: Facts) -> bool:
    """Whether the last time a key was taken from the box, nobody put it back yet."""
    uses = facts.get("uses") or []
    return bool(uses) and not uses[-1].get("put_back")


def is_in(facts: Facts) -> bool:
    """Whether the key can be taken out."""
    return not is_out(facts)


def days_in_order(facts: Facts) -> None:
    """The agreed day lies after the keys were left, and they go back after it too."""
    received = facts["received_at"]
    until, finished = facts.get("until"), facts.get("finished_at")
    if until and until < clock.local(received).date():
        raise ValidationError({"until": _("This day lies before the keys were left. Check it.")})
    if finished and finished < received.replace(second=0, microsecond=0):
        raise ValidationError(
            {"finished_at": _("Handed back before it was left. Check both times.")}
        )


def day_is_to_come(facts: Facts) -> None:
    """A later day is agreed for the future."""
    until, at = facts.get("until"), facts.get("acted_at")
    if until and at and until < clock.local(at).date():
        raise ValidationError({"until": _("This day has passed. Agree on a day to come.")})


def is_in_the_box(facts: Facts) -> None:
    """What is out cannot be handed back: first it is said to be back."""
    if is_out(facts) and not facts["past"]:
        problem = _("The key is still out: note first that it was put back.")
        raise ValidationError(problem)
