"""The figures of /metrics, made when they are asked for: the same from every web process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from linli.ground import clock, keyring
from linli.history.models import Head, ReadLog
from linli.ledger.entries.models import CountDelta, DailyCount, Entry
from linli.ledger.retention import holding
from linli.ledger.retention.models import RetentionRun
from linli.operations import backup, running


class _Now:
    """Collects the figures of this moment."""

    def collect(self) -> Iterator[Metric]:
        """Gauges without any label that could name a person or a room."""
        yield _labelled("linli_info", "This program.", "version", [(backup.program_version(), 1)])
        entries = DailyCount.objects.filter(measure="received").values("ledger")
        received = [(r["ledger"], r["n"]) for r in entries.annotate(n=Sum("n")).order_by()]
        yield _labelled("linli_entries", "Entries, as far as folded.", "ledger", received)
        overdue = Entry.objects.filter(is_open=True, due_at__lt=clock.now()).count()
        yield _plain("linli_entries_overdue", "Open entries past their deadline.", overdue)
        steps = Head.objects.aggregate(n=Sum("seq"))["n"] or 0
        yield _plain("linli_steps", "Steps in all chains.", steps)
        yield from _worker()
        yield from _keeping()

    def describe(self) -> Iterator[Metric]:
        return iter(())


def _worker() -> Iterator[Metric]:
    silent = running.worker_silent_for()
    seconds = silent.total_seconds() if silent is not None else float("inf")
    yield _plain("linli_worker_silent_seconds", "Since the worker's last sign of life.", seconds)
    by_status = DBTaskResult.objects.order_by().values("status").annotate(n=Count("pk"))
    tasks = [(row["status"].lower(), row["n"]) for row in by_status]
    yield _labelled("linli_tasks", "Tasks by their status.", "status", tasks)
    yield _plain("linli_counts_waiting", "Counts not folded yet.", CountDelta.objects.count())
    unsealed = ReadLog.objects.filter(sealed_by=None).count()
    yield _plain("linli_reads_unsealed", "Reads not chained yet.", unsealed)


def _keeping() -> Iterator[Metric]:
    copied = keyring.load(Path(settings.HOME)).copied_at
    age = (clock.now() - copied).total_seconds() if copied else float("inf")
    yield _plain("linli_backup_age_seconds", "Since the last verified backup elsewhere.", age)
    erased = RetentionRun.objects.exclude(finished_at=None).order_by("-started_at").first()
    since = (clock.now() - erased.started_at).total_seconds() if erased else float("inf")
    yield _plain("linli_retention_age_seconds", "Since the last night's erasing.", since)
    held = holding.standing(clock.today()).count()
    yield _plain("linli_holds", "Entries held back from erasure.", held)
    yield _labelled("linli_database", "The database in use.", "vendor", [(connection.vendor, 1)])


def _plain(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(name: str, words: str, label: str, values: list[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family


def text() -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Now())
    return generate_latest(registry)
