"""Every ledger on paper: a matter handled to its end as a form, as its papers and in the book."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.utils import translation

from linli.ledger.declaration import registry
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.book import book_pdf
from linli.ledger.printing.document import document_pdf, documents_of
from linli.ledger.printing.form import entry_pdf
from linli.ledger.reading import entry_view
from tests.cast import Cast, actor
from tests.ledger.exchange.exported import PROGRAM
from tests.ledger.exchange.generating import Handling

pytestmark = pytest.mark.django_db
CODES = [ledger.code for ledger in registry._ledgers.values() if not ledger.compose]


def said(made: bytes) -> str:
    """The words of all pages without blanks; a line may break anywhere."""
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    text = "".join(page.extract_text() for page in pages)
    return "".join(text.replace("\u200b", "").split())


@pytest.mark.parametrize("code", CODES)
def test_it_is_printed(people: Cast, code: str) -> None:
    ledger, reader = registry.get(code), actor(people.li)
    staff = [people.li, people.wang]
    entries = [
        Handling(ledger, PROGRAM, people.room, staff, seed).to_the_end() for seed in (1, 2, 3)
    ]
    with translation.override("zh-hans"):
        serials = ["".join(serial_text(entry).split()) for entry in entries]
        book = said(book_pdf(ledger, entries, people.room.name, "2026", reader))
        assert "".join(str(ledger.book or ledger.title).split()) in book
        for entry, serial in zip(entries, serials, strict=True):
            state = "".join(str(ledger.state_by_name[entry.state].title).split())
            assert serial in book
            form = said(entry_pdf(entry, reader))
            assert serial in form
            assert state in form
            for document in documents_of(entry):
                opened = entry_view.reveal(actor=reader, entry=entry, purpose="matter")
                assert document_pdf(entry, document, reader, opened)[:5] == b"%PDF-"
