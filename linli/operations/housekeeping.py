"""What has to be done again and again: folding counts and heads, sealing reads, forgetting.

Every chore is short, safe to run twice and by several workers at once; one that fails is logged and
tried again at its next turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django_tasks_db.models import DBTaskResult

from linli.access.models import ParkedForm
from linli.ground import clock, rules
from linli.history import heads, sealing_reads
from linli.ledger.acts import escalation, watching
from linli.ledger.entries import counting
from linli.ledger.entries.models import Draft, SentOnce
from linli.ledger.retention import nightly, uploads
from linli.ledger.runs import forgetting
from linli.ledger.runs.long_work import kinds
from linli.operations import copies, running

log = logging.getLogger(__name__)

TASKS_KEPT = timedelta(days=7)  # how long a finished task can be looked at
KEYS_KEPT = timedelta(days=7)  # how long the same request sent twice is recognised


@dataclass(slots=True)
class Chore:
    """Something done every so many seconds; `do` gives how many things it did."""

    name: str
    every: float
    do: Callable[[], int]
    next: float = 0.0


def chores() -> list[Chore]:
    """All chores with their rhythm in seconds."""
    return [
        Chore("counts folded", 10, counting.fold),
        Chore("reads sealed", 30, sealing_reads.seal_all),
        Chore("overdue matters escalated", 120, escalation.escalate),
        Chore("reminded of days that run out", 3600, watching.remind),
        Chore("heads folded", 600, heads.fold),
        Chore("things forgotten", 3600, forget),
        Chore("files forgotten", 3600, uploads.forget),
        Chore("files swept", 24 * 3600, uploads.sweep),
        *(
            Chore(f"{work.code}: forgotten", 3600, partial(forgetting.forget, work))
            for work in kinds()
        ),
        Chore("entries erased after their time", 900, retain),
        Chore("old copies removed", 24 * 3600, copies.forget),
    ]


def keep(enough: threading.Event) -> None:
    """Do the chores in their rhythm and give signs of life until `enough` is set."""
    waiting = chores()
    while not enough.is_set():
        running.beat()
        close_old_connections()
        for chore in waiting:
            if not enough.is_set() and time.monotonic() >= chore.next:
                _do(chore)
        enough.wait(2)
    close_old_connections()


def _do(chore: Chore) -> None:
    try:
        done = chore.do()
        if done:
            log.debug("%s: %d", chore.name, done)
    except Exception:
        log.exception("housekeeping: not done: %s", chore.name)
    chore.next = time.monotonic() + chore.every


def forget() -> int:
    """Delete what is kept for a time only: parked forms, sessions, drafts, finished tasks."""
    now = clock.now()
    machine_now = clock.machine_time(now)
    past = [
        ParkedForm.objects.filter(expires__lt=now),
        Session.objects.filter(expire_date__lt=machine_now),
        Draft.objects.filter(saved_at__lt=now - rules.on(clock.today()).days("retention.drafts")),
        SentOnce.objects.filter(at__lt=now - KEYS_KEPT),
        DBTaskResult.objects.finished().filter(finished_at__lt=machine_now - TASKS_KEPT),
    ]
    gone: int = sum(rows._raw_delete(rows.db) for rows in past)
    alive = Session.objects.values("session_key")
    gone += UserSession.objects.exclude(session_key__in=alive).delete()[0]
    return gone


def retain() -> int:
    """Once a night: erase what is past its time. Gives how many entries went."""
    if not nightly.is_time(clock.now()):
        return 0
    try:
        done = nightly.run("linli worker")
    except nightly.AtWorkError:
        return 0
    return done.erased + done.again
