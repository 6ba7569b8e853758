"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from linli.ground.ids import new_id

# In `columns`: this one's values come with the rows.
VARIES: Final = object()


def ids() -> Iterator[str]:
    """New UUIDs as 32 hex digits, many and fast: one version 7 id and those that follow it."""
    return (f"{number:032x}" for number in count(new_id().int))


def insert(
    model: type[Model], columns: Mapping[str, object], rows: Sequence[Sequence[str | int]]
) -> None:
    """Insert rows. `columns` names all columns, each with its constant (None, text, number, bool)
    or VARIES; a row has the varying ones in that order: text without control characters or
    backslash (`printable`), numbers, ids as 32 hex digits, booleans as 0 or 1.
    """
    if not rows:
        return
    into = f"{model._meta.db_table} ({', '.join(columns)})"
    if connection.vendor == "postgresql":
        line = "\t".join(_copy_text(value) for value in columns.values()) + "\n"
        with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            copy.write("".join([line % row for row in rows]))
        return
    values = ", ".join(_literal(value) for value in columns.values())
    connection.ensure_connection()
    # The driver itself: Django's cursor would rewrite the statement and look at every row.
    connection.connection.executemany(f"INSERT INTO {into} VALUES ({values})", rows)  # noqa: S608


def printable(text: str) -> str:
    """Text without what COPY would read as its own marks; names of places have none of it."""
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(sign for sign in text if sign.isprintable() and sign != "\\")


def _copy_text(value: object) -> str:
    if value is VARIES:
        return "%s"
    if value is None:
        return r"\N"
    return str(int(value)) if isinstance(value, bool) else printable(str(value)).replace("%", "%%")


def _literal(value: Any) -> str:
    if value is VARIES:
        return "?"
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(int(value))
    return "'" + str(value).replace("'", "''") + "'"


@contextmanager
def foreign_keys_at_the_end(*models: type[Model]) -> Iterator[None]:
    """On PostgreSQL, check the foreign keys of these tables in one go after the inserts.

    One by one they take longer than the rows themselves. The tables are locked meanwhile, so it is
    done only while the last of them is empty: the first load of a list, when nobody works yet.
    """
    last = models[-1]._default_manager
    if connection.vendor != "postgresql" or last.exists():
        yield
        return
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        # What was written earlier in this transaction is checked now, else ALTER TABLE is refused.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) "
            "AND pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = conrelid)) = current_user",
            [tables],
        )
        found = cursor.fetchall()
        for table, name, _definition in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        for table, name, definition in found:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
