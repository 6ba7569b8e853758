"""The file of an export: sealed by a key of its own, which its row keeps sealed in turn."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final, cast

from django.conf import settings
from django.db.models import Q

from linli.ground import chunks, clock, keyring, rules
from linli.ground.sealing import KEY_BYTES
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.runs import kept_files
from linli.ledger.runs.long_work import Files

# A file is fetched for some days; then its row stays a while, and says that it was erased.
KEPT: Final = Files(
    folder="exports",
    column="stored",
    past=lambda now: Q(status=Status.DONE, kept_until__lt=now),
    gone={"status": Status.GONE, "box": b""},
)
_OVER: Final = (Status.GONE, Status.REFUSED, Status.STOPPED, Status.ASKED)


def past(now: datetime) -> Q:
    """The exports of which nothing is needed any more: what left is in the read log."""
    before = now - rules.on(clock.local(now).date()).days("retention.drafts")
    return Q(status__in=_OVER, made_at__lt=before)


@contextmanager
def making(run: ExportRun, stored: str) -> Iterator[tuple[IO[bytes], Path]]:
    """Where to write the file of a run, and a folder for what must lie in the clear meanwhile.

    Whole or not at all: it gets its name when all is written. Sets `stored`, `box` and `size`.
    """
    path = kept_files.folder(KEPT) / stored
    beside = path.with_suffix(kept_files.WORK)
    secret = secrets.token_bytes(KEY_BYTES)
    ring = keyring.load(settings.HOME)
    beside.mkdir(mode=0o700)
    try:
        with kept_files.written(path) as out:
            sealing = chunks.Sealing(out, chunks.key_of(secret, stored), ring.algorithm)
            yield cast(IO[bytes], sealing), beside
            sealing.finish()
        run.stored, run.size = stored, sealing.size
        run.box = ring.seal_blob(secret, run.id.bytes)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read(run: ExportRun) -> Iterator[bytes]:
    """The bytes of a file. Raises FileNotFoundError, SealBroken."""
    secret = keyring.load(settings.HOME).open_blob(bytes(run.box), run.id.bytes)
    with (kept_files.folder(KEPT) / run.stored).open("rb") as file:
        yield from chunks.unseal(file, chunks.key_of(secret, run.stored))


def kept_until() -> datetime:
    """Until when a file that is made now can be fetched."""
    return clock.now() + rules.on(clock.today()).days("retention.exports")
