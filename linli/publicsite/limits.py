"""Limits against abuse that store no address: they count per room, per matter, or over all."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from linli.ground import clock, rules
from linli.history.models import Step
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


def room_is_full(room: UUID) -> bool:
    """Whether this room has taken as many reports online as the rules allow in an hour or a day."""
    now, allowed = clock.now(), rules.on(clock.today())
    return _reports(room, now - _HOUR) >= allowed.int("limit.reports.room_hour") or _reports(
        room, now - _DAY
    ) >= allowed.int("limit.reports.room_day")


def _reports(room: UUID, since: datetime) -> int:
    ledgers = [ledger.code for ledger in registry.all_ledgers() if ledger.takes_reports]
    return Entry.objects.filter(
        room=room, ledger__in=ledgers, received_at__gte=since, channel="online", recorded_by=None
    ).count()


def matter_is_full(entry: UUID) -> bool:
    """Whether the reporter of this matter has written as often in an hour as a room takes reports."""
    most = rules.on(clock.today()).int("limit.reports.room_hour")
    written = Step.objects.filter(
        subject=entry, action="answer", actor=None, recorded_at__gte=clock.now() - _HOUR
    )
    return written.count() >= most


class WrongTries:
    """How many wrong receipt codes were tried in the last minute, by anybody, in this process.

    Wrong codes are refused when there were too many. The right one opens at any time: a code of 80
    bits is not guessed, and otherwise one person could shut out everybody by trying.
    """

    def __init__(self) -> None:
        self._at: deque[datetime] = deque()
        self._lock = Lock()

    def too_many(self) -> bool:
        """Count one more wrong try; True when the minute already had as many as the rules allow."""
        now = clock.now()
        most = rules.on(clock.today()).int("limit.receipt_tries.minute")
        with self._lock:
            while self._at and not now - _MINUTE < self._at[0] <= now:
                self._at.popleft()
            if len(self._at) >= most:
                return True
            self._at.append(now)
        return False

    def forget(self) -> None:
        with self._lock:
            self._at.clear()


wrong_tries: Final = WrongTries()
