"""Imports in the background."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from linli.ledger.exchange.runs import running, undoing


@task()
def import_file(run: str) -> None:
    """Do a run or go on with it; the run's row tells how far it is."""
    try:
        running.carry_on(UUID(run))
    except running.TakenOver:
        return


@task()
def undo_import(run: str) -> None:
    """Undo a run that `begin_undo` has marked."""
    undoing.undo(UUID(run))
