"""The one source of the time. Stored moments are UTC; people see Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# A module global and not a context variable: the threads of a live test server must see it too.
_fixed: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _fixed is not None:
        return _fixed
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock; a naive datetime is an error (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SHANGHAI)


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
