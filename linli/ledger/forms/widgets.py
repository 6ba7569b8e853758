"""How each kind is typed: the form controls. They carry what was typed and check nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ground.codes import halfwidth
from linli.ground.words import initials, pinyin
from linli.ledger.declaration import conditions, kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.row_fields import blank
from linli.ledger.forms.files import FilesWidget
from linli.ledger.forms.repeated import PeopleWidget, RepeatedRows
from linli.org.tree import names

__all__ = ["KEPT_WITH_A_ROW", "PeopleWidget", "RowsWidget", "StaffSelect", "widget_of"]


class CategorySelect(forms.Select):
    """The categories; a script finds them by Chinese, English, pinyin or initials."""

    def __init__(self, tree: CategoryTree, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree

    def create_option(
        self, name: str, value: Any, label: int | str, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        if found := self.tree.search_text.get(str(value)):
            option["attrs"]["data-search"] = found
        return option


class PointWidget(forms.TextInput):
    def format_value(self, value: Any) -> str | None:
        return f"{value[0]},{value[1]}" if isinstance(value, tuple | list) else value


_HOUR = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
# Who types an hour that is nearly there means it, or has a fast clock; not yesterday.
_SOON = timedelta(hours=1)


class MomentWidget(forms.TextInput):
    """A time as one types it: 14:20, 3-2 9:05, 2026-11-21 08:30.

    An hour alone is the latest one that has been: today's, or yesterday's just after midnight.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        found = _HOUR.match(halfwidth(value).strip()) if isinstance(value, str) else None
        if not found:
            return value
        now = clock.local(clock.now())
        at = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        if at > now + _SOON:
            at -= timedelta(days=1)
        return moment_text(at)

    def format_value(self, value: Any) -> str | None:
        return moment_text(value) if hasattr(value, "tzinfo") else value


class DayWidget(forms.TextInput):
    """A day, by the browser's own picker; what programs and drafts say otherwise stays readable."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


class NumberWidget(forms.TextInput):
    """A number with its unit behind the box; in a row the unit stands in the label."""

    def __init__(self, field: Field, *, with_unit: bool) -> None:
        keys = "numeric" if field.kind.code == "integer" else "decimal"
        super().__init__(attrs={"inputmode": keys, "autocomplete": "off"})
        self.unit = field.unit
        if with_unit and field.unit:
            self.template_name = "ledger/number_widget.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["unit"] = self.unit
        return context


class StaffSelect(forms.Select):
    """Colleagues; the page says which (LedgerForm.offer_staff). Who is named already stays."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        known = {str(code) for code, _title in self.choices}
        kept = [UUID(one) for one in value if one and one not in known and _is_uuid(one)]
        here, self.choices = (
            self.choices,
            [*self.choices, *((str(pk), said) for pk, said in names(kept).items())],
        )
        groups = super().optgroups(name, value, attrs)
        self.choices = here
        return groups


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# What a row carries along that nobody types: when and by whom it was added, or which part it is.
KEPT_WITH_A_ROW = ("at", "by", "id")


class RowsWidget(RepeatedRows):
    """Rows of sub-fields: <name>-0-<sub-field>, <name>-1-..."""

    template_name = "ledger/rows_widget.html"

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.controls = {sub.name: widget_of(sub, in_row=True) for sub in field.fields}

    def row_from(self, data: Any, files: Any, start: str) -> dict[str, Any]:
        row = {
            name: control.value_from_datadict(data, files, f"{start}-{name}")
            for name, control in self.controls.items()
        }
        signed = {key: data.get(f"{start}-{key}") for key in KEPT_WITH_A_ROW}
        return {**row, **{key: said for key, said in signed.items() if said}}

    def says_something(self, row: Mapping[str, Any]) -> bool:
        return any(not blank(row.get(name)) for name in self.controls)

    def row_context(self, name: str, number: int | str, row: Mapping[str, Any], key: str) -> Any:
        """One row with its controls; the first control has the key of the whole field."""
        cells = []
        for place, sub in enumerate(self.field.fields):
            control = self.controls[sub.name]
            ident = key if number == 0 and place == 0 else f"{key}-{number}-{sub.name}"
            grouped = isinstance(control, forms.CheckboxSelectMultiple)
            cells.append(
                {
                    "field": sub,
                    "told": conditions.told(sub) if not sub.always_asked or sub.constraint else (),
                    "id": ident,
                    "grouped": grouped,
                    "wide": sub.kind.code in ("narrative", "choices"),
                    "control": control.render(
                        f"{name}-{number}-{sub.name}", row.get(sub.name), {"id": ident}
                    ),
                }
            )
        at = row.get("at")
        return {
            "number": number,
            "cells": cells,
            "at": at,
            "by": row.get("by", ""),
            "id": row.get("id", ""),
            "said_at": moment_text(at) if at and _is_moment(at) else "",
        }


def _is_moment(text: Any) -> bool:
    try:
        moment_text(text)
    except (TypeError, ValueError):
        return False
    return True


class ChecklistWidget(forms.Widget):
    """An answered checklist: <name>-list, <name>-<list>-<item> and <name>-<list>-<item>-note.

    Where there are several lists the one with answers counts if none was chosen: a form without
    JavaScript shows all of them.
    """

    template_name = "ledger/checklist_widget.html"
    use_fieldset = True

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        lists = self.field.checklists.lists if self.field.checklists else ()
        said = {one.code: self._answered(data, name, one) for one in lists}
        chosen = data.get(f"{name}-list") or next(
            (code for code, (answers, _notes) in said.items() if answers), ""
        )
        answers, notes = said.get(chosen, ({}, {}))
        if not answers and not notes:
            return {}
        return {"list": chosen, "answers": answers, "notes": notes}

    @staticmethod
    def _answered(data: Any, name: str, one: Any) -> tuple[dict[str, str], dict[str, str]]:
        start = f"{name}-{one.code}"
        answers = {item.code: data.get(f"{start}-{item.code}") for item in one.items}
        notes = {item.code: data.get(f"{start}-{item.code}-note") for item in one.items}
        return (
            {code: said for code, said in answers.items() if said},
            {code: said.strip() for code, said in notes.items() if said and said.strip()},
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        from linli.ledger.declaration.checklists import ANSWERS, lists_of

        context: dict[str, Any] = super().get_context(name, value, attrs)
        lists, value = lists_of(self.field).lists, value or {}
        chosen = value.get("list") or (lists[0].code if len(lists) == 1 else "")
        context["widget"] |= {
            "lists": [
                {
                    "list": one,
                    "start": f"{name}-{one.code}",
                    "chosen": one.code == chosen,
                    "lines": list(self._lines(value if one.code == chosen else {}, one)),
                }
                for one in lists
            ],
            "chosen": chosen,
            "answers": ANSWERS.items(),
            "title": self.field.title,
        }
        return context

    @staticmethod
    def _lines(value: Mapping[str, Any], one: Any) -> Iterator[dict[str, Any]]:
        answers, notes = value.get("answers") or {}, value.get("notes") or {}
        for item in one.items:
            yield {
                "item": item, "answer": answers.get(item.code, ""),
                "note": notes.get(item.code, ""),
            }  # fmt: skip


_YES_NO = [("", ""), ("1", _("yes")), ("0", _("no"))]


def widget_of(field: Field, *, in_row: bool = False) -> forms.Widget:
    """How a field is typed; in a row the unit of a number stands in its label."""
    code = field.kind.code
    if field.calculate is not None:
        return forms.TextInput(attrs={"readonly": True, "tabindex": "-1", "data-worked-out": ""})
    if code in ("choice", "choices"):
        return _choosing(field)
    if code in ("integer", "decimal"):
        return NumberWidget(field, with_unit=not in_row)
    make = _BY_KIND.get(code)
    return make(field) if make else forms.TextInput(attrs={"autocomplete": "off"})


# More choices than these are looked through by typing, not by the eye.
_MANY = 30


class LongSelect(forms.Select):
    """Very many choices; a script finds them by their words, pinyin or initials."""

    def create_option(
        self, name: str, value: Any, label: int | str, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        if value:
            option["attrs"]["data-search"] = _search_words(str(label))
        return option


@lru_cache(maxsize=20_000)
def _search_words(label: str) -> str:
    return f"{pinyin(label)} {initials(label)}"


def _choosing(field: Field) -> forms.Widget:
    choices = [(choice.code, choice.title) for choice in field.choices]
    many = len(choices) > _MANY
    if field.kind.code == "choices":
        return forms.CheckboxSelectMultiple(
            choices=choices, attrs={"data-many": ""} if many else {}
        )
    if many:
        return LongSelect(choices=[("", ""), *choices], attrs={"data-combobox": ""})
    # Nothing is chosen beforehand: what nobody has answered would look like an answer.
    return forms.Select(choices=[("", ""), *choices])


def _categories(field: Field) -> forms.Widget:
    tree = kinds.tree_of(field)
    return CategorySelect(
        tree,
        attrs={"data-combobox": ""},
        choices=[("", ""), *((node.code, tree.text(node.code)) for node in tree.walk())],
    )


_BY_KIND: Mapping[str, Callable[[Field], forms.Widget]] = {
    "narrative": lambda field: forms.Textarea(attrs={"rows": 3}),
    "people": PeopleWidget,
    "rows": RowsWidget,
    "parts": RowsWidget,
    "files": FilesWidget,
    "checklist": ChecklistWidget,
    "moment": lambda field: MomentWidget(attrs={"autocomplete": "off", "data-moment": ""}),
    "date": lambda field: DayWidget(),
    "point": lambda field: PointWidget(attrs={"autocomplete": "off", "data-point": ""}),
    "category": _categories,
    "flag": lambda field: forms.Select(choices=_YES_NO),
    # The page says which there are (LedgerForm.offer_things).
    "thing": lambda field: LongSelect(choices=[("", "")], attrs={"data-combobox": ""}),
    "staff": lambda field: StaffSelect(choices=[("", "")]),
    "place": lambda field: forms.TextInput(attrs={"autocomplete": "off", "data-suggest": "place"}),
}
