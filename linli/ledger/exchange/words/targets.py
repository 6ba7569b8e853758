"""Where a cell goes: a field of the ledger, a part of a person, or a sub-field of one of its rows.

narrative                 the field itself
people.phone              a part of the person that the file speaks of (`role` of headings.toml)
people[party_b].phone     the same of a person in another role
people#2.phone            the same of the second person, whose role is a column too (people#2.role)
sessions[0].held_at       a sub-field of the first row of a field with rows
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.people_fields import PARTS
from linli.ledger.declaration.register import Register

_SHAPE = re.compile(r"(?P<field>\w+)(?:\[(?P<which>\w+)\]|(?P<nth>#[1-9]\d?))?(?:\.(?P<part>\w+))?")

PART_TITLES: Mapping[str, Promise] = {
    "role": pgettext_lazy("in a file", "Role"),
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Phone"),
    "id_number": gettext_lazy("Identity number"),
    "address": gettext_lazy("Address"),
    "note": gettext_lazy("Note"),
}


@dataclass(frozen=True)
class Target:
    """`which` is the role of a person, "#2" for the second one, or the number of a row (from 0); ""
    where there is none."""

    field: str
    which: str = ""
    part: str = ""


@lru_cache(2048)
def parse(target: str) -> Target:
    """A target as it is written in headings.toml. Raises ValueError."""
    found = _SHAPE.fullmatch(target)
    if found is None:
        raise ValueError(f"{target!r} is no target of a column")
    return Target(found["field"], found["which"] or found["nth"] or "", found["part"] or "")


def field_at(ledger: Register, target: str) -> Field | None:
    """The field that a cell of this target is read by: a sub-field goes by its whole target.
    None for what the ledger has not."""
    try:
        aim = parse(target)
    except ValueError:
        return None
    about = ledger.by_name.get(aim.field)
    if about is None or not aim.part:
        return about
    if not aim.which.isdecimal():
        return None
    sub = next((one for one in about.fields if one.name == aim.part), None)
    return replace(sub, name=target) if sub else None


def title_of(ledger: Register, target: str) -> str | None:
    """What the target is called for who chooses it; None where the ledger has no such place."""
    try:
        aim = parse(target)
    except ValueError:
        return None
    about = ledger.by_name.get(aim.field)
    if about is None:
        return None
    if about.kind.code == "people":
        if aim.part not in PARTS or (aim.part == "role" and not aim.which.startswith("#")):
            return None
        if aim.which.startswith("#"):
            return numbered(about.title, int(aim.which[1:]), PART_TITLES[aim.part])
        role = f" · {about.choice_title(aim.which)}" if aim.which else ""
        return f"{about.title}{role}: {PART_TITLES[aim.part]}"
    if not aim.part:
        return str(about.title)
    sub = field_at(ledger, target)
    if sub is None:
        return None
    return numbered(about.title, int(aim.which) + 1, sub.title)


def numbered(title: Any, number: int, part: Any) -> str:
    """The heading of a part of the nth row or person."""
    return _("%(title)s %(n)d: %(part)s") % {"title": title, "n": number, "part": part}


def gather_rows(data: dict[str, Any]) -> dict[str, list[str]]:
    """Put what was read for sub-fields together to rows, in their order. Gives {field: the targets
    that went into it}, so that a refused row can be taken apart again."""
    taken: dict[str, list[str]] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for target in [name for name in data if "[" in name]:
        aim = parse(target)
        taken.setdefault(aim.field, []).append(target)
        rows.setdefault(aim.field, {}).setdefault(int(aim.which), {})[aim.part] = data.pop(target)
    for name, numbered in rows.items():
        data[name] = [numbered[number] for number in sorted(numbered)]
    return taken
