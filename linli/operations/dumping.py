"""The database as members of a backup, taken in one moment while others go on writing.

SQLite: its own backup function makes a copy. PostgreSQL: COPY of every table inside one REPEATABLE
READ snapshot, in pieces that fit into memory; it needs no program of PostgreSQL's on this machine.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from linli.operations.archive import ArchiveWriter

SQLITE_MEMBER: Final = "db/linli.sqlite3"
PIECE: Final = 8 << 20
# Made anew by the migrations that a restore runs first.
LEFT_OUT: Final = ("django_migrations",)


def applied_migrations() -> list[list[str]]:
    """What this database has been migrated to: [app, name], in order."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def add_sqlite(archive: ArchiveWriter, workplace: Path) -> None:
    """Add a copy of the SQLite database; it lies in `workplace` for the time being."""
    source = str(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(dir=workplace, prefix=".backup-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        with closing(sqlite3.connect(source, timeout=60)) as live:
            live.execute("PRAGMA query_only=ON")
            with closing(sqlite3.connect(copy)) as target:
                live.backup(target)
        archive.add_file(SQLITE_MEMBER, copy)


def open_snapshot() -> psycopg.Connection[Any]:
    """A connection of its own that sees one moment of a PostgreSQL database and writes nothing."""
    raw: psycopg.Connection[Any] = connection.get_new_connection(connection.get_connection_params())
    raw.autocommit = False
    raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    raw.read_only = True
    return raw


def tables_of(snapshot: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Every table of ours with its columns, in their order."""
    rows = snapshot.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
        " AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
    ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in rows:
        if table not in LEFT_OUT:
            tables.setdefault(table, []).append(column)
    return tables


def add_postgresql(
    archive: ArchiveWriter, snapshot: psycopg.Connection[Any], tables: dict[str, list[str]]
) -> None:
    """Add the rows of every table, in pieces `db/<table>/<number>`."""
    for table, columns in tables.items():
        for number, piece in enumerate(_pieces(snapshot, table, columns)):
            archive.add_bytes(f"db/{table}/{number:06d}", piece)


def _pieces(snapshot: psycopg.Connection[Any], table: str, columns: list[str]) -> Iterator[bytes]:
    copy_out = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    waiting = bytearray()
    with snapshot.cursor() as cursor, cursor.copy(copy_out) as copy:
        for block in copy:
            waiting += block
            if len(waiting) >= PIECE:
                yield bytes(waiting)
                waiting.clear()
    if waiting:
        yield bytes(waiting)
