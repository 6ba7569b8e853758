"""Run as a script, in a process of its own: open the workbook on standard input, and give its rows.

A file of one kilobyte can say that its last cell is the last one there is; the reader then asks for
all the memory of the machine, and the process that asked is ended. Here that is this process. It
also means that a workbook is unpacked beside the process that reads its rows, not before it.

In: eight bytes of size and the workbook. Out, pickled: the list of (name, height, cells) of its sheets,
or a text where it cannot be read. Then, for every line "N" the first rows of sheet N, and for every
empty line the next ones: a list of (number as a table program shows it, cells), empty at the end.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

MOST_MEMORY = 4 * 1024**3  # of addresses; a million honest rows of thirty columns need less
ROWS_AT_ONCE = 1000
_Row = tuple[int, list[Any]]


def main() -> None:
    """Serve one workbook until nobody asks any more."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with contextlib.suppress(OSError):  # should memory end all the same, this process is first
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    content = asked.read(int.from_bytes(asked.read(8), "big"))
    from python_calamine import CalamineError

    try:
        sheets = _opened(content)
    except CalamineError as wrong:
        told.write(pickle.dumps(str(wrong) or "damaged"))
        return
    del content
    told.write(
        pickle.dumps([(n, s.total_height, s.total_height * s.total_width) for n, s in sheets])
    )
    told.flush()
    rows: Iterator[_Row] = iter(())
    ready: list[_Row] = []
    for line in asked:
        if line.strip():
            rows = _rows(sheets[int(line)][1])
            ready = list(islice(rows, ROWS_AT_ONCE))
        told.write(pickle.dumps(ready, pickle.HIGHEST_PROTOCOL))
        told.flush()
        ready = list(islice(rows, ROWS_AT_ONCE))  # while the others are being read


def _opened(content: bytes) -> list[tuple[str, Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [m.name for m in book.sheets_metadata if "worksheet" in str(m.typ).lower()]
    return [(name, book.get_sheet_by_name(name)) for name in names]


def _rows(sheet: Any) -> Iterator[_Row]:
    """The rows with what is merged downwards said in each."""
    merged = _merged(sheet)
    if not merged:
        yield from enumerate(sheet.iter_rows(), 1)
        return
    running: list[tuple[int, int, Any]] = []  # last row, column, value
    for number, cells in enumerate(sheet.iter_rows(), 1):
        running = [one for one in running if one[0] >= number]
        for _last, column, value in running:
            if column < len(cells) and cells[column] == "":
                cells[column] = value
        for last, column in merged.get(number, ()):
            if column < len(cells) and cells[column] != "":
                running.append((last, column, cells[column]))
        yield number, cells


def _merged(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Cells merged downwards: {first row: [(last row, column)]}, rows from 1, columns as given."""
    left = sheet.start[1] if sheet.start else 0
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and column >= left:
            found.setdefault(top + 1, []).append((bottom + 1, column - left))
    return found


if __name__ == "__main__":
    main()
