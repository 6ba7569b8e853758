"""All of a night: erase again what came back, erase what is due, destroy the keys, and note that it
was done. Every slice is a transaction of its own; broken off, it is simply run again."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from linli.ground import clock
from linli.history.models import Head
from linli.ledger.retention import due, erasing, keys, overwriting, reads, replaying, uploads
from linli.ledger.retention.expiry import Kept
from linli.ledger.retention.models import RetentionRun

NIGHT: Final = range(1, 5)  # hours on Shanghai's clock in which few people work
_LATE: Final = timedelta(hours=24)  # a computer that is off at night does it in the day
_LOCK: Final = "retention.lock"


class AtWorkError(Exception):
    """Another process is just doing it."""


def is_time(now: datetime) -> bool:
    """Whether tonight's run has not been made yet and it is night; or none was made for a day."""
    last = RetentionRun.objects.exclude(finished_at=None).order_by("-started_at").first()
    if last is None or now - last.started_at >= _LATE:
        return True
    here = clock.local(now)
    return here.hour in NIGHT and clock.local(last.started_at).date() < here.date()


def run(by: str, progress: Callable[[str, int], None] | None = None) -> RetentionRun:
    """Erase everything that is due now; gives the record. Raises AtWorkError."""
    with _alone():
        record = RetentionRun.objects.create(started_at=clock.now(), by_name=by)
        try:
            _do(record, clock.today(), progress or (lambda _ledger, _n: None))
        except Exception as wrong:
            record.problem = type(wrong).__name__  # its words may tell of what is in a row
            record.save()
            raise
        record.finished_at = clock.now()
        record.save()
    return record


def _do(record: RetentionRun, today: date, progress: Callable[[str, int], None]) -> None:
    record.again = replaying.erase_again()
    for ledger, how in due.rules_of_ledgers(today):
        if how is None:
            continue
        erased = _ledger(ledger.code, how, today, progress)
        held = due.past_their_time(ledger.code, how, today).count()
        record.erased += erased
        record.held += held
        if erased or held:
            record.ledgers[ledger.code] = {"erased": erased, "held": held, "rule": how.rule}
    while uploads.forget_reports():  # contents with a shorter time than their matter, in slices
        pass
    record.reads = reads.forget(today)
    record.keys = keys.destroy_idle(today)
    for code, day in due.next_days(today).items():
        record.ledgers.setdefault(code, {})["next"] = day.isoformat()
    if record.erased or record.again or record.reads:
        overwriting.wipe()


def _ledger(code: str, how: Kept, today: date, progress: Callable[[str, int], None]) -> int:
    rooms = due.due(code, how, today).order_by().values_list("room", flat=True).distinct()
    districts = dict(Head.objects.filter(room__in=rooms).values_list("room", "district"))
    total = 0
    for room, district in sorted(districts.items()):
        while gone := erasing.erase(room, district, due.due(code, how, today, room), how.rule):
            total += gone
            progress(code, total)
    return total


@contextmanager
def _alone() -> Iterator[None]:
    with (Path(settings.HOME) / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtWorkError from None
        yield
