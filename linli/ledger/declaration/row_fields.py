"""Several of something in one field: what the kinds CHOICES, ROWS and FILES do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from linli.ledger.declaration.ledger import Field

MOST_ROWS = 200
MOST_FILES = 50
# What a row that an action added keeps beside its sub-fields: when it was done, and by whom.
SIGNED = ("at", "by")
# The kinds a sub-field of a row may have.
IN_A_ROW = (
    "text", "narrative", "place", "moment", "date", "integer", "decimal", "choice", "choices",
    "flag", "staff",
)  # fmt: skip

_APART = re.compile(r"[;；\n]")
_BETWEEN = re.compile(r"[;；、,，\n]")


def clean_choices(value: Any, field: Field) -> list[str]:
    """Codes in declared order, from a list or from words with ; ； 、 or , between them."""
    from linli.ledger.declaration.kinds import CHOICE

    if isinstance(value, str):
        given: list[Any] = [one for part in _APART.split(value) for one in _titles(part, field)]
    elif isinstance(value, Sequence):
        given = list(value)
    else:
        raise ValidationError(_("This must be a list of choices."), code="type")
    said = {CHOICE.clean(one, field) for one in given if not isinstance(one, str) or one.strip()}
    if field.required and not said:
        raise ValidationError(_("Choose at least one."), code="required")
    return [choice.code for choice in field.choices if choice.code in said]


def apart(text: str) -> list[str]:
    """The words of a list as people write it: with ; ； 、 or , between them."""
    return [
        one for part in _APART.split(text) for one in map(str.strip, _BETWEEN.split(part)) if one
    ]


def _titles(part: str, field: Field) -> list[str]:
    """A title may have a comma in it: what is a choice as it stands is one."""
    whole = part.strip()
    alone = any(whole in (choice.code, str(choice.title)) for choice in field.choices)
    return [whole] if alone else _BETWEEN.split(part)


def choices_text(value: Any, field: Field) -> str:
    return _g("; ").join(str(field.choice_title(code)) for code in value)


def choices_schema(field: Field) -> dict[str, Any]:
    codes = [choice.code for choice in field.choices]
    return {
        "type": "array", "items": {"type": "string", "enum": codes}, "uniqueItems": True,
    }  # fmt: skip


def blank(value: Any) -> bool:
    """Whether nothing was said: no value, no words, nothing in a list or an object."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == [] or value == {}


def clean_rows(value: Any, field: Field) -> list[dict[str, Any]]:
    """A list of objects by the names of the sub-fields; rows with nothing in them are left out.

    `at` and `by` of a row are passed on: the entry itself knows which rows have them (see `own`).
    Raises ValidationError whose messages begin with the row's number and the sub-field.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ValidationError(_("This must be a list of rows."), code="type")
    if len(value) > MOST_ROWS:
        raise ValidationError(_("At most %(most)d rows fit here."), params={"most": MOST_ROWS})
    rows, problems = [], []
    for number, raw in enumerate(value, 1):
        if not isinstance(raw, Mapping):
            raise ValidationError(_("Each row must be an object."), code="type")
        row, wrong = _clean_row(raw, field, number)
        problems += wrong
        if row:
            rows.append({**row, **{key: str(raw[key]) for key in SIGNED if raw.get(key)}})
    if problems:
        raise ValidationError(problems)
    if field.required and not rows:
        raise ValidationError(_("Enter at least one row."), code="required")
    return rows


def _clean_row(
    raw: Mapping[str, Any], field: Field, number: int
) -> tuple[dict[str, Any], list[ValidationError]]:
    known = {sub.name for sub in field.fields}
    row: dict[str, Any] = {}
    wrong = [
        _in_row(number, name, _("There is no such field here."), "unknown")
        for name in raw
        if name not in known and name not in SIGNED
    ]
    if not wrong and all(blank(raw.get(name)) for name in known):
        return {}, []
    for sub in field.fields:
        given = raw.get(sub.name)
        if blank(given):
            if sub.required and sub.always_asked:
                wrong.append(_in_row(number, sub.title, _("Fill this in."), "required"))
            continue
        try:
            row[sub.name] = sub.kind.clean(given, sub)
        except ValidationError as error:
            wrong += [
                _in_row(number, sub.title, problem, error.error_list[0].code or "row")
                for problem in error.messages
            ]
    return row, wrong


def clean_parts(value: Any, field: Field) -> list[dict[str, Any]]:
    """Rows of a table of their own, as `clean_rows`; a row with the `id` of one that is there is that
    one with new values."""
    given = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None
    if given is None or not all(isinstance(raw, Mapping) for raw in given):
        raise ValidationError(_("This must be a list of rows."), code="type")
    said = [{n: v for n, v in raw.items() if n != "id"} for raw in given]
    kept = [(raw, str(whole.get("id") or "")) for raw, whole in zip(said, given, strict=True)]
    kept = [(raw, id) for raw, id in kept if not all(blank(one) for one in raw.values())]
    rows = clean_rows([raw for raw, _id in kept], field)
    return [row | ({"id": id} if id else {}) for row, (_raw, id) in zip(rows, kept, strict=True)]


def _in_row(number: int, title: Any, problem: Any, code: str) -> ValidationError:
    said = {"number": number, "field": title, "problem": problem}
    return ValidationError(_g("%(number)d, %(field)s: %(problem)s") % said, code=code)


def own(rows: Iterable[Mapping[str, Any]], present: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Rows as they are kept: with `at` and `by` only where the entry has a row with the same, and no
    oftener, so that nobody types who was there."""
    signed = Counter(tuple(row.get(key) for key in SIGNED) for row in present)
    kept = []
    for row in rows:
        mark = tuple(row.get(key) for key in SIGNED)
        if signed[mark] > 0:
            signed[mark] -= 1
            kept.append(dict(row))
        else:
            kept.append({name: value for name, value in row.items() if name not in SIGNED})
    return kept


def row_facts(value: Any, field: Field) -> list[dict[str, Any]]:
    """Rows as rules see them: times as moments, days as days, blanks as None."""
    from linli.ledger.declaration.kinds import MOMENT

    rows = []
    for kept in value:
        row = {sub.name: fact(sub, kept.get(sub.name)) for sub in field.fields}
        if kept.get("id"):
            row["id"] = kept["id"]
        if kept.get("at"):
            row |= {"at": fact_of_kind(MOMENT, kept["at"], field), "by": kept.get("by", "")}
        rows.append(row)
    return rows


def fact(field: Field, value: Any) -> Any:
    """A kept value as rules see it."""
    return fact_of_kind(field.kind, value, field)


def fact_of_kind(kind: Any, value: Any, field: Field) -> Any:
    return kind.fact(value, field) if kind.fact and value is not None else value


def row_text(row: Mapping[str, Any], field: Field) -> str:
    """One row in words: the sub-fields that say something, with their titles but for the first."""
    said = [
        (sub, _cell_text(sub, row[sub.name]))
        for sub in field.fields
        if not blank(row.get(sub.name))
    ]
    # A sentence's own full stop does not stand before the semicolon.
    said = [(sub, text.rstrip("。")) for sub, text in said[:-1]] + said[-1:]
    return _g("; ").join(
        text if not number else _g("%(title)s: %(text)s") % {"title": sub.title, "text": text}
        for number, (sub, text) in enumerate(said)
    )


def _cell_text(sub: Field, value: Any) -> str:
    """Within a row several choices stand with commas: the semicolon parts the sub-fields."""
    if sub.kind.code == "choices":
        return pgettext("between choices", ", ").join(str(sub.choice_title(code)) for code in value)
    return str(sub.kind.text(value, sub))


def rows_text(value: Any, field: Field) -> str:
    return "\n".join(row_text(row, field) for row in value)


def searched_texts(value: Any, field: Field) -> Iterator[tuple[Field, str]]:
    """What of the rows goes into the full-text index."""
    for row in value:
        for sub in field.fields:
            if (sub.searched or field.searched) and not blank(row.get(sub.name)):
                yield sub, str(sub.kind.text(row[sub.name], sub))


def rows_schema(field: Field) -> dict[str, Any]:
    properties = {
        sub.name: {**sub.kind.schema(sub), "title": str(sub.title), "x-kind": sub.kind.code}
        for sub in field.fields
    }
    kept = {"type": "string", "x-kind": "row"}
    return {
        "type": "array",
        "maxItems": MOST_ROWS,
        "items": {
            "type": "object",
            "properties": {
                **properties,
                "at": {**kept, "format": "date-time", "readOnly": True},
                "by": {**kept, "readOnly": True},
            },
            "required": [s.name for s in field.fields if s.required and s.always_asked],
        },
    }


def parts_schema(field: Field) -> dict[str, Any]:
    """As of rows; each has its id, by which a change says that it stays."""
    schema = rows_schema(field)
    shape = schema["items"]
    kept = {name: one for name, one in shape["properties"].items() if name not in SIGNED}
    shape["properties"] = {**kept, "id": {"type": "string", "format": "uuid"}}
    return schema


def clean_files(value: Any, field: Field) -> list[str]:
    """Ids of uploaded files, each once, in the order given."""
    given = _BETWEEN.split(value) if isinstance(value, str) else value
    if not isinstance(given, Sequence):
        raise ValidationError(_("This must be a list of files."), code="type")
    if len(given) > MOST_FILES:
        raise ValidationError(_("At most %(most)d files fit here."), params={"most": MOST_FILES})
    try:
        ids = [str(UUID(str(one).strip())) for one in given if str(one).strip()]
    except ValueError:
        raise ValidationError(_("This file is not known here."), code="file") from None
    return list(dict.fromkeys(ids))


def files_text(value: Any, field: Field) -> str:
    return _g("%(count)d files") % {"count": len(value)}
