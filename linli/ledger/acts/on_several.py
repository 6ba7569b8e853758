"""The same done to many matters at once: all of them in one transaction, or none.

Before anything is written, every act is tried under the eyes of the person: what cannot be done is
named with its reason (another state, not theirs, changed by somebody else), and only the rest is
asked for again and done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock
from linli.history import chain
from linli.ledger.acts import changing
from linli.ledger.acts.act import Act, ConflictError, Done
from linli.ledger.acts.carrying_out import carry_out, enter
from linli.ledger.acts.possible import actions_for
from linli.ledger.acts.turn import Turn
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Action, Ledger
from linli.ledger.entries.models import Entry

MOST: Final = 200
# Actions that everybody has; beside them a ledger's own that close a matter and ask for nothing.
ALWAYS: Final = ("hand_over", "assign")
# Also possible, from the desk, where what waits to be accepted stands together.
_POSSIBLE: Final = (*ALWAYS, "accept")


class TooManyError(ValueError):
    """More than MOST matters at once."""


def offered(actor: Actor, ledger: Ledger) -> list[Action]:
    """The actions that a list of this ledger offers for several matters, as far as the actor's
    role goes."""
    found = []
    for action in ledger.all_actions.values():
        if (action.name in ALWAYS or closes(ledger, action)) and actor.may(
            action.needs, ledger.code
        ):
            found.append(action)
    return sorted(found, key=lambda action: action.name in ALWAYS)


def closes(ledger: Ledger, action: Action) -> bool:
    """Whether an action closes a matter and can do so with a reason alone."""
    if action.name in ("record", VOID) or action.adds or action.to is None:
        return False
    if ledger.state_by_name[action.to].open:
        return False
    return not any(ask.required or ledger.field(ask.name).required for ask in action.asks)


def possible(name: str) -> bool:
    """Whether some ledger can do this to many at once (what a form may ask for)."""
    return name in _POSSIBLE or any(
        name in ledger.all_actions and closes(ledger, ledger.all_actions[name])
        for ledger in registry.all_ledgers()
    )


@dataclass(frozen=True)
class Chosen:
    """A matter that was chosen, as it stood in the list (`rev`; None where it was not listed)."""

    entry: Entry
    rev: int | None


@dataclass(frozen=True)
class Plan:
    """What of the chosen can be done, and what cannot, with the reason in words."""

    able: list[Chosen]
    unable: list[tuple[Chosen, str]]


def chosen(actor: Actor, revs: Mapping[UUID, int | None]) -> list[Chosen]:
    """The matters with these ids that the actor may see, in the order given; others are as if
    they did not exist. TooManyError above MOST."""
    if len(revs) > MOST:
        raise TooManyError
    found = {one.id: one for one in policy.visible(actor, Entry).filter(id__in=list(revs))}
    return [Chosen(found[id], rev) for id, rev in revs.items() if id in found]


def plan(
    actor: Actor,
    action: str,
    matters: Sequence[Chosen],
    data: Mapping[str, Any],
    reason: str,
) -> Plan:
    """Try the action on each by itself; nothing is kept. With `data` still empty, what it will ask
    for is not missed yet."""
    able: list[Chosen] = []
    unable: list[tuple[Chosen, str]] = []
    acts = [_act(actor, action, one, data, reason or "-") for one in matters]
    with transaction.atomic():  # rolled back: beside the rooms' chains, and forgotten
        homes = {one.entry.room: one.entry.district for one in matters}
        tails = {room: chain.Tail(room, homes[room], 0, chain.GENESIS, {}) for room in homes}
        turn = Turn(clock.now(), tails)
        changing.load(turn, acts, ())
        for one, act in zip(matters, acts, strict=True):
            words = _problem(turn, act, one.entry)
            if words:
                unable.append((one, words))
            else:
                able.append(one)
        transaction.set_rollback(True)
    return Plan(able, unable)


def carry_out_all(
    actor: Actor, action: str, matters: Iterable[Chosen], data: Mapping[str, Any], reason: str
) -> list[Done]:
    """Do it to all of them in one transaction. Raises what `carry_out` does; then nothing is done."""
    if not reason.strip() and action != "accept":
        raise ValidationError({"reason": ValidationError(_("Give the reason."), code="required")})
    return carry_out([_act(actor, action, one, data, reason) for one in matters])


def _act(actor: Actor, action: str, one: Chosen, data: Mapping[str, Any], reason: str) -> Act:
    entry = one.entry
    return Act(
        registry.get(entry.ledger), action, actor, data,
        room=entry.room, district=entry.district, entry=entry.id, rev=one.rev, reason=reason,
    )  # fmt: skip


def _problem(turn: Turn, act: Act, entry: Entry) -> str:
    """Why this cannot be done to that matter; "" where it can."""
    declared = act.ledger.all_actions.get(act.action)
    if declared is None or not (act.action in _POSSIBLE or closes(act.ledger, declared)):
        return _("This ledger has no such action.")
    try:
        enter(turn, act)
    except (ConflictError, Entry.DoesNotExist):
        return _("Somebody else changed it since you opened the list.")
    except PermissionDenied:
        return _not_allowed(act.actor, act.action, entry)
    except ValidationError as error:
        if not act.data and hasattr(error, "error_dict") and set(error.error_dict) == {"hand_to"}:
            may = declared in actions_for(act.actor, entry)
            return "" if may else _not_allowed(act.actor, act.action, entry)
        return " ".join(error.messages)
    return ""


def _not_allowed(actor: Actor, action: str, entry: Entry) -> str:
    if action == "hand_over" and actor.may("hand_over", entry.ledger, entry.room, entry.district):
        return _("Only who is responsible for it, or leads the room, hands it over.")
    return _("Your role does not allow this here.")
