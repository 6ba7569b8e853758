"""Signed notes that a form carries: which matter it is about and since when it is open.

Nothing is stored for them, and no cookie is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from django.core import signing

from linli.ground import clock

Purpose = Literal["report", "receipt"]

# A person needs longer than this to fill a form in; a program that does not wait is told to.
SHORTEST: Final = timedelta(seconds=2)
# A form may lie open for half a day; what was typed is kept in any case.
LONGEST: Final = {"report": timedelta(hours=12), "receipt": timedelta(minutes=30)}


@dataclass(frozen=True, slots=True)
class Note:
    """What a signed note says, and when it was made."""

    said: dict[str, str]
    made_at: datetime

    @property
    def age(self) -> timedelta:
        return clock.now() - self.made_at


def make(purpose: Purpose, **said: str) -> str:
    """A signed note of these words, for a hidden field."""
    made_at = int(clock.now().timestamp() * 1000)
    return _signer(purpose).sign_object({"t": made_at, "s": said})


def read(purpose: Purpose, text: str) -> Note | None:
    """The note; None when it is not ours, was changed or is too old."""
    try:
        held = _signer(purpose).unsign_object(text)
        note = Note(dict(held["s"]), datetime.fromtimestamp(held["t"] / 1000, UTC))
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
    return note if note.age <= LONGEST[purpose] else None


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"linli.publicsite.{purpose}")
