"""Exports in the background."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from linli.ledger.exports import running
from linli.ledger.exports.models import ExportRun


@task()
def make_export(run: str) -> None:
    """Make the file of a run; the run's row tells how far it is."""
    try:
        running.carry_on(UUID(run))
    except (running.TakenOver, ExportRun.DoesNotExist):
        return
