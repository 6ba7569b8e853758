"""The people of a row: names, phones and numbers of one cell each, or of several in a cell.

What cannot be a phone or an identity number is sealed with its person as it was said, never kept
in the open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from linli.ground import codes
from linli.ledger.exchange.words.headings import Words

_LONGEST_NAME = 40
_MOST_NOTE = 200
# Cells that may hold a phone or an identity number are not kept in the open.
_PERSONAL = re.compile(r"[0-9\uff10-\uff19Xx][0-9\uff10-\uff19\-\s]{5,}[0-9\uff10-\uff19Xx]")
_NUMBER = re.compile(r"\d[\d\- ]{5,}\d", re.ASCII)
_AROUND = " \t\n/\\,，、;；:：()（）"
_PART_OF = {"phone": "phone", "identity": "id_number"}
_CHECKS = {"phone": codes.phone, "id_number": codes.identity_number}


@dataclass(slots=True)
class Told:
    """What the cells of a row say of people, by part, with the heading it stood under."""

    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    def add(self, part: str, heading: str, text: str) -> None:
        if part == "note" or part in self.parts:
            self.notes.append(f"{heading}: {text}")
        else:
            self.parts[part] = (heading, text)

    def people(self, words: Words) -> tuple[list[dict[str, Any]], list[str]]:
        """(people, warnings). Several names in a cell are several people; as many phones are theirs."""
        self._take_numbers_out()
        names = self._names(words)
        found: list[dict[str, Any]] = [{"name": name} for name in names] or [{}]
        warnings: list[str] = []
        for part in _CHECKS:
            if part in self.parts:
                heading, text = self.parts[part]
                values = self._shared_out(text, words, len(found))
                for person, value in zip(found, values, strict=False):
                    warnings += checked(person, part, heading, value)
        if "address" in self.parts:
            found[0]["address"] = self.parts["address"][1]
        if self.notes:
            found[0]["note"] = "; ".join(self.notes)[:_MOST_NOTE]
        return [person for person in found if person], warnings

    def _take_numbers_out(self) -> None:
        """Mobiles and identity numbers in the cell of the name, of one person or of several, go
        where they belong."""
        heading, text = self.parts.get("name", ("", ""))
        taken: dict[str, list[str]] = {}
        while number := codes.number_in(text):
            kind, value = number
            taken.setdefault(_PART_OF[kind], []).append(value)
            before, _value, after = codes.halfwidth(text).upper().partition(value)
            text = f"{before.rstrip(_AROUND)}\n{after.lstrip(_AROUND)}".strip()
        if not taken:
            return
        self.parts["name"] = heading, text
        for part, values in taken.items():
            self.add(part, heading, "\n".join(values))

    def _names(self, words: Words) -> list[str]:
        heading, text = self.parts.get("name", ("", ""))
        if not text:
            return []
        text = self._without_phone(heading, text)
        if text in words.anonymous:
            self.said[heading] = text
            return []
        if len(text) > _LONGEST_NAME:
            self.notes.append(f"{heading}: {text}")
            return []
        names = [name.strip() for name in words.between_phones.split(text) if name.strip()]
        return names or [text]

    def _without_phone(self, heading: str, text: str) -> str:
        """A name cell that holds a telephone number too, such as a landline, says two things."""
        found = _NUMBER.search(codes.halfwidth(text))
        if found is None or "phone" in self.parts:
            return text
        try:
            phone = codes.phone(found[0])
        except codes.Refused:
            return text
        rest = f"{text[: found.start()]} {text[found.end() :]}".strip(_AROUND)
        if not rest or _NUMBER.search(codes.halfwidth(rest)):
            return text
        self.parts["phone"] = (heading, phone)
        return rest

    @staticmethod
    def _shared_out(text: str, words: Words, count: int) -> list[str]:
        if count < 2:
            return [text]
        values = [value.strip() for value in words.between_phones.split(text) if value.strip()]
        return values if len(values) == count else [text]


def add_note(person: dict[str, Any], note: str) -> None:
    """Put a note to a person, beside what is noted there."""
    person["note"] = "; ".join(filter(None, (person.get("note"), note)))[:_MOST_NOTE]


def checked(person: dict[str, Any], part: str, heading: str, value: str) -> list[str]:
    """Put a phone or an identity number to its person; the warning where it cannot be one."""
    try:
        person[part] = _CHECKS[part](value)
    except codes.Refused as refused:
        person[f"{part}_said"] = value[:_MOST_NOTE]
        return [f"{heading}: {refused.message}"]
    return []


def keep_aside(
    heading: str, text: str, said: dict[str, str], told: Told, *, of_people: bool = False
) -> None:
    """A column that is no field of the ledger: kept as said, or sealed where it may be personal.
    `of_people` says that its heading is one of people, whose place another column has taken."""
    if of_people or _PERSONAL.search(text):
        told.notes.append(f"{heading}: {text}")
    else:
        said[heading] = text
