"""The file of an export: sealed by a key of its own, which its row keeps sealed in turn."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final, cast

from django.conf import settings

from linli.ground import chunks, clock, keyring, rules
from linli.ground.sealing import KEY_BYTES
from linli.ledger.exports.models import ExportRun, Status

_PART: Final = ".part"
_WORK: Final = ".work"
_YOUNG: Final = 3600  # seconds: a file may lie there a moment before its row says so


def folder() -> Path:
    """Where the files of exports lie, made if it is not there."""
    path = Path(settings.HOME) / "files" / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def making(run: ExportRun, stored: str) -> Iterator[tuple[IO[bytes], Path]]:
    """Where to write the file of a run, and a folder for what must lie in the clear meanwhile.

    Whole or not at all: it gets its name when all is written. Sets `stored`, `box` and `size`.
    """
    path = folder() / stored
    part, beside = path.with_suffix(_PART), path.with_suffix(_WORK)
    secret = secrets.token_bytes(KEY_BYTES)
    ring = keyring.load(settings.HOME)
    beside.mkdir(mode=0o700)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            sealing = chunks.Sealing(out, chunks.key_of(secret, stored), ring.algorithm)
            yield cast(IO[bytes], sealing), beside
            sealing.finish()
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        run.stored, run.size = stored, sealing.size
        run.box = ring.seal_blob(secret, run.id.bytes)
    finally:
        part.unlink(missing_ok=True)
        shutil.rmtree(beside, ignore_errors=True)


def read(run: ExportRun) -> Iterator[bytes]:
    """The bytes of a file. Raises FileNotFoundError, SealBroken."""
    secret = keyring.load(settings.HOME).open_blob(bytes(run.box), run.id.bytes)
    with (folder() / run.stored).open("rb") as file:
        yield from chunks.unseal(file, chunks.key_of(secret, run.stored))


def drop(run: ExportRun) -> None:
    """Erase the file of a run, and the key that opens it."""
    if ExportRun.objects.filter(pk=run.pk).update(status=Status.GONE, box=b"", stored=""):
        remove(run.stored)


def remove(stored: str) -> None:
    """Remove a file of that name, also one that was killed half-way."""
    if stored:
        path = folder() / stored
        path.unlink(missing_ok=True)
        path.with_suffix(_PART).unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(_WORK), ignore_errors=True)


def forget(before: datetime) -> int:
    """Erase the files whose days are over and what a crash left lying; then the rows of exports asked
    for before `before` (what left is in the read log). Gives how many went."""
    late = ExportRun.objects.filter(status=Status.DONE, kept_until__lt=clock.now())
    gone = 0
    for run in late[:500]:
        drop(run)
        gone += 1
    over = (Status.GONE, Status.REFUSED, Status.STOPPED, Status.ASKED)
    gone += ExportRun.objects.filter(status__in=over, made_at__lt=before).delete()[0]
    return gone + _sweep()


def _sweep() -> int:
    """Remove what no row knows."""
    before, gone = clock.now().timestamp() - _YOUNG, 0
    known = set(ExportRun.objects.exclude(stored="").values_list("stored", flat=True))
    unknown: dict[str, float] = {}
    for path in folder().iterdir():
        with suppress(FileNotFoundError):  # just renamed or erased
            unknown[path.stem] = max(clock.written_at(path).timestamp(), unknown.get(path.stem, 0))
    for stored, written in unknown.items():
        if stored not in known and written < before:
            remove(stored)
            gone += 1
    return gone


def kept_until() -> datetime:
    """Until when a file that is made now can be fetched."""
    span = rules.on(clock.today()).span("retention.exports")
    if span.unit != "days":
        raise ValueError("retention.exports is expected in days")
    return clock.now() + timedelta(days=span.n)
