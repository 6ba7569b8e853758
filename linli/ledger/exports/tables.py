"""Entries as a table for people, or as lines for programs; each writer streams what it is given.

Forms: xlsx; csv (UTF-8 with a byte-order mark, without which Excel takes it for GBK); csv_gb
(GB18030, for programs that know nothing else); jsonl.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.words import cell_out, sheet_columns
from linli.ledger.exports import quick, reading
from linli.ledger.exports.reading import Person, Row

Batches = Iterable[list[tuple[Row, list[Person]]]]
Tick = Callable[[int], None]
_MOST_ROWS: Final = 1_000_000  # of a sheet; a workbook takes 1,048,576
_LONGEST: Final = 32_767  # characters of a cell of a workbook


@dataclass(frozen=True)
class Form:
    """A kind of file: its code, what it is called, how its name ends, its media type."""

    code: str
    title: str | Promise
    suffix: str
    media: str


FORMS: Final = {
    form.code: form
    for form in (
        Form(
            "xlsx", _("Workbook (.xlsx)"), "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Form("csv", _("Text table (.csv, UTF-8)"), "csv", "text/csv; charset=utf-8"),
        Form("csv_gb", _("Text table for old programs (.csv, GB18030)"), "csv", "text/csv; charset=gb18030"),
        Form("jsonl", _("For programs (.jsonl)"), "jsonl", "application/x-ndjson"),
    )
}  # fmt: skip
ARCHIVE: Final = Form("zip", pgettext_lazy("form of an export", "Everything of the room (.zip)"), "zip", "application/zip")  # fmt: skip
_ENCODINGS: Final = {"csv": "utf-8", "csv_gb": "gb18030"}


def write(
    out: IO[bytes],
    *,
    form: str,
    ledger: Ledger,
    rows: QuerySet[Entry],
    opened: bool,
    beside: Path,
    tick: Tick = lambda _n: None,
) -> int:
    """Write the entries; gives how many. `rows` stand for one moment (see `reading.apart`).

    `beside` is a folder for what a workbook must keep on the disk until it is finished.
    """
    batches = _told(reading.batches(rows, opened=opened), tick)
    staff = sheet_columns.staff_names()
    if form == "jsonl":
        return _write_lines(out, batches, staff, masked=not opened)
    layout = sheet_columns.Layout(ledger, reading.extent_of(rows, ledger), masked=not opened)
    if form == "xlsx":
        return _write_workbook(out, ledger, layout, batches, staff, beside)
    return _write_csv(out, layout, batches, staff, _ENCODINGS[form])


def _told(batches: Batches, tick: Tick) -> Iterator[list[tuple[Row, list[Person]]]]:
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        tick(done)


def _write_csv(
    out: IO[bytes],
    layout: sheet_columns.Layout,
    batches: Batches,
    staff: cell_out.Staff,
    encoding: str,
) -> int:
    if encoding == "utf-8":
        out.write(b"\xef\xbb\xbf")
    cells, count = quick.texts(layout, staff), 0
    buffer = io.StringIO(newline="")
    sheet = csv.writer(buffer)
    sheet.writerow([cell_out.harmless(title) for title in layout.headings])
    for batch in batches:
        sheet.writerows([[cell(row, people) for cell in cells] for row, people in batch])
        count += len(batch)
        out.write(buffer.getvalue().encode(encoding, "replace"))
        buffer.seek(0)
        buffer.truncate()
    out.write(buffer.getvalue().encode(encoding, "replace"))
    return count


def _write_lines(out: IO[bytes], batches: Batches, staff: cell_out.Staff, *, masked: bool) -> int:
    count = 0
    for batch in batches:
        told: list[bytes] = []
        for row, people in batch:
            said: Any = sheet_columns.line(row, people, staff, masked=masked)  # type: ignore[arg-type]
            told.append(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))
        out.write(b"".join(told))
        count += len(batch)
    return count


# Workbooks


def _write_workbook(
    out: IO[bytes],
    ledger: Ledger,
    layout: sheet_columns.Layout,
    batches: Batches,
    staff: cell_out.Staff,
    beside: Path,
) -> int:
    """Every text is written as text: nothing in it becomes a formula or a link."""
    import xlsxwriter

    options = {
        "constant_memory": True, "tmpdir": str(beside), "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "long": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
    }
    page, count = _page(book, ledger, layout, formats, 1), 0
    try:
        for batch in batches:
            for row, people in batch:
                if count and count % _MOST_ROWS == 0:
                    page = _page(book, ledger, layout, formats, count // _MOST_ROWS + 1)
                cells = layout.cells(row, people, staff)  # type: ignore[arg-type]
                _write_row(page, count % _MOST_ROWS + 1, layout.columns, cells, formats)
                count += 1
    finally:
        book.close()
    return count


_WIDTHS: Final = {"long": 48, "moment": 17, "day": 11, "number": 10}
_NOT_IN_NAMES: Final = str.maketrans("[]:*?/\\'", "        ")


def _page(
    book: Any, ledger: Ledger, layout: sheet_columns.Layout, formats: Any, number: int
) -> Any:
    name = str(ledger.book or ledger.title).translate(_NOT_IN_NAMES).strip()[:26]
    page = book.add_worksheet(f"{name} {number}" if number > 1 else name or "1")
    for at, column in enumerate(layout.columns):
        page.set_column(at, at, _WIDTHS.get(column.kind, 16))
        page.write_string(0, at, column.title, formats["head"])
    page.freeze_panes(1, 1)
    return page


def _write_row(
    page: Any,
    line: int,
    columns: list[sheet_columns.Column],
    cells: list[cell_out.Cell],
    formats: dict[str, Any],
) -> None:
    for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        if cell == "":
            continue
        if isinstance(cell, datetime):
            page.write_datetime(line, at, cell, formats["moment"])
        elif isinstance(cell, date):
            page.write_datetime(line, at, cell, formats["day"])
        elif isinstance(cell, str):
            look = formats["long" if column.kind == "long" else "text"]
            page.write_string(line, at, cell[:_LONGEST], look)
        else:
            page.write_number(line, at, cell, formats["number"])
