"""Where the value of a field lives in a row, decided once: a typed column, the map point, `data`, or
rows of another table. What counts as nothing is decided here too (`blank`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from linli.ledger.declaration.row_fields import blank, own

POINT = "lon,lat"


@dataclass(frozen=True)
class Slot:
    """`columns` are those of the row that hold the value, () for what lives in another table.

    `get` takes a row (columns by name: a dict, or vars() of a model) and gives the kept value, None
    for nothing. `put` writes a cleaned value into such a dict, None for nothing; what lives in
    `data` is written into the row's own `data`, which the caller has copied (see `put_all`).
    """

    columns: tuple[str, ...]
    get: Callable[[Mapping[str, Any]], Any]
    put: Callable[[dict[str, Any], Any], None]


def in_column(column: str, *, nothing: Any = None, always: bool = False) -> Slot:
    """A typed column. `nothing` is what it holds for no value; one that is `always` filled keeps
    what it has when nothing is given."""

    def get(row: Mapping[str, Any]) -> Any:
        value = row[column]
        return None if blank(value) else value

    def put(row: dict[str, Any], value: Any) -> None:
        if value is None and always:
            return
        row[column] = nothing if value is None else value

    return Slot((column,), get, put)


def in_point() -> Slot:
    """The map point: two columns, one value (longitude, latitude)."""

    def get(row: Mapping[str, Any]) -> Any:
        return None if row["lon"] is None else (row["lon"], row["lat"])

    def put(row: dict[str, Any], value: Any) -> None:
        row["lon"], row["lat"] = value or (None, None)

    return Slot(("lon", "lat"), get, put)


def in_data(name: str, *, signed_rows: bool = False) -> Slot:
    """A member of `data`, as JSON keeps it. `signed_rows`: who signed a row is not to be typed."""

    def get(row: Mapping[str, Any]) -> Any:
        value = (row["data"] or {}).get(name)
        return None if blank(value) else value

    def put(row: dict[str, Any], value: Any) -> None:
        data = row["data"]
        if value is None:
            data.pop(name, None)
        elif signed_rows and not (row.get("past") and name not in data):
            data[name] = own(as_kept(value), data.get(name) or ())
        else:
            data[name] = as_kept(value)

    return Slot(("data",), get, put)


# People, parts: rows of another table, which acts write themselves.
ELSEWHERE = Slot((), lambda row: None, lambda row, value: None)


def put_all(slots: Mapping[str, Slot], row: dict[str, Any], cleaned: Mapping[str, Any]) -> None:
    """Put cleaned values where they live. The row's `data` is a new object afterwards: who holds
    the old one still sees what it said."""
    if "data" in row:
        row["data"] = dict(row["data"])
    for name, value in cleaned.items():
        if slot := slots.get(name):
            slot.put(row, value)


def as_kept(value: Any) -> Any:
    """A cleaned value as JSON keeps it: moments and days as text, also inside rows."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):  # in UTC with seconds: sorts as text in the order of time
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_kept(one) for one in value]
    if isinstance(value, dict):
        return {name: as_kept(one) for name, one in value.items()}
    return value
