"""The keyring 密钥环: the keys that live outside the database, in `<home>/keyring.json`.

Whoever holds the database and no keyring holds no identity number; whoever destroys a month's
wrapping key has erased its rows in every copy. What was destroyed or erased is written to
`<home>/tombstones.jsonl`, which a restore replays.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from linli.ground import clock, sealing, tombstones
from linli.ground.sealing import Algorithm, Ciphers, KeyDestroyed, SealBroken, SealedValue

__all__ = [
    "KeyDestroyed",
    "Keyring",
    "KeyringExists",
    "KeyringMissing",
    "KeyringUnreadable",
    "SealBroken",
    "SealedValue",
    "create",
    "load",
]

_FILE = "keyring.json"
_LOCK = "keyring.lock"
_FORMAT = 1
_LOOKUP_BYTES = 16


class KeyringMissing(FileNotFoundError):
    """There is no keyring in this home."""


class KeyringExists(FileExistsError):
    """There is a keyring already; a second one would make all sealed values unreadable."""


class KeyringUnreadable(ValueError):
    """The keyring file is damaged or of a format this program does not know."""


@dataclass(frozen=True)
class _Keys:
    """One reading of the file; replaced whole, so that other threads never see half of it."""

    stamp: tuple[int, int, int]
    algorithm: Algorithm
    lookup: bytes
    signing: Ed25519PrivateKey
    draft: Ciphers
    wrapping: Mapping[str, bytes]
    destroyed: frozenset[str]
    copied_at: datetime | None
    ciphers: dict[str, Ciphers] = field(default_factory=dict)

    @cached_property
    def keyed_hash(self) -> tuple[Any, Any]:
        """The inner and the outer hash of HMAC-SHA256 (RFC 2104) with the key in, to be copied."""
        block = self.lookup.ljust(hashlib.sha256().block_size, b"\0")
        inner, outer = (bytes(sign ^ pad for sign in block) for pad in (0x36, 0x5C))
        return hashlib.sha256(inner), hashlib.sha256(outer)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        seen = os.stat(path)  # noqa: PTH116 - on the path of every seal: a Path is twice as slow
    except FileNotFoundError:
        raise KeyringMissing(str(path)) from None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise KeyringMissing(str(path)) from None
    except ValueError as damaged:
        raise KeyringUnreadable(str(path)) from damaged
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise KeyringUnreadable(str(path))
    return content


def _parse(content: Mapping[str, Any], stamp: tuple[int, int, int]) -> _Keys:
    try:
        copied = content["copied_at"]
        if content["algorithm"] not in sealing.ALGORITHMS:
            raise KeyringUnreadable("algorithm")
        return _Keys(
            stamp=stamp,
            algorithm=content["algorithm"],
            lookup=base64.b64decode(content["lookup"]),
            signing=Ed25519PrivateKey.from_private_bytes(base64.b64decode(content["signing"])),
            draft=Ciphers(base64.b64decode(content["draft"])),
            wrapping={k: base64.b64decode(v) for k, v in content["wrapping"].items()},
            destroyed=frozenset(content["destroyed"]),
            copied_at=datetime.fromisoformat(copied) if copied else None,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as damaged:
        raise KeyringUnreadable("the keyring lacks a key or holds a damaged one") from damaged


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file whole and durably: a crash leaves the old or the new one."""
    fresh = path.with_suffix(".fresh")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(json.dumps(content, indent=1, sort_keys=True).encode())
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One process and thread at a time changes the keyring of a home."""
    handle = os.open(home / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Keyring:
    """The keys of one home; follows the file, so that all processes use the same keys."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._path = home / _FILE
        self._keys = self._reading()
        self._held = False

    def _reading(self) -> _Keys:
        stamp = _stamp(self._path)  # before reading: a change in between is read again next time
        return _parse(_read(self._path), stamp)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Look at the file once, now, and not again before each of the seals that follow: for a
        batch in a process of its own. A key that is missing is still looked for."""
        self._fresh()
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def _fresh(self) -> _Keys:
        if not self._held and self._keys.stamp != _stamp(self._path):
            self._keys = self._reading()
        return self._keys

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        with _locked(self.home):
            content = _read(self._path)
            before = json.dumps(content, sort_keys=True)
            change(content)
            if json.dumps(content, sort_keys=True) != before:
                _write(self._path, content)
            self._keys = self._reading()

    # What it is

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of new seals."""
        return self._fresh().algorithm

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that check this keyring's signatures."""
        public = self._keys.signing.public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """16 hex signs that name this keyring; tells nothing of its keys."""
        return hashlib.sha256(self.public_key).hexdigest()[:16]

    @property
    def copied_at(self) -> datetime | None:
        """When a backup last took a copy; None is reason for a loud warning."""
        return self._fresh().copied_at

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the wrapping keys that exist."""
        return tuple(sorted(self._fresh().wrapping))

    def mark_copied(self, at: datetime | None = None) -> None:
        """Note that a backup holds a copy of this keyring (now, or `at`)."""
        moment = (at or clock.now()).isoformat()
        self._change(lambda content: content.update(copied_at=moment))

    def choose_algorithm(self, algorithm: Algorithm) -> None:
        """Seal new values with `algorithm`; old ones still open."""
        if algorithm not in sealing.ALGORITHMS:
            raise ValueError(f"unknown algorithm {algorithm}")
        self._change(lambda content: content.update(algorithm=algorithm))

    def problems(self) -> tuple[str, ...]:
        """Codes of what is wrong with the files: home_open, file_open, never_copied."""
        found = []
        if self.home.stat().st_mode & 0o077:
            found.append("home_open")
        if self._path.stat().st_mode & 0o077:
            found.append("file_open")
        if self.copied_at is None:
            found.append("never_copied")
        return tuple(found)

    # Finding again and signing

    def lookup(self, kind: str, value: str) -> bytes:
        """16 bytes by which a sealed value is found again; `value` in its normal form."""
        # HMAC-SHA256 by its definition, with the key hashed in beforehand: four times a matter,
        # in less than half the time of hmac.digest.
        begun_inner, begun_outer = self._keys.keyed_hash
        inner, outer = begun_inner.copy(), begun_outer.copy()
        inner.update(f"{kind}\0{value}".encode())
        outer.update(inner.digest())
        keyed: bytes = outer.digest()
        return keyed[:_LOOKUP_BYTES]

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) of `data`."""
        return self._keys.signing.sign(data)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether this keyring signed `data`."""
        try:
            self._keys.signing.public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True

    # Sealing

    def wrap(self, key_id: str) -> Ciphers:
        """The wrapping key `"<class>/<YYYY-MM>"`, made if there is none; `KeyDestroyed` if gone."""
        keys = self._fresh()
        ready = keys.ciphers.get(key_id)
        if ready is not None:
            return ready
        if key_id not in keys.wrapping and key_id not in keys.destroyed:
            self._make(key_id)
            keys = self._keys
        return self._existing(keys, key_id)

    @staticmethod
    def _existing(keys: _Keys, key_id: str) -> Ciphers:
        ready = keys.ciphers.get(key_id)
        if ready is None:
            if key_id in keys.destroyed:
                raise KeyDestroyed(key_id)
            if key_id not in keys.wrapping:
                raise SealBroken("sealed by a key that this keyring never had")
            ready = keys.ciphers[key_id] = Ciphers(keys.wrapping[key_id])
        return ready

    def _make(self, key_id: str) -> None:
        def add(content: dict[str, Any]) -> None:
            if key_id not in content["wrapping"] and key_id not in content["destroyed"]:
                content["wrapping"][key_id] = _text(os.urandom(sealing.KEY_BYTES))

        self._change(add)

    def seal(self, plain: bytes, *, key_id: str, aad: bytes) -> SealedValue:
        """Seal `plain` under a class and month, bound to `aad`; raises `KeyDestroyed`."""
        wrapping = self.wrap(key_id)
        return sealing.seal(
            plain, key_id=key_id, wrapping=wrapping, algorithm=self._keys.algorithm, aad=aad
        )

    def open(self, value: SealedValue, *, aad: bytes) -> bytes:
        """The plain bytes; raises `KeyDestroyed` or `SealBroken`."""
        return sealing.unseal(value, self._existing(self._fresh(), value.key_id), aad)

    def rewrap(self, value: SealedValue, key_id: str) -> SealedValue:
        """The same box under another class or month, as when an entry is closed."""
        row_key = sealing.row_key_of(value, self._existing(self._fresh(), value.key_id))
        nonce = os.urandom(sealing.NONCE_BYTES)
        wrapped = self.wrap(key_id).close(self._keys.algorithm, nonce, row_key, key_id.encode())
        return SealedValue(key_id, wrapped, value.box)

    def seal_blob(self, plain: bytes, aad: bytes) -> bytes:
        """A box under the draft key, for what lives a short time (drafts, uploads)."""
        keys = self._fresh()
        return keys.draft.close(keys.algorithm, os.urandom(sealing.NONCE_BYTES), plain, aad)

    def open_blob(self, box: bytes, aad: bytes) -> bytes:
        """What `seal_blob` closed; raises `SealBroken`."""
        return self._fresh().draft.open(box, aad)

    # Forgetting

    def destroy(self, key_id: str) -> None:
        """Destroy a wrapping key: all its values are gone for ever. Safe to run twice."""
        # The journal first: after a crash in between, replaying it finishes the work.
        self.bury("key", key_id)
        self._forget({key_id})

    def _forget(self, key_ids: set[str]) -> None:
        def remove(content: dict[str, Any]) -> None:
            for key_id in key_ids:
                content["wrapping"].pop(key_id, None)
            content["destroyed"] = sorted({*content["destroyed"], *key_ids})

        self._change(remove)

    def bury(self, kind: str, subject: str) -> None:
        """Write a tombstone: `kind` "key" or whatever was erased ("entry"), and its id."""
        self._bury({"kind": kind, "subject": subject})

    def bury_entries(self, ids: Sequence[str], rule: str) -> None:
        """Write one tombstone of several entries that were erased under a rule."""
        self._bury({"kind": "entries", "subjects": list(ids), "rule": rule})

    def _bury(self, line: Mapping[str, Any]) -> None:
        with _locked(self.home):
            tombstones.append(self.home, {**line, "at": clock.now().isoformat()}, self._hash)
            _sync_directory(self.home)

    def _hash(self, text: str) -> bytes:
        return self.lookup("tombstone", text)

    def tombstones(self) -> Iterator[dict[str, Any]]:
        """All tombstones that this keyring wrote, oldest first; a line cut by a crash is left out."""
        return (one for one in tombstones.read(self.home) if tombstones.is_genuine(one, self._hash))

    def strange_tombstones(self) -> int:
        """How many lines of the journal somebody else wrote, or changed."""
        return sum(not tombstones.is_genuine(one, self._hash) for one in tombstones.read(self.home))

    def replay_tombstones(self) -> int:
        """Destroy again what an older copy of the keyring brought back; how many keys went."""
        buried = {line["subject"] for line in self.tombstones() if line["kind"] == "key"}
        back = buried & set(self._fresh().wrapping)
        if buried - self._keys.destroyed or back:
            self._forget(buried)
        return len(back)


_loaded: dict[Path, Keyring] = {}
_loading = threading.Lock()


def create(home: Path, *, algorithm: Algorithm = "AES-256-GCM") -> Keyring:
    """Make the keyring of a home (directory 0700, file 0600); `KeyringExists` if there is one."""
    if algorithm not in sealing.ALGORITHMS:
        raise ValueError(f"unknown algorithm {algorithm}")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with _locked(home):
        if (home / _FILE).exists():
            raise KeyringExists(str(home / _FILE))
        _write(
            home / _FILE,
            {
                "format": _FORMAT,
                "algorithm": algorithm,
                "lookup": _text(os.urandom(sealing.KEY_BYTES)),
                "signing": _text(Ed25519PrivateKey.generate().private_bytes_raw()),
                "draft": _text(os.urandom(sealing.KEY_BYTES)),
                "wrapping": {},
                "destroyed": [],
                "copied_at": None,
                "made_at": clock.now().isoformat(),
            },
        )
    return load(home)


def load(home: Path) -> Keyring:
    """The keyring of a home; one object per home, which follows the file. `KeyringMissing`."""
    known = _loaded.get(home)
    if known is None:
        home = Path(home)
        with _loading:
            known = _loaded.get(home)
            if known is None:
                known = _loaded[home] = Keyring(home)
    known._fresh()
    return known
