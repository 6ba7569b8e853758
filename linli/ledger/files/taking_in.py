"""The door: a content is recognised, cleaned, scanned, sealed and stored, and its row is written."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor
from linli.ground import clock, keyring, rules
from linli.ground.ids import new_id
from linli.ledger.files import media, scanner, storage
from linli.ledger.files.models import Attachment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

UNBOUND_KEPT: Final = timedelta(days=1)
MOST_WAITING: Final = 200  # files of one person that belong to no matter yet
SCANNED, NOT_SCANNED = "clean", "skipped"
_MEGABYTE: Final = 1024 * 1024
_PATIENCE: Final = 60  # seconds for one washing; its own limit of processor time is below that
_washing: Final = threading.BoundedSemaphore(2)  # decoders at a time in this process
# Anybody can send photos with a report: one decoder at most is theirs, and they wait a moment for it,
# not as long as it takes; otherwise strangers could keep every thread of the desk waiting.
_of_residents: Final = threading.BoundedSemaphore(1)
_A_MOMENT: Final = 3.0  # seconds
MOST_UNSENT: Final = 2048 * _MEGABYTE  # of photos whose reports were never sent, in all rooms
_CHANGES: Final = 3  # how often all photos of one form may be exchanged for others

DAMAGED: Final = _(
    "This file is damaged or not whole. Open it in another program, save it anew and add that."
)
FULL_DISK: Final = _(
    "The disk is full. The file was not taken. Tell your administrator, then try again."
)
REFUSALS: Final[Mapping[str, Text]] = {
    "pixels": _(
        "This picture has %(pixels)d million pixels; at most %(most)d million are taken. "
        "Save it smaller and add that."
    ),
    "damaged": DAMAGED,
    "locked": _("This PDF is locked by a password. Save it without one and add that."),
    "active": _(
        "This PDF holds a program, a form that sends itself or other files inside. Print it into a "
        "new PDF and add that."
    ),
}


class FileRefused(ValidationError):
    """A file that is not taken, with the reason in the user's words."""


def most_bytes() -> int:
    """The largest file that is taken."""
    return rules.on(clock.today()).int("limit.files.megabytes") * _MEGABYTE


def most_per_entry() -> int:
    """How many files one matter may have."""
    return rules.on(clock.today()).int("limit.files.entry")


def content_of(upload: UploadedFile[Any]) -> bytes:
    """The bytes of an upload, if it is not too large; raises FileRefused."""
    most = most_bytes()
    if (upload.size or 0) > most:
        raise FileRefused(
            _("The file has %(size).1f MB; at most %(most)d MB are taken."),
            code="too_large",
            params={"size": (upload.size or 0) / _MEGABYTE, "most": most // _MEGABYTE},
        )
    content: bytes = upload.read()
    return content


@dataclass(frozen=True, slots=True)
class Washed:
    """A content as it is kept."""

    content: bytes
    thumbnail: bytes
    media: media.Media


def take(
    *,
    actor: Actor,
    upload: UploadedFile[Any],
    room: UUID,
    district: UUID,
    meant_for: UUID | None = None,
    photos_only: bool = False,
) -> Attachment:
    """Take a file in; it belongs to `actor` (or, of a resident, to the matter `meant_for`) and to
    nothing else until an act binds it. Raises FileRefused with nothing kept."""
    content = content_of(upload)
    _not_too_many(actor, room, meant_for)
    washed = wash(content, photos_only=photos_only)
    scan = _scanned(content)
    ring = keyring.load(settings.HOME)
    secret, now = os.urandom(32), clock.now()
    stored = storage.fresh_name()
    small = f"{stored}t" if washed.thumbnail else ""
    try:
        storage.put(stored, [washed.content], secret, ring.algorithm)
        if small:
            storage.put(small, [washed.thumbnail], secret, ring.algorithm)
        id, salt = new_id(), os.urandom(16)
        name = _name_for(upload.name or "", washed.media)
        box = ring.seal(plain_of(secret, name), key_id=waiting_key(now), aad=id.bytes)
        row = Attachment(
            id=id, district=district, room=room, meant_for=meant_for, media=washed.media.code,
            size=len(washed.content), salt=salt, digest=digest_of(salt, [washed.content]),
            stored=stored, thumbnail=small, key_id=box.key_id,
            wrapped=box.wrapped, box=box.box, added_by=actor.id, added_at=now,
            kept_until=now + UNBOUND_KEPT, scan=scan,
        )  # fmt: skip
        row.save(force_insert=True)
    except OSError as trouble:
        storage.drop(stored, small)
        raise _disk(trouble) from trouble
    except BaseException:
        storage.drop(stored, small)
        raise
    return row


def _disk(trouble: OSError) -> Exception:
    """A full disk in words; anything else as it is."""
    full = trouble.errno in (errno.ENOSPC, errno.EDQUOT)
    return FileRefused(FULL_DISK, code="disk") if full else trouble


def _not_too_many(actor: Actor, room: UUID, meant_for: UUID | None) -> None:
    waiting = Attachment.objects.filter(entry=None, added_by=actor.id)
    if actor.id is not None:
        full = waiting.count() >= MOST_WAITING
    elif meant_for is None:  # the program itself
        full = waiting.filter(room=room).count() >= MOST_WAITING
    else:
        allowed = rules.on(clock.today())
        photos = allowed.int("limit.reports.photos")
        unsent = waiting.aggregate(size=Sum("size"))["size"] or 0
        full = (
            waiting.filter(meant_for=meant_for).count() >= _CHANGES * photos
            or waiting.filter(room=room).count() >= allowed.int("limit.reports.room_hour") * photos
            or unsent >= MOST_UNSENT
        )
    if full:
        raise FileRefused(
            _("Very many files wait to be added to a matter. Try again tomorrow."), code="waiting"
        )


def plain_of(secret: bytes, name: str) -> bytes:
    """What is sealed in the row: the key of the contents, and the name."""
    return orjson.dumps({"key": secret.hex(), "name": name})


def waiting_key(at: datetime) -> str:
    """The wrapping key of what is not bound yet; retention/uploads.py destroys it when all is settled."""
    return f"uploads/{clock.local(at):%Y-%m}"


def digest_of(salt: bytes, pieces: Any) -> bytes:
    """The salted digest of a content, given in pieces."""
    whole = hashlib.sha256(salt)
    for piece in pieces:
        whole.update(piece)
    return whole.digest()


def _name_for(name: str, kind: media.Media) -> str:
    """The name as it is shown and downloaded: no path, no control signs, the suffix of what it is."""
    stem = Path(name.replace("\\", "/")).name
    for suffix in {known.suffix for known in media.ALL} | {".jpeg"}:
        stem = stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem
    printable = "".join(sign for sign in stem if sign.isprintable())[:80].strip(" .")
    return (printable or str(kind.title)) + kind.suffix


# Cleaning


def wash(content: bytes, *, photos_only: bool = False) -> Washed:
    """Recognise a content and make it safe to keep and to show; raises FileRefused."""
    known = media.recognise(content)
    if known is None:
        raise FileRefused(media.why_not(content), code="type")
    if photos_only and known.group != "photo":
        raise FileRefused(_("Only photos are taken here (JPEG, PNG, WebP, GIF)."), code="type")
    if known.group == "recording":
        return Washed(content, b"", known)
    with _turn(photos_only):
        said, parts = _in_a_process(known.group, content)
    if known.group == "document":
        return Washed(content, b"", known)
    return Washed(parts[0], parts[1], media.BY_CODE[said["media"]])


@contextmanager
def _turn(of_resident: bool) -> Iterator[None]:
    """One's turn at the decoders; raises FileRefused where a resident's does not come soon."""
    if of_resident and not _of_residents.acquire(timeout=_A_MOMENT):
        raise FileRefused(
            _("Many photos are arriving just now. Add it again in a minute, or leave it out."),
            code="busy",
        )
    try:
        with _washing:
            yield
    finally:
        if of_resident:
            _of_residents.release()


def _in_a_process(what: str, content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What stripping.py says of a content, and the parts it made."""
    in_force = rules.on(clock.today())
    pixels, edge = (in_force.int(f"limit.files.{name}") for name in ("megapixels", "edge"))
    script = Path(__file__).with_name("stripping.py")
    asked = [sys.executable, "-I", str(script), what, str(pixels * 1_000_000), str(edge)]
    try:
        run = subprocess.run(
            asked, input=content, capture_output=True, timeout=_PATIENCE, env={}, cwd="/",
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as slow:
        raise FileRefused(DAMAGED, code="slow") from slow
    head, _line, rest = run.stdout.partition(b"\n")
    if run.returncode == 3:
        said = orjson.loads(head)
        params = {"pixels": said.get("pixels", 0), "most": pixels}
        raise FileRefused(REFUSALS[said["refused"]], code=said["refused"], params=params)
    if run.returncode != 0:
        raise FileRefused(DAMAGED, code="damaged")
    said = orjson.loads(head)
    parts, at = [], 0
    for length in said["lengths"]:
        parts.append(rest[at : at + length])
        at += length
    return said, parts


def _scanned(content: bytes) -> str:
    """Have the content scanned as it came, where there is a scanner; raises FileRefused."""
    if not scanner.is_configured():
        return NOT_SCANNED
    try:
        found = scanner.find(content)
    except scanner.ScannerSilent as trouble:
        raise FileRefused(
            _("The virus scanner does not answer, so no file is taken. Tell your administrator."),
            code="scanner",
        ) from trouble
    if found:
        raise FileRefused(
            _("The virus scanner found something in this file: %(found)s. It was not taken."),
            code="virus",
            params={"found": found[:60]},
        )
    return SCANNED


class BoundedUploads(TemporaryFileUploadHandler):
    """Uploads go to a temporary file, but no more of one than any file taken anywhere may have:
    the rest is read and thrown away, and its true size is told, so that the page can say so."""

    MOST: Final = 64 * _MEGABYTE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= self.MOST:
            super().receive_data_chunk(raw_data, start)
