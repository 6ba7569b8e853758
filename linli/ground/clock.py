"""The one source of the time. Stored moments are UTC; people see Shanghai.

Nothing else in the program asks a clock of its own; tests/house/test_clock.py holds the few
exceptions with their reasons. What a library or the file system has dated counts by the machine's
clock: compare it with `machine_time(...)` of a moment of this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# A module global and not a context variable: the threads of a live test server must see it too.
_fixed: datetime | None = None
# How far this clock is ahead of the machine's: nothing, but in tests of another day. No setting
# of the program moves it: whoever sets the time of a record must be able to set the machine's.
_ahead = timedelta()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _fixed is not None:
        return _fixed
    return datetime.now(UTC) + _ahead


def today() -> date:
    """The day it is in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock; a naive datetime is an error (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SHANGHAI)


def machine_time(moment: datetime) -> datetime:
    """`moment` as the machine counts it, which dates files, sessions, tasks and sign-in tries."""
    return moment - _ahead


def set_ahead(by: timedelta) -> None:
    """Let the clock of this process run `by` ahead of the machine's, for tests of another day."""
    global _ahead
    _ahead = by


@contextmanager
def fixed(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at `moment` for the whole process, for tests and the demo; may be nested."""
    global _fixed
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    before = _fixed
    _fixed = moment.astimezone(UTC)
    try:
        yield _fixed
    finally:
        _fixed = before
