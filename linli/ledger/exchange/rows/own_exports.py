"""What Linli exported comes in again: rows of `sheet_columns.py` and lines of `lines.py`, read exactly.

Unlike an old book nothing is interpreted here: no names are cut at commas, no word means "blank",
the state is what its column says. What is no export any more (a cell that somebody changed) is read
like a cell of an old book, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.ledger.acts.act import Act
from linli.ledger.declaration import kinds, registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.people_fields import PARTS, SAID
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import written
from linli.ledger.exchange.rows import people
from linli.ledger.exchange.rows.cells import Guide, Reading
from linli.ledger.exchange.rows.interpreting import Outcome, RowReader
from linli.ledger.exchange.rows.own_export_cells import OwnCellReader, OwnReading, Serial
from linli.ledger.exchange.sheets.json_lines import Broken, Told
from linli.ledger.exchange.sheets.reading import Cells
from linli.ledger.exchange.words import cell_in
from linli.ledger.exchange.words.headings import OFFICERS
from linli.ledger.exchange.words.lines import FORMAT
from linli.ledger.exchange.words.targets import gather_rows

# The end of a serial as a table has it, and as a line of JSON has it.
_NUMBER = re.compile(r"\d{1,6}", re.A)
_SERIAL = re.compile(r"([-/])(20\d\d)\1(\d{1,7})$", re.A)


class OwnReader(OwnCellReader):
    """Reads the rows of an export, each by the version of the form that it names."""

    def __init__(self, guide: Guide) -> None:
        self.people_field = next((f for f in guide.ledger.fields if f.kind.code == "people"), None)
        self.versions: dict[int, OwnReader] = {guide.ledger.version: self}
        self._recorded_here: Mapping[Serial, datetime] | None = None
        super().__init__(guide)
        self.version_at = [
            next((at for at, h in enumerate(head) if guide.columns.get(h) == ":version"), None)
            for head in guide.heads
        ]

    def outcome(self, sheet: int, row: int, cells: Cells, *, dry: bool) -> Outcome:
        at = self.version_at[sheet]
        if at is not None and at < len(cells) and self.ledger.designed:
            reader = self._of_version(str(cells[at]).removesuffix(".0"))
            return RowReader.outcome(reader, sheet, row, cells, dry=dry)
        return super().outcome(sheet, row, cells, dry=dry)

    def _of_version(self, said: str) -> OwnReader:
        """The reader for a version of the form; this one where there is no such version."""
        version = int(said) if _NUMBER.fullmatch(said) else self.ledger.version
        if version not in self.versions:
            try:
                ledger = registry.get(self.ledger.code, version)
            except registry.UnknownLedger:
                return self
            self.versions[version] = OwnReader(replace(self.guide, ledger=ledger))
        return self.versions[version]

    def read(self, sheet: int, cells: Cells, texts: Sequence[str]) -> Reading:
        """What the row says, column by column."""
        reading = OwnReading()
        if cells and type(cells[0]) is Broken:
            reading.refused = _("This line is no object of JSON.")
            return reading
        width = len(cells)
        for index, _blank, read in self.layouts[sheet]:
            if index < width and texts[index]:
                read(reading, cells[index], texts[index])
                if reading.refused:
                    return reading
        self._put_together(reading)
        return reading

    # What is no field

    def beside(self, heading: str, name: str) -> Callable[[OwnReading, Any, str], None]:
        about = {
            "serial": self._serial, "state": self._is_in, "responsible": self._responsible,
            "assisting": self._assisting, "closed": self._closed, "due": self._due,
            "past": self._past, "past.number": self._old_number, "past.said": self._old_words,
            "past.notes": self._old_notes, "ledger": self._of_ledger, "linli": self._of_format,
            "masked": self._is_masked, "people": self._told_people,
        }.get(name)  # fmt: skip
        if about is None:
            return lambda _reading, _cell, _text: None
        return lambda reading, cell, text: about(reading, heading, cell, text)

    def _serial(self, reading: OwnReading, _heading: str, _cell: Any, text: str) -> None:
        found = _SERIAL.search(text)
        if found:
            reading.serial = int(found[2]), int(found[3])
            if found[1] == "/":
                text = written(str(self.of_matters.letter), *reading.serial)
        reading.number = text[:60]

    def _is_in(self, reading: OwnReading, heading: str, _cell: Any, text: str) -> None:
        state = self.meanings.states.get(text)
        if state is not None:
            reading.state = state
        else:
            self.keep_said(
                reading, heading, text, _("“%s” is no state of this ledger.") % text[:40]
            )

    def _responsible(self, reading: OwnReading, heading: str, cell: Any, text: str) -> None:
        reading.lead, name = self.member(cell, text)
        if reading.lead is None:
            reading.unknown.append((OFFICERS, name[:80]))
            who = {"name": name[:40], "other": self.guide.fallback_name}
            self.keep_said(
                reading, heading, name,
                _("%(name)s is not on the staff of this room; %(other)s answers for it.") % who,
            )  # fmt: skip

    def _assisting(self, reading: OwnReading, heading: str, cell: Any, text: str) -> None:
        told = cell.value if type(cell) is Told else cell_in.parts(text)
        unknown = []
        for one in told if type(told) is list else ():
            found, name = self.member(Told(one) if type(one) is dict else one, str(one))
            if found is None:
                unknown.append(name)
                reading.unknown.append((OFFICERS, name[:80]))
                reading.warnings.append(
                    _("%(name)s is not on the staff of this room.") % {"name": name[:40]}
                )
            else:
                reading.assisting.append(found)
        if unknown:
            reading.said[heading] = "; ".join(unknown)

    def _closed(self, reading: OwnReading, _heading: str, cell: Any, text: str) -> None:
        reading.closed_at = cell_in.moment(cell, text)

    def _due(self, reading: OwnReading, heading: str, cell: Any, text: str) -> None:
        """A deadline that ran elsewhere is said; none runs for what comes in as history."""
        at = cell_in.moment(cell, text)
        title = _("Due elsewhere") if self.of_lines else heading
        reading.said[title] = kinds.moment_text(at) if at else text

    def _past(self, reading: OwnReading, heading: str, cell: Any, text: str) -> None:
        told = cell.value if type(cell) is Told else None
        if type(told) is not dict:
            reading.said[heading] = text
            return
        if type(said := told.get("said")) is dict:
            reading.said.update({str(k): str(v) for k, v in said.items()})
        if told.get("number"):
            reading.said[_("Number in the old book")] = str(told["number"])
        if type(notes := told.get("notes")) is list:
            reading.notes += map(str, notes)

    def _old_number(self, reading: OwnReading, heading: str, _cell: Any, text: str) -> None:
        reading.said[heading] = text

    def _old_words(self, reading: OwnReading, _heading: str, _cell: Any, text: str) -> None:
        reading.said.update(cell_in.said_of(text))

    def _old_notes(self, reading: OwnReading, _heading: str, _cell: Any, text: str) -> None:
        reading.notes += cell_in.lines_of(text)

    def _of_ledger(self, reading: OwnReading, _heading: str, _cell: Any, text: str) -> None:
        if text != self.ledger.code:
            reading.refused = _("This line is of the ledger “%s”.") % text[:40]

    def _of_format(self, reading: OwnReading, _heading: str, _cell: Any, text: str) -> None:
        if not (_NUMBER.fullmatch(text) and int(text) <= FORMAT):
            reading.refused = _("This line was written by a newer program. Update this one first.")

    def _is_masked(self, reading: OwnReading, _heading: str, cell: Any, _text: str) -> None:
        reading.masked = bool(cell)

    def _told_people(self, reading: OwnReading, heading: str, cell: Any, text: str) -> None:
        """The people of a line, as they are kept."""
        told = cell.value if type(cell) is Told else None
        if self.people_field is None or type(told) is not list:
            self.keep_said(reading, heading, text, _("%s: these are no people.") % heading)
            return
        for number, one in enumerate(told, 1):
            parts = reading.people_as(f"#{number}").parts
            for part in (*PARTS, *SAID):
                if type(one) is dict and one.get(part):
                    parts[part] = part, str(one[part])

    # Putting it together

    def _put_together(self, reading: OwnReading) -> None:
        self._everybody(reading)
        if "received_at" not in reading.data:
            reading.refused = _("There is no time: it is not known when this was received.")
            return
        if len(reading.data) == 1 and not reading.said:
            reading.refused = _("The row says nothing but a time.")
            return
        self._twice(reading)
        self._state(reading)
        if not self.of_matters.state_by_name[reading.state].open:
            reading.said.pop(_("Due elsewhere"), None)
        reading.officers = [reading.lead or self.guide.fallback]
        reading.officers += [one for one in reading.assisting if one not in reading.officers]
        whole = {name: [name] for name in reading.texts if "[" not in name}
        reading.rows = whole | gather_rows(reading.data)

    def _state(self, reading: Reading) -> None:
        if not reading.state:
            super()._state(reading)

    def _everybody(self, reading: OwnReading) -> None:
        aside = reading.told.pop("", None)
        numbers = sorted(reading.told, key=lambda which: int(which[1:]))
        found = [person for which in numbers if (person := self._person(reading, which))]
        if aside is not None:
            found = found or [{"role": ""}]
            found[0]["note"] = "; ".join(filter(None, (found[0].get("note"), *aside.notes)))[:200]
        if reading.masked and found:
            reading.warnings.append(_("This file has masked names only; the people were left out."))
        elif found and self.people_field is not None:
            reading.data[self.people_field.name] = found

    def _person(self, reading: OwnReading, which: str) -> dict[str, Any]:
        assert self.people_field is not None
        told = reading.told[which].parts
        heading, role = told.pop("role", ("", ""))
        person: dict[str, Any] = {}
        for part, (at, value) in told.items():
            if part in ("phone", "id_number") and not reading.masked:
                reading.warnings += people.checked(person, part, at, value)
            else:
                person[part] = value
        if not person:
            return {}
        code = self.meanings.code(self.people_field, role) if role else None
        if role and code is None:
            self.keep_said(
                reading, heading, role,
                _("%(heading)s “%(said)s” is not in the list of this ledger.")
                % {"heading": heading, "said": role[:40]},
            )  # fmt: skip
        return {**person, "role": code or ""}

    def _twice(self, reading: OwnReading) -> None:
        """A matter that was recorded in this room itself is not taken in beside itself."""
        if reading.serial is None:
            return
        if self._recorded_here is None:
            self._recorded_here = recorded_here(self.guide)
        there = self._recorded_here.get(reading.serial)
        at = reading.data["received_at"]
        if there is not None and there.replace(microsecond=0) == at.replace(microsecond=0):
            reading.refused = _("This matter was recorded in this room and stands in its ledger.")

    def _act(self, reading: Reading, source: bytes) -> Act:
        act = super()._act(reading, source)
        assert act.past is not None and isinstance(reading, OwnReading)
        past = replace(
            act.past, closed_at=reading.closed_at, notes=(*reading.notes, *act.past.notes)
        )
        return replace(act, past=past)


def recorded_here(guide: Guide) -> dict[Serial, datetime]:
    """When the matters were received that were recorded in this room, not imported, by serial."""
    rows = Entry.objects.filter(
        district=guide.district, room=guide.room, ledger=guide.ledger.code, past=False
    ).values_list("serial_year", "serial_no", "received_at")
    return {(year, number): at for year, number, at in rows.iterator(5000)}


def refuse_composed(ledger: Ledger) -> None:
    """What a ledger composes itself comes from no file. Raises ValidationError."""
    if ledger.compose:
        raise ValidationError(
            _(
                "“%s” is composed by the program and signed by whoever it is about: it is not imported."
            )
            % ledger.title,
            code="composed",
        )
