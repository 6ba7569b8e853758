"""Signs of life in the home: who is running, and when the worker last was alive."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from linli.ground import clock

LATE = timedelta(seconds=60)  # a worker that gave no sign for so long is taken for dead


class StillRunningError(Exception):
    """Something of this installation runs, where it must be stopped."""


def _lock_path() -> Path:
    return Path(settings.HOME) / "running.lock"


@contextmanager
def being_used() -> Iterator[None]:
    """Held by every server and worker; a restore waits for nobody but refuses while it is held."""
    with _lock_path().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StillRunningError from None
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Held while a backup is put back; `StillRunningError` where a server or worker runs."""
    _lock_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _lock_path().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StillRunningError from None
        yield


def _beat_path() -> Path:
    return Path(settings.HOME) / "worker.beat"


def beat() -> None:
    """The worker says that it is alive."""
    fresh = _beat_path().with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({"pid": os.getpid(), "at": clock.now().timestamp()}))
    fresh.replace(_beat_path())


def worker_silent_for() -> timedelta | None:
    """How long ago the worker last gave a sign; None where there never was one."""
    try:
        at = float(json.loads(_beat_path().read_text())["at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return timedelta(seconds=max(0.0, clock.now().timestamp() - at))


def worker_alive() -> bool:
    """Whether the worker gave a sign within the last minute."""
    silent = worker_silent_for()
    return silent is not None and silent < LATE
