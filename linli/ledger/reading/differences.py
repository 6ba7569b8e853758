"""What a step changed, in words: a whole value, or of rows and checklists only what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.ledger.declaration.checklists import ANSWERS, lists_of
from linli.ledger.declaration.ledger import Action, Field
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.row_fields import row_text

# (what it is about, what it said before, what it says now)
Difference = tuple[str, str, str]


def between(about: Field, before: Any, after: Any) -> Iterator[Difference]:
    """The differences between two kept values of a field."""
    if about.fields:
        yield from _of_rows(about, before or [], after or [])
    elif about.kind.code == "checklist" and before and after and before["list"] == after["list"]:
        yield from _of_checklists(about, before, after)
    else:
        yield str(about.title), in_words(about, before), in_words(about, after)


def in_words(about: Field, value: Any) -> str:
    return "" if value in (None, "") else str(about.kind.text(value, about))


def _of_rows(
    about: Field, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Rows that an action signed are the same rows by that; else the most alike are."""
    old = [(n, row) for n, row in enumerate(before, 1) if row not in after]
    new = [(n, row) for n, row in enumerate(after, 1) if row not in before]
    for number, row in new:
        match = max(
            (one for one in old if _signed(one[1]) == _signed(row)),
            key=lambda one: _alike(row, one[1]),
            default=None,
        )
        if match:
            old.remove(match)
        said = row_text(match[1], about) if match else ""
        yield _numbered(about, number), said, row_text(row, about)
    for number, row in old:
        yield _numbered(about, number), row_text(row, about), ""


def _alike(row: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    return sum(row.get(name) == value for name, value in other.items())


def _signed(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row.get("at"), row.get("by")


def _numbered(about: Field, number: int) -> str:
    return _("%(title)s %(number)d") % {"title": about.title, "number": number}


def _of_checklists(
    about: Field, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    was = {item.code: (said, note) for item, said, note in lists_of(about).answered(before)}
    for item, said, note in lists_of(about).answered(after):
        old = was.get(item.code, ("", ""))
        if old != (said, note):
            title = _("%(title)s: %(text)s") % {"title": about.title, "text": item.title}
            yield title, _answer(*old), _answer(said, note)


def _answer(said: str, note: str) -> str:
    answer = str(ANSWERS.get(said, said))
    return f"{answer} ({note})" if note else answer


def row_added(ledger: Register, action: Action, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The row that a step added, with its number: what it is and what it says."""
    about = ledger.by_name.get(action.adds)
    rows = ((body.get("set") or {}).get("data") or {}).get(action.adds) or []
    if about is None or not rows:
        return []
    return [(_numbered(about, len(rows)), row_text(rows[-1], about))]
