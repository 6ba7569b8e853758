"""What the fields of an own ledger make of each other: which apply, what is worked out, what their
constraints refuse. The browser does the same while one types (static/ledger/conditions.js)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.expressions import Scope, in_order, judge, names_in, truth
from linli.ledger.declaration.expressions.judging import text_of
from linli.ledger.declaration.ledger import Ask, Facts, Field
from linli.ledger.declaration.register import Register

REQUIRED = _("Fill this in.")
UNFIT = _("This does not fit the rule of this field.")
_EPOCH = date(1970, 1, 1).toordinal()

Errors = dict[str, Any]


def told(field: Field) -> list[tuple[str, str]]:
    """What the browser must know of a field to do the same: (data attribute, value)."""
    trees = (("when", field.shown_if), ("fits", field.constraint), ("worked", field.calculate))
    said = [(name, orjson.dumps(tree).decode()) for name, tree in trees if tree is not None]
    if field.constraint is not None:
        said.append(("complaint", str(field.complaint or UNFIT)))
    return [("own", field.name), ("kind", field.kind.code), *said]


def needs(field: Field) -> set[str]:
    """The fields that decide whether this one applies, or what it is worked out to."""
    return names_in(field.shown_if) | names_in(field.calculate)


def order(fields: Iterable[Field]) -> list[Field]:
    """The fields, each after those it needs. Raises CircularError."""
    by_name = {field.name: field for field in fields}
    return [
        by_name[name]
        for name in in_order({name: needs(field) for name, field in by_name.items()})
        if name in by_name
    ]


def settle(
    ledger: Register,
    asks: Iterable[Ask],
    cleaned: dict[str, Any],
    errors: Errors,
    present: Facts | None,
    *,
    as_history: bool = False,
) -> None:
    """Bring what was cleaned into line with the conditions of the ledger: in `cleaned` a field that
    does not apply is None, a calculated one has its value; `errors` say what is missing or unfit.

    `present` are the facts of the entry that is changed (None: a new one). History is not asked for
    what it lacks and keeps what it says was calculated.
    """
    asked = {ask.name: ask for ask in asks if ask.name in ledger.by_name}
    values: dict[str, Any] = {**(present or {}), **cleaned}
    moved = set(cleaned) | set(errors) if present is not None else None
    for field in order(ledger.fields):
        if field.name not in asked:
            continue
        if moved is not None and not _touched(field, moved):
            continue
        name = field.name
        uncertain = bool(needs(field) & errors.keys())
        if field.shown_if is not None and not truth(field.shown_if, Scope(values)):
            errors.pop(name, None)
            _set(cleaned, values, name, None, present)
            continue
        if field.calculate is not None:
            if not (as_history and cleaned.get(name) is not None):
                errors.pop(name, None)
                try:
                    value = None if uncertain else calculated(field, Scope(values))
                except ValidationError as error:
                    errors[name], value = error, None
                _set(cleaned, values, name, value, present)
            continue
        value = values.get(name)
        if name in errors or uncertain:
            continue
        if value in (None, "", []):
            wanted = (field.required or asked[name].required) and field.shown_if is not None
            if wanted and not as_history:
                errors[name] = ValidationError(REQUIRED, code="required")
        elif problem := _unfit(field, value, values, errors):
            errors[name] = problem
        elif field.fields:
            _settle_rows(field, value, values, errors, as_history)


def _touched(field: Field, moved: set[str]) -> bool:
    """Whether a correction of these fields can change what holds for this one."""
    trees = (field.shown_if, field.calculate, field.constraint)
    return field.name in moved or any(names_in(tree) & moved for tree in trees)


def _set(
    cleaned: dict[str, Any], values: dict[str, Any], name: str, value: Any, present: Facts | None
) -> None:
    """A correction says only what is changed by it."""
    if present is None or name in cleaned or value != present.get(name):
        cleaned[name] = value
    values[name] = value


def _unfit(
    field: Field, value: Any, values: Mapping[str, Any], errors: Errors
) -> ValidationError | None:
    if field.constraint is None or names_in(field.constraint) & errors.keys():
        return None
    if truth(field.constraint, Scope(values, own=value)):
        return None
    return ValidationError(field.complaint or UNFIT, code="constraint")


def _settle_rows(
    field: Field, rows: list[Any], values: Mapping[str, Any], errors: Errors, as_history: bool
) -> None:
    """The same within each row, whose sub-fields also see the fields around it."""
    problems = []
    for number, row in enumerate(rows, 1):
        wrong: Errors = {}
        for sub in order(field.fields):
            here = {**values, **dict.fromkeys((s.name for s in field.fields), None), **row}
            if sub.shown_if is not None and not truth(sub.shown_if, Scope(here)):
                row.pop(sub.name, None)
            elif sub.calculate is not None:
                value = calculated(sub, Scope(here))
                row.pop(sub.name, None)
                if value is not None:
                    row[sub.name] = value
            elif row.get(sub.name) is None:
                if sub.required and sub.shown_if is not None and not as_history:
                    wrong[sub.name] = ValidationError(REQUIRED, code="required")
            elif problem := _unfit(sub, row[sub.name], here, wrong):
                wrong[sub.name] = problem
        problems += [
            ValidationError(
                _g("%(number)d, %(field)s: %(problem)s")
                % {
                    "number": number,
                    "field": next(s.title for s in field.fields if s.name == name),
                    "problem": _g("; ").join(problem.messages),
                },
                code="row",
            )
            for name, problem in wrong.items()
        ]
    if problems:
        errors[field.name] = ValidationError(problems)


def calculated(field: Field, scope: Scope) -> Any:
    """The value of a calculated field, as its kind keeps it; None for nothing. ValidationError."""
    value = judge(field.calculate, scope)
    if value == "":
        return None
    code = field.kind.code
    if code in ("integer", "decimal") and not isinstance(value, str | bool):
        return field.kind.clean(round(value) if code == "integer" else value, field)
    if code == "date" and not isinstance(value, str | bool):
        return _day(value)
    if code == "flag":
        return truth(field.calculate, scope)
    return field.kind.clean(text_of(value), field)


def _day(days: float) -> date | None:
    """The day that so many days after 1970-01-01 is; None beyond the calendar."""
    try:
        return date.fromordinal(_EPOCH + int(days // 1))
    except (ValueError, OverflowError):
        return None
