"""What a form of correcting or changing really changes: only what differs from what was shown goes on.

A time shown to the minute is not corrected to the full minute by leaving it alone, and an empty box
beside a masked value keeps what is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linli.desk.detail import PersonShown
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.register import Register
from linli.ledger.forms.forms import rows_left_alone


def people_as_typed(people: Iterable[PersonShown]) -> list[dict[str, str]]:
    """People as rows of a correction: masked beside empty boxes, which keep what is sealed."""
    return [
        {
            "id": str(one.person.id),
            "role": one.person.role,
            "known": " · ".join(
                mask
                for mask in (one.person.name_mask, one.person.phone_mask, one.person.id_mask)
                if mask
            ),
        }
        for one in people
    ]


def changed(
    register: Register,
    typed: Mapping[str, Any],
    before: Mapping[str, Any],
    kept: Callable[[Field], Any],
) -> dict[str, Any]:
    """What was typed that differs from `before`, the values the form was filled with; `kept` gives
    the value of a field as it is kept."""
    found: dict[str, Any] = {}
    for name, value in typed.items():
        field = register.by_name.get(name)
        if field is not None and field.kind.code == "people":
            rows = [row for row in value if any(row.values())]
            if _others(rows, before[name]):
                found[name] = rows
        elif field is not None and field.fields:
            rows_said = rows_left_alone(field, value, kept(field) or ())
            if rows_said is not None:
                found[name] = rows_said
        elif (value or before.get(name)) and value != before.get(name):
            found[name] = value
    return found


def _others(rows: list[dict[str, str]], before: list[dict[str, str]]) -> bool:
    """Whether somebody came, went, has another role or says something new."""
    was = {one["id"]: one["role"] for one in before}
    return (
        [row.get("id") for row in rows] != [one["id"] for one in before]
        or any(map(_says_new, rows))
        or any(row.get("role") != was.get(row.get("id", "")) for row in rows)
    )


def _says_new(row: dict[str, str]) -> bool:
    return any(value.strip() for part, value in row.items() if part not in ("id", "role"))
