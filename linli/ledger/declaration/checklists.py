"""Checklists 检查表: what an inspection looks at, item by item. A default file is shipped, a city
loads its own; an answer is "ok", "bad" or "na" (does not apply here)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from linli.ledger.declaration.ledger import Field

ANSWERS = {
    "ok": pgettext_lazy("check", "In order"),
    "bad": pgettext_lazy("check", "Not in order"),
    "na": pgettext_lazy("check", "Does not apply"),
}
MOST_NOTE = 200


def _title(zh: str, en: str) -> str:
    return en if (translation.get_language() or "zh").startswith("en") else zh


@dataclass(frozen=True)
class Item:
    """One thing that is looked at."""

    code: str
    zh: str
    en: str

    @property
    def title(self) -> str:
        return _title(self.zh, self.en)


@dataclass(frozen=True)
class Checklist:
    """The items for one kind of place or visit."""

    code: str
    zh: str
    en: str
    items: tuple[Item, ...]

    @property
    def title(self) -> str:
        return _title(self.zh, self.en)

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}


@dataclass(frozen=True)
class Checklists:
    """The lists of one ledger. `file` is the shipped TOML; LINLI_HOME/checklists/<name>.toml wins:
    the name of the ledger's folder, or of the file where it is not called checklists.toml."""

    file: Path

    @cached_property
    def lists(self) -> tuple[Checklist, ...]:
        name = self.file.parent.name if self.file.stem == "checklists" else self.file.stem
        own = Path(settings.HOME) / "checklists" / f"{name}.toml"
        with (own if own.exists() else self.file).open("rb") as opened:
            return tuple(_list(raw) for raw in tomllib.load(opened)["list"])

    @cached_property
    def by_code(self) -> Mapping[str, Checklist]:
        return {one.code: one for one in self.lists}

    def bad(self, value: Mapping[str, Any] | None) -> tuple[Item, ...]:
        """The items found bad, in the order of the list; none where nothing was checked."""
        return tuple(item for item, answer, _note in self.answered(value) if answer == "bad")

    def answered(self, value: Mapping[str, Any] | None) -> list[tuple[Item, str, str]]:
        """(item, answer, note) in the order of the list; an item that the list no longer has goes
        by its code."""
        if not value:
            return []
        answers, notes = value.get("answers") or {}, value.get("notes") or {}
        known = self.by_code.get(value.get("list", ""))
        items = dict(known.by_code) if known else {}
        items |= {code: Item(code, code, code) for code in answers if code not in items}
        return [
            (item, answers[code], notes.get(code, ""))
            for code, item in items.items()
            if code in answers
        ]

    def title_of(self, value: Mapping[str, Any]) -> str:
        code = value.get("list", "")
        return self.by_code[code].title if code in self.by_code else code


def _list(raw: Mapping[str, Any]) -> Checklist:
    items = tuple(Item(str(i["code"]), i["zh"], i["en"]) for i in raw["item"])
    if len({item.code for item in items}) < len(items):
        raise ValueError(f"checklist {raw['code']}: two items have one code")
    return Checklist(str(raw["code"]), raw["zh"], raw["en"], items)


def lists_of(field: Field) -> Checklists:
    """The lists a field is answered by."""
    if field.checklists is None:
        raise ValueError(f"the field {field.name} has no checklists")
    return field.checklists


def clean_checklist(value: Any, field: Field) -> dict[str, Any]:
    """{"list": code, "answers": {item: ok, bad or na}, "notes": {item: text}}, every item answered.

    Where there is one list it need not be named. Raises ValidationError naming what is missing.
    """
    if not isinstance(value, Mapping):
        raise ValidationError(_("This must be an answered checklist."), code="type")
    lists = lists_of(field)
    code = str(value.get("list") or (lists.lists[0].code if len(lists.lists) == 1 else ""))
    chosen = lists.by_code.get(code)
    if chosen is None:
        raise ValidationError(_("Choose the checklist."), code="checklist")
    answers, notes = value.get("answers") or {}, value.get("notes") or {}
    if not isinstance(answers, Mapping) or not isinstance(notes, Mapping):
        raise ValidationError(_("This must be an answered checklist."), code="type")
    _check_answers(chosen, answers, notes)
    kept = {
        "list": chosen.code,
        "answers": {item.code: str(answers[item.code]) for item in chosen.items},
    }
    said = {item.code: _note(notes.get(item.code), item) for item in chosen.items}
    return {**kept, "notes": {item: note for item, note in said.items() if note}}


def _check_answers(chosen: Checklist, answers: Mapping[str, Any], notes: Mapping[str, Any]) -> None:
    problems = []
    unknown = [str(code) for code in (*answers, *notes) if code not in chosen.by_code]
    if unknown:
        problems.append(
            ValidationError(
                _("Not on this checklist: %(items)s."), code="unknown",
                params={"items": ", ".join(unknown)[:200]},
            )
        )  # fmt: skip
    missing = [item.title for item in chosen.items if not answers.get(item.code)]
    if missing:
        problems.append(
            ValidationError(
                _("Not answered yet: %(items)s."), code="required",
                params={"items": _g("; ").join(missing)},
            )
        )  # fmt: skip
    for item in chosen.items:
        if answers.get(item.code) and answers[item.code] not in ANSWERS:
            problems.append(
                ValidationError(
                    _("%(item)s: answer with ok, bad or na."), code="answer",
                    params={"item": item.title},
                )
            )  # fmt: skip
    if problems:
        raise ValidationError(problems)


def _note(value: Any, item: Item) -> str:
    note = " ".join(str(value or "").replace("\x00", "").split())
    if len(note) > MOST_NOTE:
        raise ValidationError(
            _("%(item)s: at most %(most)d characters fit as a note."), code="too_long",
            params={"item": item.title, "most": MOST_NOTE},
        )  # fmt: skip
    return note


def checklist_text(value: Any, field: Field) -> str:
    """ "Fire safety: 12 in order, 2 not, 1 does not apply. Not in order: exit (locked); hose"."""
    lists = lists_of(field)
    found = lists.answered(value)
    counts = {said: sum(answer == said for _item, answer, _note in found) for said in ANSWERS}
    text = _g("%(list)s: %(ok)d in order, %(bad)d not, %(na)d not applicable.") % {
        "list": lists.title_of(value), **counts,
    }  # fmt: skip
    bad = [
        f"{item.title} ({note})" if note else item.title
        for item, answer, note in found
        if answer == "bad"
    ]
    if not bad:
        return text
    said = {"counts": text, "items": _g("; ").join(bad)}
    return _g("%(counts)s Not in order: %(items)s.") % said


def checklist_schema(field: Field) -> dict[str, Any]:
    lists = lists_of(field).lists
    return {
        "type": "object",
        "properties": {
            "list": {"type": "string", "enum": [one.code for one in lists]},
            "answers": {
                "type": "object",
                "additionalProperties": {"type": "string", "enum": list(ANSWERS)},
            },
            "notes": {
                "type": "object",
                "additionalProperties": {"type": "string", "maxLength": MOST_NOTE},
            },
        },
        "required": ["answers"],
        "x-checklists": [
            {
                "code": one.code,
                "title": one.title,
                "items": [{"code": item.code, "title": item.title} for item in one.items],
            }
            for one in lists
        ],
    }
