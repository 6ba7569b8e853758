"""Is this installation the demonstration, is it empty, and making it empty again."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import orjson
from django.apps import apps
from django.conf import settings
from django.db import connection, connections

from linli.demo import told
from linli.history.models import Step, StepBody
from linli.operations import preparing
from linli.operations.running import alone
from linli.org.models import Staff, Unit, UnitKind


def is_demo() -> bool:
    """Whether the first load of units here was the demonstration's: history says so, signed."""
    first = Step.objects.filter(action="units.load").order_by("recorded_at", "seq").first()
    if first is None:
        return False
    body = StepBody.objects.filter(step=first.id).values_list("text", flat=True).first()
    return bool(body) and orjson.loads(body or "{}").get("by") == told.read("cast")["maker"]


def is_empty() -> bool:
    """Nobody and nothing is there yet."""
    return not Unit.objects.exists() and not Staff.objects.exists()


def made_at() -> datetime | None:
    """When the demonstration was made: the last step of the making, in the bureau's chain."""
    bureau = Unit.objects.filter(kind=UnitKind.BUREAU).values("id")
    steps = Step.objects.filter(room__in=bureau, action="unit.change").order_by("seq")
    return steps.values_list("recorded_at", flat=True).first()


def clear() -> None:
    """Throw the demonstration away: tables and signed heads; the keyring stays.

    The caller has asked `is_demo`. StillRunningError while a server or worker runs.
    """
    with alone():
        if connection.vendor == "sqlite":
            path = Path(str(connection.settings_dict["NAME"]))
            connections.close_all()
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        else:
            _drop_tables()
        shutil.rmtree(Path(settings.HOME) / "heads", ignore_errors=True)
    preparing.migrate_database()


def _drop_tables() -> None:
    """Drop the tables of our models: history refuses to be deleted row by row, as it should."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for name in sorted((ours | {"django_migrations"}) & there):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")
