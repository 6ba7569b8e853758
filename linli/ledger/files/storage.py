"""Contents on the disk: <home>/files/ab/cd/<random name>, each sealed by a key of its own.

A content is whole and on the disk before its row is written, and its row is gone before it is removed;
so a crash leaves at most contents without a row, which housekeeping removes (retention/uploads.py).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from linli.ground import chunks
from linli.ground.sealing import Algorithm


def root() -> Path:
    """The folder of all contents."""
    return Path(settings.HOME) / "files"


def path_of(stored: str) -> Path:
    """Where the content with this random name lies."""
    return root() / stored[:2] / stored[2:4] / stored


def fresh_name() -> str:
    """A random name; the thumbnail of a content has the same with a "t" behind it."""
    return secrets.token_hex(16)


def put(stored: str, pieces: Iterable[bytes], secret: bytes, algorithm: Algorithm) -> None:
    """Seal and store under this name; whole and durable or not at all. Raises OSError."""
    path = path_of(stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            chunks.seal(out, pieces, chunks.key_of(secret, stored), algorithm)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(stored: str, secret: bytes, first: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes of a content from `first` to before `end`. Raises FileNotFoundError, SealBroken."""
    with path_of(stored).open("rb") as file:
        yield from chunks.unseal(file, chunks.key_of(secret, stored), first, end)


def drop(*names: str) -> None:
    """Remove contents; what is gone already is no mistake."""
    for stored in names:
        if stored:
            path_of(stored).unlink(missing_ok=True)
