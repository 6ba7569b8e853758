"""A draft of a ledger checked whole: every problem is told, with what to write instead.

A draft is JSON: `title` and other texts are {"zh", "en"}; `fields` a list of {"name", "kind",
"title", "required", "list", "shown_if", "constraint", "calculate", ...}, where an expression is
{"text": "${a} > 1"}. What comes out has the tree of every expression beside its text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from linli.access.roles import ROLES
from linli.ledger.custom.compiling import KINDS, columns_of, headline_of
from linli.ledger.declaration.expressions import (
    CircularError,
    RefusedExpressionError,
    in_order,
    names_in,
    read,
)
from linli.ledger.declaration.row_fields import IN_A_ROW

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text

MOST_FIELDS: Final = 200
MOST_CHOICES: Final = 10_000
LONGEST_NAME: Final = 40
LONGEST_TITLE: Final = 80
MOST_DAYS: Final = 3650
MOST_MONTHS: Final = 1200

# Names that stand for something else in forms, files and facts.
RESERVED: Final = frozenset(
    ("received_at", "past", "state", "room", "entry", "draft", "rev", "version", "outcome", "back",
     "reason", "add_row", "remove_row", "csrfmiddlewaretoken", "hand_to", "note", "question",
     "answer", "id", "at", "by", "serial", "due_at", "closed_at", "method", "action", "dataset",
     "submit", "elements", "target", "reset", "finished_at", "number", "officers")
)  # fmt: skip
# Who may see a ledger, as one chooses it; officers, heads and chiefs always may.
ALWAYS: Final = ("officer", "head", "chief")
CHOSEN: Final = ("auxiliary", "clerk", "branch")
AFTER: Final = ("closed", "recorded")
NAME: Final = re.compile(r"[^\W\d]\w*")
_CODE: Final = re.compile(r"\S{1,60}")
_SHOWN: Final = ("people", "rows", "files")
EXPRESSIONS: Final = ("shown_if", "constraint", "calculate")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a draft: in which field (or list), and in which part of it."""

    message: Text
    field: str = ""
    part: str = ""


class Checked:
    """A definition with what is wrong with it; usable only if nothing is."""

    def __init__(self, definition: dict[str, Any], problems: list[Problem]) -> None:
        self.definition, self.problems = definition, problems


def blank_draft() -> dict[str, Any]:
    """A draft with nothing in it yet but what is usual."""
    return {
        "title": {"zh": "", "en": ""},
        "letter": {"zh": "", "en": ""},
        "follow_up": True,
        "days": None,
        "keep": {"months": 36, "after": "closed"},
        "roles": [*ALWAYS, "auxiliary", "branch"],
        "columns": [],
        "headline": [],
        "lists": {},
        "fields": [],
        "below": [],
    }


def check(draft: Mapping[str, Any]) -> Checked:
    """Check a draft and read its expressions; the draft itself stays as it is."""
    told = {**blank_draft(), **copy.deepcopy(dict(draft))}
    problems = [*_heading(told), *_names(told), *_fields(told), *_saids(told)]
    problems += _lists(told)
    if not problems:
        problems += _circles(told)
        told["headline"] = [n for n in told["headline"] if n in _by_name(told)] or headline_of(
            told["fields"]
        )
        told["columns"] = [n for n in told["columns"] if _columnable(told, n)] or columns_of(
            told["fields"], told["headline"]
        )
    return Checked(told, problems)


def every_field(told: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """All fields, each with the rows it stands in."""
    for field in told["fields"]:
        yield field, None
        for sub in field.get("fields", ()):
            yield sub, field


def _by_name(told: Mapping[str, Any]) -> dict[str, Any]:
    return {field["name"]: field for field in told["fields"]}


def _columnable(told: Mapping[str, Any], name: str) -> bool:
    field = _by_name(told).get(name)
    return field is not None and field["kind"] not in _SHOWN


def _heading(told: dict[str, Any]) -> Iterator[Problem]:
    """Title, letter, deadline, retention, roles."""
    title = told["title"]
    if not (title.get("zh") or title.get("en")):
        yield Problem(_("Give the ledger a title."), part="title")
    if any(len(str(text)) > LONGEST_TITLE for text in title.values()):
        yield Problem(_("A title has at most 80 characters."), part="title")
    if any(len(str(text)) > 2 or re.search(r"[\d\s-]", text) for text in told["letter"].values()):
        yield Problem(
            _("Serial numbers begin with one or two letters or characters, without digits."),
            part="letter",
        )
    days = told.get("days")
    if days is not None and not (isinstance(days, int) and 1 <= days <= MOST_DAYS):
        yield Problem(_("A deadline is from 1 to 3650 days; leave it blank for none."), part="days")
    keep = told["keep"]
    if not (isinstance(keep.get("months"), int) and 1 <= keep["months"] <= MOST_MONTHS):
        yield Problem(_("Entries are kept from 1 to 1200 months."), part="months")
    if keep.get("after") not in AFTER:
        yield Problem(_("Say from when entries are kept: closing or recording."), part="months")
    unknown = set(told["roles"]) - set(ROLES)
    if unknown:
        yield Problem(_("There is no role %(role)s.") % {"role": ", ".join(unknown)}, part="roles")
    told["roles"] = sorted({*ALWAYS, *told["roles"]} - unknown)


def _names(told: Mapping[str, Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    fields = list(every_field(told))
    if not any(not field.get("calculate") for field, _rows in fields):
        yield Problem(_("Add at least one field that is filled in."), part="fields")
    if len(fields) > MOST_FIELDS:
        yield Problem(
            _("A ledger has at most %(most)d fields; divide it into two ledgers.")
            % {"most": MOST_FIELDS},
            part="fields",
        )
    for field, _rows in fields:
        name = field["name"]
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            yield Problem(
                _(
                    "“%(name)s” is no name of a field. Write letters, digits and _ beginning with a "
                    "letter, at most 40: %(instead)s."
                )
                % {"name": name[:60], "instead": as_name(name)},
                name, "name",
            )  # fmt: skip
        elif name in RESERVED:
            yield Problem(
                _(
                    "The name “%(name)s” is used by Linli itself. Write %(name)s_1, also where it is "
                    "referred to as ${%(name)s}."
                )
                % {"name": name},
                name, "name",
            )  # fmt: skip
        elif name in seen:
            yield Problem(
                _("Two fields are called “%(name)s”. Write %(name)s_2 for the second one.")
                % {"name": name},
                name, "name",
            )  # fmt: skip
        seen.add(name)


def as_name(text: str) -> str:
    """The nearest thing to a text that may be a name."""
    bare = re.sub(r"\W+", "_", text).strip("_")[: LONGEST_NAME - 2]
    return bare if NAME.fullmatch(bare) else f"f_{bare}".rstrip("_")


def _fields(told: Mapping[str, Any]) -> Iterator[Problem]:
    people = 0
    for field, rows in every_field(told):
        name, kind = field["name"], field["kind"]
        if kind not in KINDS:
            yield Problem(_("There is no kind “%(kind)s”.") % {"kind": kind}, name, "kind")
            continue
        if rows is not None and kind not in IN_A_ROW:
            yield Problem(
                _("A field of this kind cannot stand in a group that repeats; put it outside."),
                name, "kind",
            )  # fmt: skip
        people += kind == "people"
        if kind == "people" and people > 1:
            yield Problem(_("A ledger has one field for people; it takes several."), name, "kind")
        if kind == "rows" and not field.get("fields"):
            yield Problem(_("A group that repeats needs fields in it."), name, "kind")
        if any(len(str(text)) > 200 for text in field["title"].values()):
            yield Problem(_("The title of a field has at most 200 characters."), name, "title")
        if kind in ("choice", "choices") and field.get("list") not in told["lists"]:
            yield Problem(
                _("There is no list of choices “%(list)s”. Add its rows to the sheet choices.")
                % {"list": field.get("list") or ""},
                name, "list",
            )  # fmt: skip
        least, most = field.get("least"), field.get("most")
        if least is not None and most is not None and least > most:
            yield Problem(_("The least value is more than the most."), name, "least")
        yield from _expressions(told, field, rows)


def _expressions(
    told: Mapping[str, Any], field: dict[str, Any], rows: Mapping[str, Any] | None
) -> Iterator[Problem]:
    """Read the expressions of a field into trees."""
    for part in EXPRESSIONS:
        expression = field.get(part)
        if not expression or not str(expression.get("text", "")).strip():
            field.pop(part, None)
            continue
        yield from _expression(told, field, part, expression, rows)


def _expression(
    told: Mapping[str, Any],
    field: Mapping[str, Any],
    part: str,
    expression: dict[str, Any],
    rows: Mapping[str, Any] | None,
) -> Iterator[Problem]:
    name = field["name"]
    try:
        tree = read(expression["text"])
    except RefusedExpressionError as refused:
        where = _("%(message)s (character %(at)d)") % {"message": refused.message, "at": refused.at}
        yield Problem(where, name, part)
        return
    expression["tree"] = tree
    if part != "constraint" and _has_own(tree):
        yield Problem(
            _("“.” stands for the value in a constraint only; write ${name}."), name, part
        )
    for other in sorted(names_in(tree)):
        if message := _reference(told, other, rows):
            yield Problem(message, name, part)


def _has_own(tree: Any) -> bool:
    if not isinstance(tree, list):
        return False
    return tree == ["."] or any(_has_own(one) for one in tree[1:])


def _reference(told: Mapping[str, Any], name: str, rows: Mapping[str, Any] | None) -> str:
    """Why a reference cannot be, "" where it can."""
    for field, inside in every_field(told):
        if field["name"] != name:
            continue
        if inside is not None and inside is not rows:
            return _(
                "${%(name)s} stands in a group that repeats and has many values; it can be used "
                "within that group only."
            ) % {"name": name}
        if field["kind"] in ("people", "rows"):
            return _("${%(name)s} has no single value that an expression could use.") % {
                "name": name
            }
        return ""
    return _("There is no field “%(name)s” to refer to; see how its name is written.") % {
        "name": name
    }


def _saids(told: Mapping[str, Any]) -> Iterator[Problem]:
    """Headings and notes with their conditions."""
    for field, rows in every_field(told):
        for said in field.get("above", ()):
            if said.get("shown_if"):
                yield from _expression(told, field, "shown_if", said["shown_if"], rows)
    for said in told["below"]:
        if said.get("shown_if"):
            yield from _expression(told, {"name": ""}, "shown_if", said["shown_if"], None)


def _lists(told: Mapping[str, Any]) -> Iterator[Problem]:
    several = {
        field.get("list") for field, _rows in every_field(told) if field["kind"] == "choices"
    }
    used = {field.get("list") for field, _rows in every_field(told)}
    for name, choices in told["lists"].items():
        if name not in used:
            continue
        if not choices:
            yield Problem(_("A choice needs choices."), name, "list")
        if len(choices) > MOST_CHOICES:
            yield Problem(
                _("A list has at most %(most)d choices.") % {"most": MOST_CHOICES}, name, "list"
            )
        yield from _codes(name, choices, name in several)


def _codes(name: str, choices: Iterable[Mapping[str, Any]], several: bool) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, choice in enumerate(choices):
        code = str(choice["code"])
        if code in seen:
            message = _("Two choices of one list are called “%(code)s”. Give them different names.")
            yield Problem(message % {"code": code}, name, f"choice {number}")
        elif len(code) > 60 or (several and not _CODE.fullmatch(code)):
            message = _("“%(code)s” is no name of a choice. Write it without blanks: %(instead)s.")
            yield Problem(
                message % {"code": code[:60], "instead": re.sub(r"\s+", "_", code)[:60]},
                name, f"choice {number}",
            )  # fmt: skip
        seen.add(code)


def _circles(told: Mapping[str, Any]) -> Iterator[Problem]:
    """Calculations and conditions that wait for each other."""
    needs = {
        field["name"]: set().union(
            *(names_in((field.get(part) or {}).get("tree")) for part in ("shown_if", "calculate"))
        )
        for field, _rows in every_field(told)
    }
    try:
        in_order(needs)
    except CircularError as circle:
        yield Problem(
            _("These fields wait for each other, so none can be worked out: %(names)s. Leave one "
              "of the references away.")
            % {"names": " → ".join(circle.names)},
            circle.names[0],
            next((p for p in ("calculate", "shown_if")
                  if circle.names[1] in names_in((_part(told, circle.names[0], p)))), "calculate"),
        )  # fmt: skip


def _part(told: Mapping[str, Any], name: str, part: str) -> Any:
    found = next(field for field, _rows in every_field(told) if field["name"] == name)
    return (found.get(part) or {}).get("tree")
