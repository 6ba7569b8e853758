"""The rules of publicity as pure functions over an entry's facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts


def held_by(facts: Facts) -> str | None:
    """What was planned takes place, or is called off; without a time nothing runs."""
    return "deadline.publicity.held" if facts.get("starts_at") else None


def reported_by(facts: Facts) -> str | None:
    """What took place is reported."""
    return "deadline.publicity.reported"


def is_drill(facts: Facts) -> bool:
    return str(facts.get("category") or "").split(".")[0] == "drill"


def drill_to_measure(facts: Facts) -> bool:
    """Whether it is a drill of which nobody has written yet how it went."""
    return is_drill(facts) and not _measured(facts)


def _measured(facts: Facts) -> bool:
    return facts.get("evacuation_minutes") is not None and bool(facts.get("weaknesses"))


def times_in_order(facts: Facts) -> None:
    """It ends after it begins, and what took place is not to come (typed times have no seconds)."""
    held, ended = facts.get("held_at"), facts.get("ended_at")
    soon = clock.now() + timedelta(minutes=5)
    for name, at in (("held_at", held), ("ended_at", ended)):
        if at and at > soon:
            raise ValidationError({name: _("This time is yet to come.")})
    if held and ended and ended < held.replace(second=0, microsecond=0):
        raise ValidationError({"ended_at": _("Ended before it began. Check both times.")})


def drill_was_measured(facts: Facts) -> None:
    """A drill is reported with its minutes and what was found weak; an old book may be silent."""
    if facts["past"] or not is_drill(facts) or _measured(facts):
        return
    raise ValidationError(
        _("This was a drill: first note its minutes and the weaknesses it showed.")
    )


def told(facts: Facts) -> list[tuple[str, str]]:
    """What it comes to: how long it took, what was given out."""
    said = []
    held, ended = facts.get("held_at"), facts.get("ended_at")
    if held and ended:
        hours = max((ended - held).total_seconds(), 0) / 3600
        said.append((_g("How long"), _g("%(hours)s hours") % {"hours": f"{hours:.1f}"}))
    given = sum(row["number"] or 0 for row in facts.get("materials") or ())
    if given:
        said.append((_g("Given out in all"), str(given)))
    return said
