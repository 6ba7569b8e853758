"""Whether a sheet is what Linli itself exported, and what its columns are then.

A target with a colon is no field but of the entry itself (":state"), see sheet_columns.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from django.utils import translation

from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.exchange.sheets.json_lines import FIELDS
from linli.ledger.exchange.sheets.reading import Sheet, cell_text
from linli.ledger.exchange.words.headings import Found, plain, words
from linli.ledger.exchange.words.sheet_columns import Extent, Layout

LANGUAGES: Final = ("zh-hans", "en")
BESIDE: Final = ":"
_NUMBERED = re.compile(r" (\d{1,3})\s?[:：]")
_MOST: Final = 200
_STEP: Final = 5  # layouts are made for so many people more, so that few are kept
# The keys without which an object is no entry of ours, and what all of them are.
_OF_A_LINE: Final = frozenset(("linli", "ledger", "state", "received_at"))
_LINE: Final[Mapping[str, str]] = {
    "linli": ":linli", "ledger": ":ledger", "version": ":version", "id": ":id",
    "serial": ":serial", "state": ":state", "received_at": "received_at",
    "responsible": ":responsible", "assisting": ":assisting", "due_at": ":due",
    "closed_at": ":closed", "recorded_at": ":recorded", "past": ":past", "masked": ":masked",
    "people": ":people",
}  # fmt: skip


def own_columns(headings: Sequence[str], ledger: Ledger) -> dict[str, str] | None:
    """{heading: target} of a sheet that is an export of this ledger, with all of its headings; None
    for any other sheet. What nobody knows ("" as target) may stand among them."""
    if set(headings) >= _OF_A_LINE:
        return _of_lines(headings, ledger)
    given = {heading for heading in headings if heading}
    for known in _known(headings, ledger):
        if given >= set(list(known)[:3]):
            found = {heading: known.get(heading, "") for heading in headings if heading}
            others = [plain(heading) for heading, target in found.items() if not target]
            return None if set(others) & set(words(ledger).columns) else found
    return None


def titles(headings: Sequence[str], ledger: Ledger) -> dict[str, str]:
    """{heading: target} for those headings that exports of this ledger have, in either language."""
    found: dict[str, str] = {}
    for known in _known(headings, ledger):
        for heading in headings:
            if heading in known:
                found.setdefault(heading, known[heading])
    return found


def own_book(heads: Iterable[Found], ledger: Ledger) -> dict[str, str] | None:
    """The columns of a file all of whose sheets are exports of this ledger; None for any other."""
    found: dict[str, str] = {}
    for head in heads:
        columns = own_columns(head.headings, ledger)
        if columns is None:
            return None
        found |= columns
    return found


def head_of_lines(sheet: Sheet) -> Found | None:
    """The head of a sheet whose first row are the keys of exported lines."""
    first = next(iter(sheet.rows()), None)
    if first is None or not is_of_lines(map(cell_text, first[1])):
        return None
    return Found(first[0], tuple(map(cell_text, first[1])))


def is_of_lines(headings: Iterable[str]) -> bool:
    """Whether these are the keys of exported lines of JSON."""
    return set(headings) >= _OF_A_LINE


def _known(headings: Sequence[str], ledger: Ledger) -> list[Mapping[str, str]]:
    numbers = (int(n) for heading in headings for n in _NUMBERED.findall(heading))
    most = min(max(numbers, default=1), _MOST)
    most = -(-most // _STEP) * _STEP
    return [_titles_in(language, ledger.code, ledger.version, most) for language in LANGUAGES]


@lru_cache(64)
def _titles_in(language: str, code: str, version: int, most: int) -> Mapping[str, str]:
    """{title: target} of every column that an export in this language can have."""
    ledger = registry.get(code, version)
    rows = {about.name: most for about in ledger.fields if about.kind.code == "rows"}
    extent = Extent(people=min(most, 30), rows=rows, past=True)
    extent.versions = set(_versions(ledger))
    with translation.override(language):
        columns = Layout(ledger, extent).columns
    return {
        column.title: f"{BESIDE}{column.target}" if column.beside else column.target
        for column in columns
    }


def _versions(ledger: Ledger) -> list[int]:
    """Those of the form; a built-in ledger has one."""
    if not ledger.designed:
        return [ledger.version]
    found = []
    for version in range(1, ledger.version + 1):
        try:
            found.append(registry.get(ledger.code, version).version)
        except registry.UnknownLedger:
            continue
    return found


def _of_lines(headings: Sequence[str], ledger: Ledger) -> dict[str, str]:
    """The keys of lines are the fields' own names."""
    known = {name for version in _versions(ledger) for name in _fields(ledger, version)}
    found = {}
    for heading in headings:
        inner = heading.removeprefix(f"{FIELDS}.")
        if inner != heading:
            found[heading] = inner if inner in known else ""
        else:
            found[heading] = _LINE.get(heading, "")
    return found


def _fields(ledger: Ledger, version: int) -> Iterable[str]:
    return registry.get(ledger.code, version).by_name
