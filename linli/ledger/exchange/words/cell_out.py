"""A value of a ledger as a cell of a table says it, so that it can be read back exactly.

Cells are text, numbers, days and moments: times are those of Shanghai, without a zone; "" is blank.
`own_exports.py` reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from linli.ground import clock
from linli.ledger.declaration import checklists, kinds
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.numbers_and_days import plain_number

Cell = str | int | float | date | datetime
# {id of a member of staff: the name that is written}, see `staff_names`.
Staff = Mapping[str, str]

# A cell that begins so would be taken for a formula by a spreadsheet.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_FIRST_YEAR: Final = 1901  # earlier days are no dates to a spreadsheet
_EXACT_DIGITS: Final = 15  # of a number in a spreadsheet
_APART = re.compile(r'[;；\n"\[]')


def writer(about: Field) -> Callable[[Any, Staff], Cell]:
    """What makes a cell of a kept value of this field."""
    kind = about.kind.code
    if kind == "moment":
        return lambda value, _staff: moment_cell(value)
    if kind == "date":
        return lambda value, _staff: _day(date.fromisoformat(str(value)))
    if kind in ("integer", "decimal"):
        return lambda value, _staff: _number(value)
    if kind == "staff":
        return named
    if kind == "choice":
        titles = choice_titles(about)
        return lambda value, _staff: titles.get(value, str(value))
    if kind == "choices":
        known = choice_titles(about)
        return lambda value, _staff: several([known.get(one, str(one)) for one in value])
    if kind == "category":
        return lambda value, _staff: category_title(about, value)
    if kind == "checklist":
        return lambda value, _staff: checklist_cell(value, about)
    if kind in ("text", "place", "narrative"):
        return lambda value, _staff: str(value)
    return lambda value, _staff: str(about.kind.text(value, about))


def moment_cell(value: datetime | str | None) -> Cell:
    """A moment on the clock of Shanghai, to the second; "" for none."""
    if not value:
        return ""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    local = clock.local(at).replace(tzinfo=None, microsecond=0)
    return local if local.year >= _FIRST_YEAR else _moment_text(local)


def _moment_text(at: datetime) -> str:
    return at.isoformat(" ", "seconds" if at.second else "minutes")


def _day(day: date) -> Cell:
    return day if day.year >= _FIRST_YEAR else day.isoformat()


def _number(value: int | float) -> Cell:
    """A number, or its digits where a spreadsheet would not keep them all."""
    digits = plain_number(value)
    return value if sum(sign.isdigit() for sign in digits) <= _EXACT_DIGITS else digits


def named(staff_id: Any, staff: Staff) -> str:
    """A member of staff by name; by their id where nobody is known by it."""
    return staff.get(str(staff_id), str(staff_id)) if staff_id else ""


def several(said: Sequence[str]) -> str:
    """Several titles or names in a cell, with a semicolon between them; where one has such a sign
    in it, as a JSON list."""
    if any(_APART.search(one) for one in said):
        return orjson.dumps(list(said)).decode()
    return str(_("; ")).join(said)


def choice_title(about: Field, code: str) -> str:
    """A choice by its title; with its code behind it where two have the same title."""
    return choice_titles(about).get(code, " ".join(code.split()))


def choice_titles(about: Field) -> dict[str, str]:
    """Every choice as `choice_title` says it, in one go: an own ledger may have thousands."""
    plain = [(choice.code, " ".join(str(choice.title).split())) for choice in about.choices]
    often = Counter(title for _code, title in plain)
    return {code: f"{title} ({code})" if often[title] > 1 else title for code, title in plain}


def category_title(about: Field, code: str) -> str:
    """A category by its title, or by the whole path where the title alone means another one."""
    tree = kinds.tree_of(about)
    node = tree.by_code.get(code)
    if node is None:
        return code
    return node.title if tree.find(node.title) == code else tree.text(code)


def checklist_cell(value: Mapping[str, Any], about: Field) -> str:
    """The name of the list, then a line for every item: what it is: how it was found; the note."""
    lists = checklists.lists_of(about)
    lines = [lists.title_of(value)]
    for item, answer, note in lists.answered(value):
        lines.append(item_line(item.title, str(checklists.ANSWERS.get(answer, answer)), note))
    return "\n".join(lines)


def item_line(item: str, answer: str, note: str = "") -> str:
    """The line of an item of a checklist."""
    said = {"item": item, "answer": answer, "note": note}
    return _("%(item)s: %(answer)s; %(note)s") % said if note else _("%(item)s: %(answer)s") % said


def as_text(cell: Cell) -> str:
    """A cell as CSV has it: what a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return _moment_text(cell)
    return cell.isoformat() if isinstance(cell, date) else plain_number(cell)


def harmless(text: str) -> str:
    """No formula; `harmed` takes it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def harmed(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def staff_names() -> dict[str, str]:
    """{id: name} of everybody; with the badge number where two have the same name."""
    from linli.org.models import Staff as Members

    listed = list(Members.objects.values_list("id", "name", "badge_no", "username"))
    times: dict[str, int] = {}
    for _id, name, _badge, _user in listed:
        times[name] = times.get(name, 0) + 1
    return {
        str(one): name if times[name] == 1 else with_number(name, badge or user)
        for one, name, badge, user in listed
    }


def with_number(name: str, number: str) -> str:
    """An officer by name and badge number."""
    return f"{name} ({number})"
