"""How entries are written into a table or into JSON Lines, so that an import reads the same again.

    layout = Layout(ledger, extent)                  # in the language that is active
    sheet.write(layout.headings)
    sheet.write(layout.cells(entry, people, staff))  # CSV: map(as_text, cells)
    file.write(orjson.dumps(line(entry, people, staff)))

Nothing here asks the database but `staff_names`. `people` are those of the entry in their order, as
mappings of `PARTS`, masked or open as the caller has them; `staff` is what `staff_names` gives. The
other way is `own_exports.py`; what both agree on stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.people_fields import PARTS
from linli.ledger.declaration.row_fields import SIGNED
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.exchange.words.cell_out import (
    Cell,
    Staff,
    as_text,
    choice_title,
    moment_cell,
    named,
    several,
    staff_names,
    writer,
)
from linli.ledger.exchange.words.lines import line
from linli.ledger.exchange.words.targets import numbered, title_of

Person = Mapping[str, str]

__all__ = ["Cell", "Column", "Extent", "Layout", "as_text", "line", "staff_names"]

MASKED_PARTS: Final = ("role", "name", "phone", "id_number")


@dataclass
class Extent:
    """How much the largest entries of a file have: the columns that are needed.

    `add` every entry that will be written, before the layout is made. `rows` are by field name;
    `versions` those of the forms (only own ledgers have several).
    """

    people: int = 1
    rows: dict[str, int] = field(default_factory=dict)
    versions: set[int] = field(default_factory=set)
    past: bool = False

    def add(self, entry: Entry, people: int) -> None:
        """Make room for an entry with so many people."""
        self.people = max(self.people, people)
        self.versions.add(entry.version)
        self.past = self.past or bool(_past(entry))
        for name, value in entry.data.items():
            if type(value) is list and value and type(value[0]) is dict:
                self.rows[name] = max(self.rows.get(name, 0), len(value))


@dataclass(frozen=True)
class Column:
    """`target` is what an import reads it as (see targets.py); `beside`: it is no field but of the
    entry itself. `kind` is text, long, number, day or moment, for the look of the column."""

    target: str
    title: str
    kind: str = "text"
    beside: bool = False


_Get = Callable[[Entry, Sequence[Person], Staff], Cell]
_LOOKS = {
    "narrative": "long", "checklist": "long", "integer": "number", "decimal": "number",
    "date": "day", "moment": "moment", "log": "long",
}  # fmt: skip


class Layout:
    """The columns of a table of one ledger and what stands in them.

    `masked`: the people's parts that have a masked form only. Titles are in the active language.
    """

    def __init__(self, ledger: Ledger, extent: Extent, *, masked: bool = False) -> None:
        self.ledger = ledger
        self.extent = extent
        self.parts = MASKED_PARTS if masked else PARTS
        self.columns: list[Column] = []
        self._getters: list[_Get] = []
        self._taken: dict[str, int] = {}
        self._fill()

    @property
    def headings(self) -> list[str]:
        """The head of the table; no two are the same."""
        return [column.title for column in self.columns]

    def cells(self, entry: Entry, people: Sequence[Person], staff: Staff) -> list[Cell]:
        """One entry, under the headings."""
        return [get(entry, people, staff) for get in self._getters]

    def _beside(self, target: str, title: Any, get: _Get, kind: str = "text") -> None:
        self._add(target, title, get, kind, beside=True)

    def _add(
        self, target: str, title: Any, get: _Get, kind: str = "text", *, beside: bool = False
    ) -> None:
        """A second column of the same title gets a number, as `headings.named` counts them."""
        said = " ".join(str(title).split())[:80]
        self._taken[said] = self._taken.get(said, 0) + 1
        if self._taken[said] > 1:
            said = f"{said} {self._taken[said]}"
        self.columns.append(Column(target, said, kind, beside))
        self._getters.append(get)

    def _fill(self) -> None:
        ledger = self.ledger
        received = next((f for f in ledger.fields if f.column == "received_at"), None)
        self._beside("serial", _("Serial"), lambda entry, _p, _s: serial_text(entry))
        self._beside("state", _("State"), self._state)
        self._add(
            "received_at",
            received.title if received else pgettext("in a file", "Received"),
            lambda entry, _p, _s: moment_cell(entry.received_at),
            "moment",
        )
        for about in self._fields():
            if about.kind.code == "people":
                self._people(about)
            elif about.kind.code == "rows":
                self._rows(about)
            elif about.column != "received_at":
                self._field(about)
        self._beside(
            "responsible",
            pgettext("in a file", "Responsible"),
            lambda e, _p, s: named(e.responsible, s),
        )
        self._beside(
            "assisting",
            pgettext("in a file", "Assisting"),
            lambda e, _p, s: several([named(one, s) for one in e.assisting]),
        )
        self._beside(
            "due", pgettext("in a file", "Due"), lambda e, _p, _s: moment_cell(e.due_at), "moment"
        )
        self._beside(
            "closed",
            pgettext("in a file", "Closed"),
            lambda e, _p, _s: moment_cell(e.closed_at),
            "moment",
        )
        self._kept_beside()

    def _kept_beside(self) -> None:
        """The form's version, and what an import kept beside the fields: where there is any."""
        if self.ledger.designed:
            self._beside("version", _("Version of the form"), lambda e, _p, _s: e.version, "number")
        if self.extent.past:
            for part, title in _past_titles().items():
                self._beside(f"past.{part}", title, _of_past(part), "long")

    def _fields(self) -> list[Field]:
        """The fields of the ledger, then those that only older versions of its form have."""
        found = dict(self.ledger.by_name)
        for version in sorted(self.extent.versions - {self.ledger.version}, reverse=True):
            for about in registry.get(self.ledger.code, version).fields:
                found.setdefault(about.name, about)
        return list(found.values())

    def _field(self, about: Field) -> None:
        write, name, column = writer(about), about.name, about.column
        versions = self._writers(about)

        def get(entry: Entry, _people: Sequence[Person], staff: Staff) -> Cell:
            if column == "lon,lat":
                value: Any = None if entry.lon is None else (entry.lon, entry.lat)
            else:
                value = getattr(entry, column) if column else entry.data.get(name)
            if value is None or value == "" or value == []:
                return ""
            return versions.get(entry.version, write)(value, staff)

        self._add(name, about.title, get, _LOOKS.get(about.kind.code, "text"))

    def _writers(self, about: Field) -> dict[int, Callable[[Any, Staff], Cell]]:
        """How other versions of the form write what has this name: a list may have changed."""
        found = {}
        for version in self.extent.versions - {self.ledger.version}:
            other = registry.get(self.ledger.code, version).by_name.get(about.name)
            if other is not None:
                found[version] = writer(other)
        return found

    def _people(self, about: Field) -> None:
        for number in range(self.extent.people):
            for part in self.parts:
                target = f"{about.name}#{number + 1}.{part}"
                title = title_of(self.ledger, target) or target
                self._add(target, title, _of_person(about, number, part))

    def _rows(self, about: Field) -> None:
        for number in range(self.extent.rows.get(about.name, 1)):
            for sub in about.fields:
                target = f"{about.name}[{number}].{sub.name}"
                title = numbered(about.title, number + 1, sub.title)
                look = _LOOKS.get(sub.kind.code, "text")
                self._add(target, title, _of_row(about, number, sub.name, writer(sub)), look)
            if any(action.adds == about.name for action in self.ledger.actions):
                for name, title, write in signed():
                    target = f"{about.name}[{number}].{name}"
                    said = numbered(about.title, number + 1, title)
                    look = "moment" if name == "at" else "text"
                    self._add(target, said, _of_row(about, number, name, write), look)

    def _state(self, entry: Entry, _people: Sequence[Person], _staff: Staff) -> str:
        known = self.ledger.state_by_name.get(entry.state)
        return str(known.title) if known else entry.state


def signed() -> list[tuple[str, str, Callable[[Any, Staff], Cell]]]:
    """(name, title, writing) of what a row that an action added keeps beside its sub-fields."""
    at, by = SIGNED
    return [
        (at, pgettext("in a file", "Written down"), lambda value, _staff: moment_cell(value)),
        (by, pgettext("in a file", "Written by"), lambda value, _staff: str(value)),
    ]


def _past_titles() -> dict[str, str]:
    return {
        "number": _("Number in the old book"),
        "said": _("Said in the old book"),
        "notes": _("Remarks of the import"),
    }


def _past(entry: Entry) -> Mapping[str, Any]:
    return entry.data.get("past") or {}


def _of_past(part: str) -> _Get:
    def get(entry: Entry, _people: Sequence[Person], _staff: Staff) -> Cell:
        value = _past(entry).get(part)
        if not value:
            return ""
        if part == "said":
            return "\n".join(f"{_one_line(k, '：')}：{_one_line(v)}" for k, v in value.items())
        return "\n".join(map(_one_line, value)) if part == "notes" else str(value)

    return get


def _one_line(text: str, also: str = "") -> str:
    r"""A text without ends of lines; `also` is a sign that must not stand in it as it is."""
    text = str(text).replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace(also, f"\\{also}") if also else text


def _of_person(about: Field, number: int, part: str) -> _Get:
    def get(_entry: Entry, people: Sequence[Person], _staff: Staff) -> Cell:
        if number >= len(people):
            return ""
        person = people[number]
        if part == "role":
            return choice_title(about, person.get("role", ""))
        return person.get(part) or person.get(f"{part}_said") or ""

    return get


def _of_row(about: Field, number: int, name: str, write: Callable[[Any, Staff], Cell]) -> _Get:
    field_name = about.name

    def get(entry: Entry, _people: Sequence[Person], staff: Staff) -> Cell:
        rows = entry.data.get(field_name) or ()
        value = rows[number].get(name) if number < len(rows) else None
        return "" if value is None or value == "" or value == [] else write(value, staff)

    return get
