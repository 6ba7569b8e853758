"""A draft made by hand: fields put in, moved and taken out; conditions put together from choices.

Pure functions over the draft's JSON; a field inside rows is found by its name as any other.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.ground.words import pinyin
from linli.ledger.custom.definition import as_name, every_field

Draft = dict[str, Any]
YES, NO = _("yes"), _("no")

# Ways to compare, as one chooses them; how each is written.
FILLED: Final = ("filled", "blank")
LISTED: Final = ("selected", "not_selected")
ORDERED: Final = ("=", "!=", ">", ">=", "<", "<=")


def find(draft: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    return next((field for field, _rows in every_field(draft) if field["name"] == name), None)


def siblings(draft: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The list a field stands in: the form's own, or that of its rows."""
    for field, rows in every_field(draft):
        if field["name"] == name:
            found: list[dict[str, Any]] = (rows or draft)["fields"]
            return found
    return []


def put(
    draft: Mapping[str, Any], field: Mapping[str, Any], *, was: str = "", inside: str = ""
) -> Draft:
    """The draft with a field added (at the end, or inside rows) or, with `was`, changed in its place.
    References to a field that gets another name are changed with it."""
    new = copy.deepcopy(dict(draft))
    if was:
        here = siblings(new, was)
        place = next(n for n, one in enumerate(here) if one["name"] == was)
        kept = {key: here[place][key] for key in ("fields",) if key in here[place]}
        here[place] = {**kept, **field}
        if field["name"] != was:
            _rename(new, was, field["name"])
    else:
        rows = find(new, inside) if inside else None
        (rows.setdefault("fields", []) if rows else new["fields"]).append(dict(field))
    return new


def _rename(draft: Draft, old: str, name: str) -> None:
    reference = re.compile(rf"\$\{{\s*{re.escape(old)}\s*\}}")
    told = [said.get("shown_if") for said in draft.get("below", ())]
    for field, _rows in every_field(draft):
        told += [field.get(part) for part in ("shown_if", "constraint", "calculate")]
        told += [said.get("shown_if") for said in field.get("above", ())]
    for expression in filter(None, told):
        expression["text"] = reference.sub(f"${{{name}}}", expression["text"])
    for listed in ("columns", "headline"):
        draft[listed] = [name if one == old else one for one in draft[listed]]


def move(draft: Mapping[str, Any], name: str, by: int) -> Draft:
    """The draft with a field one place up (-1) or down (1)."""
    new = copy.deepcopy(dict(draft))
    here = siblings(new, name)
    place = next((n for n, one in enumerate(here) if one["name"] == name), 0)
    to = place + by
    if 0 <= to < len(here):
        here[place], here[to] = here[to], here[place]
    return new


def remove(draft: Mapping[str, Any], name: str) -> Draft:
    """The draft without a field; what refers to it is told when the draft is checked."""
    new = copy.deepcopy(dict(draft))
    here = siblings(new, name)
    here[:] = [one for one in here if one["name"] != name]
    for listed in ("columns", "headline"):
        new[listed] = [one for one in new[listed] if one != name]
    used = {field.get("list") for field, _rows in every_field(new)}
    new["lists"] = {code: choices for code, choices in new["lists"].items() if code in used}
    return new


def name_for(draft: Mapping[str, Any], title: str, wanted: str = "") -> str:
    """A name no field has yet: as wanted, or by the pinyin of the title."""
    bare = as_name(wanted) if wanted else as_name(pinyin(title).lower()) if title else "f"
    taken = {field["name"] for field, _rows in every_field(draft)}
    name, number = bare, 1
    while name in taken:
        number += 1
        name = f"{bare}_{number}"
    return name


def choices_from(text: str) -> list[dict[str, Any]]:
    """Choices as typed, one in a line: "楼道", "hall = 楼道", "hall = 楼道 | Hallway"."""
    choices: list[dict[str, Any]] = []
    taken: set[str] = set()
    for line in text.splitlines():
        if not line.strip():
            continue
        code, sign, rest = line.partition("=")
        titles = (rest if sign else line).split("|", 1)
        zh, en = titles[0].strip(), titles[1].strip() if len(titles) > 1 else ""
        code = code.strip() if sign else _code_of(zh, taken)
        taken.add(code)
        choices.append({"code": code, "title": {"zh": zh, "en": en}})
    return choices


def _code_of(title: str, taken: set[str]) -> str:
    bare = re.sub(r"\W+", "_", pinyin(title).lower(), flags=re.ASCII).strip("_")[:30] or "c"
    code, number = bare, 1
    while code in taken:
        number += 1
        code = f"{bare}_{number}"
    return code


def choices_text(choices: list[Mapping[str, Any]]) -> str:
    """Choices as they are typed, to be changed."""
    return "\n".join(
        f"{one['code']} = {one['title'].get('zh') or one['title'].get('en', '')}"
        + (f" | {one['title']['en']}" if one["title"].get("zh") and one["title"].get("en") else "")
        for one in choices
    )


def condition(draft: Mapping[str, Any], name: str, operator: str, value: str) -> str:
    """A condition from a field, a way to compare and a value, as an expression; the title of a
    choice is taken for the choice."""
    field = find(draft, name) or {}
    reference = f"${{{name}}}"
    if operator in FILLED:
        return f"{reference} {'!=' if operator == 'filled' else '='} ''"
    said = _choice(draft, field, value.strip())
    if field.get("kind") == "choices" and operator in ("=", "!="):
        operator = "selected" if operator == "=" else "not_selected"
    if operator in LISTED:
        call = f"selected({reference}, {_quoted(said)})"
        return call if operator == "selected" else f"not({call})"
    number = re.fullmatch(r"-?\d+(\.\d+)?", said)
    plain = number and field.get("kind") in ("integer", "decimal")
    return f"{reference} {operator} {said if plain else _quoted(said)}"


def _choice(draft: Mapping[str, Any], field: Mapping[str, Any], said: str) -> str:
    for choice in draft["lists"].get(field.get("list") or "", ()):
        if said in (choice["code"], *choice["title"].values()):
            return str(choice["code"])
    if field.get("kind") == "flag":
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said = {str(YES): "yes", str(NO): "no"}.get(said, said)
    return said


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
