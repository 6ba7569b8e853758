"""Ids: UUID version 7, sorted by the time they were made."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new version 7 UUID; later calls in a process give larger ids.

    The id carries the machine's own time, not `clock.now()`: a stopped clock must not
    make ids collide or run backwards.
    """
    global _last
    made = uuid7()
    with _lock:
        if made.int <= _last:  # the machine's clock was put back: stay monotonic
            made = UUID(int=_last + 1)
        _last = made.int
    return made


def new_id_at(moment: datetime) -> UUID:
    """A version 7 UUID that carries `moment` (aware), for imported history and the demo."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    milliseconds = int(moment.timestamp() * 1000)
    if not 0 <= milliseconds < 1 << 48:
        raise ValueError("a version 7 UUID starts in 1970")
    chance = int.from_bytes(os.urandom(10), "big")
    low = 0x8000_0000_0000_0000 | (chance & ((1 << 62) - 1))
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (chance >> 68) << 64 | low)


def id_from(cause: UUID, what: str) -> UUID:
    """The version 7 UUID of something that follows from `cause`: always the same, at its moment."""
    made = int.from_bytes(hashlib.sha256(cause.bytes + what.encode()).digest()[:10], "big")
    low = 0x8000_0000_0000_0000 | (made & ((1 << 62) - 1))
    return UUID(int=cause.int >> 80 << 80 | 0x7 << 76 | (made >> 68) << 64 | low)
