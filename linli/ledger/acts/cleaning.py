"""From what was typed, sent or read to values: each field by its kind, then the rules together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration import conditions
from linli.ledger.declaration.common_actions import STEP_FIELDS
from linli.ledger.declaration.ledger import Action, Ask, Facts, Field, Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import SINCE, THING_FIELDS, UNTIL


def field_of(register: Register, name: str) -> Field:
    """A field of the register, or of the actions every ledger or thing has."""
    return register.by_name.get(name) or STEP_FIELDS.get(name) or THING_FIELDS[name]


def field_asked(ledger: Register, action: Action, name: str) -> Field:
    """What an action asks for under this name: part of the row it adds, or a field."""
    sub = ledger.by_name[action.adds].sub(name) if action.adds else None
    return sub or field_of(ledger, name)


def asked(ledger: Register, action: Action) -> tuple[Ask, ...]:
    """What an action asks for; a correction may touch every field of the ledger."""
    if action.name == "correct" and not action.asks:
        return tuple(Ask(field.name) for field in ledger.fields)
    return action.asks


def clean_asked(
    ledger: Register,
    action: Action,
    data: Mapping[str, Any],
    *,
    only_given: bool = False,
    as_history: bool = False,
    present: Facts | None = None,
) -> dict[str, Any]:
    """The cleaned values of what the action asks for; None where nothing was given.

    `only_given` leaves out what `data` does not mention (a correction of some fields);
    `as_history` asks for nothing: an old book may have left any column blank. `present` are the
    facts of an entry that exists, which conditions of an own ledger may ask for.
    Raises ValidationError with all problems by field name.
    """
    if as_history and not only_given:
        return _clean_history(ledger, action, data, present)
    asks = asked(ledger, action)
    cleaned: dict[str, Any] = {}
    errors: dict[str, Any] = unknown_names(data, (ask.name for ask in asks))
    for ask in asks:
        value = data.get(ask.name)
        if only_given and ask.name not in data:
            continue
        field = field_asked(ledger, action, ask.name)
        try:
            cleaned[ask.name] = clean_value(
                field,
                value,
                required=(ask.required or field.required) and field.always_asked,
            )
        except ValidationError as error:
            errors[ask.name] = error
    if ledger.designed:
        conditions.settle(ledger, asks, cleaned, errors, present, as_history=False)
    if errors:
        raise ValidationError(errors)
    return cleaned


def _clean_history(
    ledger: Register, action: Action, data: Mapping[str, Any], present: Facts | None
) -> dict[str, Any]:
    """What an old book says, which asks for nothing and may name any field: it also says what
    became of the matter. A hundred thousand rows come this way, so it only looks at what is there."""
    asks, known = _history(ledger, action)
    cleaned: dict[str, Any] = dict.fromkeys(asks)
    errors: dict[str, Any] = {}
    for name, value in data.items():
        field = known.get(name)
        if field is None:
            errors |= unknown_names({name: value}, ())
        elif value is None:
            cleaned[name] = None
        else:
            try:
                cleaned[name] = clean_value(field, value, required=False)
            except ValidationError as error:
                errors[name] = error
                cleaned.pop(name, None)
    if ledger.designed:
        all_asks = (*asks.values(), *(Ask(name) for name in data if name not in asks))
        conditions.settle(ledger, all_asks, cleaned, errors, present, as_history=True)
    if errors:
        raise ValidationError(errors)
    return cleaned


def _history(ledger: Register, action: Action) -> tuple[Mapping[str, Ask], Mapping[str, Field]]:
    """What the action asks for, and every field that a row of an old book may say, by name."""
    found: tuple[Mapping[str, Ask], Mapping[str, Field]] | None
    found = ledger.worked_out.get(("history", action.name))
    if found is None:
        asks = {ask.name: ask for ask in asked(ledger, action)}
        known = {name: field_asked(ledger, action, name) for name in asks}
        if isinstance(
            ledger, Thing
        ):  # an old list says when one ended, a form does so by ending it
            known |= {"since": SINCE, "until": UNTIL}
        found = ledger.worked_out["history", action.name] = asks, dict(ledger.by_name) | known
    return found


def unknown_names(data: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    names = set(known)
    return {
        name: ValidationError(_("There is no such field here."), code="unknown")
        for name in data
        if name not in names
    }


def clean_value(field: Field, value: Any, *, required: bool) -> Any:
    """One value by its kind; blank is None, or an error where the field is required."""
    if not value.strip() if isinstance(value, str) else value is None or value in ([], {}):
        if required:
            raise ValidationError(conditions.REQUIRED, code="required")
        return None
    return field.kind.clean(value, field)


def facts_of(ledger: Ledger, values: Mapping[str, Any]) -> Facts:
    """An entry's fields by name, times as aware datetimes: what rules are written against."""
    facts: dict[str, Any] = {
        "received_at": values["received_at"],
        "responsible": values["responsible"],
        "past": values["past"],
        "state": values["state"],
    }
    data = values["data"]
    for name, column, fact, field in _facts(ledger):
        value = values[column] if column else data.get(name)
        facts[name] = value if fact is None or value is None else fact(value, field)
    return facts


_Fact = Callable[[Any, Field], Any] | None


def _facts(ledger: Ledger) -> tuple[tuple[str, str, _Fact, Field], ...]:
    """The fields that rules see: name, column, what makes a fact of the kept value."""
    found: tuple[tuple[str, str, _Fact, Field], ...] | None = ledger.worked_out.get("facts")
    if found is None:
        found = ledger.worked_out["facts"] = tuple(
            (field.name, field.column, field.kind.fact, field)
            for field in ledger.fields
            if field.column != "lon,lat" and field.kind.code != "people"
        )
    return found


def run_checks(ledger: Register, action: Action, facts: Facts) -> None:
    """The rules of the ledger and of the action over the facts, all problems together."""
    errors: dict[str, list[Any]] = {}
    for check in (*ledger.checks, *((action.check,) if action.check else ())):
        try:
            check(facts)
        except ValidationError as error:
            for name, problems in _by_field(error).items():
                errors.setdefault(name, []).extend(problems)
    if errors:
        raise ValidationError(errors)


def _by_field(error: ValidationError) -> Mapping[str, list[Any]]:
    return error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
