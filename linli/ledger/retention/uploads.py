"""What goes: uploads that no matter took, contents whose time is over, contents without a row.

Every function is safe to run twice and by several workers at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access.actor import Actor
from linli.ground import clock, keyring, rules
from linli.history import chain
from linli.ledger.acts.attaching import OF_REPORTS
from linli.ledger.entries.rows import writing
from linli.ledger.files import storage
from linli.ledger.files.models import ERASED, Attachment
from linli.ledger.files.taking_in import waiting_key
from linli.ledger.retention import holding

log = logging.getLogger(__name__)

UPLOADS: Final = waiting_key(datetime(2026, 1, 1, tzinfo=clock.SHANGHAI)).partition("/")[0]
_YOUNG: Final = timedelta(days=1)  # a content may be on the disk a moment before its row
_SLICE: Final = 500
_REPORTS_RULE: Final = "retention.report_attachments"


def hold(actor: Actor, ids: Iterable[UUID]) -> None:
    """Keep uploads of this person as long as a draft: one names them."""
    until = clock.now() + _span("retention.drafts")
    if actor.id is not None:
        Attachment.objects.filter(
            id__in=list(ids), entry=None, added_by=actor.id, kept_until__lt=until
        ).update(kept_until=until)


def forget() -> int:
    """Remove uploads that were not bound in time, and contents of reports after their rule; then
    destroy the keys that served them. Gives how many contents went."""
    return forget_unbound() + forget_reports() + _destroy_keys()


def forget_unbound() -> int:
    """Remove uploads that no matter took in time."""
    late = Attachment.objects.filter(entry=None, kept_until__lt=clock.now())
    return sum(_drop_unbound(row) for row in late.order_by("kept_until")[:_SLICE])


def _drop_unbound(row: Attachment) -> bool:
    gone = Attachment.objects.filter(id=row.id, entry=None).delete()[0]  # unless bound meanwhile
    if gone:
        transaction.on_commit(lambda: storage.drop(row.stored, row.thumbnail))
    return bool(gone)


def forget_reports() -> int:
    """Erase what residents sent along with reports, after the time of its rule; what is held waits."""
    before = clock.now() - _span(_REPORTS_RULE)
    late = Attachment.objects.filter(
        key_id__startswith=f"{OF_REPORTS}/",
        added_at__lt=before,
        erased_at=None,
        entry__isnull=False,
    ).exclude(entry__in=holding.standing(clock.today()).values("entry"))
    return sum(erase(row, _REPORTS_RULE) for row in late[:_SLICE])


def _span(rule: str) -> timedelta:
    return rules.on(clock.today()).days(rule)


def erase(row: Attachment, why: str) -> bool:
    """Erase a content and its name, with a chained step that says so; the row stays as the place
    where it was. `why` is a rule or the number of a decision, never a name."""
    with writing():
        gone = Attachment.objects.filter(id=row.id, erased_at=None).update(
            erased_at=clock.now(), wrapped=b"", box=b"", thumbnail=""
        )
        if not gone:
            return False
        chain.note_change(
            district=row.district, room=row.room, subject=row.id, action=ERASED, actor_id=None,
            actor_name="linli", body={"entry": str(row.entry), "why": why},
        )  # fmt: skip
        transaction.on_commit(lambda: storage.drop(row.stored, row.thumbnail))
    return True


def _destroy_keys() -> int:
    """Destroy the keys of months whose uploads are settled and whose reports are past their time:
    what an old backup still holds of them opens nowhere any more."""
    ring = keyring.load(settings.HOME)
    today = clock.today()
    for key_id in ring.key_ids:
        kind, _slash, month = key_id.partition("/")
        if kind not in (UPLOADS, OF_REPORTS):
            continue
        over = _end_of(month) + (_span(_REPORTS_RULE).days if kind == OF_REPORTS else 1)
        waiting = Attachment.objects.filter(key_id=key_id, erased_at=None)
        if over < today.toordinal() and not waiting.exists():
            ring.destroy(key_id)
    return 0


def _end_of(month: str) -> int:
    """The first day after a month "2026-11", counted."""
    year, number = (int(part) for part in month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=clock.SHANGHAI).toordinal()


# Contents without a row


def sweep() -> int:
    """Remove contents on the disk that no row knows: of an upload that was killed half-way, of a
    removal that was. Where most are unknown it is the wrong database, and nothing is removed."""
    seen, unknown = 0, []
    contents = _old_contents()
    while some := list(islice(contents, _SLICE)):
        names = {path.name.removesuffix(".part").removesuffix("t") for path in some}
        known = set(
            Attachment.objects.filter(stored__in=names, erased_at=None).values_list(
                "stored", flat=True
            )
        )
        seen += len(some)
        unknown += [path for path in some if not _belongs(path, known)]
    if len(unknown) > 20 and len(unknown) > seen // 2:
        log.error("files: %d of %d have no row; is this the right database?", len(unknown), seen)
        return 0
    for path in unknown:
        path.unlink(missing_ok=True)
    return len(unknown)


def _belongs(path: Path, known: set[str]) -> bool:
    return path.suffix != ".part" and path.name.removesuffix("t") in known


def _old_contents() -> Iterator[Path]:
    """The contents that have been on the disk for a while."""
    before = clock.machine_time(clock.now() - _YOUNG).timestamp()
    for path in storage.root().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        try:
            if path.is_file() and path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue
