"""How a batch reaches the tables: as few round trips as the database allows.

PostgreSQL: a small batch is one prepared statement that fills all tables and moves the heads; a
large one is COPY. SQLite: one executemany per table. Values arrive as Python values, JSON as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import RLock
from typing import Any

import orjson
from django.db import connection, models, transaction
from psycopg import RawCursor

from linli.history import heads
from linli.history.chain import Tail, canonical

COPY_FROM = 400  # rows; below it one statement is quicker than COPY's extra round trips

Batch = dict[type[models.Model], list[tuple[Any, ...]]]

_sqlite_writer = RLock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. On SQLite the writers of this process queue here in order,
    instead of sleeping and retrying inside SQLite's busy handler."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _sqlite_writer, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


@lru_cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a row in the order rows are given: all but an automatic key."""
    return tuple(
        field.column
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and field.column is not None
    )


def write(batch: Batch, tails: Iterable[Tail]) -> None:
    """Insert the rows and move the heads, in the surrounding transaction; once it is committed,
    sign the heads outside the database."""
    moved = list(tails)
    if connection.vendor == "postgresql":
        _write_postgresql(batch, moved)
    else:
        _write_sqlite(batch, moved)
    transaction.on_commit(lambda: heads.publish(moved))


def _write_postgresql(batch: Batch, tails: Sequence[Tail]) -> None:
    raw = connection.cursor().connection
    if sum(len(rows) for rows in batch.values()) >= COPY_FROM:
        with connection.wrap_database_errors:
            _copy(raw, batch)
        batch = {}
    models_ = tuple(batch)
    values = [_as_json(model, rows) for model, rows in batch.items()]
    heads_ = [
        {"room": t.room, "seq": t.seq, "hash": _hex(t.hash), "numbers": t.numbers} for t in tails
    ]
    values.append(orjson.dumps(heads_).decode())
    with connection.wrap_database_errors:
        RawCursor(raw).execute(_statement(models_), values, prepare=True)


_JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


@lru_cache
def _statement(tables: tuple[type[models.Model], ...]) -> str:
    """One statement for a batch of any size, so that it is parsed and planned once in a
    connection: each table takes its rows as one JSON text. The marks are PostgreSQL's own ($1),
    since psycopg would search a text for its %s each time anew."""
    parts = []
    for number, model in enumerate(tables, 1):
        names = ", ".join(columns(model))
        shape = ", ".join(
            f"{name} {model._meta.get_field(name).db_type(connection)}" for name in columns(model)
        )
        parts.append(
            f"w{number} AS (INSERT INTO {model._meta.db_table} ({names})"
            f" SELECT {names} FROM json_to_recordset(${number}::json) AS r({shape}))"
        )
    with_ = f"WITH {', '.join(parts)} " if parts else ""
    return (
        f"{with_}UPDATE history_head h SET seq = r.seq, hash = r.hash, numbers = r.numbers"
        f" FROM json_to_recordset(${len(tables) + 1}::json)"
        " AS r(room uuid, seq bigint, hash bytea, numbers jsonb) WHERE h.room = r.room"
    )


def _as_json(model: type[models.Model], rows: list[tuple[Any, ...]]) -> str:
    """Rows as a JSON list of objects: bytes in hexadecimal, JSON texts as what they say."""
    if not rows:
        return "[]"
    names, turn = columns(model), _json_turns(model)
    objects = []
    for row in rows:
        values = list(row)
        for at, turned in turn:
            if values[at] is not None:
                values[at] = turned(values[at])
        objects.append(dict(zip(names, values, strict=True)))
    return orjson.dumps(objects, option=_JSON_OPTIONS).decode()


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


@lru_cache
def _json_turns(model: type[models.Model]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Where in a row a value needs another form in JSON, and by what it gets it."""
    by_kind: dict[str, Callable[[Any], Any]] = {"BinaryField": _hex, "JSONField": orjson.Fragment}
    kinds = [model._meta.get_field(name).get_internal_type() for name in columns(model)]
    return tuple((at, by_kind[kind]) for at, kind in enumerate(kinds) if kind in by_kind)


def _copy(raw: Any, batch: Batch) -> None:
    with raw.cursor() as cursor:
        for model, rows in batch.items():
            if not rows:
                continue
            names = ", ".join(columns(model))
            listed = _list_columns(model)
            with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    for at in listed:
                        row = (*row[:at], _array(row[at]), *row[at + 1 :])
                    copy.write_row(row)


@lru_cache
def _list_columns(model: type[models.Model]) -> tuple[int, ...]:
    kinds = [model._meta.get_field(name).get_internal_type() for name in columns(model)]
    return tuple(at for at, kind in enumerate(kinds) if kind == "WordsField")


def _array(words: Sequence[str]) -> str:
    """An array as COPY reads it. psycopg would look into each word for signs to escape: words have
    none (ground/words.py cuts letters, digits and a colon)."""
    return '{"' + '","'.join(words) + '"}' if words else "{}"


@lru_cache
def _insert_sql(model: type[models.Model]) -> str:
    names = columns(model)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({marks})"


def _write_sqlite(batch: Batch, tails: Sequence[Tail]) -> None:
    with connection.cursor() as cursor:
        for model, rows in batch.items():
            if rows:
                adapt = sqlite_adapters(model)
                cursor.executemany(
                    _insert_sql(model),
                    [
                        tuple(
                            a(v) if a and v is not None else v
                            for a, v in zip(adapt, row, strict=True)
                        )
                        for row in rows
                    ],
                )
        cursor.executemany(
            "UPDATE history_head SET seq = %s, hash = %s, numbers = %s WHERE room = %s",
            [(t.seq, t.hash, canonical(t.numbers), t.room.hex) for t in tails],
        )


@lru_cache
def sqlite_adapters(model: type[models.Model]) -> tuple[Callable[[Any], Any] | None, ...]:
    """What turns each column's value into what Django itself would have stored."""

    def adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
        kind = field.get_internal_type()
        if kind == "UUIDField":
            return lambda value: value.hex
        if kind == "DateTimeField":
            return connection.ops.adapt_datetimefield_value
        if kind == "DateField":
            return connection.ops.adapt_datefield_value
        if kind == "WordsField":
            return " ".join
        return None

    return tuple(
        adapter(field)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    )
