"""Serial numbers as people read and type them: 访-2026-0041."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from django.utils import translation

from linli.ground.codes import halfwidth
from linli.ledger.declaration import registry


class Numbered(Protocol):
    @property
    def ledger(self) -> str: ...
    @property
    def serial_year(self) -> int: ...
    @property
    def serial_no(self) -> int: ...


@dataclass(frozen=True)
class SerialQuery:
    """What was typed as a serial: ledger and year may be left out."""

    ledger: str | None
    year: int | None
    number: int
    ledgers: tuple[str, ...] = ()


def serial_text(entry: Numbered) -> str:
    """The serial in the reader's language."""
    letter = str(registry.get(entry.ledger).letter)
    return written(letter, entry.serial_year, entry.serial_no)


def written(letter: str, year: int, number: int) -> str:
    """A serial of its parts, for those who write many."""
    return f"{letter}-{year}-{number:04d}"


_SHAPE = re.compile(r"^(?:([^\d\-]{1,2})-?)?(?:(20\d\d)-)?(\d{1,7})$")


def parse(text: str) -> SerialQuery | None:
    """Read 访-2026-0041, V-2026-41, 访41 or 2026-41; None for anything else (also a bare number of
    more than four digits, which is rather a phone or an identity number)."""
    found = _SHAPE.match(halfwidth(text).strip().replace("—", "-").replace(" ", ""))
    if not found:
        return None
    letter, year, number = found.groups()
    if letter is None and (year is None and len(number) > 4):
        return None
    ledgers = _ledgers_of(letter) if letter else ()
    if letter and not ledgers:
        return None
    first = ledgers[0] if ledgers else None
    return SerialQuery(first, int(year) if year else None, int(number), ledgers)


def _ledgers_of(letter: str) -> tuple[str, ...]:
    """The ledgers whose numbers begin so: one, but for own ledgers of rooms far from each other."""
    found = []
    for ledger in registry.all_ledgers():
        letters = {ledger.key.lower()}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                letters.add(str(ledger.letter).lower())
        if letter.lower() in letters:
            found.append(ledger.code)
    return tuple(found)
