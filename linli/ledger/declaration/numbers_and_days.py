"""Days and numbers as they are typed, sent or stand in a cell; what the kinds DATE, INTEGER and
DECIMAL do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, times
from linli.ground.codes import halfwidth

if TYPE_CHECKING:
    from linli.ledger.declaration.ledger import Field

# Beyond this a JSON number is not read back as it was written, by a browser or a database.
LARGEST = 10**12
_PLACES = Decimal("0.000001")
_GROUPING = str.maketrans("", "", ",_ \u00a0\u2009")


def clean_date(value: Any, field: Field) -> date:
    """A calendar day as it may be typed; without a year it is a day of this one."""
    try:
        return times.read_day(value, year=clock.local(clock.now()).year).day
    except times.Unreadable as unreadable:
        raise ValidationError(str(unreadable.message), code=unreadable.code) from None


def date_text(value: Any, field: Field) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def as_date(value: Any, field: Field) -> date:
    """The day that the kept text says."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def as_moment(value: Any, field: Field) -> datetime:
    """The moment that the kept text says."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def clean_integer(value: Any, field: Field) -> int:
    number = _number(value, field)
    if number != number.to_integral_value():
        raise ValidationError(_("This must be a whole number."), code="integer")
    return int(_bounded(number, field))


def clean_decimal(value: Any, field: Field) -> float:
    """Kept as a JSON number of at most six places, rounded as one does by hand."""
    number = _bounded(_number(value, field), field).quantize(_PLACES, ROUND_HALF_UP)
    return float(number) + 0.0  # never the -0.0 that a database gives back as 0


def _number(value: Any, field: Field) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValidationError(_("This must be a number."), code="number")
    said = value
    if isinstance(value, str):
        said = halfwidth(value.strip().removesuffix(str(field.unit))).translate(_GROUPING)
    try:
        number = Decimal(said) if isinstance(said, str | int) else Decimal(str(said))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValidationError(
            _("“%(value)s” is not a number."), code="number", params={"value": str(value)[:40]}
        )
    if abs(number) >= LARGEST:
        raise ValidationError(_("This number is too large."), code="number")
    return number


def _bounded(number: Decimal, field: Field) -> Decimal:
    low, high = field.least, field.most
    if low is not None and number < Decimal(str(low)):
        raise ValidationError(
            _("At least %(least)s."), code="least", params={"least": number_text(low, field)}
        )
    if high is not None and number > Decimal(str(high)):
        raise ValidationError(
            _("At most %(most)s."), code="most", params={"most": number_text(high, field)}
        )
    return number


def number_text(value: Any, field: Field) -> str:
    """The number with its unit, without an exponent or idle zeros: "2.5 kg", "30元"."""
    digits = plain_number(value)
    unit = str(field.unit)
    if not unit:
        return digits
    return f"{digits} {unit}" if unit[0].isascii() and unit[0].isalpha() else f"{digits}{unit}"


def plain_number(value: Any) -> str:
    """The digits alone, as a box is filled with them."""
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_schema(field: Field, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind}
    if field.least is not None:
        schema["minimum"] = field.least
    if field.most is not None:
        schema["maximum"] = field.most
    if field.unit:
        schema["x-unit"] = str(field.unit)
    return schema
