"""The one task for all long work."""

from __future__ import annotations

import logging
from uuid import UUID

from django_tasks import TaskContext, task

from linli.ledger.runs import doing, long_work
from linli.ledger.runs.lease import TakenOver
from linli.ledger.runs.run import Run

log = logging.getLogger(__name__)


class StoppedError(Exception):
    """Something that nobody foresaw; the log says where, the run's row told its owner."""


def send(run: Run) -> None:
    """Put a run that is to be done before whichever worker is free. Raises ValueError."""
    work = long_work.kind_of(run)
    if work is None:
        raise ValueError(f"there is nothing to do on {run.pk}")
    carry_out.enqueue(work.code, str(run.pk))


@task(takes_context=True)
def carry_out(context: TaskContext, work: str, run: str) -> None:
    """Do a run or go on with it; its row tells how far it is.

    What the queue keeps of a failure has no words of exceptions: they may repeat what is in a row.
    """
    kind = long_work.get(work)
    try:
        doing.carry_out(kind, UUID(run), attempt=context.attempt)
    except (TakenOver, kind.model.DoesNotExist):
        return
    except Exception:
        log.exception("%s %s was stopped", work, run)
        raise StoppedError(f"{work} {run}") from None
