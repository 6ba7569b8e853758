"""The rules of training as pure functions over an entry's facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts
from linli.org.tree import names

LACKING = ("failed", "absent")


def held_by(facts: Facts) -> str | None:
    """A course that was planned begins, or is called off; without a time nothing runs."""
    return "deadline.training.held" if facts.get("starts_at") else None


def entered_by(facts: Facts) -> str | None:
    """Who was there is written down soon after a session; later sessions are added to it."""
    return None if facts.get("attendance") else "deadline.training.entered"


def nobody_entered(facts: Facts) -> bool:
    """Whether the attendance is still to be entered; afterwards it is corrected or added to."""
    return not facts.get("attendance")


def somebody_entered(facts: Facts) -> bool:
    return bool(facts.get("attendance"))


def hours_held(facts: Facts) -> float:
    """The hours of all sessions."""
    return float(sum(row["hours"] or 0 for row in facts.get("sessions") or ()))


def lacking(facts: Facts) -> list[str]:
    """Ids of those who were absent or did not pass, and have not made up for it since."""
    last = {str(row["colleague"]): row["assessment"] for row in _entered(facts)}
    return [staff for staff, assessment in last.items() if assessment in LACKING]


def _entered(facts: Facts) -> Sequence[Any]:
    return [row for row in facts.get("attendance") or () if row["colleague"]]


def sessions_in_order(facts: Facts) -> None:
    """A session that was held is not to come."""
    for row in facts.get("sessions") or ():
        if row["held_at"] and row["held_at"] > clock.now() + timedelta(minutes=5):
            raise ValidationError({"sessions": _("This session is yet to come.")})


def session_in_order(facts: Facts) -> None:
    """The same beside the field, where one session is added."""
    if facts["sessions"][-1]["held_at"] > clock.now() + timedelta(minutes=5):
        raise ValidationError({"held_at": _("This session is yet to come.")})


def attendance_in_order(facts: Facts) -> None:
    """Nobody has more hours of a course than it had; who was absent has none."""
    if facts["past"]:
        return
    most = hours_held(facts)
    for n, row in enumerate(facts.get("attendance") or (), 1):
        hours = row["hours"] or 0
        if row["assessment"] == "absent" and hours:
            _refuse(n, _("Row %(n)d: who was absent has no hours."))
        if most and hours > most:
            _refuse(n, _("Row %(n)d: more hours than all sessions together."))


def rows_are_whole(facts: Facts) -> None:
    """A row of the attendance says who and with what result."""
    if facts["past"]:
        return
    for n, row in enumerate(facts.get("attendance") or (), 1):
        if not (row["colleague"] and row["assessment"]):
            _refuse(n, _("Row %(n)d: say who it is, and the assessment."))


def each_once(facts: Facts) -> None:
    """In the list of a course everybody stands once; who makes up for it is added later."""
    seen: set[str] = set()
    for n, row in enumerate(facts.get("attendance") or (), 1):
        if str(row["colleague"]) in seen:
            _refuse(n, _("Row %(n)d: this colleague is in the list already."))
        seen.add(str(row["colleague"]))


def _refuse(n: int, problem: Any) -> None:
    raise ValidationError({"attendance": ValidationError(problem, params={"n": n}, code="row")})


def making_up(facts: Facts) -> None:
    """One row more is for somebody new, or for one who was absent or did not pass."""
    *earlier, row = facts["attendance"]
    before = [one for one in earlier if str(one["colleague"]) == str(row["colleague"])]
    if before and before[-1]["assessment"] not in LACKING:
        raise ValidationError({"colleague": _("This colleague has passed already.")})
    if row["assessment"] == "absent" and row["hours"]:
        raise ValidationError({"hours": _("Who was absent has no hours.")})


def was_entered(facts: Facts) -> None:
    """A course ends with who was there; an old book may name nobody of the staff."""
    if facts["past"] or facts.get("attendance") or facts.get("others_count"):
        return
    raise ValidationError(_("Enter who was there before the course is closed."))


def told(facts: Facts) -> list[tuple[str, str]]:
    """What a course comes to: hours, who took part, who still lacks it."""
    said = []
    if held := hours_held(facts):
        said.append((_g("Hours held"), f"{held:g}"))
    came = {str(row["colleague"]) for row in _entered(facts) if row["assessment"] != "absent"}
    if came:
        hours = sum(row["hours"] or 0 for row in _entered(facts))
        text = _g("%(people)d people, %(hours)s hours together") % {
            "people": len(came), "hours": f"{hours:g}",
        }  # fmt: skip
        said.append((_g("Took part"), text))
    if lack := lacking(facts):
        called = names([UUID(one) for one in lack])
        text = pgettext("between names", ", ").join(called.get(UUID(one), "") for one in lack)
        said.append((_g("Still to make up for it"), text))
    return said
