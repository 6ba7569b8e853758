"""The slots of a register's fields, worked out from its table and kept beside its declaration."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.slot import ELSEWHERE, POINT, Slot, in_column, in_data, in_point
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import SINCE, UNTIL
from linli.ledger.entries.models import Entry


def slots_of(register: Register) -> Mapping[str, Slot]:
    """Where each field of the register lives, by its name."""
    found: Mapping[str, Slot] | None = register.worked_out.get("slots")
    if found is None:
        if isinstance(register, Thing):
            fields = (*register.fields, SINCE, UNTIL)
            found = {field.name: slot_of(field, register.model) for field in fields}
        else:
            found = {field.name: slot_of(field, Entry) for field in register.fields}
        register.worked_out["slots"] = found
    return found


def slot_of(field: Field, table: type[models.Model]) -> Slot:
    """Where a field lives in the rows of that table."""
    if field.kind.code in ("people", "parts"):
        return ELSEWHERE
    if field.column == POINT:
        return in_point()
    if not field.column:
        return in_data(field.name, signed_rows=field.kind.code == "rows")
    column = table._meta.get_field(field.column)
    if isinstance(column, models.CharField | models.TextField):
        return in_column(field.column, nothing="")
    return in_column(field.column, always=not column.null)
