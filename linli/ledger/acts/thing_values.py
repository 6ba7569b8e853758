"""What adding and changing a thing share: its facts, its parts, what no two of them may have, and
what of it the base figures count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground.ids import new_id
from linli.ledger.acts.turn import Turn, WorkingThing
from linli.ledger.declaration.ledger import Facts, Field
from linli.ledger.declaration.row_fields import fact
from linli.ledger.declaration.slot import Slot
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.counting import STANDING, counted
from linli.ledger.entries.models import CountDelta, EntryPerson
from linli.ledger.entries.slots import slot_of, slots_of
from linli.ledger.entries.things import PartRow, ThingRow, state_of
from linli.org.tree import names


def columns_of(thing: Thing) -> tuple[str, ...]:
    """The columns that steps tell of and that replaying them rebuilds (see verify.py)."""
    fixed = ("id", "district", "room", "rev", "made_at", "source")
    return tuple(
        field.attname for field in thing.model._meta.concrete_fields if field.attname not in fixed
    )


def facts_of_thing(
    thing: Thing,
    values: Mapping[str, Any],
    parts: Mapping[str, list[dict[str, Any]]],
    people: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A thing's fields by name as rules see them: days as days, parts as rows, people as {role}."""
    facts: dict[str, Any] = {
        "past": values["import_run"] is not None,
        "state": state_of(values),
        "since": values["since"],
        "until": values["until"],
    }
    slots = slots_of(thing)
    for field in thing.fields:
        if field.part is not None:
            facts[field.name] = [dict(row) for row in parts.get(field.name, ())]
        elif field.kind.code == "people":
            facts[field.name] = list(people)
        else:
            facts[field.name] = fact(field, slots[field.name].get(values))
    return facts


def called(thing: Thing, values: Mapping[str, Any]) -> str:
    """What a thing is called, by the fields of its headline."""
    slots = slots_of(thing)
    said = ((thing.field(name), slots[name].get(values)) for name in thing.headline)
    parts = [str(about.kind.text(value, about)) for about, value in said if value is not None]
    return " · ".join(parts) or str(thing.singular)


def people_there(work: WorkingThing, turn: Turn) -> list[dict[str, Any]]:
    """The people of a thing as rules see them: their role, and what of them is shown (masked)."""
    id = work.values["id"]
    rows = EntryPerson.objects.filter(entry=id, ended=False).order_by("position")
    present = list(rows.values("role", "name_mask", "phone_mask"))
    added = [
        {"role": row[5], "name_mask": row[6], "phone_mask": row[7]}
        for row in turn.batch[EntryPerson]
        if row[3] == id
    ]
    return [
        {"role": one["role"], "name": one["name_mask"], "phone": one["phone_mask"]}
        for one in (*present, *added)
    ]


def part_slots(field: Field) -> Mapping[str, Slot]:
    """Where the sub-fields of a part live in its table."""
    assert field.part is not None
    return {sub.name: slot_of(_in_own_column(sub), field.part) for sub in field.fields}


def _in_own_column(sub: Field) -> Field:
    from dataclasses import replace

    return replace(sub, column=sub.name)


def part_row(
    field: Field, owner: Mapping[str, Any], said: Mapping[str, Any], position: int
) -> dict[str, Any]:
    """A row of a part's table, with what was said of it."""
    assert field.part is not None
    row: dict[str, Any] = {
        "id": new_id(), "district": owner["district"], "room": owner["room"],
        "owner": owner["id"], "position": position,
    }  # fmt: skip
    for one in field.part._meta.concrete_fields:
        row.setdefault(one.attname, one.get_default())
    for name, slot in part_slots(field).items():
        slot.put(row, said.get(name))
    return row


def part_facts(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    """A part as rules see it, with its id."""
    said = {sub.name: slot.get(row) for sub, slot in _with_slots(field)}
    return {"id": str(row["id"]), **said}


def _with_slots(field: Field) -> Iterable[tuple[Field, Slot]]:
    slots = part_slots(field)
    return [(sub, slots[sub.name]) for sub in field.fields]


def parts_of(thing: Thing, ids: Iterable[UUID]) -> dict[UUID, dict[str, list[dict[str, Any]]]]:
    """The parts of these things, by thing and field, in their order; one query for each field."""
    found: dict[UUID, dict[str, list[dict[str, Any]]]] = {
        id: {field.name: [] for field in thing.parts} for id in ids
    }
    for field in thing.parts:
        model: Any = field.part
        rows = model._default_manager.filter(owner__in=list(found)).order_by("position", "id")
        for row in rows.values():
            found[row["owner"]][field.name].append(part_facts(field, row))
    return found


def require_single(turn: Turn, work: WorkingThing) -> None:
    """Raise ValidationError where another standing thing of the district has what only one may."""
    thing, values = work.register, work.values
    if state_of(values) != STANDING:
        return
    model: type[ThingRow] = thing.model
    for column in thing.once:
        value = values[column]
        if not value:
            continue
        others = model._default_manager.filter(
            model.standing, district=values["district"], **{column: value}
        )
        other = others.exclude(id__in=list(turn.things)).values_list("room", flat=True).first()
        if other is None:
            other = next(
                (
                    one.values["room"]
                    for one in turn.things.values()
                    if one is not work
                    and one.register is thing
                    and one.values["district"] == values["district"]
                    and one.values[column] == value
                    and state_of(one.values) == STANDING
                ),
                None,
            )
        if other is not None:
            raise ValidationError({_field_of(thing, column): _taken(other, values["room"])})


def _field_of(thing: Thing, column: str) -> str:
    return next((field.name for field in thing.fields if field.column == column), column)


def _taken(room: UUID, own: UUID) -> ValidationError:
    if room == own:
        problem = _("This room has one with the same already. Find it in the list.")
        return ValidationError(problem, code="once")
    return ValidationError(
        _("Another room of the district has one with the same: %(room)s."),
        code="once",
        params={"room": names([room]).get(room, "")},
    )


def recount(turn: Turn, work: WorkingThing, before: Mapping[tuple[str, date], int]) -> None:
    """Put the difference between what it counted and counts now among the rows to write."""
    now = counted(work.register, work.values)
    values = work.values
    for category, day in {*before, *now}:
        n = now.get((category, day), 0) - before.get((category, day), 0)
        if n:
            turn.batch[CountDelta].append(
                (values["district"], values["room"], work.register.code, category, day, STANDING, n)
            )


__all__ = [
    "STANDING",
    "Facts",
    "PartRow",
    "called",
    "columns_of",
    "counted",
    "facts_of_thing",
    "part_facts",
    "part_row",
    "part_slots",
    "parts_of",
    "people_there",
    "recount",
    "require_single",
]  # fmt: skip
