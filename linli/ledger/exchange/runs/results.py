"""The result workbook: the file as it was, and beside each row what became of it.

Every text is written as text: a cell that looks like a formula or an address stays what it says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from linli.ground import keyring
from linli.ledger.declaration import registry
from linli.ledger.exchange.runs import files, planning
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exchange.sheets.reading import Sheet, cell_text
from linli.ledger.exchange.words.headings import Found

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_CELL = 32_000
_SIZE = 4  # bytes before a sealed piece that say how long it is


class Verdict(NamedTuple):
    """What became of a row: a verdict, its reasons in words (skipped: its code), the serial."""

    sheet: int
    row: int
    verdict: str
    reasons: tuple[str, ...]
    serial: str = ""


class VerdictWriter:
    """Keeps the verdicts of a run in a file, written anew by each passage: sealed piece by piece,
    since reasons quote cells."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> VerdictWriter:
        target = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.out = os.fdopen(target, "wb")
        return self

    def write(self, verdicts: Iterable[Verdict]) -> None:
        piece = orjson.dumps([tuple(one) for one in verdicts])
        box = keyring.load(settings.HOME).seal_blob(piece, _bound(self.path))
        self.out.write(len(box).to_bytes(_SIZE, "big") + box)

    def __exit__(self, *_error: object) -> None:
        self.out.close()


def verdicts(run: ImportRun) -> Iterator[Verdict]:
    """The verdicts of a finished run, in the order of the file."""
    path = files.folder(run) / files.VERDICTS
    ring = keyring.load(settings.HOME)
    with path.open("rb") as pieces:
        while size := pieces.read(_SIZE):
            box = pieces.read(int.from_bytes(size, "big"))
            for told in orjson.loads(ring.open_blob(box, _bound(path))):
                sheet, row, verdict, reasons, serial = told
                yield Verdict(sheet, row, verdict, tuple(reasons), serial)


def _bound(path: Path) -> bytes:
    """Binds a piece to its run: moved to another folder it does not open."""
    return f"exchange/{path.parent.name}/{path.name}".encode()


def verdict_words(*, to_come: bool = False) -> dict[str, str]:
    """The verdicts in words: of what was done, or (`to_come`) of what an import would do."""
    return {
        "imported": _("can be imported") if to_come else _("imported"),
        "warned": _("can be imported, with a warning") if to_come else _("imported with a warning"),
        "duplicate": _("duplicate"),
        "refused": _("refused"),
        "skipped": _("left out"),
    }


def _skipped_words() -> dict[str, str]:
    return {
        "blank": "",
        "head": _("headings, repeated"),
        "total": _("a total"),
    }


def write(run: ImportRun) -> None:
    """Write and seal the result workbook. Raises FileRefused, OSError (a full disk)."""
    import xlsxwriter

    plain = files.folder(run) / "result.part.xlsx"
    book = planning.open_book(
        files.get(run, files.UPLOAD), registry.register_of(run.ledger), run.room
    )
    options = {
        "constant_memory": True, "tmpdir": str(files.folder(run)), "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    try:
        made = xlsxwriter.Workbook(str(plain), options)
        try:
            _fill(made, run, book)
        finally:
            made.close()
        plain.chmod(0o600)
        files.put(run, files.RESULT, plain.read_bytes())
    except xlsxwriter.exceptions.FileCreateError as wrong:
        raise OSError(*getattr(wrong.args[0], "args", ())) from wrong
    finally:
        plain.unlink(missing_ok=True)


def _fill(made: Any, run: ImportRun, book: planning.Book) -> None:
    told = verdicts(run)
    pending = next(told, None)
    formats = _formats(made)
    taken: set[str] = set()
    for index, (sheet, head) in enumerate(zip(book.sheets, book.heads, strict=True)):
        page = made.add_worksheet(_sheet_name(sheet.name, index, taken))
        page.set_column(len(head.headings), len(head.headings) + 2, 22)
        page.freeze_panes(head.row, 0)
        pending = _fill_sheet(page, formats, sheet, index, head, told, pending)


def _fill_sheet(
    page: Any,
    formats: dict[str, Any],
    sheet: Sheet,
    index: int,
    head: Found,
    told: Iterator[Verdict],
    pending: Verdict | None,
) -> Verdict | None:
    after = len(head.headings)
    words, skipped = verdict_words(), _skipped_words()
    for number, cells in sheet.rows():
        for column, cell in enumerate(cells):
            _write_cell(page, formats, number - 1, column, cell)
        if number == head.row:
            for column, title in enumerate((_("Result of the import"), _("Reason"), _("Serial"))):
                page.write_string(number - 1, after + column, title, formats["head"])
        if pending and (pending.sheet, pending.row) == (index, number):
            reasons = " ".join(pending.reasons)
            if pending.verdict == "skipped":
                reasons = skipped.get(reasons, "")
            if pending.verdict != "skipped" or reasons:
                style = formats[pending.verdict]
                page.write_string(number - 1, after, words[pending.verdict], style)
                page.write_string(number - 1, after + 1, reasons[:_LONGEST_CELL], style)
                page.write_string(number - 1, after + 2, pending.serial, style)
            pending = next(told, None)
    return pending


def _formats(made: Any) -> dict[str, Any]:
    def tinted(colour: str) -> Any:
        return made.add_format({"bg_color": colour, "text_wrap": True, "valign": "top"})

    return {
        "head": made.add_format({"bold": True}),
        "imported": tinted("#e7f4ea"),
        "warned": tinted("#fff4d6"),
        "duplicate": tinted("#e8ecf3"),
        "refused": tinted("#fbe3e1"),
        "skipped": tinted("#f3f3f3"),
        "moment": made.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "day": made.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _write_cell(page: Any, formats: dict[str, Any], row: int, column: int, cell: Any) -> None:
    if cell in ("", None):
        return
    if isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), formats["moment"])
    elif isinstance(cell, date) and not isinstance(cell, time):
        page.write_datetime(row, column, cell, formats["day"])
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, cell_text(cell)[:_LONGEST_CELL])


def _sheet_name(name: str, index: int, taken: set[str]) -> str:
    plain = _NOT_IN_NAMES.sub(" ", name).strip()[:28] or f"Sheet{index + 1}"
    if plain.lower() in taken:
        plain = f"{plain} {index + 1}"
    taken.add(plain.lower())
    return plain
