"""Files of strangers: a bomb ends no server, and nothing of a file is kept for ever."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from linli.ground import clock
from linli.ledger.custom import workbook as forms
from linli.ledger.declaration import registry
from linli.ledger.exchange.runs import files, running
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets import reading
from linli.ledger.exchange.sheets.opening import FileRefused
from linli.ledger.runs.forgetting import forget
from tests.cast import actor, cast, signed_in

_NS = "http://schemas.openxmlformats.org"
_SHEET = f"{_NS}/spreadsheetml/2006/main"
_REL = f"{_NS}/officeDocument/2006/relationships"
_PACKAGE = f"{_NS}/package/2006/relationships"


def workbook(rows: str) -> bytes:
    """A workbook of one sheet with these rows (SpreadsheetML)."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="a" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_REL}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="b" '
        f'Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}'
        "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, f'<?xml version="1.0"?>{text}')
    return out.getvalue()


def cell(ref: str) -> str:
    row = "".join(filter(str.isdigit, ref))
    return f'<row r="{row}"><c r="{ref}"><v>1</v></c></row>'


def test_an_xlsform_that_unpacks_to_very_much_is_not_read() -> None:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>text</t></is></c></row>'
    rows = "".join(row.format(n) for n in range(1, 400_000))
    content = workbook(rows)
    assert len(content) < forms.MOST_BYTES
    with pytest.raises(FileRefused) as refused:
        forms.read(content)
    assert refused.value.code == "bomb"


def test_an_honest_workbook_of_this_make_is_read() -> None:
    (sheet,) = reading.sheets(workbook(cell("A1") + cell("C3")))
    assert next(cells[0] for _number, cells in sheet.rows()) == 1.0


@pytest.mark.parametrize("last", ["XFD1048576", "ZZ1048576", "CV1000000"])
def test_a_last_cell_far_away_ends_no_server(last: str) -> None:
    with pytest.raises(FileRefused) as refused:
        reading.sheets(workbook(cell("A1") + cell(last)))
    assert refused.value.code == "bomb"


@pytest.mark.django_db
def test_the_page_says_so(client: Client) -> None:
    people = cast()
    bomb = io.BytesIO(workbook(cell("A1") + cell("XFD1048576")))
    bomb.name = "book.xlsx"
    page = signed_in(client, people.li).post("/ledgers/visits/import/", {"file": bomb})
    assert page.status_code == 422
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_files_of_imports_are_forgotten_in_time() -> None:
    people = cast()
    now = clock.now()
    runs = {}
    for name, age, status in (
        ("fresh", 1, Status.PREVIEW), ("left", 40, Status.PREVIEW), ("done", 40, Status.DONE),
        ("at work", 40, Status.RUNNING),
    ):  # fmt: skip
        run = running.receive(
            actor=actor(people.li), ledger=registry.get("visits"), room=people.room,
            name="a.csv", content=name.encode(),
        )  # fmt: skip
        ImportRun.objects.filter(pk=run.pk).update(
            made_at=now - timedelta(days=age), status=status, has_result=True
        )
        runs[name] = run
    forget(running.IMPORT)
    root = files.folder(runs["fresh"]).parent
    there = {name for name, run in runs.items() if (root / run.folder / files.UPLOAD).exists()}
    assert there == {"fresh", "at work"}
    assert set(ImportRun.objects.values_list("status", "has_result")) == {
        ("preview", True), ("done", False), ("running", True),
    }  # fmt: skip
    for run in runs.values():
        files.drop(run)
