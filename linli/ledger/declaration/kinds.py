"""The kinds of things a ledger can ask for. One immutable object each: how it is cleaned, how it
is classed, masked and put into words. Forms, import, API and sync all use the same `clean`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from linli.ground import clock, codes, times
from linli.ledger.declaration import checklists, numbers_and_days, row_fields
from linli.ledger.declaration.people_fields import clean_people

if TYPE_CHECKING:
    from linli.ledger.declaration.categories import CategoryTree
    from linli.ledger.declaration.ledger import Field

MAX_TEXT = 200
MAX_LONG_TEXT = 10_000
MOST_NAMED = 20  # choices that a refusal names


@dataclass(frozen=True)
class Kind:
    """`clean` takes what was typed, sent or read from a cell (never None or blank) and gives the
    value to keep; it raises ValidationError in the user's words. `text` puts a value into words,
    `schema` describes it for the API (JSON Schema). `fact` is what a rule sees of a value as it
    is kept in Entry.data (None: the value itself)."""

    code: str
    clean: Callable[[Any, Field], Any]
    privacy: str
    text: Callable[[Any, Field], str]
    schema: Callable[[Field], dict[str, Any]]
    mask: Callable[[Any], str] = lambda value: "***"
    fact: Callable[[Any, Field], Any] | None = None


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."), code="type")
    return value.replace("\r\n", "\n").replace("\x00", "").strip()


def _clean_text(value: Any, field: Field) -> str:
    text = " ".join(_string(value).split())
    return _limited(text, MAX_TEXT)


def _clean_long_text(value: Any, field: Field) -> str:
    return _limited(_string(value), MAX_LONG_TEXT)


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise ValidationError(
            ngettext(
                "This is %(over)d character too long; at most %(most)d fit.",
                "This is %(over)d characters too long; at most %(most)d fit.",
                len(text) - most,
            )
            % {"over": len(text) - most, "most": most},
            code="too_long",
        )
    return text


def _clean_moment(value: Any, field: Field) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return value
    now = clock.now()
    try:
        return times.read_moment(value, year=clock.local(now).year, now=now).at
    except times.Unreadable as unreadable:
        raise ValidationError(str(unreadable.message), code=unreadable.code) from None


def _clean_choice(value: Any, field: Field) -> str:
    if isinstance(value, str):
        said = value.strip()
        for choice in field.choices:  # codes first: to compare a title is to translate it
            if said == choice.code:
                return said
        for choice in field.choices:
            if said == str(choice.title):
                return choice.code
    raise ValidationError(
        _("“%(value)s” is not one of the choices: %(choices)s."),
        code="choice",
        params={
            "value": str(value)[:40],
            "choices": pgettext("between choices", ", ").join(
                str(choice.title) for choice in field.choices[:MOST_NAMED]
            )
            + (" …" if len(field.choices) > MOST_NAMED else ""),
        },
    )


def tree_of(field: Field) -> CategoryTree:
    """The tree of a field of the kind CATEGORY."""
    assert field.categories is not None, f"{field.name} has no tree"  # see checked_declarations
    return field.categories


def _clean_category(value: Any, field: Field) -> str:
    code = tree_of(field).find(_string(value))
    if code is None:
        raise ValidationError(
            _("There is no category “%(value)s”. Choose one from the list."),
            code="category",
            params={"value": str(value)[:40]},
        )
    return code


def _clean_flag(value: Any, field: Field) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() in ("1", "true", "on", "yes"):
        return True
    if str(value).strip().lower() in ("0", "false", "off", "no"):
        return False
    raise ValidationError(_("Answer with yes or no."), code="flag")


def _clean_staff(value: Any, field: Field) -> str:
    try:
        return str(value if isinstance(value, UUID) else UUID(str(value)))
    except ValueError:
        raise ValidationError(_("Choose a colleague from the list."), code="staff") from None


def _clean_thing(value: Any, field: Field) -> str:
    """The id of a thing; that it is there, and what it is called, the act finds out."""
    said = value.get("id") if isinstance(value, Mapping) else value
    try:
        return str(said if isinstance(said, UUID) else UUID(str(said)))
    except ValueError:
        raise ValidationError(_("Choose one from the register."), code="thing") from None


def _thing_text(value: Any, field: Field) -> str:
    return str(value.get("name") or "") if isinstance(value, Mapping) else str(value)


def _clean_point(value: Any, field: Field) -> tuple[float, float]:
    try:
        if isinstance(value, str):
            lon, lat = (float(part) for part in value.split(","))
        else:
            lon, lat = (float(part) for part in value)
    except (TypeError, ValueError):
        raise ValidationError(
            _("A point is longitude, latitude: 114.32,30.57"), code="point"
        ) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValidationError(
            _("Longitude is from -180 to 180, latitude from -90 to 90."), code="point"
        )
    return (round(lon, 6), round(lat, 6))


def coded(clean: Callable[[str], str]) -> Callable[[Any, Field], str]:
    """A check from ground/codes as a kind's clean."""

    def run(value: Any, field: Field) -> str:
        try:
            return clean(value if isinstance(value, str) else str(value))
        except codes.Refused as refused:
            raise ValidationError(str(refused.message), code=refused.code) from None

    return run


def _plain(value: Any, field: Field) -> str:
    return str(value)


def _choice_text(value: Any, field: Field) -> str:
    return str(field.choice_title(value))


def _category_text(value: Any, field: Field) -> str:
    return tree_of(field).text(value)


def moment_text(value: Any, field: Field | None = None) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def _staff_text(value: Any, field: Field) -> str:
    from linli.org.tree import names

    return names([UUID(str(value))]).get(UUID(str(value)), "")


def _schema(**schema: Any) -> Callable[[Field], dict[str, Any]]:
    return lambda field: schema


def _choice_schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "enum": [choice.code for choice in field.choices]}


def _people_text(value: Any, field: Field) -> str:
    return "; ".join(str(person.get("name") or "") for person in value)


_PERSON_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        name: {"type": "string"}
        for name in ("role", "name", "phone", "id_number", "address", "note")
    },
}

TEXT = Kind("text", _clean_text, "internal", _plain, _schema(type="string", maxLength=MAX_TEXT))
PLACE = Kind("place", _clean_text, "personal", _plain, _schema(type="string", maxLength=MAX_TEXT))
NARRATIVE = Kind(
    "narrative", _clean_long_text, "personal", _plain,
    _schema(type="string", maxLength=MAX_LONG_TEXT),
)  # fmt: skip
MOMENT = Kind(
    "moment", _clean_moment, "internal", moment_text, _schema(type="string", format="date-time"),
    fact=numbers_and_days.as_moment,
)  # fmt: skip
DATE = Kind(
    "date", numbers_and_days.clean_date, "internal", numbers_and_days.date_text,
    _schema(type="string", format="date"), fact=numbers_and_days.as_date,
)  # fmt: skip
INTEGER = Kind(
    "integer", numbers_and_days.clean_integer, "internal", numbers_and_days.number_text,
    lambda field: numbers_and_days.number_schema(field, "integer"),
)  # fmt: skip
DECIMAL = Kind(
    "decimal", numbers_and_days.clean_decimal, "internal", numbers_and_days.number_text,
    lambda field: numbers_and_days.number_schema(field, "number"),
)  # fmt: skip
CHOICE = Kind("choice", _clean_choice, "internal", _choice_text, _choice_schema)
CHOICES = Kind(
    "choices",
    row_fields.clean_choices,
    "internal",
    row_fields.choices_text,
    row_fields.choices_schema,
)
CATEGORY = Kind("category", _clean_category, "internal", _category_text, _schema(type="string"))
FLAG = Kind(
    "flag", _clean_flag, "internal", lambda v, f: str(_("yes") if v else _("no")),
    _schema(type="boolean"),
)  # fmt: skip
STAFF = Kind("staff", _clean_staff, "internal", _staff_text, _schema(type="string", format="uuid"))
POINT = Kind(
    "point", _clean_point, "personal", lambda v, f: f"{v[0]},{v[1]}",
    _schema(type="array", items={"type": "number"}, minItems=2, maxItems=2),
)  # fmt: skip
PHONE = Kind(
    "phone", coded(codes.phone), "sensitive", _plain, _schema(type="string"), codes.mask_phone
)
IDENTITY = Kind(
    "identity", coded(codes.identity_number), "sensitive", _plain, _schema(type="string"),
    codes.mask_identity,
)  # fmt: skip
PEOPLE = Kind(
    "people", clean_people, "sensitive", _people_text,
    _schema(type="array", items=dict(_PERSON_SCHEMA)),
)  # fmt: skip
ROWS = Kind(
    "rows", row_fields.clean_rows, "personal", row_fields.rows_text, row_fields.rows_schema,
    fact=row_fields.row_facts,
)  # fmt: skip
CHECKLIST = Kind(
    "checklist", checklists.clean_checklist, "personal", checklists.checklist_text,
    checklists.checklist_schema,
)  # fmt: skip
FILES = Kind(
    "files", row_fields.clean_files, "personal", row_fields.files_text,
    _schema(type="array", items={"type": "string", "format": "uuid"}, uniqueItems=True),
)  # fmt: skip
PARTS = Kind(
    "parts", row_fields.clean_parts, "personal", row_fields.rows_text, row_fields.parts_schema,
    fact=row_fields.row_facts,
)  # fmt: skip
CREDIT_CODE = Kind(
    "credit_code", coded(codes.credit_code), "internal", _plain,
    _schema(type="string", minLength=18, maxLength=18),
)  # fmt: skip
THING = Kind("thing", _clean_thing, "internal", _thing_text, _schema(type="string", format="uuid"))
