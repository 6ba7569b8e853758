"""The rules of the emergency log as pure functions over an entry's facts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.emergencies.plans import plan_of
from linli.ledger.declaration.ledger import Facts


def is_drill(facts: Facts) -> bool:
    return bool(facts.get("exercise") == "drill")


def reported_by(facts: Facts) -> str | None:
    """An emergency is reported upward within minutes; a drill is not."""
    return None if is_drill(facts) else "deadline.emergency_log.reported"


def reviewed_by(facts: Facts) -> str | None:
    """What was learned is written down while it is remembered."""
    return "deadline.emergency_log.reviewed"


def step_is_of_the_plan(facts: Facts) -> None:
    """A step belongs to the plan that was started, and is ticked off once."""
    rows = facts.get("done_steps") or ()
    if not rows:
        return
    step, plan = rows[-1]["step"], plan_of(facts.get("category"))
    if not step.startswith(f"{plan}."):
        raise ValidationError({"step": _("This step is of another plan.")})
    if any(row["step"] == step for row in rows[:-1]):
        raise ValidationError({"step": _("This step was ticked off before.")})


def not_over_before_it_began(facts: Facts) -> None:
    """It cannot be over before it began (typed times have no seconds)."""
    end, began = facts.get("finished_at"), facts["received_at"]
    if end and end < began.replace(second=0, microsecond=0):
        raise ValidationError({"finished_at": _("Over before it began. Check both times.")})
