"""Photos on the printed form: six to a page behind what is signed; other files in a list."""

from __future__ import annotations

import io

from django.test import Client
from pypdf import PdfReader

from linli.history.models import ReadLog
from tests.cast import Cast, do, record, signed_in
from tests.ledger.files.conftest import Take, pdf, picture


def test_photos_stand_six_to_a_page(client: Client, people: Cast, take: Take) -> None:
    entry = record("visits", people.li, people.room).entry
    client = signed_in(client, people.li)

    def printed() -> PdfReader:
        answer = client.get(f"/entries/{entry}/print/")
        assert answer.status_code == 200
        return PdfReader(io.BytesIO(answer.content))

    before = len(printed().pages)
    rows = [take(picture((900 + n, 1200 if n % 2 else 700)), f"photo-{n}.jpg") for n in range(7)]
    rows.append(take(pdf(), "scan.pdf"))
    do("visits", "attach", people.li, entry, added_files=[str(row.id) for row in rows])
    made = printed()  # different sizes: the same picture twice is stored once in a PDF
    assert len(made.pages) == before + 2
    assert [len(page.images) for page in made.pages[-2:]] == [6, 1]
    text = "".join(page.extract_text() for page in made.pages)
    assert "scan.pdf" in text and "photo-6.jpg" in made.pages[-1].extract_text()
    assert "files" in ReadLog.objects.filter(kind="print").latest("at").fields
