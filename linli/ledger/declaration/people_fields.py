"""People as a ledger or register asks for them: the parts of one, and how they are cleaned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import codes

if TYPE_CHECKING:
    from linli.ledger.declaration.ledger import Field

PARTS = ("role", "name", "phone", "id_number", "address", "note")
MOST_PEOPLE = 30
# What is kept when a file said something that could not be read: the words of the cell itself.
SAID = ("phone_said", "id_number_said")
_KEPT_PARTS = (*PARTS, *SAID)
_TELLING = (*(part for part in _KEPT_PARTS if part != "role"), "id")


def clean_people(value: Any, field: Field) -> list[dict[str, str]]:
    """A list of {role, name, phone, id_number, address, note}; rows with nothing but a role are
    left out. Raises ValidationError naming the row and what is wrong with it."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValidationError(_("This must be a list of people."), code="type")
    if len(value) > MOST_PEOPLE:
        raise ValidationError(_("At most %(most)d people fit here."), params={"most": MOST_PEOPLE})
    people, problems = [], []
    for number, raw in enumerate(value, 1):
        if not isinstance(raw, Mapping):
            raise ValidationError(_("Each person must be an object."), code="type")
        if not says_something(raw):
            continue
        person = {
            part: " ".join(str(said).split()) for part in _KEPT_PARTS if (said := raw.get(part))
        }
        problems += _problems(person, field, number)
        people.append({part: text for part, text in person.items() if text})
    if problems:
        raise ValidationError(problems)
    if field.required and not people:
        raise ValidationError(_("Enter at least one person."), code="required")
    return people


def says_something(raw: Mapping[str, Any]) -> bool:
    """Whether a row is about somebody: by more than a role, or by the id of a person known here."""
    return any(said and str(said).strip() for said in map(raw.get, _TELLING))


_CHECKS = {"phone": codes.phone, "id_number": codes.identity_number}


def _problems(person: dict[str, str], field: Field, number: int) -> list[ValidationError]:
    """Clean the parts in place; what could not be cleaned is told with the person's number."""
    problems = []
    role = person.get("role")
    if not role:
        person["role"] = field.choices[0].code
    elif not any(role == choice.code for choice in field.choices):
        problems.append(ValidationError(_g("Person %d: choose what they are.") % number))
    for part, check in _CHECKS.items():
        if person.get(part):
            try:
                person[part] = check(person[part])
            except codes.Refused as refused:
                problems.append(
                    ValidationError(
                        _g("Person %(number)d: %(problem)s")
                        % {"number": number, "problem": refused.message},
                        code=refused.code,
                    )
                )
    for part in ("name", "address", "note"):
        if len(person.get(part, "")) > 200:
            problems.append(ValidationError(_g("Person %d: at most 200 characters.") % number))
    return problems
