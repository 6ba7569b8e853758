"""The signed heads of all rooms, kept outside the database.

Who can write the database but not this folder cannot cut a chain's tail or recompute a chain:
the last head written here would no longer be found in it. One line per room and commit:

    room-hex seq hash-hex unix-time signature-hex

Lines are appended in one write, so that several processes share a file; the worker folds a long
log into one line per room (`fold`).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from django.conf import settings

from linli.ground import clock, keyring


class _Tail(Protocol):
    room: UUID
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class SignedHead:
    room: UUID
    seq: int
    hash: bytes
    written: int
    genuine: bool


def log_path() -> Path:
    return Path(settings.HOME) / "heads" / "heads.log"


def publish(tails: Iterable[_Tail]) -> None:
    """Append the signed heads of rooms whose change has just been committed."""
    ring = keyring.load(settings.HOME)
    now = int(clock.now().timestamp())
    lines = []
    for tail in tails:
        line = f"{tail.room.hex} {tail.seq} {tail.hash.hex()} {now}"
        lines.append(f"{line} {ring.sign(line.encode()).hex()}\n")
    _append("".join(lines).encode())


def _append(data: bytes) -> None:
    path = log_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _held(path, fcntl.LOCK_SH) as log:
        os.write(log, data)


@contextmanager
def _held(path: Path, how: int) -> Iterator[int]:
    """The log, locked under its name: whoever folded it while one waited has exchanged the file."""
    there = False
    while not there:
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(log, how)
            there = os.fstat(log).st_nlink > 0
            if there:
                yield log
        finally:
            os.close(log)


def read_all() -> dict[UUID, SignedHead]:
    """The newest head of every room; `genuine` is False where the signature does not fit."""
    newest: dict[UUID, _Line] = {}
    for line in _lines():
        read = _parse(line)
        if read and (read.room not in newest or newest[read.room].seq < read.seq):
            newest[read.room] = read
    ring = keyring.load(settings.HOME)
    return {room: _checked(line, ring) for room, line in newest.items()}


class _Line(NamedTuple):
    room: UUID
    seq: int
    hash: bytes
    written: int
    signed: str
    signature: str


def _lines() -> Iterator[str]:
    try:
        with log_path().open() as file:
            yield from file
    except FileNotFoundError:
        return


def _parse(line: str) -> _Line | None:
    try:
        signed, signature = line.strip().rsplit(" ", 1)
        room, seq, digest, written = signed.split(" ")
        return _Line(UUID(room), int(seq), bytes.fromhex(digest), int(written), signed, signature)
    except ValueError:
        return None  # a line cut by a crash; the next commit wrote a whole one


def _checked(line: _Line, ring: keyring.Keyring) -> SignedHead:
    try:
        genuine = ring.verify(line.signed.encode(), bytes.fromhex(line.signature))
    except ValueError:
        genuine = False
    return SignedHead(line.room, line.seq, line.hash, line.written, genuine)


def fold() -> int:
    """Keep only the newest line of each room; returns how many lines were left out."""
    path = log_path()
    if not path.exists():
        return 0
    with _held(path, fcntl.LOCK_EX):
        newest: dict[UUID, tuple[int, str]] = {}
        count = 0
        for line in _lines():
            count += 1
            head = _parse(line)
            if head and newest.get(head.room, (-1, ""))[0] < head.seq:
                newest[head.room] = (head.seq, line)
        fresh = path.with_suffix(".fresh")
        with fresh.open("w") as file:
            file.writelines(line for _, line in newest.values())
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o600)
        fresh.replace(path)
    return count - len(newest)
