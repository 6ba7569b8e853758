"""One row of an old file becomes one act, and everything that was interpreted is kept.

Nothing is dropped in silence: a cell that cannot be what its column says stays with the entry as
it was said, with a warning. A row is refused only where it has no time or says nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.ground import keyring
from linli.ledger.acts import recording
from linli.ledger.acts.act import Act, Past
from linli.ledger.acts.adding_things import NewThing
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.exchange.rows import people
from linli.ledger.exchange.rows.cells import CellReader, Guide, Reading
from linli.ledger.exchange.sheets.reading import Cells, cell_text
from linli.ledger.exchange.words.headings import LEAVE_OUT, NUMBER, OFFICERS, plain
from linli.ledger.exchange.words.targets import gather_rows, parse

_BLANKS = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")


def _single_blanks(text: str) -> str:
    """Words parted by one blank each. Most texts are so: the pattern would look at every sign."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        return _BLANKS.sub(" ", text)
    return text


_ReadCell = Callable[[Reading, Any, str], None]


@dataclass(slots=True)
class Outcome:
    """What becomes of a row: refused (why), or an entry that is ready (`new`; None in a dry run)."""

    sheet: int
    row: int
    source: bytes
    refused: str
    warnings: list[str]
    unknown: list[tuple[str, str]]
    year_missing: bool
    new: recording.NewEntry | NewThing | None
    data: Mapping[str, Any] | None = None


class Reader(CellReader):
    """Reads rows by a guide, of matters or of things. Made once per process."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide)
        self.ring = keyring.load(settings.HOME)
        self.layouts = [self._layout(headings) for headings in guide.heads]
        self.by_heading = [
            sorted((heading, column) for column, heading in enumerate(headings) if heading)
            for headings in guide.heads
        ]
        self.has_rows = any(field.fields for field in guide.ledger.fields)
        self.salt = f"{guide.room.hex}\x1e{guide.ledger.code}"

    def _layout(self, headings: Sequence[str]) -> list[tuple[int, bool, _ReadCell]]:
        """(column, whether a blank word is a word there, how it is read) with the time of receiving first: other times lean on it, but
        those that tell its year."""
        listed = [
            (index, heading, self.guide.columns.get(heading, LEAVE_OUT))
            for index, heading in enumerate(headings)
            if heading
        ]
        first = (*self.words.year_from, "received_at")
        listed.sort(key=lambda one: first.index(one[2]) if one[2] in first else 99)
        return [
            (index, target == "narrative", self._read_by_target(heading, target))
            for index, heading, target in listed
        ]

    def _read_by_target(self, heading: str, target: str) -> _ReadCell:
        """What is done with a cell under this heading; found out once, not for every row."""
        role = self.words.role
        if target == LEAVE_OUT:
            known = self.words.columns.get(plain(heading), "")
            of_people = bool(known) and parse(known).field == self.words.people
            return lambda reading, _cell, text: people.keep_aside(
                heading, text, reading.said, reading.people_as(role), of_people=of_people
            )
        if target == NUMBER:
            return lambda reading, _cell, text: setattr(reading, "number", text[:60])
        if target == OFFICERS:
            return lambda reading, _cell, text: self.read_officers(reading, heading, text)
        if about := self.read_by(target):
            return self.read_field(about, heading)
        aim = parse(target)
        return lambda reading, _cell, text: reading.people_as(aim.which or role).add(
            aim.part, heading, text
        )

    def outcome(self, sheet: int, row: int, cells: Cells, *, dry: bool) -> Outcome:
        """Read a row and make it ready; a dry run checks the same without sealing."""
        texts = [cell.strip() if type(cell) is str else cell_text(cell) for cell in cells]
        source = self.source(sheet, texts)
        reading = self.read(sheet, cells, texts)
        new = None
        if not reading.refused:
            new = self._ready(reading, source, dry=dry)
        return Outcome(
            sheet, row, source, reading.refused, reading.warnings, reading.unknown,
            reading.year_missing, new, reading.data if dry else None,
        )  # fmt: skip

    def source(self, sheet: int, texts: Sequence[str]) -> bytes:
        """A keyed hash of what the row says under its headings; the order of columns is no matter,
        nor is what is blank, nor how many blanks part words."""
        said = [self.salt]
        for heading, column in self.by_heading[sheet]:
            if column < len(texts) and texts[column]:
                said += (heading, texts[column])
        return self.ring.lookup("import", _single_blanks("\x1e".join(said)))

    def read(self, sheet: int, cells: Cells, texts: Sequence[str]) -> Reading:
        """What the row says, column by column."""
        reading = Reading()
        width, blank = len(cells), self.words.blank
        for index, is_said, read in self.layouts[sheet]:
            if index >= width:
                continue
            text = texts[index]
            if not text or (text in blank and not is_said):
                continue
            read(reading, cells[index], text)
            if reading.refused:
                return reading
        self._finish(reading)
        return reading

    # Putting it together

    def _finish(self, reading: Reading) -> None:
        raise NotImplementedError

    def _ready(
        self, reading: Reading, source: bytes, *, dry: bool
    ) -> recording.NewEntry | NewThing | None:
        raise NotImplementedError

    def _people(self, reading: Reading) -> None:
        """Put together what the cells say of people."""
        reading.put_together = True
        for role, told in reading.told.items():
            if role.startswith("#"):
                role = self._role(told)
            found, problems = told.people(self.words)
            reading.warnings += problems
            reading.said |= told.said
            if found and self.words.people:
                everybody = reading.data.setdefault(self.words.people, [])
                everybody += [{**person, "role": role} for person in found]

    def _role(self, told: people.Told) -> str:
        """The role of a numbered person, which stands in a column of its own."""
        heading, said = told.parts.pop("role", ("", ""))
        about = self.fields[self.words.people]
        for choice in about.choices:
            if said in (choice.code, str(choice.title)):
                return choice.code
        if said:
            told.said[heading] = said
        return self.words.role or about.choices[0].code

    def _category(self, reading: Reading) -> None:
        """What has no known category is counted under "other" until somebody corrects it."""
        about = self.fields.get("category")
        if reading.data.get("category") or about is None:
            return
        if about.categories is not None and "other" in about.categories.by_code:
            reading.data["category"] = "other"
        if "category" not in reading.headings:
            reading.warnings.append(_("No category is written; it is kept as “other”."))

    def _set_aside(self, reading: Reading, error: ValidationError) -> bool:
        """Take the values out that the error names; False where that is not possible."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {}
        movable = [
            name
            for name in by_field
            if name in reading.data and name not in (*self.never_set_aside, self.words.people)
        ]
        for name in movable:
            value = reading.data.pop(name)
            problem = " ".join(ValidationError(by_field[name]).messages)
            if name in reading.rows:
                cells = [reading.texts[at] for at in reading.rows[name] if at in reading.texts]
            else:
                shown = self.fields[name].kind.text(value, self.fields[name])
                cells = [(reading.headings.get(name, name), shown)]
            for heading, shown in cells:
                self.keep_said(
                    reading, heading, reading.said.get(heading, shown), f"{heading}: {problem}"
                )
        return bool(movable)

    # What a row cannot do without.
    never_set_aside: tuple[str, ...] = ()


class RowReader(Reader):
    """Reads the rows of an old book: each becomes a matter of history."""

    never_set_aside = ("received_at",)

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide)
        assert isinstance(guide.ledger, Ledger)
        self.of_matters = guide.ledger

    def _finish(self, reading: Reading) -> None:
        self._people(reading)
        if "received_at" not in reading.data:
            reading.refused = _("There is no time: it is not known when this was received.")
            return
        said = reading.data.get
        if not (said("narrative") or said("place") or said(self.words.people)):
            reading.refused = _("The row says nothing but a time.")
            return
        self._category(reading)
        if reading.outcome:
            self._outcome(reading, self.words.outcomes.column, *reading.outcome)
        self._state(reading)
        if self.has_rows:
            reading.rows = gather_rows(reading.data)

    def _outcome(self, reading: Reading, name: str, heading: str, text: str) -> None:
        """How far the old book says the matter went, and what else of the row that says."""
        for rule in self.words.outcomes.rules:
            begun = text.startswith(rule.starts)
            if text not in rule.words and not begun:
                continue
            if any(reading.data.get(at) not in codes for at, codes in rule.when):
                continue
            reading.state = rule.state
            for target, value in rule.set:
                reading.data.setdefault(target, value)
            if rule.text:
                reading.data[name] = text
            else:
                reading.said[heading] = text
            start = next(filter(text.startswith, rule.starts), text)
            if rule.rest and begun and text[len(start) :].strip():
                reading.data.setdefault(rule.rest, text[len(start) :].strip())
            return
        reading.state = self.words.outcomes.otherwise
        reading.data[name] = text

    def _state(self, reading: Reading) -> None:
        outcomes = self.words.outcomes
        self._finished_by(reading)
        finished = reading.data.get("finished_at") is not None
        if not reading.state:
            reading.state = outcomes.finished if finished else outcomes.blank
        elif finished and self.of_matters.state_by_name[reading.state].open:
            reading.state = outcomes.finished

    def _finished_by(self, reading: Reading) -> None:
        """When a closed matter was finished, where another column of the row says so."""
        closed = reading.state and not self.of_matters.state_by_name[reading.state].open
        if closed and "finished_at" in self.fields and "finished_at" not in reading.data:
            told = (reading.data.get(target) for target in self.words.finished_from)
            if found := next((one for one in told if one is not None), None):
                reading.data["finished_at"] = found

    def _ready(self, reading: Reading, source: bytes, *, dry: bool) -> recording.NewEntry | None:
        """Check the act; a value that the ledger does not take stays as it was said, and the rest
        comes in."""
        for _attempt in range(len(self.fields)):
            try:
                act = self._act(reading, source)
                if dry:
                    recording.check(act)
                    return None
                return recording.prepare(act)
            except ValidationError as error:
                if not self._set_aside(reading, error):
                    reading.refused = " ".join(error.messages)
                    return None
        reading.refused = _("This row cannot be read.")
        return None

    def _act(self, reading: Reading, source: bytes) -> Act:
        guide = self.guide
        return Act(
            ledger=self.of_matters,
            action="record",
            actor=guide.actor,
            data=reading.data,
            room=guide.room,
            district=guide.district,
            responsible=reading.officers[0] if reading.officers else guide.fallback,
            assisting=tuple(reading.officers[1:]),
            past=Past(
                run=guide.run,
                source=source,
                number=reading.number,
                state=reading.state,
                said=reading.said,
                notes=tuple(reading.warnings),
            ),
            id=guide.run,
        )
