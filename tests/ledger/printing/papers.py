"""Word files to try: made, spoiled, read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import docx


def word(*lines: str, header: str = "", table: list[list[str]] | None = None) -> bytes:
    """A Word file with these paragraphs, a header and a table."""
    paper = docx.Document()
    for line in lines:
        paper.add_paragraph(line)
    if header:
        paper.sections[0].header.paragraphs[0].text = header
    for row in table or ():
        if not paper.tables:
            paper.add_table(rows=0, cols=len(row))
        for cell, text in zip(paper.tables[0].add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The file with every part changed, and with more parts (`__` in a name is a /)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, said in more.items():
            new.writestr(name.replace("__", "/").replace("_DOT_", "."), said)
    return out.getvalue()


def said(content: bytes) -> list[str]:
    """The text of a Word file, line by line, tables and headers too."""
    paper = docx.Document(io.BytesIO(content))
    bodies = [paper.element.body, *(one.header._element for one in paper.sections)]
    return [line for body in bodies for line in _lines(body)]


def _lines(element: object) -> Iterator[str]:
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for paragraph in element.iter(f"{name}p"):  # type: ignore[attr-defined]
        parts = []
        for node in paragraph.iter(f"{name}t", f"{name}br"):
            parts.append("\n" if node.tag == f"{name}br" else node.text or "")
        if text := "".join(parts).strip():
            yield text
