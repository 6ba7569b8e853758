"""The rules of care visits as pure functions over an entry's facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ground import rules as law
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Facts

CHILDREN = "children"
# Who comes at once where somebody is in danger is told without asking.
ALWAYS = frozenset({"emergency"})


def first_visit_by(facts: Facts) -> str | None:
    """Whoever asked to be cared for is visited soon."""
    return "deadline.care_visits.first"


def next_visit_by(facts: Facts) -> law.Span | str | None:
    """As agreed with them; else by the rule, children more often; soon where not met or in need."""
    last = _last(facts, "visits")
    if last is not None and last.get("how_found") in ("not_met", "urgent"):
        return "deadline.care_visits.again"
    if days := facts.get("every_days"):
        return law.Span(int(days), "days")
    if facts.get("category") == CHILDREN:
        return "deadline.care_visits.child"
    return "deadline.care_visits.visit"


def need_told_by(facts: Facts) -> str | None:
    """What is needed is told to who can help; nothing runs where the visit said who was told."""
    last = _last(facts, "visits")
    return "deadline.care_visits.told" if last and last.get("needs") else None


def consent_asked_by(facts: Facts) -> str | None:
    """Consent is asked for again after a time: nobody stays on the list by being forgotten."""
    return "deadline.care_visits.consent" if facts.get("consent_on") else None


def _last(facts: Facts, name: str) -> Mapping[str, Any] | None:
    rows = facts.get(name) or ()
    return rows[-1] if rows else None


def somebody_consents(facts: Facts) -> None:
    """Nobody is on the list without consent; for a child the guardian gives it."""
    if facts["past"]:
        return
    on = facts.get("consent_on")
    if on and on > clock.today():
        raise ValidationError({"consent_on": _("This day is yet to come.")})
    if facts.get("category") == CHILDREN and facts.get("consent_by") == "self":
        problem = _("For a child the guardian consents. Without the guardian it is no care visit.")
        raise ValidationError({"consent_by": problem})


def visit_in_order(facts: Facts) -> None:
    """A visit lies in the past, and says what is needed where something is."""
    last = _last(facts, "visits") or {}
    held = last.get("held_at")
    if held and held > clock.now() + timedelta(minutes=5):
        raise ValidationError({"held_at": _("This visit is yet to come.")})
    if held and clock.local(held).date() < clock.local(facts["received_at"]).date():
        raise ValidationError({"held_at": _("Before they were put on the list. Check the day.")})
    if last.get("how_found") == "urgent" and not last.get("needs"):
        raise ValidationError({"needs": _("Say what is needed at once.")})


def told_only_who_may_be(facts: Facts) -> None:
    """Others learn of it only as far as the person agreed, except who comes in danger."""
    last = _last(facts, "tellings") or {}
    whom = last.get("whom")
    if whom and whom not in ALWAYS and whom not in (facts.get("may_be_told") or ()):
        problem = _("They did not agree that these are told. Ask them first: “Agree anew”.")
        raise ValidationError({"whom": problem})


def told(facts: Facts) -> list[tuple[str, str]]:
    """How many visits there were, and the last one."""
    visits = facts.get("visits") or ()
    if not visits:
        return []
    at = visits[-1].get("held_at") or visits[-1].get("at")
    said = _g("%(count)d, last %(at)s") % {
        "count": len(visits),
        "at": moment_text(at) if at else "—",
    }
    return [(_g("Visits so far"), said)]
