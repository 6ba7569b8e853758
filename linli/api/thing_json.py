"""A thing as the API shows it: values and codes, no words of a language; people masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linli.access.actor import Actor
from linli.access.roles import PERMISSIONS
from linli.api.declared import data_schema
from linli.api.entry_json import file_json
from linli.ledger.acts.thing_values import parts_of
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries import people
from linli.ledger.entries.models import EntryPerson
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import ThingRow
from linli.ledger.files import reading


def of_rows(thing: Thing, rows: Sequence[ThingRow]) -> list[dict[str, Any]]:
    """Things of a list, with their parts; without people and files."""
    parts = parts_of(thing, [row.id for row in rows])
    return [_shown(thing, row, parts[row.id]) for row in rows]


def one(thing: Thing, row: ThingRow) -> dict[str, Any]:
    """One thing with the people who answer for it, masked, and its files."""
    found = EntryPerson.objects.filter(entry=row.id, ended=False).order_by("position")
    return {
        **_shown(thing, row, parts_of(thing, [row.id])[row.id]),
        "people": people.shown(found),
        "files": [file_json(file) for file in reading.of_entry(row.id)],
    }


def _shown(thing: Thing, row: ThingRow, parts: Mapping[str, Any]) -> dict[str, Any]:
    slots, values = slots_of(thing), vars(row)
    data = {
        field.name: parts[field.name] if field.part is not None else slots[field.name].get(values)
        for field in thing.fields
        if field.kind.code != "people"
    }
    return {
        "id": row.id,
        "register": thing.code,
        "room": row.room,
        "district": row.district,
        "state": row.state,
        "since": row.since,
        "until": row.until,
        "merged_into": row.merged_into,
        "moved_from": row.moved_from,
        "data": {name: value for name, value in data.items() if value not in (None, [])},
        "rev": row.rev,
        "made_at": row.made_at,
    }


def declaration(thing: Thing, actor: Actor) -> dict[str, Any]:
    """The declaration of a register: what it asks for and what can be done."""
    return {
        "code": thing.code,
        "title": str(thing.title),
        "purpose": thing.purpose,
        "filters": list(thing.filters),
        "order": list(thing.ordered),
        "fields": {
            field.name: {
                **field.kind.schema(field),
                "title": str(field.title),
                "x-kind": field.kind.code,
                "x-privacy": field.privacy,
                "x-required": field.required,
            }
            for field in thing.fields
        },
        "actions": [
            {
                "name": action.name,
                "title": str(action.title),
                "needs": action.needs,
                "from_states": list(action.from_states),
                "reason": action.reason,
                "data": data_schema(thing, action),
            }
            for action in thing.all_actions.values()
        ],
        "may": [one for one in PERMISSIONS if actor.may(one, thing.code)],
    }
