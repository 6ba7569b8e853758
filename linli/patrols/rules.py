"""The rules of patrols as pure functions over an entry's facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.ledger import Facts

LONGEST = timedelta(hours=24)


def finished_by(facts: Facts) -> str | None:
    """A planned patrol is walked, or somebody says why not; without a planned end nothing runs."""
    return "deadline.patrols.finished" if facts.get("ends_at") else None


def reached(facts: Facts) -> tuple[int, int]:
    """(planned points that were reached, planned points). A point counts once."""
    planned = set(facts.get("points") or ())
    been = {row["check_point"] for row in facts.get("check_ins") or ()}
    return len(planned & been), len(planned)


def beside_the_plan(facts: Facts) -> int:
    """Points reached that were not planned."""
    been = {row["check_point"] for row in facts.get("check_ins") or ()}
    return len(been - set(facts.get("points") or ()))


def length(facts: Facts) -> timedelta | None:
    """How long it was walked; None before it is over."""
    start, end = facts.get("started_at"), facts.get("finished_at")
    return max(end - start, timedelta()) if start and end else None


def times_in_order(facts: Facts) -> None:
    """Nobody is back before setting out, and no patrol lasts longer than a day."""
    pairs = (
        ("starts_at", "ends_at", _("The planned end is before the planned start.")),
        ("started_at", "finished_at", _("Back before setting out. Check both times.")),
    )
    for first, last, problem in pairs:
        start, end = facts.get(first), facts.get(last)
        if start and end and end < start.replace(second=0, microsecond=0):  # typed to the minute
            raise ValidationError({last: problem})
        if start and end and end - start > LONGEST and not facts["past"]:
            raise ValidationError({last: _("Longer than a day. Check both times.")})


def plan_is_in_order(facts: Facts) -> None:
    """Somebody walks: what is planned with numbers has at least one person in it."""
    numbers = [facts.get(name) for name in ("officer_count", "auxiliary_count", "volunteer_count")]
    if all(number is not None for number in numbers) and not any(numbers):
        raise ValidationError({"officer_count": _("Somebody must walk: the numbers are all 0.")})


def was_walked(facts: Facts) -> None:
    """Whoever is back has set out."""
    if not facts.get("started_at"):
        raise ValidationError({"started_at": _("Say when they set out.")})
