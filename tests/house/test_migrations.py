"""No migration is missing, and a database of the state that landed last comes up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.operations import loading
from tests.house.source import ROOT

LANDED = ROOT / "tests" / "house" / "landed.txt"
OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("linli.")}


def landed() -> list[tuple[str, str]]:
    lines = [line.split() for line in LANDED.read_text().splitlines() if not line.startswith("#")]
    return [(app, name) for app, name in filter(None, lines)]


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_what_landed_is_still_there(db: None) -> None:
    """A landed migration is never renamed or removed: somebody's database stands on it."""
    graph = MigrationExecutor(connection).loader.graph
    assert [node for node in landed() if node not in graph.nodes] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("restore")
def test_a_database_that_landed_last_comes_up_to_date_with_its_rows(tmp_path: Path) -> None:
    """The tables as they landed, rows put in by plain SQL as that state knew them, then migrate."""
    with _empty_database(tmp_path):
        loading._as_they_were(_landed_migrations())
        _insert_landed_rows()
        call_command("migrate", interactive=False, verbosity=0)
        executor = MigrationExecutor(connection)
        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM org_unit WHERE code = '420100'")
            assert cursor.fetchall() == [("武汉市公安局",)]
            cursor.execute("SELECT seq, action FROM history_step")
            assert cursor.fetchall() == [(1, "added")]


@contextmanager
def _empty_database(folder: Path) -> Iterator[None]:
    """A file of its own on SQLite; on PostgreSQL the test database itself, emptied."""
    if connection.vendor == "sqlite":
        with loading._instead(folder / "landed.sqlite3"):
            yield
    else:
        loading._drop_all()
        yield


def _landed_migrations() -> list[tuple[str, str]]:
    """All that had been applied when the state landed, with what it stood on."""
    executor = MigrationExecutor(connection)
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in OURS]
    plan = executor.migration_plan([*others, *landed()], clean_start=True)
    return [(migration.app_label, migration.name) for migration, _backwards in plan]


def _insert_landed_rows() -> None:
    """Rows in the tables that every later state must carry on."""
    unit, step = "0190aaaaaaaa7aaa8aaaaaaaaaaaaaa1", "0190aaaaaaaa7aaa8aaaaaaaaaaaaaa2"
    at = "2026-11-01 08:00:00+00:00" if connection.vendor == "postgresql" else "2026-11-01 08:00:00"
    empty, no = ("'\\x00'::bytea", "FALSE") if connection.vendor == "postgresql" else ("x'00'", "0")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO org_unit (id, kind, code, name, provisional, rural, since, former_districts,"
            " address, phone, hours, duties) VALUES"
            f" ('{unit}', 'bureau', '420100', '武汉市公安局', {no}, {no}, '2026-11-01', '[]', '', '',"
            " '[]', '')"
        )
        cursor.execute(
            "INSERT INTO history_step (id, district, room, seq, subject, action, act, serial,"
            f" acted_at, recorded_at, digest, hash) VALUES ('{step}', '{unit}', '{unit}', 1,"
            f" '{unit}', 'added', '{step}', '', '{at}', '{at}', {empty}, {empty})"
        )


@pytest.mark.skipif(not os.environ.get("LINLI_LAND"), reason="only when a state lands")
def test_write_down_what_lands(db: None) -> None:
    head = [line for line in LANDED.read_text().splitlines() if line.startswith("#")]
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    now = [f"{app} {name}" for app, name in sorted(leaves) if app in OURS]
    LANDED.write_text("\n".join([*head, *now]) + "\n")
