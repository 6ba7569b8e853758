"""A file of JSON Lines as a sheet: its head are the keys of all lines, a line is a row of values.

What stands under "fields" is taken out of it ("fields.place"). Lists and objects are cells of
their own kind, `Told`; a line that is no object is a row of one `Broken` cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson

FIELDS: Final = "fields"
_MARK: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 200  # characters of a broken line that are kept


@dataclass(frozen=True, slots=True)
class Told:
    """A list or an object that stands in a cell; as text it is JSON."""

    value: Any

    def __str__(self) -> str:
        return orjson.dumps(self.value, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no JSON object."""

    said: str

    def __str__(self) -> str:
        return self.said


def begins_so(content: bytes) -> bool:
    """Whether a file begins as a line of JSON does."""
    return content[:64].removeprefix(_MARK).lstrip().startswith(b"{")


def sheet_of(content: bytes) -> tuple[partial[Iterator[tuple[int, list[Any]]]], int]:
    """(rows, how many) of a file in UTF-8; the first row are the keys."""
    keys: dict[str, None] = {}
    count = 1
    for _number, told in _objects(content):
        count += 1
        if type(told) is dict:
            keys.update(dict.fromkeys(_flat(told)))
    return partial(_rows, content, list(keys)), count


def _rows(content: bytes, keys: list[str]) -> Iterator[tuple[int, list[Any]]]:
    yield 1, list(keys)
    for number, told in _objects(content):
        if type(told) is dict:
            flat = _flat(told)
            yield number, [_cell(flat.get(key)) for key in keys]
        else:
            yield number, [told]


def _objects(content: bytes) -> Iterator[tuple[int, dict[str, Any] | Broken]]:
    """The lines that say something, numbered as the rows of a table below its head."""
    number = 1
    for line in content.removeprefix(_MARK).split(b"\n"):
        if not line.strip():
            continue
        number += 1
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            told = None
        if type(told) is not dict:
            told = Broken(line[:_SHOWN].decode("utf-8", "replace"))
        yield number, told


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    inner = told.get(FIELDS)
    if type(inner) is not dict:
        return told
    outer = {key: value for key, value in told.items() if key != FIELDS}
    return outer | {f"{FIELDS}.{key}": value for key, value in inner.items()}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return Told(value) if type(value) in (list, dict) else value
