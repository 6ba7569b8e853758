"""Rows in a form: <name>-0-..., <name>-1-... A form without JavaScript asks for one more by a
button; the script adds it from a <template>."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.people_fields import PARTS

# A row of a person has their id where they are known already; "DELETE" ticked takes a row away.
PERSON_PARTS = (*PARTS, "id")


class RepeatedRows(forms.Widget):
    """What rows of people and of anything else have in common."""

    use_fieldset = True

    def __init__(self, field: Field, spare: int = 1) -> None:
        super().__init__()
        self.field, self.spare = field, spare

    def row_from(self, data: Any, files: Any, start: str) -> dict[str, Any]:
        """What was typed into the row whose controls begin with `start`."""
        raise NotImplementedError

    def says_something(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is sent on; an empty one is only room to type."""
        return True

    def row_context(self, name: str, number: int | str, row: Mapping[str, Any], key: str) -> Any:
        """What the template is given for one row."""
        return row

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        shape = re.compile(rf"^{re.escape(name)}-(\d+)-")
        numbers = sorted({int(found[1]) for key in data if (found := shape.match(key))})
        rows = [
            self.row_from(data, files, f"{name}-{number}")
            for number in numbers
            if not data.get(f"{name}-{number}-DELETE")
        ]
        return [row for row in rows if self.says_something(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        key = context["widget"]["attrs"].get("id") or name
        rows = [dict(row) for row in value or ()]
        if not rows or set(rows[-1]) != {"role"}:  # with nothing but a role it is room to type
            rows += [{} for _spare in range(self.spare if rows else 1)]
        context["widget"] |= {
            "rows": [self.row_context(name, n, row, key) for n, row in enumerate(rows)],
            "empty": self.row_context(name, "__prefix__", {}, key),
            "choices": self.field.choices,
            "title": self.field.title,
        }
        return context


class PeopleWidget(RepeatedRows):
    """Rows of people: <name>-0-name, <name>-0-phone, ..."""

    template_name = "ledger/people_widget.html"

    def row_from(self, data: Any, files: Any, start: str) -> dict[str, Any]:
        said = {part: data.get(f"{start}-{part}") for part in PERSON_PARTS}
        return {part: value for part, value in said.items() if value is not None}
