"""The journal of what was erased: one line of JSON each, beside the keyring and outside the database.

Every line bears a keyed hash, so that whoever can write the file but has no keyring cannot make a
restore erase anything. A line names a key, or the ids of entries and the rule they were erased under;
never anything of their content.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

JOURNAL: Final = "tombstones.jsonl"
Line = dict[str, Any]
Hash = Callable[[str], bytes]


def append(home: Path, line: Mapping[str, Any], keyed: Hash) -> None:
    """Write one line, durably. Callers hold the lock of the keyring."""
    signed = {**line, "mac": keyed(_text(line)).hex()}
    handle = os.open(home / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as out:
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # a crash cut the last line: do not write into it
                out.write(b"\n")
        out.write(json.dumps(signed, separators=(",", ":")).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())


def read(home: Path) -> Iterator[Line]:
    """All lines, the oldest first; one that was cut by a crash is left out."""
    try:
        with (home / JOURNAL).open("rb") as lines:
            for text in lines:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
    except FileNotFoundError:
        return


def is_genuine(line: Mapping[str, Any], keyed: Hash) -> bool:
    """Whether a line was written by who has this keyring. Tombstones of keys were written without a
    hash once: they count, since they name nothing that a stranger could not destroy anyway."""
    if "mac" not in line:
        return line.get("kind") == "key"
    said = {name: value for name, value in line.items() if name != "mac"}
    return bool(line["mac"] == keyed(_text(said)).hex())


def _text(line: Mapping[str, Any]) -> str:
    return json.dumps(line, sort_keys=True, separators=(",", ":"))
