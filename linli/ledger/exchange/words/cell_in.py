"""What a cell that `cell_out.py` wrote means: titles in either language back to codes, exactly.

Everything here answers None for what it does not know; the reader then keeps what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
from django.utils import translation

from linli.ground.clock import SHANGHAI
from linli.ledger.declaration import checklists, kinds
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.exchange.words import cell_out
from linli.ledger.exchange.words.recognising import LANGUAGES

_BETWEEN = re.compile(r"[;；]")


def in_both(titled: Callable[[], Iterable[tuple[str, str]]]) -> dict[str, str]:
    """{title: code} in both languages, of pairs (code, title) in the language that is active."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for code, title in titled():
                found.setdefault(title.strip(), code)
    return found


class Meanings:
    """The words of one ledger. `codes` says that codes are written and titles only by chance."""

    def __init__(self, ledger: Ledger, *, codes: bool = False) -> None:
        self.ledger = ledger
        self.codes = codes
        self._of_field: dict[str, dict[str, str]] = {}
        self._of_lists: dict[str, dict[str, _List]] = {}

    @cached_property
    def states(self) -> dict[str, str]:
        states = self.ledger.states
        return self._with_codes(
            in_both(lambda: ((one.name, str(one.title)) for one in states)),
            (one.name for one in states),
        )

    def code(self, about: Field, text: str) -> str | None:
        """The code of a choice, a category or a flag ("yes", "no")."""
        known = self._of_field.get(about.name)
        if known is None:
            known = self._of_field[about.name] = self._codes_of(about)
        return known.get(text)

    def _codes_of(self, about: Field) -> dict[str, str]:
        if about.kind.code == "flag":
            said = in_both(lambda: ((c, about.kind.text(c == "yes", about)) for c in ("yes", "no")))
            return {"TRUE": "yes", "FALSE": "no", **said}
        if about.kind.code == "category":
            tree = kinds.tree_of(self.ledger.by_name[about.name])
            codes = list(tree.by_code)
            paths = in_both(lambda: ((code, tree.text(code)) for code in codes))
            titles = in_both(
                lambda: ((code, cell_out.category_title(about, code)) for code in codes)
            )
            return self._with_codes({**paths, **titles}, codes)
        choices = about.choices
        return self._with_codes(
            in_both(lambda: cell_out.choice_titles(about).items()),
            (one.code for one in choices),
        )

    def _with_codes(self, titles: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
        as_they_are = {code: code for code in codes}
        return {**titles, **as_they_are} if self.codes else {**as_they_are, **titles}

    def several(self, about: Field, text: str) -> list[str] | None:
        """The codes of several choices; for choices that a room has itself, their names."""
        said = parts(text)
        if not about.choices:
            return said
        codes = [self.code(about, one) for one in said]
        return [code for code in codes if code] if all(codes) else None

    def checklist(self, about: Field, text: str) -> dict[str, Any] | None:
        """The answers of a cell that `wording.checklist_cell` wrote."""
        known = self._of_lists.get(about.name)
        if known is None:
            known = self._of_lists[about.name] = _lists(about)
        head, *lines = [line.strip() for line in text.split("\n")]
        found = known.get(head)
        return found.read(lines) if found else None


class _List:
    """A checklist in one language, by the lines that its items can have."""

    def __init__(self, code: str, items: list[tuple[str, str, str, str]]) -> None:
        self.code = code
        self.bare: dict[str, list[tuple[str, str]]] = {}
        self.noted: list[tuple[str, str, str]] = []
        for item, answer, bare, noted in items:
            self.bare.setdefault(bare, []).append((item, answer))
            self.noted.append((noted, item, answer))

    def read(self, lines: list[str]) -> dict[str, Any] | None:
        """The value, or None where a line is not of this list."""
        answers: dict[str, str] = {}
        notes: dict[str, str] = {}
        for line in filter(None, lines):
            item, answer, note = self._line(line, answers)
            if not item:
                return None
            answers[item] = answer
            if note:
                notes[item] = note
        return {"list": self.code, "answers": answers, "notes": notes}

    def _line(self, line: str, taken: Mapping[str, str]) -> tuple[str, str, str]:
        for item, answer in self.bare.get(line, ()):
            if item not in taken:
                return item, answer, ""
        for noted, item, answer in self.noted:
            if item not in taken and line.startswith(noted):
                return item, answer, line[len(noted) :].strip()
        return "", "", ""


def _lists(about: Field) -> dict[str, _List]:
    found: dict[str, _List] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for one in checklists.lists_of(about).lists:
                items = [
                    (
                        item.code, answer,
                        cell_out.item_line(item.title, str(title)),
                        cell_out.item_line(item.title, str(title), " ").rstrip(),
                    )
                    for item in one.items
                    for answer, title in checklists.ANSWERS.items()
                ]  # fmt: skip
                found.setdefault(one.title, _List(one.code, items))
    return found


def parts(text: str) -> list[str]:
    """What `wording.several` put together."""
    if text.startswith("["):
        try:
            told = orjson.loads(text)
        except orjson.JSONDecodeError:
            told = None
        if isinstance(told, list):
            return [str(one) for one in told]
    return [one.strip() for one in _BETWEEN.split(text) if one.strip()]


def moment(cell: Any, text: str) -> datetime | None:
    """A moment as it was exported: a cell of a workbook or its text (Shanghai), or ISO 8601."""
    if isinstance(cell, datetime):  # a fraction of a day, so not quite to the second
        at = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    else:
        if not text[:4].isdigit() or len(text) < 16:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=SHANGHAI)
    return at.astimezone(UTC)


def day(cell: Any, text: str) -> date | None:
    """A day as it was exported."""
    if isinstance(cell, datetime):
        return cell.date() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else None
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def said_of(text: str) -> dict[str, str]:
    """What `written` wrote of the cells that an import had kept as they were said."""
    said: dict[str, str] = {}
    for line in text.split("\n"):
        found = _SAID.fullmatch(line)
        if found:
            said[_unescaped(found[1])] = _unescaped(found[2])
        elif line.strip():
            said[line.strip()[:80]] = line.strip()
    return said


def lines_of(text: str) -> list[str]:
    """What `written` wrote as lines."""
    return [_unescaped(line) for line in text.split("\n") if line.strip()]


_SAID = re.compile(r"((?:\\.|[^\\：])*)：(.*)")
_ESCAPED = re.compile(r"\\(.)")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
