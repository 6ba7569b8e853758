"""Files of entries as an export writes them, in every form, and what an entry says."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import xlsxwriter
from django.db import transaction
from django.utils import translation

from linli.access.actor import system_actor
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs import results, running
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exchange.words import sheet_columns
from linli.ledger.exports import tables
from linli.ledger.reading import entry_view
from linli.org.models import Unit

PROGRAM = system_actor("tests")


def persons(entry: Entry) -> list[dict[str, str]]:
    """The people of an entry as they were said, in their order."""
    listed = entry_view.people_of(entry)
    with transaction.atomic():
        told = entry_view.open_people(entry.id, [one.id for one in listed])
    return [{"role": one.role, **told[one.id]} for one in listed]


def table(ledger: Ledger, entries: list[Entry], language: str = "zh-hans") -> list[list[Any]]:
    """The head and the rows."""
    extent = sheet_columns.Extent()
    for entry in entries:
        extent.add(entry, len(persons(entry)))
    staff = sheet_columns.staff_names()
    with translation.override(language):
        layout = sheet_columns.Layout(ledger, extent)
        return [
            list(layout.headings),
            *(layout.cells(entry, persons(entry), staff) for entry in entries),
        ]


def csv_of_cells(rows: list[list[Any]], delimiter: str = ",") -> str:
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=delimiter)
    for row in rows:
        sheet.writerow([sheet_columns.as_text(cell) for cell in row])
    return out.getvalue()


def export(
    form: str, ledger: Ledger, entries: list[Entry], language: str, *, opened: bool = True
) -> bytes:
    """The file that an export of these entries is."""
    out = io.BytesIO()
    rows = Entry.objects.filter(id__in=[entry.id for entry in entries])
    with translation.override(language), TemporaryDirectory() as beside:
        tables.write(out, form=form, ledger=ledger, rows=rows, opened=opened, beside=Path(beside))
    return out.getvalue()


def workbook_of(*sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "default_date_format": "yyyy-mm-dd hh:mm"},
    )  # fmt: skip
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(number, column, cell)
    book.close()
    return out.getvalue()


def lines_of(told: Any) -> bytes:
    return b"".join(orjson.dumps(one) + b"\n" for one in told)


# In which language a file is written that comes in again in Chinese.
FORMS = {"csv": "zh-hans", "csv_gb": "zh-hans", "xlsx": "en", "jsonl": "zh-hans"}


def bring_in(room: Unit, ledger: Ledger, content: bytes) -> ImportRun:
    """Import as the command does, in Chinese."""
    run = running.receive(
        actor=PROGRAM, ledger=ledger, room=room, name="导出", content=content, language="zh-hans"
    )
    running.prepare(run, columns={}, year=None)
    return running.carry_on(run.pk)


def reasons(run: ImportRun) -> list[str]:
    """What was said of the rows that did not come in without a word."""
    told = (one for one in results.verdicts(run) if one.verdict != "imported")
    return [" ".join(one.reasons) for one in told]


def content(entry: Entry, *, exact: bool) -> dict[str, Any]:
    """All that an entry says, but what is of its room and of how it came in."""

    def second(at: datetime | None) -> datetime | None:
        return at if exact or at is None else at.replace(microsecond=0)

    told = {
        name: getattr(entry, name)
        for name in (
            "ledger", "version", "state", "is_open", "category", "channel", "narrative", "place",
            "lon", "lat", "responsible", "assisting",
        )
    }  # fmt: skip
    moments = ("received_at", "closed_at", "occurred_at")
    told |= {name: second(getattr(entry, name)) for name in moments}
    told["data"] = {name: value for name, value in entry.data.items() if name != "past"}
    told["people"] = persons(entry)
    return told
