"""Tests that live on another day: DAY=2027-02-10, or DAY=2027-02-10T23:58 with the hour as well.

The one clock (linli.ground.clock) runs ahead of the machine's by as much as lies between; it still
ticks. What the tests start lives on the same day: Python reads `sitecustomize.py` of the folder
`started/` before anything else, and that sets the clock of the new process. The program itself
knows no such variable.

The machine's clock stays where it is. Libraries ask it: sessions and their expiry (Django), codes of
second factors and when somebody signed in last (allauth), tries and lock-outs (axes), tasks
(django-tasks); so do the file system and the browser. The program compares what they dated with
`clock.machine_time(...)`, a test that dates such a row uses `django.utils.timezone.now()`.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from linli.ground import clock

DAY, AHEAD = "DAY", "TESTS_CLOCK_AHEAD"
_STARTED = str(Path(__file__).with_name("started"))


def ahead_of(day: str) -> timedelta:
    """How far the clock has to run ahead: whole days, or to the second when an hour is given."""
    now = datetime.now(UTC).astimezone(clock.SHANGHAI)
    if "T" in day:
        at = datetime.fromisoformat(day).replace(tzinfo=clock.SHANGHAI)
    else:
        at = datetime.combine(date.fromisoformat(day), time.min, clock.SHANGHAI)
        now = datetime.combine(now.date(), time.min, clock.SHANGHAI)
    return timedelta(seconds=round((at - now).total_seconds()))


def begin() -> None:
    """Live on the day asked for, if one is; so do the processes that this one starts."""
    if not (day := os.environ.get(DAY)):
        return
    # Reckoned once: a run over midnight would part the processes by a day.
    ahead = os.environ.setdefault(AHEAD, str(ahead_of(day).total_seconds()))
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [_STARTED, *(p for p in paths if p not in ("", _STARTED))]
    )
    clock.set_ahead(timedelta(seconds=float(ahead)))
