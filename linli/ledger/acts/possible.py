"""What may be done: one rule, asked by pages, API, bulk acts and hand-over alike.

`hindrance` says what stands in the way of an action, `allowed_action` refuses with it, `actions_for`
lists what is left, the next thing to do first.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor, actor_for
from linli.ledger.acts.act import Act
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Action, Facts, Ledger
from linli.ledger.entries.models import Entry
from linli.org.models import Staff
from linli.org.tree import place_in_tree, staff_of


class Hindrance(Enum):
    """Why an action is not possible."""

    ROLE = "role"  # the actor has not the permission
    STATE = "state"  # not in this state of the matter
    FACTS = "facts"  # not as the matter stands
    NOT_ASKED = "not_asked"  # accepting what was offered to somebody else, or to nobody
    NOT_RESPONSIBLE = "not_responsible"  # handing over what somebody else answers for


def hindrance(
    actor: Actor, action: Action, values: Mapping[str, Any], facts: Facts
) -> Hindrance | None:
    """What stands in the way of the action on an entry with these values (columns by name)."""
    where = values["ledger"], values["room"], values["district"]
    if not actor.may(action.needs, *where):
        return Hindrance.ROLE
    if values["state"] not in action.from_states:
        return Hindrance.STATE
    if action.only_if and not action.only_if(facts):
        return Hindrance.FACTS
    if action.name in ("accept", "refuse"):
        asked = values["offered_to"]
        return None if asked is not None and asked == actor.id else Hindrance.NOT_ASKED
    if action.name == "hand_over":
        leads = values["responsible"] == actor.id or actor.may("assign", *where)
        return None if leads else Hindrance.NOT_RESPONSIBLE
    return None


def allowed_action(act: Act, ledger: Ledger, values: Mapping[str, Any]) -> Action:
    """The action, if the actor may do it to the entry as it stands.

    Raises PermissionDenied, ValidationError (no such action, not now, no reason given).
    """
    try:
        action = ledger.all_actions[act.action]
    except KeyError:
        raise ValidationError(_("There is no such action."), code="action") from None
    facts = facts_of(ledger, values) if action.only_if else {}
    if found := hindrance(act.actor, action, values, facts):
        raise _refusal(found, action, ledger, values)
    if action.reason and not act.reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give the reason."), code="required")})
    return action


def _refusal(
    found: Hindrance, action: Action, ledger: Ledger, values: Mapping[str, Any]
) -> Exception:
    if found is Hindrance.ROLE:
        return PermissionDenied(action.needs)
    if found is Hindrance.NOT_RESPONSIBLE:
        return PermissionDenied("only the responsible officer hands a matter over")
    if found is Hindrance.NOT_ASKED:
        return ValidationError(_("This matter is not waiting for you."), code="not_offered")
    if found is Hindrance.FACTS:
        return ValidationError(
            _("“%(action)s” is not possible as the matter stands."),
            code="state",
            params={"action": action.title},
        )
    return ValidationError(
        _("“%(action)s” is not possible: the matter is %(state)s by now."),
        code="state",
        params={"action": action.title, "state": ledger.state_by_name[values["state"]].title},
    )


def may_see(act: Act, values: Mapping[str, Any]) -> bool:
    """Whether the actor may know of the entry at all."""
    permission = "answer" if act.actor.kind == "resident" else "read"
    return act.actor.may(permission, values["ledger"], values["room"], values["district"])


def actions_for(actor: Actor, entry: Entry) -> list[Action]:
    """What the actor may do to the entry as it stands, the next thing to do first."""
    ledger, values = registry.of(entry), vars(entry)
    facts = facts_of(ledger, values) if any(a.only_if for a in ledger.actions) else {}
    possible = [
        action
        for action in ledger.all_actions.values()
        # The reporter's own, by receipt.
        if action.name != "answer" and hindrance(actor, action, values, facts) is None
    ]
    return sorted(possible, key=lambda a: a.name not in ("accept", "refuse"))


def can_take(entry: Entry) -> list[tuple[Staff, str]]:
    """Who a handover may go to: the room's people and the station's chief who can handle it."""
    station = place_in_tree(entry.room)[2]
    candidates = [*staff_of(entry.room), *staff_of(station.pk)]
    able: dict[UUID, tuple[Staff, str]] = {}
    for staff, role in candidates:
        if staff.pk == entry.responsible or staff.pk in able:
            continue
        if can_answer_for(staff, vars(entry)):
            able[staff.pk] = (staff, role)
    return list(able.values())


def can_answer_for(staff: Staff, values: Mapping[str, Any]) -> bool:
    """Whether somebody may handle matters of that ledger in that room."""
    return actor_for(staff, via="web").may(
        "handle", values["ledger"], values["room"], values["district"]
    )
