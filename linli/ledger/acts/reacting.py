"""What one matter causes in another.

After every act the engine says plainly what happened: the ledger, the action, the facts before and
after. Reactions (listed in `linli/reactions.py`, which alone knows several ledgers) answer with
matters to be recorded. These are entered in the same transaction, under the same lock, since they
belong to the same room: both stand in the registers, or neither does.

An import of history causes nothing: what an old book tells has had its consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from linli.access.actor import Actor, actor_for
from linli.ground.ids import id_from, new_id
from linli.ledger.acts import recording
from linli.ledger.acts.act import Act
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.acts.thing_values import facts_of_thing
from linli.ledger.acts.turn import Turn, Working, WorkingThing
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Facts, Ledger
from linli.ledger.declaration.thing_actions import REMIND
from linli.ledger.entries.models import EntryLink
from linli.org import tree
from linli.org.models import Staff

MOST_DEEP: Final = 3  # an effect may cause something in turn; a chain of more is a mistake


@dataclass(frozen=True)
class Effect:
    """A matter to be recorded in `ledger`. What of `data` that ledger's record action does not
    ask for is left out; people never come along: they stay in the cause, one click away."""

    ledger: str
    data: Mapping[str, Any]


# The effects of a matter by the item in it that causes them ("" for the matter as a whole), from
# its facts alone: what is there after an act and was not before is new.
Finds = Callable[[Facts], Mapping[str, Effect]]


@dataclass(frozen=True)
class Reaction:
    """When one of `actions` is done in ledger `cause`, record what `finds` finds in it."""

    name: str
    cause: str
    actions: tuple[str, ...]
    finds: Finds


@cache
def _reactions() -> Mapping[tuple[str, str], tuple[Reaction, ...]]:
    """By ledger and action. The list is loaded by name: it stands on a floor above this one."""
    listed: Sequence[Reaction] = import_module(settings.REACTIONS).REACTIONS
    found: dict[tuple[str, str], tuple[Reaction, ...]] = {}
    for reaction in listed:
        for action in reaction.actions:
            key = (reaction.cause, action)
            found[key] = (*found.get(key, ()), reaction)
    return found


def facts_before(work: Working | WorkingThing, action: str) -> Facts | None:
    """The facts as they stand before an act, where somebody will react to it; else None."""
    return _facts(work) if (work.register.code, action) in _reactions() else None


def _facts(work: Working | WorkingThing) -> Facts:
    """What rules see, and the map point; of a thing also its id."""
    values = work.values
    if isinstance(work, WorkingThing):
        return {**facts_of_thing(work.register, values, work.parts), "id": str(values["id"])}
    point = None if values["lon"] is None else (values["lon"], values["lat"])
    return {**facts_of(work.ledger, values), "point": point}


@dataclass(slots=True)
class Happened:
    """An act that was just done under the lock. `before` is None for a matter that is new."""

    work: Working | WorkingThing
    action: str
    actor: Actor
    before: Facts | None = None
    at: datetime | None = None


def react(turn: Turn, happened: Happened, depth: int = 0) -> None:
    """Enter what the act causes, and what that causes in turn."""
    values, register = happened.work.values, happened.work.register
    reactions = _reactions().get((register.code, happened.action), ())
    if not reactions or (happened.action == "record" and values["past"]):
        return
    for reaction, item, effect in _new_ones(turn, reactions, happened):
        if depth >= MOST_DEEP:
            raise RuntimeError(f"reactions follow each other in a circle: {reaction.name}")
        _enter(turn, happened, reaction, item, effect, depth)


def _new_ones(
    turn: Turn, reactions: Sequence[Reaction], happened: Happened
) -> list[tuple[Reaction, str, Effect]]:
    """What is found now, was not there before the act, and did not cause anything yet."""
    work = happened.work
    facts = _facts(work)
    found = []
    for reaction in reactions:
        # What a day that runs out calls for was there before somebody was reminded of it.
        known = happened.before is not None and happened.action != REMIND
        before = reaction.finds(happened.before or {}) if known else {}
        found += [
            (reaction, item, effect)
            for item, effect in reaction.finds(facts).items()
            if item not in before and registry.is_there(effect.ledger)
        ]
    if not found or work.is_new:
        return found
    cause = work.values["id"]
    linked = set(EntryLink.objects.filter(cause=cause).values_list("reason", "item"))
    linked |= {(row[5], row[6]) for row in turn.batch.get(EntryLink, ()) if row[3] == cause}
    return [one for one in found if (one[0].name, one[1]) not in linked]


def _enter(
    turn: Turn, happened: Happened, reaction: Reaction, item: str, effect: Effect, depth: int
) -> None:
    cause = happened.work.values
    declared = registry.get(effect.ledger)
    asked = {ask.name for ask in declared.all_actions["record"].asks}
    # What was recorded late was received when its cause was; what was found later, when it was found.
    received = happened.at or turn.now
    if happened.before is None and "received_at" in cause:
        received = cause["received_at"]
    data = {"received_at": received.isoformat(), **effect.data}
    act = Act(
        declared, "record", _on_behalf(happened.actor),
        {name: value for name, value in data.items() if name in asked},
        room=cause["room"], district=cause["district"],
        entry=effect_id(cause["id"], reaction.name, item),
        responsible=_responsible(happened.actor, declared, cause),
        because={
            "entry": str(cause["id"]), "reason": reaction.name,
            **_called(happened.work),
        },
    )  # fmt: skip
    new = recording.prepare(act)
    recording.enter(turn, new)
    turn.batch.setdefault(EntryLink, []).append(
        (
            new_id(), cause["district"], cause["room"], cause["id"], new.values["id"],
            reaction.name, item, turn.now,
        )
    )  # fmt: skip
    caused = Happened(turn.working[new.values["id"]], "record", happened.actor)
    react(turn, caused, depth + 1)


def _called(work: Working | WorkingThing) -> dict[str, str]:
    """How a step names the cause: a matter by its serial, a thing by its register."""
    values = work.values
    if isinstance(work, WorkingThing):
        return {"register": work.register.code}
    return {"serial": f"{values['ledger']}/{values['serial_year']}/{values['serial_no']}"}


def effect_id(cause: UUID, reaction: str, item: str = "") -> UUID:
    """The id of the matter that a reaction opens: known before it is there."""
    return id_from(cause, f"{reaction}/{item}")


def _on_behalf(actor: Actor) -> Actor:
    """The effect bears the name of who acted, and may be recorded whatever their role: that it
    follows is a rule of the house and not their choice."""
    # A request hands on its actor in a wrapping that `replace` does not see through.
    told = {one.name: getattr(actor, one.name) for one in fields(Actor) if one.init}
    return Actor(**{**told, "kind": "system", "posts": (), "scopes": None})


def _responsible(actor: Actor, ledger: Ledger, cause: Mapping[str, Any]) -> UUID | None:
    """The officer who acted, else who answers for the cause, else whom the room has on duty:
    the first of them who may handle matters of that ledger there."""
    room, district = cause["room"], cause["district"]
    if actor.kind == "staff" and actor.may("handle", ledger.code, room, district):
        return actor.id
    answers = cause.get("responsible")  # nobody in particular answers for a thing
    staff = Staff.objects.filter(pk=answers, is_active=True).first() if answers else None
    if staff and actor_for(staff).may("handle", ledger.code, room, district):
        return staff.pk
    on_duty = tree.duty_officer(room)
    return on_duty.pk if on_duty else answers
