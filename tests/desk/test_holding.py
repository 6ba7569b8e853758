"""A hold on the page of a matter; what an erased matter shows; the page of retention."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.printing.book import book_pdf
from linli.ledger.reading import gaps
from linli.ledger.reading.lists import Filters
from linli.ledger.retention import erasing, holding
from linli.ledger.retention.models import Hold
from linli.org import tree
from tests.cast import Cast, actor, cast, do, record, signed_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def entry(people: Cast) -> Entry:
    done = record("visits", people.li, people.room, place="梅苑路 3 号")
    do("visits", "handle", people.li, done.entry, result="已办")
    return Entry.objects.get(id=done.entry)


def erase(people: Cast, entry: Entry) -> None:
    district = tree.district_of(people.room.pk)
    wanted = Entry.objects.filter(id=entry.id)
    erasing.erase(people.room.pk, district, wanted, "retention.visits", journal=False)


def test_the_chief_holds_and_releases(client: Client, people: Cast, entry: Entry) -> None:
    signed_in(client, people.chief)
    page, url = reverse("desk:entry", args=[entry.id]), reverse("desk:hold", args=[entry.id])
    assert url in client.get(page).content.decode()
    assert client.get(url).status_code == 200
    answer = client.post(url, {"reason": "", "until": "2020-01-01"})
    assert answer.status_code == 422 and 'value="2020-01-01"' in answer.content.decode()
    answer = client.post(url, {"reason": "法院调取 7 号", "until": ""})
    assert answer.status_code == 302
    hold = Hold.objects.get()
    assert (hold.placed_by, hold.reason) == (people.chief.pk, "法院调取 7 号")
    assert "法院调取 7 号" in client.get(page).content.decode()
    release = reverse("desk:hold_release", args=[entry.id])
    assert client.post(release, {"hold": str(hold.id), "reason": ""}).status_code == 422
    assert client.post(release, {"hold": str(hold.id), "reason": "结案"}).status_code == 302
    assert holding.of_entry(entry.id) == []
    assert client.post(release, {"hold": str(hold.id), "reason": "结案"}).status_code == 302


def test_an_officer_sees_the_hold_and_cannot_touch_it(
    client: Client, people: Cast, entry: Entry
) -> None:
    holding.place(entry, by=actor(people.chief), reason="审计 9")
    signed_in(client, people.li)
    page = client.get(reverse("desk:entry", args=[entry.id])).content.decode()
    url = reverse("desk:hold", args=[entry.id])
    assert "审计 9" in page and url not in page
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "x"}).status_code == 403


def test_an_erased_matter_says_so_to_who_could_read_it_and_to_nobody_else(
    client: Client, people: Cast, entry: Entry
) -> None:
    erase(people, entry)
    url = reverse("desk:entry", args=[entry.id])
    answer = signed_in(client, people.li).get(url)
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "保存期限" in page and "retention." not in page and "梅苑路" not in page
    assert f"{entry.serial_year}-{entry.serial_no:04d}" in page
    assert signed_in(client, people.neighbour).get(url).status_code == 404


def test_a_search_for_its_serial_leads_to_what_stays(
    client: Client, people: Cast, entry: Entry
) -> None:
    erase(people, entry)
    page = reverse("desk:entry", args=[entry.id])
    for typed in (f"V-{entry.serial_year}-{entry.serial_no}", f"访{entry.serial_no}"):
        answer = signed_in(client, people.li).get(reverse("desk:find"), {"q": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
        answer = signed_in(client, people.neighbour).get(reverse("desk:find"), {"q": typed})
        assert answer.status_code == 200


@pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("admin", 200), ("li", 403)])
def test_the_page_of_retention(
    client: Client, people: Cast, entry: Entry, who: str, status: int
) -> None:
    held = Entry.objects.get(id=record("visits", people.li, people.room).entry)
    holding.place(held, by=actor(people.chief), reason="审计 9")
    erase(people, entry)
    assert ErasedEntry.objects.count() == 1
    answer = signed_in(client, getattr(people, who)).get(reverse("administer:retention"))
    assert answer.status_code == status
    if status == 200:
        page = answer.content.decode()
        assert "审计 9" in page and "出入登记" in page and "梅苑" in page


def test_the_page_of_retention_shows_nothing_of_other_branches(
    client: Client, people: Cast, entry: Entry
) -> None:
    there = Entry.objects.get(id=record("visits", people.outsider, people.other_room).entry)
    holding.place(there, by=actor(people.outsider), reason="别处的案子")
    page = signed_in(client, people.auditor).get(reverse("administer:retention"))
    assert "别处的案子" not in page.content.decode()


def test_the_list_explains_the_gap_in_its_serials(
    client: Client, people: Cast, entry: Entry
) -> None:
    record("visits", people.li, people.room)
    erase(people, entry)
    signed_in(client, people.li)
    serial = f"{entry.serial_year}-{entry.serial_no:04d}"
    url = reverse("desk:ledger", args=["visits"])
    page = client.get(url).content.decode()
    assert serial in page and "retention.visits" in page
    for narrowed in ("?category=help", "?since=2099-01-01", "?words=开锁"):
        assert "retention.visits" not in client.get(url + narrowed).content.decode()
    neighbour = signed_in(client, people.neighbour)
    assert "retention.visits" not in neighbour.get(url).content.decode()


def test_the_printed_register_explains_the_gap_too(
    client: Client, people: Cast, entry: Entry
) -> None:
    record("visits", people.li, people.room)
    erase(people, entry)
    lines = gaps.said(actor(people.li), registry.get("visits"), Filters(), "print")
    assert len(lines) == 1 and f"{entry.serial_year}-{entry.serial_no:04d}" in lines[0]
    there = list(Entry.objects.filter(room=people.room.pk))
    made = book_pdf(registry.get("visits"), there, "梅苑", "2026", actor(people.li), lines)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "retention.visits" in text
    signed_in(client, people.li)
    answer = client.get("/ledgers/visits/print/?period=year")
    assert answer.status_code == 200
