"""The rules of the ledger of disputes as pure functions over an entry's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, rules
from linli.ledger.declaration.ledger import Facts

Row = Mapping[str, Any]

# An agreement is looked at again after these times, counted from the day it was made.
CHECKS = (
    "deadline.disputes.kept_first",
    "deadline.disputes.kept_second",
    "deadline.disputes.kept_third",
)


def first_by(facts: Facts) -> str | None:
    """The first mediation, after the dispute was taken up or has flared up again."""
    return "deadline.disputes.first"


def second_by(facts: Facts) -> str | None:
    """Another mediation is due where the last one was put off; a refusal ends it."""
    last = _last(facts.get("sessions"))
    return "deadline.disputes.second" if last and last["outcome"] == "again" else None


def check_by(facts: Facts) -> str | None:
    """The next look at whether the agreement is kept; none where there is no agreement to keep."""
    left = checks_left(facts) if facts["state"] == "agreed" else ()
    return left[0] if left else None


def checks_left(facts: Facts) -> Sequence[str]:
    """The looks that are still to come. One done late counts for all that were due by then; one
    more counts for the next only once the time of the one before is over."""
    agreed: date | None = facts.get("agreed_on")
    if agreed is None:
        return CHECKS
    days = [rules.on(agreed).span(code).n for code in CHECKS]
    done = 0
    for check in current_checks(facts):
        elapsed = (check["checked_on"] - agreed).days
        if done and elapsed <= days[done - 1]:
            continue
        done = max(done + 1, sum(day <= elapsed for day in days))
        if done >= len(CHECKS):
            break
    return CHECKS[done:]


def current_checks(facts: Facts) -> list[Row]:
    """The looks at the agreement that is in force, the oldest first."""
    agreed = facts.get("agreed_on")
    dated = [one for one in facts.get("checks") or () if one.get("checked_on")]
    since = [one for one in dated if agreed is None or one["checked_on"] >= agreed]
    return sorted(since, key=lambda one: one["checked_on"])


def agreement_reached(facts: Facts) -> bool:
    """Whether the last mediation ended in an agreement that can be written down."""
    last = _last(facts.get("sessions"))
    return bool(last and last["outcome"] == "agreed")


def not_signed(facts: Facts) -> bool:
    """Whether the agreement in force is not signed yet, as far as is written down."""
    agreed, signed = facts.get("agreed_on"), facts.get("signed_on")
    return signed is None or (agreed is not None and signed < agreed)


def kept_to_the_end(facts: Facts) -> bool:
    """Whether the last look found the agreement kept and no other one is to come."""
    last = _last(current_checks(facts))
    return bool(last and last["kept"] == "kept" and not checks_left(facts))


def _last(rows: Sequence[Row] | None) -> Row | None:
    return rows[-1] if rows else None


def police_mediation_allowed(facts: Facts) -> None:
    """What the police mediate themselves is declared free of what the law excludes, and a minor
    has the guardian beside them."""
    last = _last(facts.get("sessions"))
    if last is None or last["form"] != "police":
        return
    wrong = {}
    if not last["nothing_excluded"]:
        wrong["nothing_excluded"] = _(
            "The police mediate only where none of these applies. Otherwise it is a case, or a "
            "matter for people's mediation."
        )
    if not last["minors"]:
        wrong["minors"] = _("Say whether a party is under age; then the guardian must be present.")
    if wrong:
        raise ValidationError(wrong)


def sessions_in_order(facts: Facts) -> None:
    """Nobody mediates before the day on which the dispute was received (old books give days)."""
    received = clock.local(facts["received_at"]).date()
    for one in facts.get("sessions") or ():
        held = one["held_at"]
        if held and clock.local(held).date() < received:
            raise ValidationError({"sessions": _("Mediated before the dispute was received.")})
        if held and held > clock.now() + timedelta(minutes=5):
            raise ValidationError({"sessions": _("This mediation is yet to come.")})


def agreement_in_order(facts: Facts) -> None:
    """Received, agreed, performed; looked at after the day of the agreement."""
    agreed, until = facts.get("agreed_on"), facts.get("perform_by")
    if agreed and agreed < clock.local(facts["received_at"]).date():
        raise ValidationError({"agreed_on": _("Agreed before the dispute was received.")})
    if agreed and agreed > clock.today():
        raise ValidationError({"agreed_on": _("This day is yet to come.")})
    signed = facts.get("signed_on")
    if signed and signed > clock.today():
        raise ValidationError({"signed_on": _("This day is yet to come.")})
    if agreed and until and until < agreed:
        raise ValidationError({"perform_by": _("To be performed before it was agreed.")})


def check_in_order(facts: Facts) -> None:
    """A look at an agreement has been, and was after it."""
    last = _last(facts.get("checks"))
    day = last["checked_on"] if last else clock.today()
    if day > clock.today():
        raise ValidationError({"checked_on": _("This day is yet to come.")})
    if facts.get("agreed_on") and day < facts["agreed_on"]:
        raise ValidationError({"checked_on": _("Checked before it was agreed.")})
