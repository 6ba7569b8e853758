"""An entry as the API shows it: values and codes, no words of a language; people masked.

Read in one statement and written by hand-made SQL, since reading one entry is what programs do
most; the shape is `shapes.EntryOut`, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from linli.access.actor import Actor, sql_id
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.files import reading

COLUMNS: Final = (
    "id", "ledger", "version", "room", "district", "serial_year", "serial_no", "state", "is_open",
    "first_asked", "responsible", "offered_to", "assisting", "occurred_at", "received_at",
    "due_at", "closed_at", "category", "channel", "narrative", "place", "lon", "lat", "data",
    "deadlines", "past", "rev", "recorded_at",
)  # fmt: skip
_PERSON: Final = ("id", "role", "name_mask", "phone_mask", "id_mask")
_ONE: Final = f"""
    SELECT {", ".join(f"e.{name}" for name in COLUMNS)}, {", ".join(f"p.{name}" for name in _PERSON)},
    EXISTS (SELECT 1 FROM ledger_attachment f WHERE f.entry = e.id AND f.ended = %s)
    FROM ledger_entry e
    LEFT JOIN ledger_entryperson p ON p.entry = e.id AND p.ended = %s
    WHERE e.id = %s ORDER BY p.position"""  # noqa: S608 - constants
_UUIDS: Final = frozenset(("id", "room", "district", "first_asked", "responsible", "offered_to"))
_MOMENTS: Final = frozenset(("occurred_at", "received_at", "due_at", "closed_at", "recorded_at"))
_JSON: Final = frozenset(("assisting", "data", "deadlines"))

Row = Mapping[str, Any]


def one(actor: Actor, entry: UUID, permission: str = "read") -> dict[str, Any]:
    """The entry with its people; Entry.DoesNotExist where the actor may not know of it."""
    rows = _fetch(_ONE, (False, False, sql_id(entry)))
    if not rows:
        raise Entry.DoesNotExist
    values = _values(rows[0])
    if not actor.may(permission, values["ledger"], values["room"], values["district"]):
        raise Entry.DoesNotExist
    width = len(COLUMNS)
    people = [_person(row[width:-1]) for row in rows if row[width] is not None]
    files = [file_json(file) for file in reading.of_entry(entry)] if rows[0][-1] else []
    return {**shown(values, people), "files": files}


_HEAD: Final = "ledger, room, district, serial_year, serial_no, state"
_HEAD_OF: Final = f"SELECT {_HEAD} FROM ledger_entry WHERE id = %s"  # noqa: S608 - constants


def head(actor: Actor, id: UUID) -> Entry:
    """An entry with no more than its home, serial and state; Entry.DoesNotExist as `one`."""
    rows = _fetch(_HEAD_OF, (sql_id(id),))
    if rows:
        ledger, room, district, year, number, state = rows[0]
        room, district = _uuid(room), _uuid(district)
        if actor.may("read", ledger, room, district):
            return Entry(
                id=id, ledger=ledger, room=room, district=district, serial_year=year,
                serial_no=number, state=state,
            )  # fmt: skip
    raise Entry.DoesNotExist


def fetch(rows: QuerySet[Entry]) -> list[dict[str, Any]]:
    """The rows of a query as dicts of `COLUMNS`, without Django's objects and converters."""
    try:
        sql, parameters = rows.values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [_values(row) for row in cursor.fetchall()]


def of_entries(entries: Iterable[Entry | Row]) -> list[dict[str, Any]]:
    """Entries of a list, as objects or as dicts of `COLUMNS`: without people, whom no list shows."""
    return [shown(entry if isinstance(entry, Mapping) else vars(entry)) for entry in entries]


def serial(ledger: Ledger, year: int, number: int) -> str:
    """The serial as files and programs write it, the same in every language: v-2026-0041."""
    return f"{ledger.key}-{year}-{number:04d}"


def shown(values: Row, people: Sequence[Mapping[str, str]] | None = None) -> dict[str, Any]:
    """An entry's columns as the API shows them; `people` left out where they are not asked for."""
    ledger = registry.get(values["ledger"], values["version"])
    entry = {
        "id": values["id"],
        "ledger": values["ledger"],
        "version": values["version"],
        "serial": serial(ledger, values["serial_year"], values["serial_no"]),
        "room": values["room"],
        "district": values["district"],
        "state": values["state"],
        "open": values["is_open"],
        "first_asked": values["first_asked"],
        "responsible": values["responsible"],
        "offered_to": values["offered_to"],
        "assisting": values["assisting"],
        "due_at": values["due_at"],
        "closed_at": values["closed_at"],
        "data": _data(ledger, values),
        "deadlines": values["deadlines"],
        "past": values["data"].get("past"),
        "rev": values["rev"],
        "recorded_at": values["recorded_at"],
    }
    if people is not None:
        entry["people"] = people
    return entry


def _data(ledger: Ledger, values: Row) -> dict[str, Any]:
    """The values of the ledger's own fields, people aside; what has no value is left out."""
    kept = values["data"]
    data: dict[str, Any] = {}
    for field in ledger.fields:
        value: Any
        if field.column == "lon,lat":
            value = None if values["lon"] is None else [values["lon"], values["lat"]]
        elif field.column:
            value = values[field.column]
        else:
            value = kept.get(field.name)
        if value not in (None, ""):
            data[field.name] = value
    return data


def _person(row: Sequence[Any]) -> dict[str, str]:
    id, role, name, phone, number = row
    return {"id": str(_uuid(id)), "role": role, "name": name, "phone": phone, "id_number": number}


def file_json(file: reading.Shown) -> dict[str, Any]:
    """A file as the API shows it."""
    return {
        "id": file.id,
        "name": file.name,
        "type": file.media.code,
        "size": file.size,
        "field": file.field,
        "added_by": file.added_by,
        "added_at": file.added_at,
        "gone": file.gone,
    }


def _fetch(sql: str, parameters: Sequence[Any]) -> list[Any]:
    """All rows of a statement; PostgreSQL keeps it prepared in the connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors:
                found = cursor.connection.execute(sql, parameters, prepare=True)
                return list(found.fetchall())
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _values(row: Sequence[Any]) -> dict[str, Any]:
    """The entry's columns by name, as Django would give them (SQLite has neither ids nor times)."""
    values = dict(zip(COLUMNS, row, strict=False))
    for name in _JSON:
        if isinstance(values[name], str):
            values[name] = orjson.loads(values[name])
    if connection.vendor == "sqlite":
        for name in _UUIDS:
            values[name] = _uuid(values[name]) if values[name] is not None else None
        for name in _MOMENTS:
            values[name] = _moment(values[name])
        values["is_open"], values["past"] = bool(values["is_open"]), bool(values["past"])
    return values


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite keeps UTC without saying so."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment else None
