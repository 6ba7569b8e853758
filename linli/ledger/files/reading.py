"""Files as people see them: names and thumbnails on the page of a matter; a content leaves a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import gettext as _g

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock, keyring
from linli.history.models import ReadLog
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.rows import writing
from linli.ledger.files import media, storage
from linli.ledger.files.models import Attachment

# A recording is fetched in parts while somebody listens: within this time that is one look.
ONE_LOOK: Final = timedelta(minutes=10)
LOOK: Final = "file"  # the kind of read in the log


class ContentGone(LookupError):
    """The content was erased after its time, or its file is not on the disk."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as a page names it. `gone`: there is no content any more."""

    id: UUID
    name: str
    media: media.Media
    size: int
    field: str
    added_by: UUID | None
    added_at: datetime
    scan: str
    gone: bool
    has_thumbnail: bool

    @property
    def is_photo(self) -> bool:
        return self.media.group == "photo"

    @property
    def is_recording(self) -> bool:
        return self.media.group == "recording"


def sealed_of(row: Attachment) -> keyring.SealedValue:
    """What the row keeps sealed: the key of its contents, and the name."""
    return keyring.SealedValue(row.key_id, bytes(row.wrapped), bytes(row.box))


def opened(row: Attachment, ring: keyring.Keyring | None = None) -> tuple[bytes, str]:
    """The key of the contents and the name; raises KeyDestroyed, SealBroken."""
    ring = ring or keyring.load(settings.HOME)
    said = orjson.loads(ring.open(sealed_of(row), aad=row.id.bytes))
    return bytes.fromhex(said["key"]), said["name"]


def shown(rows: Iterable[Attachment]) -> list[Shown]:
    """Rows as pages name them; of what was erased only that it was there."""
    ring = keyring.load(settings.HOME)
    return [_shown(row, ring) for row in rows]


def _shown(row: Attachment, ring: keyring.Keyring) -> Shown:
    name, gone = _g("erased after its time"), True
    if row.erased_at is None:
        try:
            _key, name = opened(row, ring)
            gone = False
        except keyring.KeyDestroyed:
            pass
    return Shown(
        row.id, name, media.BY_CODE[row.media], row.size, row.field, row.added_by, row.added_at,
        row.scan, gone, bool(row.thumbnail) and not gone,
    )  # fmt: skip


def of_entry(entry: UUID) -> list[Shown]:
    """The files of a matter, in the order they were sent. Callers have fetched the matter."""
    return shown(Attachment.objects.filter(entry=entry, ended=False).order_by("added_at", "id"))


def waiting(actor: Actor, ids: Iterable[UUID | str], meant_for: UUID | None = None) -> list[Shown]:
    """Of these files the ones that wait to be bound by this person (or by this report)."""
    rows = Attachment.objects.filter(
        id__in=list(ids), entry=None, ended=False, added_by=actor.id, meant_for=meant_for
    )
    if actor.id is None and meant_for is None:
        return []
    return shown(rows.order_by("added_at", "id"))


def fetch(actor: Actor, file: UUID) -> Attachment:
    """The row, if its matter is the actor's to read, or if it is the actor's own and waits;
    Attachment.DoesNotExist otherwise."""
    row = Attachment.objects.get(id=file)
    if row.entry is None:
        if actor.id is None or row.added_by != actor.id:
            raise Attachment.DoesNotExist
    elif not _may_see(actor, row.entry):
        raise Attachment.DoesNotExist
    return row


def _may_see(actor: Actor, owner: UUID) -> bool:
    """Whether the matter or the thing with the file is the actor's to read."""
    if policy.visible(actor, Entry).filter(id=owner).exists():
        return True
    return any(
        policy.visible(actor, thing.model, "read", thing.code).filter(id=owner).exists()
        for thing in registry.things()
        if thing.by_kind.get("files")
    )


def thumbnail(row: Attachment) -> bytes:
    """The small picture, in which nothing can be read (see stripping.py). Raises ContentGone."""
    if not row.thumbnail:
        raise ContentGone
    secret, _name = _secret_of(row)
    return b"".join(_pieces(row.thumbnail, secret, 0, None))


def content(
    actor: Actor, row: Attachment, first: int = 0, end: int | None = None
) -> tuple[str, Iterator[bytes]]:
    """Name and bytes from `first` to before `end`. The look is logged in the transaction that opens
    the key: no trail, no data. Raises ContentGone, SealBroken while reading."""
    with writing():
        _note(actor, row)
        secret, name = _secret_of(row)
        if not storage.path_of(row.stored).exists():
            raise ContentGone
    return name, _pieces(row.stored, secret, first, end)


def whole(row: Attachment) -> bytes:
    """All bytes of a content, for callers that have logged the look themselves (print, export)."""
    secret, _name = _secret_of(row)
    return b"".join(_pieces(row.stored, secret, 0, None))


def pieces(row: Attachment) -> Iterator[bytes]:
    """A content piece by piece, for callers that have logged the look themselves. ContentGone."""
    secret, _name = _secret_of(row)
    return _pieces(row.stored, secret, 0, None)


def _secret_of(row: Attachment) -> tuple[bytes, str]:
    if row.erased_at is not None:
        raise ContentGone
    try:
        return opened(row)
    except keyring.KeyDestroyed as destroyed:
        raise ContentGone from destroyed


def _pieces(stored: str, secret: bytes, first: int, end: int | None) -> Iterator[bytes]:
    try:
        yield from storage.read(stored, secret, first, end)
    except FileNotFoundError as missing:
        raise ContentGone from missing


def _note(actor: Actor, row: Attachment) -> None:
    """Log the look; what waits to be bound was sent by the looker a moment ago."""
    if row.entry is None:
        return
    just_now = ReadLog.objects.filter(
        actor=actor.id, kind=LOOK, entry=row.entry, fields=[str(row.id)],
        at__gte=clock.now() - ONE_LOOK,
    )  # fmt: skip
    if actor.id is not None and just_now.exists():
        return
    note_read(
        actor_id=actor.id, actor_name=actor.name, kind=LOOK, district=row.district,
        room=row.room, entry=row.entry, fields=[str(row.id)],
    )  # fmt: skip
