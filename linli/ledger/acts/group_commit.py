"""Matters that are recorded at the same moment are entered together.

What costs most of a record is its transaction: the lock of the room, the round trips, the disk.
While one thread is in it, the others clean and seal their own matter and queue; whoever goes next
enters all that wait in one transaction. Nobody waits on purpose: alone, a matter is entered at
once. An answer is given when the matter is on the disk, as without this.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from django.db import connection

from linli.ledger.acts import recording
from linli.ledger.acts.act import Act, Done
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.acts.recording import NewEntry

MOST: Final = 32  # matters in one transaction; more would make the first of them wait too long


class _Waiting:
    """A prepared matter, its thread, and what became of it."""

    __slots__ = ("done", "error", "leads", "new", "ready")

    def __init__(self, new: NewEntry) -> None:
        self.new = new
        self.ready = threading.Event()
        self.leads = False
        self.done: Done | None = None
        self.error: Exception | None = None


_guard = threading.Lock()
_queue: list[_Waiting] = []
_somebody_leads = False  # one transaction at a time: two would share the waiting between them


def record(act: Act) -> Done:
    """Do an act of recording, together with those of other threads; raises what `carry_out` does.

    Inside a transaction of the caller's own it is done there and alone.
    """
    global _somebody_leads
    new = recording.prepare(act)
    if connection.in_atomic_block:
        return carry_out([new])[0]
    mine = _Waiting(new)
    with _guard:
        _queue.append(mine)
        mine.leads, _somebody_leads = not _somebody_leads, True
    if not mine.leads:
        mine.ready.wait()
    if mine.leads:
        _lead()
    if mine.done is None:
        raise mine.error or RuntimeError("the thread that entered this matter was ended")
    return mine.done


def _lead() -> None:
    """Enter all that wait (the leader's own is the first), then hand the lead on."""
    global _somebody_leads
    with _guard:
        batch = _queue[:MOST]
        del _queue[:MOST]
    try:
        _enter(batch)
    finally:
        with _guard:
            following = _queue[0] if _queue else None
            _somebody_leads = following is not None
            if following:
                following.leads = True
        for waiting in batch[1:]:
            waiting.ready.set()
        if following:
            following.ready.set()


def _enter(batch: Sequence[_Waiting]) -> None:
    """All in one transaction; if that fails, each by itself, so that one's mistake is its own."""
    if len(batch) > 1:
        try:
            done = carry_out([waiting.new for waiting in batch])
        except Exception:  # noqa: S110 - found again below, by the matter whose it is
            pass
        else:
            for waiting, its in zip(batch, done, strict=True):
                waiting.done = its
            return
    for waiting in batch:
        try:
            waiting.done = carry_out([waiting.new])[0]
        except Exception as error:
            waiting.error = error
