"""What is kept of long work for a time only."""

from __future__ import annotations

from typing import Any

from linli.ground import clock
from linli.ledger.runs import kept_files
from linli.ledger.runs.long_work import LongWork

_SLICE = 500


def forget(work: LongWork[Any]) -> int:
    """Let the files go that are past their days, then the rows, then what a crash left lying.

    Gives how many went; safe to do twice, and by several workers at once.
    """
    now, every, gone = clock.now(), work.model._default_manager, 0
    if work.files and work.files.past:
        with_files = every.exclude(**{work.files.column: ""})
        for run in with_files.filter(work.files.past(now))[:_SLICE]:
            kept_files.drop(run, work.files)
            gone += 1
    if work.past:
        past = every.filter(work.past(now))
        for run in past[:_SLICE]:
            if past.filter(pk=run.pk).delete()[0]:
                gone += 1
                if work.files:
                    kept_files.remove(work.files, getattr(run, work.files.column))
    return gone + kept_files.sweep(work)
