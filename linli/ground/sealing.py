"""How one value is sealed: a fresh row key per value, itself wrapped by a key of the keyring.

A box is `algorithm byte | nonce (12) | ciphertext and tag (16)`, so that a keyring whose
algorithm was changed still opens what it sealed before.
"""

from __future__ import annotations

import os
from typing import Final, Literal, NamedTuple, Protocol, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

Algorithm = Literal["AES-256-GCM", "SM4-GCM"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = ("AES-256-GCM", "SM4-GCM")
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SM4_KEY_BYTES: Final = 16
_MARK: Final[dict[Algorithm, bytes]] = {"AES-256-GCM": b"\x01", "SM4-GCM": b"\x02"}


def mark_of(algorithm: Algorithm) -> bytes:
    """The byte that names an algorithm in front of what it sealed."""
    return _MARK[algorithm]


class SealBroken(ValueError):
    """A box does not open: changed, cut, of another row, or sealed by another keyring."""


class KeyDestroyed(LookupError):
    """The wrapping key of a value was destroyed on purpose; the value is gone for ever."""

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


class SealedValue(NamedTuple):
    """What the database keeps of a sealed value: who wraps it, the wrapped row key, the box."""

    key_id: str
    wrapped: bytes
    box: bytes


class AuthenticatedCipher(Protocol):
    """The two calls of an AEAD cipher: nonce, data, associated data."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext followed by its tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plain bytes; raises `InvalidTag`."""


class SM4GCM:
    """SM4 in Galois counter mode (GB/T 32907), with the calls of `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key[:_SM4_KEY_BYTES])

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext followed by its tag."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plain bytes; raises `InvalidTag`."""
        if len(data) < _TAG_BYTES:
            raise InvalidTag
        body, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(body) + decryptor.finalize()


def cipher(algorithm: Algorithm, key: bytes) -> AuthenticatedCipher:
    """The cipher of a 32-byte key; SM4 takes its first 16 bytes."""
    return cast(AuthenticatedCipher, AESGCM(key) if algorithm == "AES-256-GCM" else SM4GCM(key))


class Ciphers:
    """One key ready for both algorithms; the cipher objects are kept, making them costs."""

    __slots__ = ("_aes", "_key", "_sm4")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._aes = cipher("AES-256-GCM", key)
        self._sm4: AuthenticatedCipher | None = None

    def of(self, mark: bytes) -> AuthenticatedCipher:
        """The cipher that a box's algorithm byte names; `SealBroken` for an unknown one."""
        if mark == b"\x01":
            return self._aes
        if mark == b"\x02":
            if self._sm4 is None:
                self._sm4 = cipher("SM4-GCM", self._key)
            return self._sm4
        raise SealBroken("unknown algorithm")

    def close(self, algorithm: Algorithm, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """A box around `plain`, bound to `aad`."""
        mark = _MARK[algorithm]
        return mark + nonce + self.of(mark).encrypt(nonce, plain, aad)

    def open(self, box: bytes, aad: bytes) -> bytes:
        """What is in a box; `SealBroken` if it or `aad` is not what was sealed."""
        try:
            return self.of(box[:1]).decrypt(box[1:13], box[13:], aad)
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("the box does not open") from broken


def seal(
    plain: bytes, *, key_id: str, wrapping: Ciphers, algorithm: Algorithm, aad: bytes
) -> SealedValue:
    """Seal `plain` with a fresh row key, bound to `aad` (which row and field it belongs to)."""
    chance = os.urandom(KEY_BYTES + 2 * NONCE_BYTES)  # one call of the kernel, it costs most
    row_key, row_nonce, wrap_nonce = chance[:32], chance[32:44], chance[44:]
    return SealedValue(
        key_id,
        wrapping.close(algorithm, wrap_nonce, row_key, key_id.encode()),
        _MARK[algorithm] + row_nonce + cipher(algorithm, row_key).encrypt(row_nonce, plain, aad),
    )


def row_key_of(value: SealedValue, wrapping: Ciphers) -> bytes:
    """The unwrapped row key of a value; `SealBroken` if the wrapping is not by this key."""
    return wrapping.open(value.wrapped, value.key_id.encode())


def unseal(value: SealedValue, wrapping: Ciphers, aad: bytes) -> bytes:
    """The plain bytes of a value; `SealBroken` if anything of it was changed."""
    return Ciphers(row_key_of(value, wrapping)).open(value.box, aad)
