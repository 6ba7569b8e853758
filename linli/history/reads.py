"""Every look at personal data leaves a row here, in the transaction that looks: no trail, no data."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.ground import clock, codes
from linli.history.models import ReadLog


def note_read(
    *,
    actor_id: UUID | None,
    actor_name: str,
    kind: str,
    district: UUID | None = None,
    room: UUID | None = None,
    entry: UUID | None = None,
    fields: Sequence[str] = (),
    purpose: str = "",
    matter: str = "",
    words: str = "",
    count: int = 1,
) -> ReadLog:
    """Log one read. `kind` is one of ReadLog.KINDS; `words` the search or the reason given.

    Identity and mobile numbers that somebody typed among the words are masked: the log of looks
    must not itself be a place to look.
    """
    row = ReadLog(
        at=clock.now(),
        actor=actor_id,
        actor_name=actor_name,
        kind=kind,
        district=district,
        room=room,
        entry=entry,
        fields=list(fields),
        purpose=purpose,
        matter=codes.masked_numbers(matter)[:80],
        words=codes.masked_numbers(words)[:300],
        count=count,
    )
    row.save(force_insert=True)
    return row
