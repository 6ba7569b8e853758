"""Every act on a thing but adding it, under the lock of its home room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from linli.history import chain
from linli.ledger.acts import attaching, moving_things
from linli.ledger.acts.act import ConflictError, Done, ThingAct
from linli.ledger.acts.adding_things import require_days_in_order
from linli.ledger.acts.cleaning import clean_asked, run_checks
from linli.ledger.acts.correcting import correct_people
from linli.ledger.acts.thing_values import (
    columns_of,
    counted,
    facts_of_thing,
    part_facts,
    part_row,
    part_slots,
    parts_of,
    people_there,
    recount,
    require_single,
)
from linli.ledger.acts.turn import Turn, WorkingThing
from linli.ledger.declaration.common_actions import STEP_FIELDS, VOID
from linli.ledger.declaration.ledger import Action, Field
from linli.ledger.declaration.slot import put_all
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import (
    CHANGE,
    CORRECT,
    END,
    MERGE,
    MERGED,
    MOVE,
    REOPEN,
    STANDING,
    TITLES,
    UNMERGE,
)
from linli.ledger.entries.models import SentOnce
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import state_of


def homes(acts: Sequence[ThingAct]) -> dict[UUID, UUID]:
    """Home room -> home district of the things that are acted on, and of the rooms they go to."""
    found = {act.room: act.district for act in acts if act.room and act.district}
    by_model: dict[type[Model], list[UUID]] = {}
    for act in acts:
        if act.thing and act.room is None:
            by_model.setdefault(act.register.model, []).append(act.thing)
    for model, ids in by_model.items():
        found.update(model._default_manager.filter(id__in=ids).values_list("room", "district"))
    for act in acts:
        if act.action == MOVE and (to := moving_things.receiver(act)):
            found[to[0]] = to[1]
    return found


def load(turn: Turn, acts: Sequence[ThingAct]) -> None:
    """Read the things that the acts change, as they are under the lock."""
    wanted: dict[str, tuple[Thing, list[UUID]]] = {}
    for act in acts:
        if act.thing and act.thing not in turn.things:
            wanted.setdefault(act.register.code, (act.register, []))[1].append(act.thing)
    for thing, ids in wanted.values():
        rows = thing.model._default_manager.filter(id__in=ids, room__in=list(turn.tails))
        found = {row["id"]: row for row in rows.values()}
        parts = parts_of(thing, found)
        for id, values in found.items():
            turn.things[id] = WorkingThing(thing, dict(values), is_new=False, parts=parts[id])


def enter(turn: Turn, act: ThingAct) -> Done:
    """Do one act to its thing and chain its step. Raises ValidationError, PermissionDenied,
    DoesNotExist of the register's table, ConflictError."""
    work = turn.things.get(act.thing) if act.thing else None
    if work is None or work.register is not act.register or not _may(act, "read", work.values):
        raise act.register.model.DoesNotExist
    values, thing = work.values, work.register
    action = _allowed(act, values)
    if act.rev is not None and values["rev"] - work.steps != act.rev:
        raise ConflictError(values["id"], act.rev, values["rev"])
    columns = columns_of(thing)
    before, parts_before = {c: values[c] for c in columns}, work.parts
    counted_before = counted(thing, values)
    cleaned = clean_asked(thing, action, act.data, only_given=action.name in (CHANGE, CORRECT))
    body: dict[str, Any] = {"by": act.actor.name, "via": act.actor.via}
    files = attaching.for_change(act, action, values, cleaned)
    body |= _said(thing, cleaned) | files.body
    _apply(turn, work, act, action, cleaned, body)
    after = {c: values[c] for c in columns if values[c] != before[c]}
    if action.name in (CHANGE, CORRECT) and not after and not body.keys() & {"people", "parts"}:
        raise ValidationError(_("Nothing was changed."), code="unchanged")
    body |= {"set": after, "old": {column: before[column] for column in after}}
    if "parts" in body:
        body["parts_old"] = {name: parts_before[name] for name in body["parts"]}
    if act.reason:
        body["reason"] = act.reason.strip()
    recount(turn, work, counted_before)
    work.changed |= set(after)
    done = chained(turn, work, act, action, body)
    attaching.carry_out(files, values, done.step)
    return done


def _may(act: ThingAct, permission: str, values: Mapping[str, Any]) -> bool:
    where = act.register.code, values["room"], values["district"]
    return act.actor.kind != "resident" and act.actor.may(permission, *where)


def _allowed(act: ThingAct, values: Mapping[str, Any]) -> Action:
    """The action, if the actor may do it to the thing as it stands."""
    action = act.register.all_actions.get(act.action)
    if action is None:
        raise ValidationError(_("There is no such action."), code="action")
    if not _may(act, action.needs, values):
        raise PermissionDenied(action.needs)
    state = state_of(values)
    if state not in (action.from_states or (STANDING,)):
        raise ValidationError(
            _("“%(action)s” is not possible: this is %(state)s by now."),
            code="state",
            params={"action": action.title, "state": TITLES[state]},
        )
    if action.reason and not act.reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give the reason."), code="required")})
    return action


def _said(thing: Thing, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The values that belong to the step alone (a note), kept in its body."""
    own = STEP_FIELDS.keys() - thing.by_name.keys() - {attaching.ADDED, attaching.REMOVED}
    return {name: str(value) for name, value in cleaned.items() if name in own and value}


def _apply(
    turn: Turn,
    work: WorkingThing,
    act: ThingAct,
    action: Action,
    cleaned: Mapping[str, Any],
    body: dict[str, Any],
) -> None:
    values, thing = work.values, work.register
    if action.name == MERGE:
        values["merged_into"] = _target(turn, work, act, cleaned["into"])
        return
    if action.name == UNMERGE:
        values["merged_into"] = None
    elif action.name == REOPEN:
        values["until"] = None
    elif action.name == VOID:
        values["void"], values["source"] = True, None  # its row of a file may come in again
        work.changed.add("source")
    elif action.name == MOVE:
        values["until"] = moving_things.move(turn, work, act, body)
    given = cleaned
    if action.name not in (CHANGE, CORRECT):  # what is left blank does not wipe what is there
        given = {name: value for name, value in cleaned.items() if value is not None}
    put_all(slots_of(thing), values, given)
    correct_people(turn, work, act, given, body)
    for field in thing.parts:
        if field.name in given:
            _replace_parts(work, field, given[field.name] or [], body)
    require_days_in_order(values)
    if action.name in (CHANGE, CORRECT, UNMERGE, REOPEN) or action in thing.actions:
        require_single(turn, work)
        people = given_people(thing, act, given, turn, work)
        run_checks(thing, action, facts_of_thing(thing, values, work.parts, people))


def given_people(
    thing: Thing, act: ThingAct, given: Mapping[str, Any], turn: Turn, work: WorkingThing
) -> Iterable[Mapping[str, Any]]:
    """The people as rules see them: those a change gives, else those who are there."""
    for name in thing.by_kind.get("people", ()):
        if name in given:
            return given[name] or []
    return people_there(work, turn)


def _target(turn: Turn, work: WorkingThing, act: ThingAct, said: Any) -> UUID:
    """The thing that stays: of the same register and district, standing, and the actor's to correct."""
    thing, values = work.register, work.values
    problem = ValidationError({"into": _("Choose one of this register that stands, not this one.")})
    try:
        id = UUID(str(said))
    except ValueError:
        raise problem from None
    rows = thing.model._default_manager.filter(id=id, district=values["district"])
    found = rows.values().first()
    if found is None or id == values["id"] or not _may(act, CORRECT, found):
        raise problem
    if state_of(found) == MERGED:
        raise problem
    return id


def _replace_parts(
    work: WorkingThing, field: Field, given: Sequence[Mapping[str, Any]], body: dict[str, Any]
) -> None:
    """The parts as they are given: one with the id of a part that is there is that one with new
    values, one without is new, and what is not named any more goes (the step keeps what it said)."""
    model = field.part
    assert model is not None
    present = {row["id"]: row for row in work.parts[field.name]}
    slots, kept = part_slots(field), []
    for position, said in enumerate(given):
        id = said.get("id")
        if id and id not in present:
            raise ValidationError({field.name: _("This row belongs to something else.")})
        row = part_row(field, work.values, said, position)
        if id:
            row["id"] = UUID(id)
            work.changed_parts.append(
                (model, {c: row[c] for c in ("id", "position", *_columns(slots))})
            )
        else:
            work.new_parts.append((model, row))
        kept.append(part_facts(field, row))
    gone = set(present) - {one["id"] for one in kept}
    work.gone_parts += [(model, UUID(id)) for id in gone]
    if kept != list(present.values()):
        body.setdefault("parts", {})[field.name] = kept
    work.parts = {**work.parts, field.name: kept}


def _columns(slots: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(column for slot in slots.values() for column in slot.columns)


def chained(
    turn: Turn, work: WorkingThing, act: ThingAct, action: Action, body: Mapping[str, Any]
) -> Done:
    """Chain the step of an act on a thing."""
    values = work.values
    step = chain.NewStep(
        subject=values["id"], action=action.name, actor=act.actor.id, body=chain.make_body(body),
        acted_at=turn.now, act=act.id,
    )  # fmt: skip
    turn.chain(work, step)
    values["rev"] += 1
    work.steps += 1
    work.changed.add("rev")
    if act.once:
        turn.batch[SentOnce].append(
            (act.once.key_hash, act.once.fingerprint, values["id"], turn.now)
        )
    return Done(
        values["id"],
        work.register.code,
        action.name,
        state_of(values),
        0,
        0,
        values["rev"],
        step.id,
    )


__all__ = ["END", "chained", "enter", "homes", "load"]
