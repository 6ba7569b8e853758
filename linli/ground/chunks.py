"""Long contents sealed piece by piece, so that any part is opened without the rest (STREAM).

    LINLI-FILE\\n | algorithm (1) | chunk | chunk | ... | last chunk

Every chunk is sealed by itself; its nonce is its number and whether it is the last, so that chunks
cannot be cut off, doubled or exchanged. The key must be made for one content alone: see `key_of`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linli.ground.sealing import KEY_BYTES, Algorithm, Ciphers, SealBroken, mark_of

CHUNK: Final = 64 * 1024
_MAGIC: Final = b"LINLI-FILE\n"
_HEADER: Final = len(_MAGIC) + 1
_TAG: Final = 16
_SEALED: Final = CHUNK + _TAG


def key_of(secret: bytes, name: str) -> bytes:
    """The key of one content: of a secret that may serve several, and the content's own name."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"linli content " + name.encode()).derive(
        secret
    )


def nonce(number: int, last: bool) -> bytes:
    """The 12 bytes that tell chunk `number` from all others, and the last from one before it."""
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def seal(out: IO[bytes], pieces: Iterable[bytes], key: bytes, algorithm: Algorithm) -> None:
    """Write a content, given in pieces of any length, sealed to `out`."""
    sealing = Sealing(out, key, algorithm)
    for piece in pieces:
        sealing.write(piece)
    sealing.finish()


class Sealing(io.RawIOBase):
    """Write plain bytes into it, a sealed content comes out. Without `finish` it never opens."""

    def __init__(self, out: IO[bytes], key: bytes, algorithm: Algorithm) -> None:
        mark = mark_of(algorithm)
        self._cipher = Ciphers(key).of(mark)
        self._out, self._waiting, self._number = out, bytearray(), 0
        self.size = 0  # of what was written, not of what came out
        out.write(_MAGIC + mark)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > CHUNK:  # one chunk is kept back: it may be the last
            self._put(bytes(self._waiting[:CHUNK]), False)
            del self._waiting[:CHUNK]
        return len(data)

    def _put(self, plain: bytes, last: bool) -> None:
        self._out.write(self._cipher.encrypt(nonce(self._number, last), plain, None))
        self._number += 1

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), True)
        self._waiting.clear()


def unseal(file: IO[bytes], key: bytes, first: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes from `first` up to and without `end` (None: to the end), piece by piece.

    Only the chunks asked for are read. Raises SealBroken for what was changed, cut or is of another
    key; reading to the end finds a content that was cut.
    """
    head = file.read(_HEADER)
    if len(head) != _HEADER or not head.startswith(_MAGIC):
        raise SealBroken("not a sealed content")
    cipher = Ciphers(key).of(head[-1:])
    number = first // CHUNK
    file.seek(_HEADER + number * _SEALED)
    sealed = file.read(_SEALED)
    while end is None or number * CHUNK < end:
        following = file.read(_SEALED)
        try:
            plain = cipher.decrypt(nonce(number, not following), sealed, None)
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("the content does not open") from broken
        at = number * CHUNK
        yield plain[max(first - at, 0) : None if end is None else end - at]
        if not following:
            return
        sealed, number = following, number + 1
