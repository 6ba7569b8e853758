"""The cells of an export, each read by the kind of its field; `own_exports.py` puts a row together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.ledger.acts import deadlines
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.row_fields import SIGNED
from linli.ledger.exchange.rows import people
from linli.ledger.exchange.rows.cells import Guide, Reading
from linli.ledger.exchange.rows.interpreting import RowReader
from linli.ledger.exchange.sheets.json_lines import Told
from linli.ledger.exchange.words import cell_in
from linli.ledger.exchange.words.recognising import is_of_lines
from linli.ledger.exchange.words.targets import parse, title_of

Serial = tuple[int, int]  # year, number
_Read = Callable[["OwnReading", Any, str], None]


@dataclass(slots=True)
class OwnReading(Reading):
    """What a row says besides: who answers for it, when it was closed, remarks of an older import."""

    lead: UUID | None = None
    assisting: list[UUID] = field(default_factory=list)
    closed_at: datetime | None = None
    notes: list[str] = field(default_factory=list)
    serial: Serial | None = None
    masked: bool = False


class OwnCellReader(RowReader):
    """Reads single cells of an export into what the row says."""

    def __init__(self, guide: Guide) -> None:
        self.of_lines = any(map(is_of_lines, guide.heads))
        assert isinstance(guide.ledger, Ledger)  # only matters are exported in this form
        self.of_matters = guide.ledger
        self.meanings = cell_in.Meanings(guide.ledger, codes=self.of_lines)
        self.staff = {str(one): one for one in guide.staff.values()}
        super().__init__(guide)

    def beside(self, heading: str, name: str) -> _Read:
        """How a column is read that is no field."""
        raise NotImplementedError

    def _read_by_target(self, heading: str, target: str) -> Any:
        if target.startswith(":"):
            return self.beside(heading, target[1:])
        about = self.read_by(target)
        if self.of_lines and target:
            heading = title_of(self.ledger, target) or heading
        if about is not None:
            return self._by_kind(about, heading)
        if "#" in target:
            aim = parse(target)
            return lambda reading, _c, text: reading.people_as(aim.which).parts.__setitem__(
                aim.part, (heading, text)
            )
        if target.rpartition(".")[2] in SIGNED:
            return self._signed(target, heading)
        return lambda reading, _c, text: people.keep_aside(
            heading, text, reading.said, reading.people_as("")
        )

    def _by_kind(self, about: Field, heading: str) -> _Read:
        read = {
            "moment": self._own_moment, "date": self._own_day, "choice": self._code,
            "category": self._code, "flag": self._code, "choices": self._choices,
            "staff": self._officer, "checklist": self._checklist, "rows": self._rows,
            "integer": self._number, "decimal": self._number, "point": self._point,
            "text": self._text, "place": self._text, "narrative": self._text,
        }.get(about.kind.code, self._not_from_a_table)  # fmt: skip

        def reads(reading: OwnReading, cell: Any, text: str) -> None:
            reading.headings[about.name] = heading
            reading.texts[about.name] = heading, text
            read(reading, about, heading, cell, text)

        return reads

    def _own_moment(
        self, reading: Reading, about: Field, heading: str, cell: Any, text: str
    ) -> None:
        at = cell_in.moment(cell, text)
        if at is not None:
            reading.data[about.name] = at
        elif text not in self.words.blank or about.column == "received_at":
            self._moment(reading, about, heading, cell, text)

    def _own_day(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        day = cell_in.day(cell, text)
        if day is not None:
            reading.data[about.name] = day
        elif text not in self.words.blank:
            self._day(reading, about, heading, cell, text)

    def _code(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        code = self.meanings.code(about, text)
        if code is not None:
            reading.data[about.name] = code
        elif text not in self.words.blank:
            self._choice(reading, about, heading, cell, text)

    def _choices(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        codes = cell.value if type(cell) is Told else self.meanings.several(about, text)
        if codes is not None:
            reading.data[about.name] = codes
        else:
            self._cleaned(reading, about, heading, cell, text)

    def _number(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        if text not in self.words.blank:
            self._cleaned(reading, about, heading, cell, text)

    def _text(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        if type(cell) is Told:
            self.keep_said(reading, heading, text, _("%s: this must be text.") % heading)
        else:
            reading.data[about.name] = text

    def _point(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        reading.data[about.name] = cell.value if type(cell) is Told else text

    def _officer(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        found, name = self.member(cell, text)
        if found is not None:
            reading.data[about.name] = str(found)
        else:
            self._colleague(reading, about, heading, cell, name)

    def _checklist(
        self, reading: Reading, about: Field, heading: str, cell: Any, text: str
    ) -> None:
        value = cell.value if type(cell) is Told else self.meanings.checklist(about, text)
        if value is None:
            self.keep_said(
                reading,
                heading,
                text,
                _("%s: no checklist of this ledger is answered so.") % heading,
            )
        else:
            reading.data[about.name] = value

    def _rows(self, reading: Reading, about: Field, heading: str, cell: Any, text: str) -> None:
        """Rows as a whole stand in lines only."""
        if type(cell) is not Told or type(cell.value) is not list:
            self._not_from_a_table(reading, about, heading, cell, text)
            return
        led = [sub.name for sub in about.fields if sub.kind.code == "staff"]
        rows = []
        for number, told in enumerate(cell.value, 1):
            row = dict(told) if type(told) is dict else told
            for name in led if type(row) is dict else ():
                if row.get(name):
                    self._officer_in_row(reading, about, row, name, number)
            rows.append(row)
        reading.data[about.name] = rows

    def _officer_in_row(
        self, reading: Reading, about: Field, row: dict[str, Any], name: str, number: int
    ) -> None:
        said = row.pop(name)
        found, called = self.member(Told(said), str(said))
        if found is not None:
            row[name] = str(found)
        else:
            heading = title_of(self.ledger, f"{about.name}[{number - 1}].{name}") or name
            self.keep_said(
                reading, heading, called,
                _("%(name)s is not on the staff of this room.") % {"name": called[:40]},
            )  # fmt: skip

    def _not_from_a_table(
        self, reading: Reading, about: Field, heading: str, cell: Any, text: str
    ) -> None:
        problem = (
            _("%s: files do not come with a table; the archive of the room has them.")
            if about.kind.code == "files"
            else _("%s does not come from a file; it is kept as it was said.")
        )
        self.keep_said(reading, heading, text, problem % heading)

    def _signed(self, target: str, heading: str) -> _Read:
        """When a row was written down, and by whom."""

        def reads(reading: OwnReading, cell: Any, text: str) -> None:
            reading.texts[target] = heading, text
            if target.endswith(f".{SIGNED[1]}"):
                reading.data[target] = text
            elif (at := cell_in.moment(cell, text)) is not None:
                reading.data[target] = deadlines.iso(at)
            else:
                reading.said[heading] = text

        return reads

    def member(self, cell: Any, text: str) -> tuple[UUID | None, str]:
        """(id, name) of somebody of the staff of the room, by id or by name."""
        if type(cell) is Told and type(cell.value) is dict:
            name = str(cell.value.get("name") or "")
            known = self.staff.get(str(cell.value.get("id") or ""))
            return known or self._staff(name), name or str(cell.value.get("id"))
        return self.staff.get(text) or self._staff(text), text
