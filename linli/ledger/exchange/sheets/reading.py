"""Sheets and rows of a table file, one after the other.

    for sheet in sheets(content):           # Sheet(name, rows)
        for number, cells in sheet.rows():  # the number a table program shows

Cells are what calamine gives (text, float, bool, datetime, date, time) or, from CSV, text; from
JSON Lines its values. A formula is its value; a text that looks like one stays a text.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import pickle
import re
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from linli.ledger.exchange.sheets import json_lines
from linli.ledger.exchange.sheets.opening import BOMB, FileRefused, guarded, recognise
from linli.ledger.exchange.words.cell_out import harmed

Cells = list[Any]
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = (",", "\t", ";", "\uff0c", "|")
_MOST_COLUMNS = 16_384  # of a workbook
# A cell that a program kept from being a formula by an apostrophe, and a cell in quotation marks.
_HARMLESS = re.compile(rb"(?:^|[,;|\t\r\n\"])'+[=+\-@\t\r]")
_QUOTED = re.compile(r'"(?:[^"]|"")*(?:"|$)')
_MOST_ODD = 200  # one odd sign among so many is no sign of a program

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Sheet:
    """One sheet; `rows()` may be called again and starts from the top."""

    name: str
    rows: Callable[[], Iterator[tuple[int, Cells]]]
    size: int


def sheets(content: bytes) -> list[Sheet]:
    """The sheets of a file that `opening` has let through. Raises FileRefused."""
    if recognise(content) == "text":
        if json_lines.begins_so(content):
            return [Sheet("", *json_lines.sheet_of(content))]
        return [_text_sheet(content)]
    return cast(list[Sheet], guarded(lambda: _workbook(content)))


# A sheet of a million rows and sixty columns; more than that is no register.
_MOST_CELLS = 60_000_000
_LONGEST = 180  # seconds


def _workbook(content: bytes) -> list[Sheet]:
    opened = _Opened(content)
    return [
        Sheet(name, partial(opened.rows, at), height)
        for at, (name, height, _cells) in enumerate(opened.sheets)
    ]


class _Opened:
    """A workbook in a process of its own (see workbook.py), which ends with this object.

    Raises FileRefused (a bomb), ValueError with the reader's own words.
    """

    def __init__(self, content: bytes) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("workbook.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._end = weakref.finalize(self, _end, self.process)
        too_long = threading.Timer(_LONGEST, self.process.kill)
        too_long.start()
        try:
            said = self._ask(len(content).to_bytes(8, "big") + content)
        finally:
            too_long.cancel()
        if isinstance(said, str):
            raise ValueError(said)
        self.sheets: list[tuple[str, int, int]] = said
        if max((cells for _name, _height, cells in self.sheets), default=0) > _MOST_CELLS:
            raise FileRefused(BOMB, code="bomb")
        self._latest: object = None

    def rows(self, sheet: int) -> Iterator[tuple[int, Cells]]:
        """The rows of a sheet from its top; whoever asks for them anew ends who asked before."""
        mine = self._latest = object()
        part = self._ask(b"%d\n" % sheet)
        while part:
            yield from part
            if self._latest is not mine:
                raise RuntimeError("the rows of a workbook are read by one at a time")
            part = self._ask(b"\n")

    def _ask(self, what: bytes) -> Any:
        asked, told = self.process.stdin, self.process.stdout
        assert asked and told
        try:
            asked.write(what)
            asked.flush()
            return pickle.load(told)  # noqa: S301 - written by this program's own process
        except (OSError, EOFError, pickle.UnpicklingError):
            raise FileRefused(BOMB, code="bomb") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe:
                pipe.close()
    process.wait()


def _text_sheet(content: bytes) -> Sheet:
    encoding, start = _encoding(content)
    delimiter = _delimiter(_QUOTED.sub("", start))
    kept_harmless = encoding == "utf-16" or (
        b"'" in content and _HARMLESS.search(content) is not None  # the pattern takes its time
    )

    def rows() -> Iterator[tuple[int, Cells]]:
        text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for cells in reader:
                if kept_harmless:
                    cells = [harmed(cell) for cell in cells]
                yield reader.line_num, cells[:_MOST_COLUMNS]
        except csv.Error as wrong:
            raise FileRefused(
                _("Line %(line)d of the file cannot be read as a table."),
                code="damaged",
                params={"line": reader.line_num},
            ) from wrong

    return Sheet("", rows, content.count(b"\n") + 1)


def _encoding(content: bytes) -> tuple[str, str]:
    """What a CSV file is written in, whatever program wrote it, and the start of its text.

    It is read through in parts, so that a large file is not in memory a second time. Raises FileRefused."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content[:4096]:
        raise FileRefused(_NO_TABLE, code="not_a_table")
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            start = decoder.decode(content[:_PART], final=len(content) <= _PART)
            for at in range(_PART, len(content), _PART):
                decoder.decode(content[at : at + _PART], final=at + _PART >= len(content))
        except UnicodeDecodeError:
            continue
        if _is_text(start[:4096]):
            return encoding, start[:20_000]
    raise FileRefused(_NO_TABLE, code="not_a_table")


_PART = 1_048_576
_NO_TABLE = _(
    "This is neither a workbook nor a text table. Choose an .xlsx, .xls, .ods or .csv file."
)


def _is_text(start: str) -> bool:
    odd = sum(1 for sign in start if ord(sign) < 32 and sign not in "\t\r\n\f")
    return odd * _MOST_ODD <= len(start)


def _delimiter(start: str) -> str:
    """The sign that most lines hold most often; a comma where none does."""
    lines = [line for line in start.splitlines()[:50] if line.strip()]

    def weight(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return sum(1 for count in counts if count), sum(counts)

    best = max(_DELIMITERS, key=weight)
    return best if weight(best)[0] else ","


def cell_text(cell: Any) -> str:
    """What a cell says, as an officer would read it; "" for an empty one."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds" if cell.second else "minutes")[:19]
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()
