"""The rules of the gate as pure functions over an entry's facts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.ledger import Facts


def out_by(facts: Facts) -> str | None:
    """Whoever came in leaves; who has not by the next day is looked after, or was forgotten."""
    return "deadline.gate_passes.out"


def out_after_in(facts: Facts) -> None:
    """Nobody leaves before coming (typed times have no seconds)."""
    left, came = facts.get("finished_at"), facts["received_at"]
    if left and left < came.replace(second=0, microsecond=0):
        raise ValidationError({"finished_at": _("Left before coming in. Check both times.")})
