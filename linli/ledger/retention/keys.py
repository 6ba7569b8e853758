"""Keys of a retention class and month: destroyed when nothing hangs on them any more.

A key seals only in its own month (people.key_id), so once the month is over no row is added to it;
and rows leave it only by being erased. When the last one has gone, so does the key: what a copy of
the database without its keyring still has of them never opens again (docs/adr/0017).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.conf import settings

from linli.ground import clock, keyring
from linli.ground.rules import Span
from linli.history import chain
from linli.history.sealing_reads import NOWHERE
from linli.ledger.acts.attaching import OF_REPORTS
from linli.ledger.entries.models import Sealed
from linli.ledger.files.models import Attachment
from linli.ledger.retention.expiry import later
from linli.ledger.retention.uploads import UPLOADS

DESTROYED: Final = "key_destroyed"
_SETTLED: Final = timedelta(
    days=2
)  # what was sealed in the last minute of a month is written by then


def destroy_idle(today: date) -> list[str]:
    """Destroy the keys of past months that nothing hangs on; gives their ids."""
    ring = keyring.load(settings.HOME)
    past = [key_id for key_id in ring.key_ids if _is_over(key_id, today)]
    if not past:
        return []
    used = set(Sealed.objects.order_by().values_list("key_id", flat=True).distinct())
    files = Attachment.objects.filter(erased_at=None).order_by()
    used |= set(files.values_list("key_id", flat=True).distinct())
    idle = [key_id for key_id in past if key_id not in used]
    for key_id in idle:
        # The step first: after a crash in between, the next night destroys the key and says so again.
        chain.note_change(
            district=NOWHERE, room=NOWHERE, subject=NOWHERE, action=DESTROYED, actor_id=None,
            actor_name="linli", body={"key": key_id, "day": clock.today()},
        )  # fmt: skip
        ring.destroy(key_id)
    return idle


def _is_over(key_id: str, today: date) -> bool:
    """Whether a key's month is over, and it is one of a ledger: uploads and what residents sent have
    a time of their own (files/forgetting.py)."""
    kind, _slash, month = key_id.rpartition("/")
    if kind in (UPLOADS, OF_REPORTS, ""):
        return False
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return False
    return later(first, Span(1, "months")) + _SETTLED <= today
