"""The cells of a row of an old file, each read by its column. Nothing is dropped in silence: what
cannot be what its column says stays with the entry as it was said, with a warning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.ground import clock, codes, times
from linli.ledger.acts.cleaning import clean_value
from linli.ledger.declaration import row_fields
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.register import Register
from linli.ledger.exchange.rows import people
from linli.ledger.exchange.words.headings import OFFICERS, plain, words
from linli.ledger.exchange.words.targets import field_at

_AROUND_NEW_YEAR = timedelta(days=2)


@dataclass(frozen=True)
class Guide:
    """All that is needed to read a row, made once for a run; goes to other processes.

    `values` is {field: {said: code}}, `staff` {name: id}; `fallback` answers for what no known
    officer answers for. `language` is that of the notes that stay with the entries; `own` says that
    the file is an export of this ledger (see own_exports.py).
    """

    ledger: Register
    room: UUID
    district: UUID
    actor: Actor
    run: UUID
    heads: tuple[tuple[str, ...], ...]
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    staff: Mapping[str, UUID]
    fallback: UUID
    fallback_name: str
    year: int | None
    language: str
    own: bool = False


@dataclass(slots=True)
class Reading:
    """What a row says. `warnings` are told to the importer and kept with the entry.

    `told` are the people by their role, `outcome` the cell that says how far it went; `rows` the
    targets that went into a field with rows, `texts` their headings and cells.
    """

    data: dict[str, Any] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    number: str = ""
    state: str = ""
    officers: list[UUID] = field(default_factory=list)
    year_missing: bool = False
    told: dict[str, people.Told] = field(default_factory=dict)
    outcome: tuple[str, str] | None = None
    rows: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    put_together: bool = False  # what was told of people has become people

    def people_as(self, role: str) -> people.Told:
        told = self.told.get(role)
        if told is None:
            told = self.told[role] = people.Told()
        return told


_Read = Callable[[Reading, Field, str, Any, str], None]  # of this field, under this heading


class CellReader:
    """Reads single cells by a guide into what the row says."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.ledger = guide.ledger
        self.words = words(guide.ledger)
        self.fields: dict[str, Field] = dict(guide.ledger.by_name)
        # What a word stands for, and whether that is just what it says.
        self.choices: dict[tuple[str, str], tuple[str | None, bool]] = {}

    def read_by(self, target: str) -> Field | None:
        """The field, or sub-field of a row, of a target; None for a part of a person."""
        if target not in self.fields and "[" in target and (sub := field_at(self.ledger, target)):
            self.fields[target] = sub
        return self.fields.get(target)

    def read_field(self, field: Field, heading: str) -> Callable[[Reading, Any, str], None]:
        """How the cells under this heading are read into this field; found out once for all rows."""
        name, read = field.name, self._reads(field)
        of_a_row = "[" in name

        def reads(reading: Reading, cell: Any, text: str) -> None:
            reading.headings[name] = heading
            if of_a_row:
                reading.texts[name] = heading, text
            read(reading, field, heading, cell, text)

        return reads

    def _reads(self, field: Field) -> _Read:
        by_kind: dict[str, _Read] = {
            "moment": self._moment, "date": self._day, "choice": self._choice,
            "category": self._choice, "flag": self._choice, "integer": self._cleaned,
            "decimal": self._cleaned, "choices": self._cleaned, "staff": self._colleague,
        }  # fmt: skip
        if field.from_cell is not None:
            return self._several_things
        said = self._outcome_said if field.name == self.words.outcomes.column else self._said
        return by_kind.get(field.kind.code, said)

    def _said(self, reading: Reading, field: Field, _heading: str, _cell: Any, text: str) -> None:
        reading.data[field.name] = text

    def _outcome_said(
        self, reading: Reading, _field: Field, heading: str, _cell: Any, text: str
    ) -> None:
        reading.outcome = heading, text

    def _moment(self, reading: Reading, field: Field, heading: str, cell: Any, text: str) -> None:
        received: datetime | None = reading.data.get("received_at")
        year = clock.local(received).year if received else self.guide.year
        later = (
            None if received or not self.words.year_from else self._tells_the_year(reading, field)
        )
        try:
            read = times.read_moment(
                cell if not isinstance(cell, str) else text, year=later.year if later else year
            )
        except times.Unreadable as wrong:
            reading.year_missing = reading.year_missing or wrong.code == "year_missing"
            problem = _("%(heading)s “%(said)s”: %(problem)s") % {
                "heading": heading, "said": text[:40], "problem": wrong.message,
            }  # fmt: skip
            if field.column == "received_at":
                reading.refused = problem
            else:
                self.keep_said(reading, heading, text, problem)
            return
        at = read.at
        if later and "year_given" in read.notes:
            at = self._year_taken(reading, at, later, heading)
        if received and "year_given" in read.notes and at < received:
            next_year = _a_year_on(at)
            at = next_year if next_year - received < _AROUND_NEW_YEAR else at
        if read.precision == "day" and not self._is_day_column(heading):
            if field.column != "received_at":
                problem = _("%s: only the day is written, no time.") % heading
                self.keep_said(reading, heading, text, problem)
                return
            reading.warnings.append(
                _("%s: only the day is written; the time stands as 00:00.") % heading
            )
            reading.said[heading] = text
        elif read.notes and any(note != "no_time" for note in read.notes):
            reading.said[heading] = text
        if at > clock.now():
            reading.warnings.append(_("%s lies in the future. Check the year.") % heading)
        reading.data[field.name] = at

    def _tells_the_year(self, reading: Reading, field: Field) -> datetime | None:
        """For a time of receipt: what in this row came after it, so that its year is known."""
        if field.column != "received_at":
            return None
        told = (reading.data.get(target) for target in self.words.year_from)
        return next((clock.local(at) for at in told if isinstance(at, datetime)), None)

    def _year_taken(
        self, reading: Reading, at: datetime, later: datetime, heading: str
    ) -> datetime:
        """The time in the year in which it comes before `later`; told, unless the year was given."""
        if clock.local(at).date() > later.date():
            at = _a_year_on(at, -1)
        if clock.local(at).year != self.guide.year:
            reading.warnings.append(
                _("%(heading)s: no year is written; %(year)d by the other dates of the row.")
                % {"heading": heading, "year": clock.local(at).year}
            )
        return at

    def _day(self, reading: Reading, field: Field, heading: str, cell: Any, text: str) -> None:
        """A calendar day; where its year is missing it is the year of the receipt, or the next."""
        received: datetime | None = reading.data.get("received_at")
        first = clock.local(received).date() if received else None
        year = first.year if first else self.guide.year
        try:
            read = times.read_day(cell if not isinstance(cell, str) else text, year=year)
        except times.Unreadable as wrong:
            reading.year_missing = reading.year_missing or wrong.code == "year_missing"
            problem = _("%(heading)s “%(said)s”: %(problem)s") % {
                "heading": heading, "said": text[:40], "problem": wrong.message,
            }  # fmt: skip
            self.keep_said(reading, heading, text, problem)
            return
        day: date = read.day
        if first and "year_given" in read.notes and day < first:
            day = _a_year_on(day)
        if read.notes:
            reading.said[heading] = text
        reading.data[field.name] = day

    def _several_things(
        self, reading: Reading, field: Field, heading: str, cell: Any, text: str
    ) -> None:
        """One cell that says several things, such as from when until when a licence holds."""
        assert field.from_cell is not None
        try:
            told = field.from_cell(cell if not isinstance(cell, str) else text)
        except times.Unreadable as wrong:
            problem = _("%(heading)s “%(said)s”: %(problem)s") % {
                "heading": heading, "said": text[:40], "problem": wrong.message,
            }  # fmt: skip
            self.keep_said(reading, heading, text, problem)
            return
        start = field.name.rpartition(".")[0]
        for name, value in told.items():
            reading.data.setdefault(f"{start}.{name}" if start else name, value)
        reading.said[heading] = text

    def _cleaned(self, reading: Reading, field: Field, heading: str, _cell: Any, text: str) -> None:
        """A number or several choices, as the field's own kind reads them."""
        try:
            reading.data[field.name] = clean_value(field, text, required=False)
        except ValidationError as wrong:
            if (codes := self._several(field, text)) is not None:
                reading.data[field.name], reading.said[heading] = codes, text
                return
            problem = _("%(heading)s “%(said)s”: %(problem)s") % {
                "heading": heading, "said": text[:40], "problem": " ".join(wrong.messages),
            }  # fmt: skip
            self.keep_said(reading, heading, text, problem)

    def _several(self, field: Field, text: str) -> list[str] | None:
        """Several choices in the words of files, as headings.toml knows them; None where one is
        not known."""
        known = self.words.choices.get(field.name, {})
        said = [known[text]] if text in known else row_fields.apart(text)
        try:
            codes: list[str] = clean_value(field, [known.get(w, w) for w in said], required=False)
        except ValidationError:
            return None
        return codes

    def _colleague(
        self, reading: Reading, field: Field, heading: str, _cell: Any, text: str
    ) -> None:
        staff = self._staff(text.strip())
        if staff is not None:
            reading.data[field.name] = str(staff)
        else:
            problem = _("%(name)s is not on the staff of this room.") % {"name": text[:40]}
            self.keep_said(reading, heading, text, problem)

    def _is_day_column(self, heading: str) -> bool:
        return plain(heading).endswith(self.words.day_headings)

    def _choice(self, reading: Reading, field: Field, heading: str, _cell: Any, text: str) -> None:
        key = (field.name, text)
        if key not in self.choices:
            known = self._code_of(field, text)
            self.choices[key] = known, known is not None and self._is_title(field, known, text)
        code, as_said = self.choices[key]
        if code is not None:
            if code:
                reading.data[field.name] = code
            if not as_said:
                reading.said[heading] = text
            return
        reading.unknown.append((field.name, text[:80]))
        self.keep_said(
            reading,
            heading,
            text,
            _("%(heading)s “%(said)s” is not in the list of this ledger.")
            % {"heading": heading, "said": text[:40]},
        )

    def _code_of(self, field: Field, text: str) -> str | None:
        """The code of a word as the room taught ("": keep only the word), as headings.toml knows
        or as the list has it; None if nobody knows."""
        taught = self._taught(field.name, text)
        if taught is not None:
            return taught
        known = self.words.choices.get(field.name, {}).get(text)
        if known is not None:
            return known
        try:
            code = clean_value(field, text, required=False)
        except ValidationError:
            return None
        return str(code)

    def _is_title(self, field: Field, code: str, text: str) -> bool:
        """Whether the cell said just what the list says, so that nothing was interpreted."""
        if field.categories is not None:
            node = field.categories.by_code.get(code)
            return node is not None and text in (node.zh, node.en)
        if field.kind.code == "flag":
            return text == field.kind.text(field.kind.clean(code, field), field)
        return text == str(field.choice_title(code))

    def _taught(self, name: str, text: str) -> str | None:
        return self.guide.values.get(name, {}).get(text)

    def read_officers(self, reading: Reading, heading: str, text: str) -> None:
        """Several officers in a cell: the first known one answers, the others assist."""
        told = self.words.officers
        names = [name for name in self.words.between_names.split(text) if name.strip()]
        unknown = []
        if told.into:
            reading.data.setdefault(told.into, text)
            reading.headings[told.into] = heading
        for name in names:
            staff = self._staff(name.strip())
            if staff is None and name.strip() in told.words:
                for target, value in told.words[name.strip()]:
                    reading.data.setdefault(target, value)
            elif staff is None:
                unknown.append(name.strip())
            elif staff not in reading.officers:
                reading.officers.append(staff)
        if (len(names) > 1 or unknown) and not told.into:
            reading.said[heading] = text
        for name in unknown:
            reading.unknown.append((OFFICERS, name[:80]))
            who = {"name": name[:40], "other": self.guide.fallback_name}
            reading.warnings.append(
                _("%(name)s is not on the staff of this room.") % who
                if reading.officers
                else _("%(name)s is not on the staff of this room; %(other)s answers for it.") % who
            )

    def _staff(self, name: str) -> UUID | None:
        taught = self._taught(OFFICERS, name)
        return UUID(taught) if taught else self.guide.staff.get(name)

    def keep_said(self, reading: Reading, heading: str, text: str, problem: str) -> None:
        """Keep a cell that cannot be what its column says; a person's number never in the open."""
        if self.words.people and codes.number_in(text):
            self._seal(reading, f"{heading}: {text}")
        else:
            reading.said[heading] = text
        reading.warnings.append(codes.masked_numbers(problem))

    def _seal(self, reading: Reading, note: str) -> None:
        if not reading.put_together:
            reading.people_as(self.words.role).notes.append(note)
            return
        everybody = reading.data.setdefault(self.words.people, [])
        if not everybody:
            everybody.append({"role": self.words.role})
        people.add_note(everybody[0], note)


_Day = TypeVar("_Day", bound=date)


def _a_year_on(at: _Day, years: int = 1) -> _Day:
    try:
        return at.replace(year=at.year + years)
    except ValueError:  # the 29th of February
        return at
