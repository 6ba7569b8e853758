"""Rows and checklists in the printed form and the printed book."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdf
import pytest

from linli.ledger.entries.models import Entry
from linli.ledger.printing.book import book_pdf
from linli.ledger.printing.form import entry_pdf
from tests.cast import Cast, actor
from tests.ledger.sampler import SAMPLER, done, registered


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


def words(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return "".join("".join(page.extract_text().replace("\u200b", "").split()) for page in pages)


def test_both_say_every_row_and_every_item(people: Cast) -> None:
    checks = {
        "list": "shop", "answers": {"exit": "ok", "extinguisher": "bad", "wires": "na"},
        "notes": {"extinguisher": "已过期"},
    }  # fmt: skip
    made = done("record", people.li, people.room, checks=checks, households=3, due_on="2026-12-01")
    for outcome in ("谈过一次#1", "谈成 $x$"):
        done("hold", people.li, people.room, made.entry, minutes=30, outcome=outcome)
    entry = Entry.objects.get()
    form = words(entry_pdf(entry, actor(people.li)))
    for said in (
        "Sessions（第1条）", "30min；Outcome：谈过一次#1", "Sessions（第2条）", "谈成$x$",
        "灭火器在有效期内：不合格(已过期)", "电线无私拉乱接：不适用", "3households", "2026-12-01",
    ):  # fmt: skip
        assert said in form
    book = words(book_pdf(SAMPLER, [entry], "梅苑", "2026-11", actor(people.li)))
    assert "谈过一次#1" in book and "不合格项：灭火器在有效期内(已过期)" in book
