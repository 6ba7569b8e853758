"""Whose a run is: claimed by one process, given free when it falls silent.

Everything is one conditional update, which SQLite and PostgreSQL settle alike. The lease is in the
row, so any process on any machine that sees the database may take over.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.ground import clock
from linli.ground.ids import new_id
from linli.ledger.runs.lease import Lease, R, TakenOver
from linli.ledger.runs.long_work import LongWork, kind_of
from linli.ledger.runs.run import Run


def claim(work: LongWork[R], run: UUID, *, orphaned: bool = False) -> Lease[R] | None:
    """The lease of a run; None where there is nothing to do.

    `orphaned`: its process is known to have died, so that nobody waits for its silence. Raises
    TakenOver where another process is at work, and the model's DoesNotExist.
    """
    mine, every = new_id(), work.model._default_manager
    here = every.filter(pk=run, status__in=work.states.to_do)
    free = here if orphaned else here.filter(_free(work))
    if free.update(status=work.states.running, claim=mine, progress_at=clock.now(), problem=""):
        return Lease(every.get(pk=run), mine, work.states)
    if every.get(pk=run).status in work.states.to_do:
        raise TakenOver
    return None


def _free(work: LongWork[Any]) -> Q:
    silent = Q(progress_at__lt=clock.now() - work.silent_for) | Q(progress_at=None)
    return Q(claim=None) | ~Q(status=work.states.running) | silent


def is_silent(run: Run) -> bool:
    """Whether a run that should be at work has nobody who works on it."""
    work = kind_of(run)
    if work is None or run.status not in work.states.at_work:
        return False
    gave_up = run.claim is None and bool(run.problem)  # where stopping has no state of its own
    return gave_up or clock.now() - (run.progress_at or run.made_at) > work.silent_for


def take_over(run: Run) -> bool:
    """Let a run that was stopped or fell silent wait for whoever takes it; False where it was not,
    or is not any more."""
    work = kind_of(run)
    if work is None or (run.status in work.states.at_work and not is_silent(run)):
        return False
    here = work.model._default_manager.filter(pk=run.pk, status=run.status, claim=run.claim)
    return bool(
        here.update(status=work.states.waiting, claim=None, progress_at=clock.now(), problem="")
    )
