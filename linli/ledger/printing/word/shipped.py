"""The templates that come with the program: written as plain text, made to Word files here, so that
a change of them can be read.

    # a title                   ## a heading            > to the right      ^ in the middle
    | cell | cell               a row of a table; the first of a table is its head
    ---                         a new page              anything else is a paragraph

Rows and lines may hold what docxtpl understands: {%tr for one in people %}, {%p if ... %}.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_FOLDER = Path(__file__).parent / "shipped"
_FONT = "SimSun"
_LATIN = "Times New Roman"
_ALIGNED = {"> ": WD_ALIGN_PARAGRAPH.RIGHT, "^ ": WD_ALIGN_PARAGRAPH.CENTER}


def entry_template() -> bytes:
    """The shipped template for an entry of any ledger."""
    return made(_FOLDER / "entry.txt")


def document_template(path: Path | None) -> bytes:
    """The shipped template of a document: its own text, or one that any document can be told by."""
    return made(path or _FOLDER / "document.txt")


@lru_cache
def made(path: Path) -> bytes:
    """A Word file of a text."""
    paper = docx.Document()
    _page(paper)
    rows: list[list[str]] = []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            continue
        if rows:
            _table(paper, rows)
            rows = []
        if line.strip():
            _line(paper, line.strip())
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(26), Mm(22)
    section.top_margin = section.bottom_margin = Mm(22)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = _LATIN, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(4)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("{{ serial }}  {{ printed }}  {{ by }}  ").font.size = Pt(8)
    for instruction, after in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(foot, instruction)
        foot.add_run(after).font.size = Pt(8)


def _field(paragraph: Any, instruction: str) -> None:
    """A number that Word counts itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _line(paper: Any, line: str) -> None:
    if line == "---":
        paper.add_page_break()
        return
    head, align = line[:2], None
    size, bold = Pt(11), False
    if line.startswith("## "):
        line, size, bold = line[3:], Pt(12), True
    elif head == "# ":
        line, size, bold, align = line[2:], Pt(20), True, WD_ALIGN_PARAGRAPH.CENTER
    elif head in _ALIGNED:
        line, align = line[2:], _ALIGNED[head]
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(line)
    run.font.size, run.bold = size, bold
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.keep_with_next = bold


def _table(paper: Any, rows: list[list[str]]) -> None:
    table = paper.add_table(rows=0, cols=max(map(len, rows)))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for number, cells in enumerate(rows):
        row = table.add_row()
        for cell, text in zip(row.cells, _filled_up(cells, len(row.cells)), strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(10)
            run.bold = number == 0 and "{%" not in "".join(rows[0]) and len(rows) > 1
        if number == 0 and run.bold:
            _repeat(row)


def _filled_up(cells: list[str], width: int) -> Iterable[str]:
    return [*cells, *[""] * (width - len(cells))]


def _repeat(row: Any) -> None:
    """The head of the table stands on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
