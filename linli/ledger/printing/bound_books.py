"""A thick book: set in parts, each in a process of its own, and bound to one PDF with its pages
counted through.

A part holds some fifty pages, whatever is on them, so that memory does not grow with the book; the
next one begins on a new page. How many pages there are is known only when all parts are set:
their numbers are laid over the pages at the end.
"""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
)

from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.printing.book import Head, rows_of, sheet
from linli.ledger.printing.typesetting import TEMPLATES, composed, pressed

# A part ends when it has so much on it: by signs, since one matter may fill two pages, and another
# a tenth of one.
_PART = 80_000
_OF_A_ROW = 100  # what a row takes beside its words: number, times, state, lines
_PAGES_NUMBERED = 250  # pages of numbers set at once
Row = Mapping[str, Any]
Tick = Callable[[int, int], None]


def bind(
    ledger: Ledger, head: Head, slices: Iterable[list[Entry]], tick: Tick | None = None
) -> bytes:
    """The whole book, from its matters some hundreds at a time; `tick` is told the rows and the
    pages done. Raises RuntimeError where a part cannot be set."""
    with TemporaryDirectory(prefix="linli-book-") as folder:
        parts: list[Path] = []
        pages = rows = 0
        for count, made in _set(_sheets(ledger, head, slices)):
            path = Path(folder) / f"{len(parts):05d}.pdf"
            path.write_bytes(made)
            parts.append(path)
            pages += len(PdfReader(io.BytesIO(made)).pages)
            rows += count
            if tick:
                tick(rows, pages)
        return _bound(parts, pages, str(ledger.book or ledger.title))


def _sheets(
    ledger: Ledger, head: Head, slices: Iterable[list[Entry]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(rows, what Typst is given) for every part."""
    before = 0
    for rows, last in _parts(row for some in slices for row in rows_of(ledger, some)):
        data = sheet(ledger, head, rows, before=before, last=last, whole=False)
        yield len(rows), composed(data)
        before += len(rows)


def _parts(rows: Iterable[Row]) -> Iterator[tuple[list[Row], bool]]:
    """The rows of each part, and whether it is the last one."""
    held: list[Row] = []
    weight = 0
    for row in rows:
        heavy = _weight(row)
        if held and weight + heavy > _PART:
            yield held, False
            held, weight = [], 0
        held.append(row)
        weight += heavy
    yield held, True


def _weight(row: Row) -> int:
    said = (row["place"], row["narrative"], *row["people"], *(text for _title, text in row["rest"]))
    return _OF_A_ROW + sum(map(len, said))


def _set(sheets: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, bytes]]:
    """The parts set, in order, as many at a time as there are processors (four at most); what is
    not set yet is read only one part ahead."""
    at_work = max(1, min(4, os.cpu_count() or 1))
    waiting: deque[tuple[int, Future[bytes]]] = deque()
    with ThreadPoolExecutor(at_work) as pool:
        for count, given in sheets:
            waiting.append((count, pool.submit(pressed, TEMPLATES / "book.typ", given)))
            if len(waiting) > at_work:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def _bound(parts: Iterable[Path], pages: int, title: str) -> bytes:
    writer = PdfWriter()
    numbers = _numbers(pages)
    for path in parts:
        for page in PdfReader(path).pages:
            _lay_over(writer.add_page(page), next(numbers), writer)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _numbers(pages: int) -> Iterator[PageObject]:
    """A page with nothing but its number for each page of the book."""
    for first in range(1, pages + 1, _PAGES_NUMBERED):
        count = min(_PAGES_NUMBERED, pages - first + 1)
        data = {"title": "", "first": first, "count": count, "pages": pages}
        yield from PdfReader(io.BytesIO(pressed(TEMPLATES / "numbers.typ", composed(data)))).pages


def _lay_over(page: PageObject, number: PageObject, writer: PdfWriter) -> None:
    """Draw `number` on `page` as a form of its own: what is on the page need not be read again."""
    form = _stream(cast(StreamObject, number["/Contents"].get_object()).get_data())
    box = ArrayObject(FloatObject(edge) for edge in number.mediabox)
    resources = cast(DictionaryObject, number["/Resources"].get_object()).clone(writer)
    form.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): box, NameObject("/Resources"): resources,
    })  # fmt: skip
    # The page's own resources may be shared with other pages: each gets its own list of forms.
    own = DictionaryObject(cast(DictionaryObject, page["/Resources"].get_object()))
    forms = DictionaryObject(own.get("/XObject", DictionaryObject()))
    forms[NameObject("/LinliPage")] = writer._add_object(form)
    own[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = own
    said = page.raw_get("/Contents")
    ours = [*said] if isinstance(said.get_object(), ArrayObject) else [said]
    # Between q and Q, since Typst turns the page upside down for itself and leaves it so.
    around = (_stream(b"q "), _stream(b" Q q /LinliPage Do Q"))
    begin, end = (writer._add_object(one) for one in around)
    page[NameObject("/Contents")] = ArrayObject([begin, *ours, end])


def _stream(data: bytes) -> StreamObject:
    made = StreamObject()
    made.set_data(data)
    return made
