"""First-asked responsibility 首问负责: whoever received a matter answers for it until somebody
else has accepted it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground.rules import Rules
from linli.ledger.acts import deadlines
from linli.ledger.acts.act import Act
from linli.ledger.acts.possible import can_answer_for
from linli.org.models import Staff

ACTIONS = ("hand_over", "accept", "refuse", "assign")


def apply(values: dict[str, Any], act: Act, cleaned: Mapping[str, Any], at: datetime) -> None:
    """Change who is responsible, or who has been asked to be."""
    if act.action in ("accept", "refuse"):
        if act.action == "accept":
            values["responsible"] = act.actor.id
        values["offered_to"] = values["offered_at"] = None
        return
    to = UUID(cleaned["hand_to"])
    _check_receiver(to, values)
    if act.action == "assign":
        values["responsible"] = to
        values["offered_to"] = values["offered_at"] = None
        return
    values["offered_to"], values["offered_at"] = to, at


def _check_receiver(to: UUID, values: Mapping[str, Any]) -> None:
    """The receiver must be able to handle matters of this ledger in this room."""
    staff = Staff.objects.filter(id=to, is_active=True).first()
    if staff is None or not can_answer_for(staff, values):
        problem = _("This colleague cannot take matters of this room. Choose another.")
    elif to == values["responsible"]:
        problem = _("This colleague is already responsible.")
    else:
        return
    raise ValidationError({"hand_to": ValidationError(problem, code="receiver")})


def deadline(
    values: Mapping[str, Any],
    kept: Mapping[str, Any],
    action: str,
    at: datetime,
    judged_by: Rules,
) -> dict[str, Any]:
    """The deadline for accepting runs while a handover waits."""
    others = nobody_asked(kept)
    if values["offered_to"] is None:
        return others
    if action != "hand_over":
        return dict(kept)
    code = "deadline.handover.accepted"
    return others | {deadlines.HANDOVER: deadlines.running(at, code, judged_by, values["district"])}


def nobody_asked(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The deadlines of a matter that waits for nobody to accept it."""
    return {name: value for name, value in kept.items() if name != deadlines.HANDOVER}
