"""Thick books: set in parts, pages counted through, ordered and taken by one person alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from linli.access.actor import Actor
from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing import bound_books, one_part, ordered_books, typesetting
from linli.ledger.printing.book import Head
from linli.ledger.printing.models import Book
from linli.ledger.reading import lists
from linli.ledger.runs.claiming import take_over
from linli.ledger.runs.forgetting import forget
from linli.ledger.runs.lease import TakenOver
from linli.ledger.runs.run import State
from linli.org import tree
from linli.org.models import Posting
from tests.cast import Cast, actor, cast, do, record

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 23, 17, 30, tzinfo=clock.SHANGHAI)


@pytest.fixture
def people() -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MOMENT), translation.override("en"):
        yield made


def order(who: Actor, **filters: str) -> Book:
    return ordered_books.order(
        actor=who, ledger=registry.get("incidents"), filters=lists.Filters(**filters),
        room_name="梅苑社区警务室", period="2026-11",
    )  # fmt: skip


def pages_of(made: bytes) -> list[str]:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return [page.extract_text().replace("\u200b", "") for page in pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


def bound(people: Cast, monkeypatch: pytest.MonkeyPatch, count: int) -> list[str]:
    """A book of so many matters, a part for every two or three."""
    monkeypatch.setattr(bound_books, "_PART", 500)
    monkeypatch.setattr(bound_books, "_PAGES_NUMBERED", 2)
    for n in range(count):
        record("incidents", people.li, people.room, narrative=f"第{n}件：邻里噪声纠纷")
    entries = list(Entry.objects.order_by("received_at", "id"))
    told: list[tuple[int, int]] = []
    head = Head("梅苑社区警务室", "2026-11", "李建国", count, 0)
    made = bound_books.bind(
        registry.get("incidents"), head, [entries[:3], entries[3:]],
        lambda rows, pages: told.append((rows, pages)),
    )  # fmt: skip
    found = pages_of(made)
    assert told[-1] == (count, len(found))
    assert told == sorted(told)
    return found


def test_parts_are_bound_with_their_pages_counted_through(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = bound(people, monkeypatch, 11)
    assert len(found) > 2
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert page.count("Page ") == 1
        assert "Incident register" in page
        assert "梅苑社区警务室" in page
        assert "11 matters" in page
    text = squeezed("".join(found))
    where = [text.index(f"第{n}件") for n in range(11)]
    assert where == sorted(where)


def test_only_the_last_page_is_signed_and_stamped(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = bound(people, monkeypatch, 7)
    signed = [page for page in found if "Stamp of the room" in page]
    assert signed == found[-1:]
    going_on = [page for page in found if "the register goes on overleaf" in page]
    assert going_on == found[:-1]


def test_matters_are_numbered_through_the_parts(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(bound(people, monkeypatch, 7))
    numbers = re.findall(r"^(\d+) \S+-2026-", text, re.MULTILINE)
    assert numbers == [str(n) for n in range(1, 8)]


def test_a_bound_book_has_its_fonts_inside(people: Cast) -> None:
    record("incidents", people.li, people.room)
    book = ordered_books.make(order(actor(people.li)).pk)
    for page in pypdf.PdfReader(io.BytesIO(ordered_books.pages(book))).pages:
        forms = page["/Resources"]["/XObject"].values()
        resources = [page["/Resources"], *(form.get_object()["/Resources"] for form in forms)]
        for one in resources:
            for font in one["/Font"].get_object().values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                assert "NotoSansSC" in font.get_object()["/BaseFont"]
                assert "/FontFile2" in inner.get_object() or "/FontFile3" in inner.get_object()


def test_ordered_made_and_taken(people: Cast) -> None:
    done = record("incidents", people.li, people.room)
    record("incidents", people.neighbour, people.next_room, narrative="隔壁警务室的事")
    do("incidents", "void", people.li, done.entry, "recorded twice")
    book = order(actor(people.li))
    assert book.status == State.WAITING
    made = ordered_books.make(book.pk)
    assert (made.status, made.rows, made.at_row, made.pages) == (State.DONE, 1, 1, 1)
    [page] = pages_of(ordered_books.pages(made))
    assert "停在楼下的电动车电瓶被盗" in squeezed(page)
    assert "1 matter, 1 of them void" in page
    assert "隔壁警务室的事" not in squeezed(page)


def test_it_is_sealed_where_it_lies(people: Cast, home: Path) -> None:
    record("incidents", people.li, people.room)
    book = ordered_books.make(order(actor(people.li)).pk)
    lying = (home / "files" / "books" / book.file).read_bytes()
    assert not lying.startswith(b"%PDF")
    assert ordered_books.pages(book).startswith(b"%PDF")


def test_who_printed_what_is_logged_before_anything_is_read(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    record("incidents", people.li, people.room)
    record("incidents", people.neighbour, people.next_room)
    book = order(actor(people.chief))

    def broken(*_args: Any) -> bytes:
        raise RuntimeError("the press is broken")

    monkeypatch.setattr(bound_books, "pressed", broken)
    stopped = ordered_books.make(book.pk)
    assert stopped.status == State.STOPPED
    assert stopped.problem.startswith("A part of the book could not be set.")
    logged = ReadLog.objects.filter(kind="print", actor=people.chief.pk)
    assert {row.room for row in logged} == {people.room.pk, people.next_room.pk}
    assert {row.count for row in logged} == {1}


def test_a_stopped_book_is_made_anew(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record("incidents", people.li, people.room)
    book = order(actor(people.li))
    with monkeypatch.context() as broken:
        broken.setattr(typesetting, "_ONE_PART", Path("/nowhere/one_part.py"))
        assert ordered_books.make(book.pk).status == State.STOPPED
    book.refresh_from_db()
    assert take_over(book)
    assert ordered_books.make(book.pk).status == State.DONE


def test_the_same_order_twice_is_one_book(people: Cast) -> None:
    first = order(actor(people.li), state="open")
    assert order(actor(people.li), state="open").pk == first.pk
    assert order(actor(people.li), state="closed").pk != first.pk
    assert order(actor(people.wang), state="open").pk != first.pk
    with clock.fixed(MOMENT + timedelta(minutes=5)):  # its process is gone
        assert order(actor(people.li), state="open").pk != first.pk


def test_one_at_work_elsewhere_is_left_alone(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record("incidents", people.li, people.room)
    book = order(actor(people.li))

    def taken_over(_ledger: Any, _head: Any, _slices: Any, tick: Any) -> bytes:
        Book.objects.filter(pk=book.pk).update(claim=people.room.pk)
        tick(1, 1)
        return b""

    monkeypatch.setattr(bound_books, "bind", taken_over)
    with pytest.raises(TakenOver):
        ordered_books.make(book.pk)


def test_who_lost_the_permission_gets_no_book(people: Cast) -> None:
    record("incidents", people.li, people.room)
    book = order(actor(people.li))
    Posting.objects.filter(staff=people.li).delete()
    tree.forget()
    made = ordered_books.make(book.pk)
    assert made.status == State.STOPPED
    assert made.problem == "This account may not print this register any more."
    with pytest.raises(FileNotFoundError):
        ordered_books.pages(made)


def test_who_left_the_room_cannot_take_its_book(people: Cast) -> None:
    record("incidents", people.li, people.room)
    book = order(actor(people.li))
    made = ordered_books.make(book.pk)
    assert ordered_books.may_take(actor(people.li), made)
    Posting.objects.filter(staff=people.li).update(unit=people.next_room)
    tree.forget()
    assert actor(people.li).may("print", "incidents", people.next_room.pk)
    assert not ordered_books.may_take(actor(people.li), made)


def test_too_many_are_refused(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record("incidents", people.li, people.room)
    book = order(actor(people.li))
    monkeypatch.setattr(ordered_books, "MOST_ROWS", 0)
    with pytest.raises(ValidationError, match="at most 0 matters"):
        order(actor(people.li))
    assert ordered_books.make(book.pk).status == State.STOPPED


def test_books_are_forgotten_with_their_pages(people: Cast, home: Path) -> None:
    record("incidents", people.li, people.room)
    book = ordered_books.make(order(actor(people.li)).pk)
    path = home / "files" / "books" / book.file
    forget(ordered_books.BOOK)
    assert path.exists()
    with clock.fixed(MOMENT + timedelta(days=60)):
        assert forget(ordered_books.BOOK) > 0
    assert not path.exists()
    assert not Book.objects.exists()


def test_the_press_needs_nothing_of_linli() -> None:
    """It starts for every part: Django would take longer than the part."""
    source = Path(one_part.__file__).read_text()
    assert "django" not in source.lower()
    assert "from linli" not in source
