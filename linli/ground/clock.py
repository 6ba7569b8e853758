"""The one source of the time. Stored moments are UTC; people see Shanghai.

LINLI_REHEARSAL_DAY=2027-02-10 puts the clock of this process, and of those it starts, to that day;
it goes on ticking from the hour it is. Tests and rehearsals live by it; `linli check` and `linli
serve` warn of it, since what the program writes then bears a wrong day.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

REHEARSAL: Final = "LINLI_REHEARSAL_DAY"

SHANGHAI = ZoneInfo("Asia/Shanghai")


def rehearsal_day() -> date | None:
    """The day this process plays, None where it lives by the machine's clock. ValueError where what
    the environment says is no day."""
    said = os.environ.get(REHEARSAL, "")
    return date.fromisoformat(said) if said else None


def _ahead() -> timedelta:
    """How far the day that is played is from the one it is in Shanghai, in whole days."""
    day = rehearsal_day()
    return timedelta() if day is None else day - datetime.now(SHANGHAI).date()


# Once: a rehearsal that goes on past midnight is on its next day.
_shift: Final = _ahead()
# A module global and not a context variable: the threads of a live test server must see it too.
_fixed: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _fixed is not None:
        return _fixed
    return datetime.now(UTC) + _shift


def today() -> date:
    """The day it is in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock; a naive datetime is an error (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SHANGHAI)


def written_at(path: Path) -> datetime:
    """When a file was last written, on this program's clock: files bear the machine's own time."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) + _shift


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
