"""Works an expression out. Its twin in the browser is static/ledger/expressions.js: what is changed
here is changed there, and the table of cases says whether they agree."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from linli.ground import clock
from linli.ledger.declaration.expressions.patterns import fits

Value = str | float | bool

_NUMBER: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_DAY: Final = r"([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})"
_MOMENT: Final = re.compile(
    rf"{_DAY}(?:[T ]([0-9]{{2}}):([0-9]{{2}})(?::([0-9]{{2}})(?:\.[0-9]+)?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_EPOCH: Final = 719_163
_EAST: Final = 8 * 3600  # the one clock of the country
_BEYOND: Final = 1e15
_PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: the fields by name, the field it belongs to (`.`), day and moment."""

    values: Mapping[str, Any]
    own: Any = ""
    today: str = ""
    now: str = ""


def plain(value: Any) -> Value:
    """A field's value as expressions know it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return " ".join(one for one in value if isinstance(one, str))
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return str(value)


def judge(tree: Any, scope: Scope) -> Value:
    """The value of an expression; what cannot be worked out (a sum with nothing) is ""."""
    value = _value(tree, scope)
    if isinstance(value, float) and not isinstance(value, bool):
        if math.isnan(value):
            return ""
        return int(value) if value.is_integer() else value
    return value


def truth(tree: Any, scope: Scope) -> bool:
    """Whether an expression holds."""
    return _truth(_value(tree, scope))


def _value(tree: Any, scope: Scope) -> Value:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, int | float):
        return float(tree)
    operator, *parts = tree
    if operator == "$":
        return plain(scope.values.get(parts[0]))
    if operator == ".":
        return plain(scope.own)
    if operator == "and":
        return all(_truth(_value(part, scope)) for part in parts)
    if operator == "or":
        return any(_truth(_value(part, scope)) for part in parts)
    if operator == "if":
        return _value(parts[1] if _truth(_value(parts[0], scope)) else parts[2], scope)
    if operator == "today":
        return scope.today or clock.today().isoformat()
    if operator == "now":
        return scope.now or str(plain(clock.now()))
    if operator == "regex":
        return fits(parts[1], text_of(_value(parts[0], scope)))
    return _of(operator, [_value(part, scope) for part in parts])


def _of(operator: str, values: list[Value]) -> Value:
    """Operators that want all their parts worked out."""
    if operator in ("=", "!="):
        return _same(values[0], values[1]) == (operator == "=")
    if operator == "not":
        return not _truth(values[0])
    if operator == "selected":
        return text_of(values[1]).strip() in text_of(values[0]).split()
    if operator == "count-selected":
        return float(len(text_of(values[0]).split()))
    if operator == "string-length":
        return float(len(text_of(values[0])))
    if operator == "neg":
        return -_number(values[0])
    left, right = _number(values[0]), _number(values[1])
    if operator in ("<", "<=", ">", ">="):
        return _compared(operator, left, right)
    return _reckoned(operator, left, right)


def _compared(operator: str, left: float, right: float) -> bool:
    """A number that is none is neither less nor more than any."""
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        operator
    ]


def _reckoned(operator: str, left: float, right: float) -> float:
    if math.isnan(left) or math.isnan(right):
        return math.nan
    if operator in ("div", "mod") and right == 0:
        return math.nan
    value = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "div": lambda: left / right,
        "mod": lambda: math.fmod(left, right),
    }[operator]()
    return math.nan if abs(value) > _BEYOND else value


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) == _truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return _number(left) == _number(right)
    if left == right:
        return True
    days = _days(left), _days(right)
    return not math.isnan(days[0]) and days[0] == days[1]


def _truth(value: Value) -> bool:
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def _number(value: Value) -> float:
    """A number, a number in a text, or the days since 1970 of a day; else no number (NaN)."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value if abs(value) <= _BEYOND else math.nan
    text = value.strip(" \t\r\n")
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number if abs(number) <= _BEYOND else math.nan
    return _days(text)


def _days(text: str) -> float:
    """Days since 1970 in local time; parts of a day for a moment."""
    found = _MOMENT.fullmatch(text.strip(" \t\r\n"))
    if not found:
        return math.nan
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return math.nan
    if found[4] is None:
        return float(days)
    if hour > 23 or minute > 59 or second > 59:
        return math.nan
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    return (seconds + _EAST - _offset(found[7])) / 86_400


def _offset(zone: str | None) -> int:
    if zone is None:
        return _EAST
    if zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def text_of(value: Value) -> str:
    """A value as a text, numbers to six places."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return ""
    rounded = Decimal(value).quantize(_PLACES, ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
