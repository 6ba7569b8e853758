"""Printed pages: complete, masked, our own fonts, and nothing that was typed is read as markup."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pypdf
import pytest
from django.utils import translation

from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing import book
from linli.ledger.printing.book import book_pdf
from linli.ledger.printing.form import entry_pdf
from linli.ledger.printing.slip import receipt_slip_pdf
from tests.cast import Cast, actor, cast, do, record

pytestmark = pytest.mark.django_db

# What a template language, a shell, a spreadsheet or a careless reader of data would act on.
HOSTILE = '#let x = 1; #panic("no") $ a^2 $ @ref <label> \\ `raw` *b* _i_ // c /* d */ ~ "quote" {{ x }} =1+1'


@pytest.fixture
def people() -> Iterator[Cast]:
    made = cast()
    with (
        clock.fixed(datetime(2026, 11, 23, 17, 30, tzinfo=clock.SHANGHAI)),
        translation.override("en"),
    ):
        yield made


def pages(made: bytes) -> list[str]:
    """The text of each page, without the marks that only allow a line to break."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [page.extract_text().replace("\u200b", "") for page in reader.pages]


def squeezed(text: str) -> str:
    """Without any space: where a line was broken does not matter."""
    return "".join(text.split())


def a_book(people: Cast, ledger: str = "incidents") -> bytes:
    entries = list(Entry.objects.filter(ledger=ledger).order_by("received_at", "id"))
    return book_pdf(registry.get(ledger), entries, people.room.name, "2026-11", actor(people.li))


def test_a_book_has_its_head_on_every_page(people: Cast) -> None:
    for n in range(25):
        record("incidents", people.li, people.room, narrative=f"第{n}件：邻里噪声纠纷，已劝解")
    found = pages(a_book(people))
    assert len(found) > 1
    for number, page in enumerate(found, 1):
        assert "Incident register" in page
        assert "梅苑社区警务室" in page
        assert "Signature" in page
        assert f"Page {number} of {len(found)}" in page
    everything = squeezed("".join(found))
    for n in range(25):
        assert f"第{n}件：邻里噪声纠纷，已劝解" in everything


def test_a_book_in_chinese(people: Cast) -> None:
    record("incidents", people.li, people.room)
    with translation.override("zh-hans"):
        page = squeezed(pages(a_book(people))[0])
    assert "停在楼下的电动车电瓶被盗" in page
    assert "刑事›盗窃›盗窃电动车" in page


def test_only_our_fonts_and_all_of_them_inside(people: Cast) -> None:
    record("incidents", people.li, people.room)
    reader = pypdf.PdfReader(io.BytesIO(a_book(people)))
    fonts = [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    assert fonts
    for font in fonts:
        assert "NotoSansSC" in font["/BaseFont"]
        inner = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert any(name in inner for name in ("/FontFile2", "/FontFile3"))


@pytest.mark.parametrize("kind", ["book", "entry"])
def test_what_was_typed_is_printed_as_it_was_typed(people: Cast, kind: str) -> None:
    done = record(
        "incidents", people.li, people.room, narrative=HOSTILE + "\n第二行",
        place="#image(\"/etc/passwd\")",
    )  # fmt: skip
    do("incidents", "note", people.li, done.entry, note=HOSTILE)
    if kind == "book":
        made = a_book(people)
    else:
        made = entry_pdf(Entry.objects.get(id=done.entry), actor(people.li))
    text = squeezed("".join(pages(made)))
    assert squeezed(HOSTILE) in text
    assert '#image("/etc/passwd")' in text
    assert text.count(squeezed(HOSTILE)) == (1 if kind == "book" else 2)


@pytest.mark.parametrize("sign", ["长", "a", "9", "-", "，"])
def test_ten_thousand_signs_are_all_on_paper(people: Cast, sign: str) -> None:
    """In words or in one run without a space: over several pages, nothing cut at an edge."""
    record("incidents", people.li, people.room, narrative="始" + sign * 9_998 + "终")
    made = a_book(people)
    found = pages(made)
    text = squeezed("".join(found))
    assert "始" in text
    assert "终" in text
    assert text.count(sign) >= 9_998
    assert len(found) > 2
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert right_edge(reader) <= float(reader.pages[0].mediabox.width)


def right_edge(reader: pypdf.PdfReader) -> float:
    """How far to the right text begins on any page."""
    edges = [0.0]

    def note(text: str, user: Any, at: Any, *_font: Any) -> None:
        if text.strip():
            edges.append(float(user[0]) * float(at[4]) + float(user[4]))

    for page in reader.pages:
        page.extract_text(visitor_text=note)
    return max(edges)


def test_people_on_paper_are_masked(people: Cast) -> None:
    done = record(
        "incidents", people.li, people.room,
        people=[{"role": "reporter", "name": "欧阳修远", "phone": "13800001234"}],
    )  # fmt: skip
    for made in (
        a_book(people),
        entry_pdf(Entry.objects.get(id=done.entry), actor(people.li)),
    ):
        text = squeezed("".join(pages(made)))
        assert "欧阳*" in text
        assert "138****1234" in text
        assert "修远" not in text
        assert "13800001234" not in text


def test_a_void_matter_stays_in_the_book_and_is_counted(people: Cast) -> None:
    done = record("incidents", people.li, people.room)
    record("incidents", people.li, people.room)
    do("incidents", "void", people.li, done.entry, "recorded twice")
    page = pages(a_book(people))[0]
    assert "2 matters, 1 of them void" in page
    assert page.count("停在楼下的电动车电瓶被盗") == 2
    form = pages(entry_pdf(Entry.objects.get(id=done.entry), actor(people.li)))[0]
    assert "VOID" in form
    assert "recorded twice" in form


def test_the_form_tells_what_happened_in_order(people: Cast) -> None:
    done = record("incidents", people.li, people.room, place="5 栋")
    do("incidents", "correct", people.li, done.entry, "wrong house", place="6 栋")
    do("incidents", "finish", people.li, done.entry, result="已处理")
    text = "".join(pages(entry_pdf(Entry.objects.get(id=done.entry), actor(people.li))))
    order = [
        text.index(words) for words in ("Recorded", "5 栋 → 6 栋", "wrong house", "Result: 已处理")
    ]
    assert order == sorted(order)


def test_an_empty_book_says_so(people: Cast) -> None:
    assert "No matter was recorded in this period." in pages(a_book(people))[0]


def test_a_book_too_thick_is_refused(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record("incidents", people.li, people.room)
    monkeypatch.setattr(book, "MOST_ROWS", 0)
    with pytest.raises(ValueError, match="a book holds 0 matters"):
        a_book(people)


def test_a_slip_shows_the_code_once_in_groups_of_four() -> None:
    made = receipt_slip_pdf(
        code="ABCDEFGHJKMNPQRS", serial="V-2026-0001", room="梅苑社区警务室",
        url="https://linli.example/r/4201060101/", hours=["08:30-17:30"],
    )  # fmt: skip
    found = pages(made)
    assert len(found) == 1
    assert squeezed(found[0]).count("ABCDEFGHJKMNPQRS") == 1
    assert "ABCDEFGHJKMNPQRS" not in found[0].replace("\n", "|")
    assert "梅苑社区警务室" in found[0]


def test_signs_that_cannot_be_printed_are_left_out(people: Cast) -> None:
    record("incidents", people.li, people.room, narrative="前\x07\x1b\u202e后" + "\u200d" * 9_000)
    assert "前后" in pages(a_book(people))[0]
