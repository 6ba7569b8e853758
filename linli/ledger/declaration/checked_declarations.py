"""What a declaration must hold for the engine to work with it: told when the program starts, in
the words of whoever writes the ledger, not when an officer presses a button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from linli.ledger.declaration.common_actions import STEP_FIELDS, VOID
from linli.ledger.declaration.ledger import Action, Deadline, Field, Ledger
from linli.ledger.declaration.row_fields import IN_A_ROW, SIGNED
from linli.ledger.declaration.thing import Thing

_CHOSEN = ("choice", "choices")
# Kinds that have no typed column of Entry to live in.
_IN_DATA = (
    "date",
    "integer",
    "decimal",
    "choices",
    "rows",
    "parts",
    "checklist",
    "files",
    "people",
)


def require_sound(ledger: Ledger) -> None:
    """Raise ValueError with everything that is wrong with a declaration."""
    if wrong := list(faults(ledger)):
        raise ValueError(f"the ledger {ledger.code} cannot work:\n- " + "\n- ".join(wrong))


def faults(ledger: Ledger) -> Iterator[str]:
    """What is wrong with a declaration, in sentences."""
    if twice := _twice(field.name for field in ledger.fields):
        yield f"fields have one name: {', '.join(twice)}"
    if "record" not in ledger.all_actions:
        yield "there is no action called record"
    if VOID not in ledger.state_by_name and not ledger.frozen:
        yield "there is no state called void"
    if sum(field.kind.code == "people" for field in ledger.fields) > 1:
        yield "there is more than one field of people"
    yield from chain.from_iterable(_of_field(field) for field in ledger.fields)
    yield from chain.from_iterable(_of_action(ledger, action) for action in ledger.actions)
    yield from chain.from_iterable(_of_deadline(ledger, one) for one in ledger.deadlines)


def require_sound_thing(thing: Thing) -> None:
    """Raise ValueError with everything that is wrong with a register of things."""
    if wrong := list(thing_faults(thing)):
        raise ValueError(f"the register {thing.code} cannot work:\n- " + "\n- ".join(wrong))


def thing_faults(thing: Thing) -> Iterator[str]:
    """What is wrong with a register of things, in sentences."""
    if twice := _twice(field.name for field in thing.fields):
        yield f"fields have one name: {', '.join(twice)}"
    if sum(field.kind.code == "people" for field in thing.fields) > 1:
        yield "there is more than one field of people"
    columns = {field.name for field in thing.model._meta.get_fields()}
    for field in thing.fields:
        yield from _of_field(field)
        if field.column and not set(field.column.split(",")) <= columns:
            yield f"{field.name}: the table has no column {field.column}"
        if field.kind.code == "parts":
            yield from _of_parts(field)
    named = {field.name for field in thing.fields} | {"since", "until"}
    for name in (*thing.headline, *thing.columns, *thing.filters):
        if name not in named:
            yield f"there is no field {name} to list, filter or call one by"
    for name in (*thing.once, *thing.ordered):
        if name not in columns:
            yield f"the table has no column {name}"
    for watch in thing.watches:
        about = next((field for field in thing.parts if field.name == watch.field), None)
        if about is None or about.sub(watch.day) is None:
            yield f"watch {watch.name}: there is no part with a day {watch.of}"


def _of_parts(field: Field) -> Iterator[str]:
    if field.part is None:
        yield f"{field.name}: parts need a table"
        return
    columns = {one.name for one in field.part._meta.get_fields()}
    for sub in field.fields:
        if sub.name not in columns:
            yield f"{field.name}.{sub.name}: the table of parts has no such column"


def _twice(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})


def _of_field(field: Field) -> Iterator[str]:
    code = field.kind.code
    if code in _CHOSEN and not field.choices and not field.offers:
        yield f"{field.name}: a choice needs choices"
    if field.privacy == "sensitive" and code != "people":
        # Outside people nothing seals it, masks it or asks for a purpose before it is shown.
        yield f"{field.name}: phone and identity numbers belong to people: ask for them there"
    if code in _IN_DATA and field.column:
        yield f"{field.name}: what is of the kind {code} has no column"
    if field.least is not None and field.most is not None and field.least > field.most:
        yield f"{field.name}: least is more than most"
    if code == "category" and field.categories is None:
        yield f"{field.name}: a category needs a tree"
    if code == "checklist" and field.checklists is None:
        yield f"{field.name}: a checklist needs checklists"
    if code in ("rows", "parts"):
        yield from _of_rows(field)
    elif field.fields:
        yield f"{field.name}: only ROWS have sub-fields"


def _of_rows(field: Field) -> Iterator[str]:
    if not field.fields:
        yield f"{field.name}: rows need sub-fields"
    if twice := _twice(sub.name for sub in field.fields):
        yield f"{field.name}: sub-fields have one name: {', '.join(twice)}"
    for sub in field.fields:
        if sub.kind.code not in IN_A_ROW:
            yield f"{field.name}.{sub.name}: a row cannot have the kind {sub.kind.code}"
            continue
        if sub.name in SIGNED:
            yield f"{field.name}.{sub.name}: at and by are kept by themselves in added rows"
        yield from (f"{field.name}.{fault}" for fault in _of_field(sub))


def _of_action(ledger: Ledger, action: Action) -> Iterator[str]:
    for state in (*action.from_states, *([action.to] if action.to else [])):
        if state not in ledger.state_by_name:
            yield f"{action.name}: there is no state {state}"
    rows = ledger.by_name.get(action.adds)
    if action.adds and (rows is None or rows.kind.code != "rows" or action.name == "record"):
        yield f"{action.name}: adds must name a field of rows, and not when recording"
        return
    for ask in action.asks:
        known = ask.name in ledger.by_name or ask.name in STEP_FIELDS
        if not known and not (rows and rows.sub(ask.name)):
            yield f"{action.name}: there is no field {ask.name} to ask for"
        elif ask.role and ask.role not in [one.code for one in ledger.field(ask.name).choices]:
            yield f"{action.name}: {ask.name} has no role {ask.role}"


def _of_deadline(ledger: Ledger, deadline: Deadline) -> Iterator[str]:
    for action in (*deadline.beginnings, *deadline.met_by):
        if action not in ledger.all_actions:
            yield f"deadline {deadline.name}: there is no action {action}"
    start = ledger.by_name.get(deadline.start)
    if deadline.start not in ("acted_at", "received_at") and (
        start is None or start.kind.code not in ("moment", "date")
    ):
        yield f"deadline {deadline.name}: it starts with no time or day ({deadline.start})"
