"""To add a thing to a register: cleaned and sealed before the lock, entered under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.ground.ids import new_id
from linli.history import chain
from linli.ledger.acts import attaching
from linli.ledger.acts.act import Done, Past, ThingAct
from linli.ledger.acts.cleaning import clean_asked, run_checks
from linli.ledger.acts.thing_values import (
    columns_of,
    facts_of_thing,
    part_facts,
    part_row,
    recount,
    require_single,
)
from linli.ledger.acts.turn import Turn, WorkingThing, require
from linli.ledger.declaration.slot import put_all
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD
from linli.ledger.entries import people
from linli.ledger.entries.models import EntryPerson, Sealed, SentOnce
from linli.ledger.entries.people import people_in_body, seal_row
from linli.ledger.entries.slots import slots_of


@dataclass(slots=True)
class NewThing:
    """A cleaned, sealed thing, ready to be entered under the lock of its room."""

    act: ThingAct
    values: dict[str, Any]
    parts: dict[str, list[dict[str, Any]]]  # rows of the parts' tables, by field
    people: list[tuple[Any, ...]]
    sealed: list[tuple[Any, ...]]
    body: dict[str, Any]
    files: attaching.Plan


def prepare(act: ThingAct) -> NewThing:
    """Check and clean an act of adding. Raises ValidationError by field, PermissionDenied."""
    thing, room, district = act.register, act.room, act.district
    if room is None or district is None:
        raise ValidationError(_("Choose the room that this belongs to."), code="room")
    action = thing.all_actions[ADD]
    if act.actor.kind == "resident":
        raise PermissionDenied(action.needs)
    require(act.actor, action.needs, thing, room, district)
    cleaned = clean_asked(thing, action, act.data, as_history=act.past is not None)
    values = _values(act, room, district)
    put_all(slots_of(thing), values, {n: v for n, v in cleaned.items() if v is not None})
    parts = {
        field.name: [
            part_row(field, values, row, n) for n, row in enumerate(cleaned.get(field.name) or ())
        ]
        for field in thing.parts
    }
    facts = facts_of_thing(thing, values, _facts(thing, parts), _people(thing, cleaned))
    run_checks(thing, action, facts)
    require_days_in_order(values)
    ring = keyring.load(settings.HOME)
    kept = [people.keep(person, ring) for person in _people(thing, cleaned)]
    key = people.key_id(thing.code, clock.local(values["made_at"]).date())
    sealed = [
        seal_row(values, owner=k.id, version=1, plain=k.plain, key=key, ring=ring) for k in kept
    ]
    files = attaching.for_record(act, values, cleaned)
    return NewThing(
        act=act,
        values=values,
        parts=parts,
        people=[
            (k.id, district, room, values["id"], n, k.role, *k.masks, *k.hashes, False)
            for n, k in enumerate(kept)
        ],
        sealed=sealed,
        body={**({"people": people_in_body(kept, sealed)} if kept else {}), **files.body},
        files=files,
    )


def _values(act: ThingAct, room: UUID, district: UUID) -> dict[str, Any]:
    values: dict[str, Any] = {
        field.attname: field.get_default() for field in act.register.model._meta.concrete_fields
    }
    return values | {
        "id": act.thing or new_id(),
        "district": district,
        "room": room,
        "rev": 1,
        "made_at": clock.now(),
        "made_by": act.actor.id,
        "data": _past(act.past),
        "import_run": act.past.run if act.past else None,
        "source": act.past.source if act.past else None,
    }


def _past(past: Past | None) -> dict[str, Any]:
    """What an old list said besides: its number, cells as they were said, remarks of the import."""
    if past is None:
        return {}
    kept = {"number": past.number, "said": dict(past.said), "notes": list(past.notes)}
    told = {name: value for name, value in kept.items() if value}
    return {"past": told} if told else {}


def _facts(thing: Thing, parts: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        field.name: [part_facts(field, row) for row in parts[field.name]] for field in thing.parts
    }


def _people(thing: Thing, cleaned: Mapping[str, Any]) -> list[Mapping[str, str]]:
    names = thing.by_kind.get("people", ())
    return [person for name in names for person in cleaned.get(name) or ()]


def require_days_in_order(values: Mapping[str, Any]) -> None:
    """Nothing ends before it begins, begins in the future, or ends there."""
    since, until, today = values["since"], values["until"], clock.today()
    if since and since > today:
        raise ValidationError({"since": _("This day is yet to come.")})
    if until and until > today:
        raise ValidationError({"until": _("This day is yet to come.")})
    if since and until and until < since:
        raise ValidationError({"until": _("It ended before it began. Check both days.")})


def enter(turn: Turn, new: NewThing) -> Done:
    """Under the lock: look that it is the only one, chain the step, put all rows into the batch."""
    act, values = new.act, new.values
    thing = act.register
    values["made_at"] = turn.now
    work = WorkingThing(thing, values, is_new=True, parts=_facts(thing, new.parts))
    turn.things[values["id"]] = work
    require_single(turn, work)
    for field in thing.parts:
        model = field.part
        assert model is not None
        work.new_parts += [(model, row) for row in new.parts[field.name]]
    body: dict[str, Any] = {
        "by": act.actor.name,
        "via": act.actor.via,
        "register": thing.code,
        "set": {c: v for c in columns_of(thing) if (v := values[c]) or type(v) is float},
        **new.body,
    }
    if any(new.parts.values()):
        body["parts"] = {name: work.parts[name] for name, rows in new.parts.items() if rows}
    step = chain.NewStep(
        subject=values["id"], action=ADD, actor=act.actor.id, body=chain.make_body(body),
        acted_at=turn.now, act=act.id,
    )  # fmt: skip
    turn.chain(work, step)
    attaching.carry_out(new.files, values, step.id)
    turn.batch[EntryPerson] += new.people
    turn.batch[Sealed] += new.sealed
    recount(turn, work, {})
    if act.once:
        turn.batch[SentOnce].append(
            (act.once.key_hash, act.once.fingerprint, values["id"], turn.now)
        )
    return Done(values["id"], thing.code, ADD, "standing", 0, 0, 1, step.id)
