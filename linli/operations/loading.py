"""Filling a database from a backup: tables as they were then, their rows, then up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from psycopg import sql

from linli.operations.dumping import SQLITE_MEMBER as SQLITE_MEMBER
from linli.operations.sealed_stream import DamagedError


def unknown_migrations(made_with: Iterable[Sequence[str]]) -> list[str]:
    """Migrations of a backup that this program does not have: it is older than the backup."""
    known = MigrationExecutor(connection).loader.graph.nodes
    return [f"{app}.{name}" for app, name in made_with if (app, name) not in known]


def has_tables() -> bool:
    """Whether the database of this installation holds anything."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        if not path.exists() or not path.stat().st_size:
            return False
    with connection.cursor() as cursor:
        return bool(connection.introspection.table_names(cursor))


def bring_up_to_date(database: Path) -> None:
    """Check a SQLite database that is not in its place yet, and run the migrations it lacks."""
    with closing(sqlite3.connect(database)) as raw:
        if raw.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise DamagedError(_("The database in the backup is damaged."))
    with _instead(database):
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:  # nothing may be left in a file beside it
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _instead(database: Path) -> Iterator[None]:
    """Let Django work on another SQLite file for a while."""
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(database)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


def load_postgresql(
    folder: Path, about: dict[str, Any], *, before_commit: Callable[[], None]
) -> None:
    """Replace all tables by those of the backup in one transaction; `before_commit` is its last act."""
    with transaction.atomic():
        _drop_all()
        _as_they_were([(app, name) for app, name in about["migrations"]])
        _empty_all()
        _constraints("DEFERRED")  # tables come in the order of their names
        for table, columns in about["tables"].items():
            _copy_in(folder / table, table, columns)
        _constraints("IMMEDIATE")
        _continue_sequences()
        _forward()
        before_commit()


def _constraints(when: str) -> None:
    """Check foreign keys now and from now on (IMMEDIATE), or at the end (DEFERRED)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _drop_all() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if tables:
            names = ", ".join(connection.ops.quote_name(table) for table in tables)
            cursor.execute(f"DROP TABLE {names} CASCADE")


def _as_they_were(migrations: list[tuple[str, str]]) -> None:
    """Build the tables as the migrations of the backup left them."""
    executor = MigrationExecutor(connection)
    whole = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    then = set(migrations)
    executor.migrate([], plan=[step for step in whole if (step[0].app_label, step[0].name) in then])


def _forward() -> None:
    """Run the migrations that came after the backup."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _empty_all() -> None:
    """Migrations may have put rows in; those of the backup take their place."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - {"django_migrations"}
        names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
        cursor.execute(f"TRUNCATE {names}")


def _copy_in(folder: Path, table: str, columns: list[str]) -> None:
    if not folder.exists():  # a table without rows
        return
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        connection.cursor() as cursor,
        cursor.connection.cursor() as raw,
        raw.copy(copy_in) as copy,
    ):
        for piece in sorted(folder.iterdir()):
            with piece.open("rb") as file:
                while block := file.read(1 << 20):
                    copy.write(block)


def _continue_sequences() -> None:
    """Automatic keys go on after the greatest that is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name,"
            " pg_get_serial_sequence(quote_ident(c.table_name), c.column_name)"
            " FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name) WHERE c.table_schema = current_schema()"
            " AND t.table_type = 'BASE TABLE'"
        )
        for table, column, sequence in cursor.fetchall():
            if sequence:
                quoted = connection.ops.quote_name
                cursor.execute(
                    f"SELECT setval(%s::regclass, coalesce(max({quoted(column)}), 0) + 1, false)"  # noqa: S608 - names of the catalogue
                    f" FROM {quoted(table)}",
                    [sequence],
                )
