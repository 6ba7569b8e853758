"""Rows and checklists of a matter: too wide for a line among the facts, they get a card each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.ledger.declaration.checklists import ANSWERS, lists_of
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.row_fields import blank
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view

WIDE = ("rows", "checklist")
# Rows with more than this, or with long text, are read one below the other.
_MOST_COLUMNS = 5


@dataclass(frozen=True)
class RowShown:
    """One row in words; when and by whom, where an action added it."""

    cells: list[tuple[Field, str]]
    at: datetime | None
    by: str


@dataclass(frozen=True)
class RowsShown:
    field: Field
    columns: list[Field]
    rows: list[RowShown]
    signed: bool

    @property
    def as_table(self) -> bool:
        return len(self.columns) + self.signed <= _MOST_COLUMNS and all(
            sub.kind.code != "narrative" for sub in self.columns
        )


@dataclass(frozen=True)
class ChecklistShown:
    """An answered checklist, what was found bad first: (title, note) and (title, answer, note)."""

    field: Field
    title: str
    bad: list[tuple[str, str]]
    rest: list[tuple[str, str, str]]


def rows_shown(entry: Entry, ledger: Ledger) -> list[RowsShown]:
    """The rows of every field that has some."""
    return [
        rows_of(about, value)
        for about in ledger.fields
        if about.kind.code == "rows" and (value := entry_view.field_value(entry, about))
    ]


def rows_of(about: Field, value: list[dict[str, Any]]) -> RowsShown:
    """The rows of one field, as they are kept."""
    used = [sub for sub in about.fields if any(not blank(row.get(sub.name)) for row in value)]
    rows = [
        RowShown(
            [
                (sub, "" if blank(row.get(sub.name)) else str(sub.kind.text(row[sub.name], sub)))
                for sub in used
            ],
            datetime.fromisoformat(row["at"]) if row.get("at") else None,
            row.get("by", ""),
        )
        for row in value
    ]
    return RowsShown(about, used, rows, any(row.at for row in rows))


def checklists_shown(entry: Entry, ledger: Ledger) -> list[ChecklistShown]:
    """Every answered checklist."""
    return [
        _checklist(about, value)
        for about in ledger.fields
        if about.kind.code == "checklist" and (value := entry_view.field_value(entry, about))
    ]


def _checklist(about: Field, value: dict[str, Any]) -> ChecklistShown:
    lists = lists_of(about)
    lines = lists.answered(value)
    return ChecklistShown(
        about,
        lists.title_of(value),
        [(item.title, note) for item, answer, note in lines if answer == "bad"],
        [
            (item.title, str(ANSWERS.get(answer, answer)), note)
            for item, answer, note in lines
            if answer != "bad"
        ],
    )
