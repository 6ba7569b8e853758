"""An encrypted stream of bytes in a file: AES-256-GCM over chunks, in the STREAM construction.

    LINLI-BACKUP\\n | length (4) | header, JSON | check (16) | chunk | chunk | ... | last chunk

The key is made anew for every file (random salt) and bound to the header. A chunk's nonce is its
number and whether it is the last, so that chunks cannot be cut off, doubled or exchanged. The check
tells a wrong passphrase from a damaged file, and nothing else.
"""

from __future__ import annotations

import base64
import hmac
import io
import json
import os
from collections.abc import Callable
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from linli.ground.chunks import nonce
from linli.operations.passphrases import SCRYPT, Secret
from linli.operations.troubles import CouldNotError

MAGIC: Final = b"LINLI-BACKUP\n"
CHUNK: Final = 1 << 20
_TAG: Final = 16
_LONGEST_HEADER: Final = 4096


class NotABackupError(CouldNotError):
    """The file is not a backup of Linli."""


class WrongSecretError(CouldNotError):
    """The passphrase or key is not the one it was made with."""


class DamagedError(CouldNotError):
    """The file is a backup, but not whole or changed."""


def _keys(secret: Secret, header: dict[str, Any], raw_header: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of a file, and its check value."""
    salt = base64.b64decode(header["salt"])
    stretched = secret.stretched(salt, header.get("scrypt"))
    made = HKDF(algorithm=SHA256(), length=64, salt=salt, info=raw_header).derive(stretched)
    return AESGCM(made[:32]), hmac.digest(made[32:], b"check", "sha256")[:16]


class SealingWriter(io.RawIOBase):
    """Write plain bytes into it, an encrypted file comes out; `close` writes the last chunk.

    `abandon` closes without it: such a file never opens.
    """

    def __init__(self, file: IO[bytes], secret: Secret) -> None:
        header: dict[str, Any] = {
            "format": 1,
            "secret": secret.kind,
            "salt": base64.b64encode(os.urandom(32)).decode(),
        }
        if secret.kind == "passphrase":
            header["scrypt"] = SCRYPT
        raw = json.dumps(header, sort_keys=True).encode()
        self._cipher, check = _keys(secret, header, raw)
        self._file, self._waiting, self._number = file, bytearray(), 0
        file.write(MAGIC + len(raw).to_bytes(4, "big") + raw + check)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # one chunk is kept back: it may be the last
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(nonce(self._number, last), plain, None))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            self._waiting.clear()
        super().close()

    def abandon(self) -> None:
        super().close()


class OpeningReader(io.RawIOBase):
    """Read the plain bytes of an encrypted file. Raises NotABackupError, WrongSecretError, DamagedError."""

    def __init__(self, file: IO[bytes], ask: Callable[[str], Secret]) -> None:
        header, raw, check = read_header(file)
        secret = ask(header["secret"])
        if secret.kind != header["secret"]:
            raise WrongSecretError(_kind_needed(header["secret"]))
        self._cipher, expected = _keys(secret, header, raw)
        if not hmac.compare_digest(expected, check):
            raise WrongSecretError(
                _("This is not the passphrase or key that the backup was made with.")
            )
        self._file, self._number, self._ready = file, 0, b""
        self._next = file.read(CHUNK + _TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._ready and not self._ended:
            self._ready = self._chunk()
        part = self._ready[: len(target)]
        target[: len(part)] = part
        self._ready = self._ready[len(part) :]
        return len(part)

    def _chunk(self) -> bytes:
        sealed, self._next = self._next, self._file.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            plain = self._cipher.decrypt(nonce(self._number, self._ended), sealed, None)
        except InvalidTag:
            raise DamagedError(_("The backup is damaged or not whole.")) from None
        self._number += 1
        return plain


def _kind_needed(kind: str) -> str:
    if kind == "key":
        return _("This backup was made with a key file: give --key-file.")
    return _("This backup was made with a passphrase: give --passphrase-file.")


def read_header(file: IO[bytes]) -> tuple[dict[str, Any], bytes, bytes]:
    """The header of a backup: parsed, as it stands, and its check value."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotABackupError(_("This file is not a backup of Linli."))
    length = int.from_bytes(file.read(4), "big")
    raw = file.read(length) if length <= _LONGEST_HEADER else b""
    check = file.read(16)
    try:
        header = json.loads(raw)
        known = header["format"] == 1 and header["secret"] in ("passphrase", "key")
    except (ValueError, KeyError, TypeError):
        raise DamagedError(_("The backup is damaged or not whole.")) from None
    if not known or len(check) != 16:
        raise DamagedError(_("The backup is of a kind that this version does not know."))
    return header, raw, check
