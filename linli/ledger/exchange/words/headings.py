"""Which column is which field: the ledger's `headings.toml`, and what a room has taught."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.ground.codes import halfwidth
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.people_fields import PARTS
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import SINCE, UNTIL
from linli.ledger.exchange.runs.models import ColumnMemory
from linli.ledger.exchange.sheets.reading import Cells, Sheet, cell_text
from linli.ledger.exchange.words.targets import title_of

NUMBER, OFFICERS, LEAVE_OUT = "number", "officers", ""
_SEARCHED_ROWS = 30
_FEWEST = 2
_ASIDE = re.compile(r"[\s*:\u3000]+|\([^)]*\)")


@dataclass(frozen=True)
class Rule:
    """What a word in the outcome column means: by the whole word, or by how it starts.

    `when` are values that other columns of the row must have for it, `set` what it says besides.
    """

    state: str
    words: frozenset[str]
    starts: tuple[str, ...]
    text: bool
    rest: str
    when: tuple[tuple[str, frozenset[str]], ...] = ()
    set: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outcomes:
    column: str
    otherwise: str
    blank: str
    finished: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class NoOfficers:
    """Words that stand among the officers but are nobody of the staff, and what they say instead;
    `into` is a target that keeps the cell as it stands."""

    into: str
    words: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Words:
    """All words a ledger's files use, from its headings.toml and the common words.toml.

    `year_from` are targets whose day tells the year of a time of receipt written without one,
    `finished_from` those that say when a closed matter was finished.
    """

    columns: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    people: str
    role: str
    outcomes: Outcomes
    officers: NoOfficers
    year_from: tuple[str, ...]
    finished_from: tuple[str, ...]
    totals: frozenset[str]
    blank: frozenset[str]
    anonymous: frozenset[str]
    between_names: re.Pattern[str]
    between_phones: re.Pattern[str]
    day_headings: tuple[str, ...]


def plain(heading: str) -> str:
    """A heading without blanks, stars and what stands in brackets; half-width, small letters."""
    return _ASIDE.sub("", halfwidth(heading)).lower()


def words(ledger: Register) -> Words:
    """The words of a ledger; one without headings.toml knows none and is mapped by hand."""
    return _words(ledger.code, ledger.version)


@cache
def _words(code: str, version: int) -> Words:
    ledger = registry.register_of(code, version)
    common = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    own: dict[str, Any] = {}
    if ledger.headings:
        own = tomllib.loads(Path(ledger.headings).read_text("utf-8"))
    columns: dict[str, str] = _of_design(ledger) if ledger.designed else {}
    for target, headings in own.get("columns", {}).items():
        for heading in headings:
            columns.setdefault(plain(heading), target)
    for heading, target in ({} if ledger.designed else _of_titles(ledger)).items():
        columns.setdefault(heading, target)
    if ledger.designed:
        own["people"] = next((f.name for f in ledger.fields if f.kind.code == "people"), "")
    return Words(
        columns=columns,
        choices={
            field: {word: code for code, said in choices.items() for word in said}
            for field, choices in own.get("choices", {}).items()
        },
        people=own.get("people", ""),
        role=own.get("role", ""),
        outcomes=_outcomes(own.get("outcome", {}), ledger),
        officers=_no_officers(own.get("officers", {})),
        year_from=tuple(own.get("year_from", ())),
        finished_from=tuple(own.get("finished_from", ())),
        totals=frozenset(plain(word) for word in common["totals"]),
        blank=frozenset(common["blank"]),
        anonymous=frozenset(common["anonymous"]),
        between_names=_any_of(common["between_names"]),
        between_phones=_any_of(common["between_phones"]),
        day_headings=tuple(common["day_headings"]),
    )


def _of_design(ledger: Register) -> dict[str, str]:
    """The headings of an own ledger are the titles of its fields, in both languages, and their
    names: what it exports and what a community writes above its columns."""
    columns = _of_titles(ledger)
    for field in ledger.fields:
        columns.setdefault(plain(field.name), field.name)
    return columns


def _of_titles(ledger: Register) -> dict[str, str]:
    """The titles of the fields in both languages: every ledger knows its own words."""
    columns: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for field in ledger.fields:
                title = plain(str(field.title))
                if title and field.kind.code not in (*_NOT_OF_A_CELL, "people"):
                    columns.setdefault(title, field.name)
    return columns


def _any_of(signs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(sign) for sign in signs))


def _outcomes(told: Mapping[str, Any], ledger: Register) -> Outcomes:
    first = ""  # a thing has no states that a column could tell
    if isinstance(ledger, Ledger):
        first = ledger.all_actions["record"].to or ledger.states[0].name
    return Outcomes(
        column=told.get("from", ""),
        otherwise=told.get("otherwise", first),
        blank=told.get("blank", first),
        finished=told.get("finished", first),
        rules=tuple(
            Rule(
                rule["state"],
                frozenset(rule.get("words", ())),
                tuple(sorted(rule.get("starts", ()), key=len, reverse=True)),
                rule.get("text", True),
                rule.get("rest", ""),
                tuple((at, frozenset(codes)) for at, codes in rule.get("when", {}).items()),
                tuple(rule.get("set", {}).items()),
            )
            for rule in told.get("rule", ())
        ),
    )


def _no_officers(told: Mapping[str, Any]) -> NoOfficers:
    return NoOfficers(
        into=told.get("into", ""),
        words={
            word: tuple(one.get("set", {}).items())
            for one in told.get("word", ())
            for word in one["words"]
        },
    )


# Not read from one cell; of rows the sub-fields are, where headings.toml says so.
_NOT_OF_A_CELL = ("rows", "parts", "checklist", "files", "thing")


def targets(ledger: Register, also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What a column can be: (target, title), as a person chooses it; `also` are targets that a file
    has besides (the third person of a row)."""
    told = words(ledger)
    found = {NUMBER: str(_("Number in the old book")), OFFICERS: str(_("Officers"))}
    if isinstance(ledger, Thing):
        found |= {"since": str(SINCE.title), "until": str(UNTIL.title)}
    for field in ledger.fields:
        if field.kind.code in _NOT_OF_A_CELL:
            continue
        if field.kind.code != "people":
            found[field.name] = str(field.title)
        elif field.name == told.people:
            for part in PARTS:
                if title := title_of(ledger, f"{field.name}.{part}"):
                    found[f"{field.name}.{part}"] = title
    # Roles and rows that the ledger's files speak of.
    for target in (*told.columns.values(), *also):
        if target not in found and (title := title_of(ledger, target)):
            found[target] = title
    return list(found.items())


@dataclass(frozen=True)
class Found:
    """The head of a sheet: its row, and the headings of its columns ("" where there is none)."""

    row: int
    headings: tuple[str, ...]


def find_head(sheet: Sheet, known: Mapping[str, str]) -> Found | None:
    """The row among the first ones that says most known headings; None if no row says two."""
    best: tuple[int, Found] | None = None
    for number, cells in _first_rows(sheet):
        headings = named(cells)
        score = sum(1 for heading in headings if plain(heading) in known)
        if score >= _FEWEST and (best is None or score > best[0]):
            best = score, Found(number, headings)
    return best[1] if best else None


def _first_rows(sheet: Sheet) -> Iterator[tuple[int, Cells]]:
    for seen, (number, cells) in enumerate(sheet.rows()):
        if seen >= _SEARCHED_ROWS:
            return
        yield number, cells


def named(cells: Sequence[Any]) -> tuple[str, ...]:
    """The headings of a row; a second column of the same heading gets a number."""
    seen: dict[str, int] = {}
    found = []
    for cell in cells:
        heading = " ".join(cell_text(cell).split())[:80]
        if heading:
            seen[heading] = seen.get(heading, 0) + 1
            if seen[heading] > 1:
                heading = f"{heading} {seen[heading]}"
        found.append(heading)
    return tuple(found)


def remembered(room: UUID, ledger: Register) -> dict[str, str]:
    """{heading: target} as this room has said before."""
    rows = ColumnMemory.objects.filter(room=room, ledger=ledger.code)
    return dict(rows.values_list("heading", "target"))


def guess(headings: Iterable[str], ledger: Register, taught: Mapping[str, str]) -> dict[str, str]:
    """{heading: target} for the headings of a sheet: what was taught, then what is known.

    A target is given once; "" is a column that is only kept as it was said.
    """
    told, valid = words(ledger), {target for target, _title in targets(ledger)}
    chosen: dict[str, str] = {}
    used: set[str] = set()
    listed = [heading for heading in headings if heading]
    for source in (taught, {h: told.columns.get(plain(h), "") for h in listed}):
        for heading in listed:
            target = source.get(heading)
            if heading in chosen or target is None:
                continue
            if target == LEAVE_OUT and source is taught:
                chosen[heading] = LEAVE_OUT
            elif target in valid and target not in used:
                chosen[heading] = target
                used.add(target)
    return {heading: chosen.get(heading, LEAVE_OUT) for heading in listed}
