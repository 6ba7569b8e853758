"""An archive that is written as a stream and says of every file in it what it hashes to."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final

import orjson

from linli.ground import clock
from linli.ledger.exchange.words.cell_out import harmless

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
_LEVEL: Final = 4  # of compression: twice as fast as the usual 6, a tenth larger
_LONGEST_NAME: Final = 80
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_APPEND: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


class Zipped:
    """Add members, then the manifest. Nothing is kept of a member but its name, size and hash."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self.files: dict[str, dict[str, Any]] = {}

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """Where to write a member; not `packed`: photos, which do not get smaller."""
        if name in self.files:
            raise ValueError(f"{name} twice")
        about = zipfile.ZipInfo(name, clock.local(clock.now()).timetuple()[:6])
        about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        about.external_attr = 0o600 << 16
        with self._zip.open(about, "w", force_zip64=True) as file:
            hashed = _Hashed(file)
            yield hashed  # type: ignore[misc]  # it writes, no more is asked
        self.files[name] = {"size": hashed.size, "sha256": hashed.sha256.hexdigest()}

    def add(self, name: str, content: bytes) -> None:
        with self.member(name) as file:
            file.write(content)

    def add_json(self, name: str, content: Any) -> None:
        self.add(name, json.dumps(content, ensure_ascii=False, indent=1, default=str).encode())

    def add_rows(
        self, name: str, heads: Sequence[str], rows: Callable[[], Iterable[Mapping[str, Any]]]
    ) -> int:
        """The same rows twice: as JSON Lines and as CSV; gives how many. `rows` is asked twice."""
        count = 0
        with self.member(f"{name}.jsonl") as file:
            for row in rows():
                file.write(orjson.dumps(row, default=str, option=_APPEND))
                count += 1
        with self.member(f"{name}.csv") as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            sheet = csv.writer(text)
            sheet.writerow(heads)
            for row in rows():
                sheet.writerow([_cell(row.get(head)) for head in heads])
            text.flush()
            text.detach()
        return count

    def finish(self, about: Mapping[str, Any], sign: Callable[[bytes], Mapping[str, str]]) -> None:
        """Write the manifest and its signature; the archive is whole with them."""
        text = json.dumps({**about, "files": self.files}, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(MANIFEST, text)
        self._zip.writestr(SIGNATURE, json.dumps(dict(sign(text)), indent=1))
        self._zip.close()

    def abandon(self) -> None:
        """Leave it unfinished: it never opens."""
        self._zip.fp = None


class _Hashed(io.RawIOBase):
    """Passes on what is written into it, and hashes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256, self.size = hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list | orjson.Fragment):
        value = orjson.dumps(value, default=str).decode()
    return harmless(str(value))


def readable(name: str) -> str:
    """A name that every system can give a file, as near to the given one as possible."""
    stem, dot, suffix = _NOT_IN_NAMES.sub("_", name).strip(" .").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" or "_"
