"""Personal values: only with a purpose, never kept, never in an address."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from linli.history.models import ReadLog
from linli.ledger.entries.models import EntryPerson
from tests.cast import Cast, record, signed_in

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture
def visit(people: Cast) -> UUID:
    return record(
        "visits", people.li, people.room, visitors=[{"name": "张三丰", "phone": PHONE}]
    ).entry


def test_asked_why_then_shown_and_logged(li: Client, visit: UUID) -> None:
    url = f"/entries/{visit}/reveal/"
    asked = li.get(url)
    assert PHONE not in asked.content.decode()
    shown = li.post(url, {"purpose": "matter", "matter": "访-2026-0001"})
    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    row = ReadLog.objects.get(kind="reveal")
    assert (row.entry, row.purpose, row.matter) == (visit, "matter", "访-2026-0001")


def test_without_a_purpose_nothing_is_shown_and_nothing_logged(li: Client, visit: UUID) -> None:
    for sent in ({}, {"purpose": "other", "words": "想看"}, {"purpose": "curiosity"}):
        page = li.post(f"/entries/{visit}/reveal/", sent)
        assert page.status_code == 422
        assert PHONE not in page.content.decode()
    assert not ReadLog.objects.exists()


def test_an_auxiliary_does_not_reveal(people: Cast, visit: UUID) -> None:
    chen = signed_in(Client(), people.chen)
    assert chen.get(f"/entries/{visit}/reveal/").status_code == 403
    assert "/reveal/" not in chen.get(f"/entries/{visit}/").content.decode()


def test_a_number_typed_into_the_search_asks_why_and_never_is_an_address(
    li: Client, visit: UUID
) -> None:
    page = li.post("/find/", {"q": PHONE})
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert 'name="purpose"' in page.content.decode()
    assert not ReadLog.objects.exists()
    found = li.post("/find/person/", {"kind": "phone", "value": PHONE, "purpose": "permit"})
    assert str(visit) in found.content.decode()
    row = ReadLog.objects.get(kind="lookup")
    assert PHONE not in str([row.words, row.fields, row.matter])


def test_words_go_on_as_an_address(li: Client, visit: UUID) -> None:
    page = li.post("/find/", {"q": "钥匙"}, follow=True)
    assert str(visit) in page.content.decode()
    assert ReadLog.objects.filter(kind="search", words="钥匙").exists()


def test_a_serial_opens_the_matter(li: Client, visit: UUID) -> None:
    page = li.post("/find/", {"q": "访1"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/entries/{visit}/"


def test_found_by_name_and_by_its_pinyin(li: Client, visit: UUID, people: Cast) -> None:
    for kind, value in (("name", "张三丰"), ("pinyin", "zhang san feng")):
        page = li.post("/find/person/", {"kind": kind, "value": value, "purpose": "safety"})
        assert str(visit) in page.content.decode(), kind
    stranger = signed_in(Client(), people.outsider)
    page = stranger.post("/find/person/", {"kind": "name", "value": "张三丰", "purpose": "safety"})
    assert str(visit) not in page.content.decode()


def test_a_wrong_number_is_told_in_words(li: Client) -> None:
    page = li.post("/find/person/", {"kind": "identity", "value": "4201", "purpose": "permit"})
    assert page.status_code == 422
    assert "18" in page.content.decode()


def test_one_person_of_two(li: Client, people: Cast) -> None:
    entry = record(
        "incidents", people.li, people.room,
        people=[{"name": "甲某某", "phone": "13800000003"}, {"name": "乙某某", "phone": "13800000004"}],
    ).entry  # fmt: skip
    first = EntryPerson.objects.get(entry=entry, position=0)
    page = li.post(f"/entries/{entry}/reveal/", {"person": str(first.id), "purpose": "permit"})
    text = page.content.decode()
    assert "13800000003" in text
    assert "13800000004" not in text


def test_the_days_limit_is_told(li: Client, visit: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.access import limits

    monkeypatch.setattr(limits, "limit", lambda actor, kind: 1)
    assert li.post(f"/entries/{visit}/reveal/", {"purpose": "permit"}).status_code == 200
    page = li.post(f"/entries/{visit}/reveal/", {"purpose": "permit"})
    assert page.status_code == 403
    assert PHONE not in page.content.decode()
