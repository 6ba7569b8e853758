"""What is inside a backup: a compressed tar, whose last member says what every other one hashes to."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from linli.operations.passphrases import Secret
from linli.operations.sealed_stream import DamagedError, OpeningReader, SealingWriter

ABOUT: Final = "about.json"
MANIFEST: Final = "manifest.json"
_LEVEL: Final = 4  # of compression: twice as fast as the usual 6, a tenth larger
_BLOCK: Final = 1 << 20


class ArchiveWriter:
    """Add members, then `finish`. A crash before that leaves a file that never opens."""

    def __init__(self, file: IO[bytes], secret: Secret) -> None:
        self._sealing = SealingWriter(file, secret)
        self._gzip = gzip.GzipFile(fileobj=self._sealing, mode="wb", compresslevel=_LEVEL, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|")  # noqa: SIM115 - finish closes it
        self.members: dict[str, dict[str, Any]] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        self._add(name, len(data), io.BytesIO(data))

    def add_json(self, name: str, content: Any) -> None:
        self.add_bytes(name, json.dumps(content, ensure_ascii=False, indent=1).encode())

    def add_file(self, name: str, path: Path) -> bool:
        """Add a file as long as it is now, also where it grows; False where it is not there."""
        try:
            with path.open("rb") as file:
                # Of the file that is open: another may have taken its name since.
                self._add(name, os.fstat(file.fileno()).st_size, file)
        except FileNotFoundError:
            return False
        return True

    def _add(self, name: str, size: int, file: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashed = _Hashed(file, size)
        self._tar.addfile(member, hashed)
        self.members[name] = {"size": size, "sha256": hashed.sha256.hexdigest()}

    def finish(self) -> None:
        self.add_json(MANIFEST, {"members": dict(self.members)})
        self._tar.close()
        self._gzip.close()
        self._sealing.close()

    def abandon(self) -> None:
        self._sealing.abandon()


class _Hashed:
    """Reads exactly `size` bytes of a file that may be growing, and hashes them."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size
        self.sha256 = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(data)
        self.sha256.update(data)
        return data


def read(path: Path, secret: Secret) -> Iterator[tuple[str, IO[bytes]]]:
    """The members of a backup in their order, each as a file to be read before the next.

    When all were read, hashes and the end are compared with the manifest: only a caller that comes
    to the end has a sound backup. Raises NotABackupError, WrongSecretError, DamagedError.
    """
    with path.open("rb") as file:
        plain = io.BufferedReader(OpeningReader(file, lambda kind: secret), _BLOCK)
        try:
            with gzip.GzipFile(fileobj=plain, mode="rb") as unpacked:
                yield from _members(unpacked)
                while unpacked.read(_BLOCK):
                    pass
            while plain.read(_BLOCK):
                pass
        except (tarfile.TarError, EOFError, gzip.BadGzipFile) as broken:
            raise DamagedError(_("The backup is damaged or not whole.")) from broken


def _members(unpacked: gzip.GzipFile) -> Iterator[tuple[str, IO[bytes]]]:
    seen: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    with tarfile.open(fileobj=unpacked, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None or manifest is not None or not _is_safe(member.name):
                raise DamagedError(_("The backup is damaged or not whole."))
            if member.name == MANIFEST:
                manifest = json.load(content)
                continue
            hashed = _Hashed(content, member.size)
            yield member.name, hashed  # type: ignore[misc]  # it reads, no more is asked
            while hashed.read(_BLOCK):
                pass
            seen[member.name] = {"size": member.size, "sha256": hashed.sha256.hexdigest()}
    if manifest is None or manifest.get("members") != seen:
        raise DamagedError(_("The backup does not hold what its list says."))


def _is_safe(name: str) -> bool:
    return not name.startswith("/") and ".." not in Path(name).parts
