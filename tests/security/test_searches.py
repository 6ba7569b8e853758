"""No browsing: words narrow a list only with a trace, numbers find nobody without a purpose, and
the trace does not itself keep numbers."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.access import tokens
from linli.history.models import ReadLog
from tests.care_visits.test_ledger import GRANNY
from tests.cast import cast, record, signed_in

pytestmark = pytest.mark.django_db
PHONE, NUMBER = "13800000001", "420106199001010001"
TOLD = f"张三丰，电话 {PHONE}，身份证 {NUMBER}，电瓶被盗"


def test_words_that_narrow_a_list_are_logged_as_a_search(client: Client) -> None:
    people = cast()
    record("visits", people.li, people.room, narrative=TOLD)
    li = signed_in(client, people.li)
    assert "电瓶被盗" in li.get("/ledgers/visits/", {"words": "张三丰"}).content.decode()
    row = ReadLog.objects.get()
    assert (row.kind, row.words, row.actor, row.count) == ("search", "张三丰", people.li.pk, 1)
    bearer = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    found = client.get("/api/v1/ledgers/visits/entries?words=张三丰", headers=bearer).json()
    assert len(found["entries"]) == 1
    assert ReadLog.objects.filter(kind="search").count() == 2


def test_to_take_the_whole_of_a_narrowed_list_is_a_search_too(client: Client) -> None:
    people = cast()
    record("visits", people.li, people.room, narrative=TOLD)
    li = signed_in(client, people.li)
    ticked = {"action": "hand_over", "all": "visits", "query": "words=张三丰"}
    assert li.post("/bulk/", ticked).status_code == 200
    assert [(one.words, one.count) for one in ReadLog.objects.all()] == [("张三丰", 1)]
    assert li.get("/ledgers/visits/export/", {"words": "张三丰"}).status_code == 200
    assert ReadLog.objects.filter(kind="search").count() == 2


def test_the_places_of_a_sealed_ledger_are_suggested_nowhere(client: Client) -> None:
    people = cast()
    record(
        "care_visits",
        people.li,
        people.room,
        **{**GRANNY, "consent_on": "2026-11-01", "place": "梅苑小区九期 9 栋"},
    )
    for staff in (people.li, people.wang):
        page = signed_in(client, staff)
        assert page.get("/suggest/place/?q=九期").json() == []
        assert "九期" not in page.get("/desk/").content.decode() or staff is people.li


@pytest.mark.parametrize(
    "typed", [PHONE, NUMBER, f"电话 {PHONE}", f"身份证{NUMBER}", f"x {NUMBER}"]
)
def test_a_number_is_a_person_wherever_it_is_typed(client: Client, typed: str) -> None:
    people = cast()
    entry = record("visits", people.li, people.room, narrative=TOLD).entry
    li = signed_in(client, people.li)
    for page in (
        li.get("/ledgers/visits/", {"words": typed}),
        li.get("/find/", {"q": typed}),
        li.post("/find/", {"q": typed}),
    ):
        assert str(entry) not in page.content.decode()
    assert 'name="purpose"' in page.content.decode()
    bearer = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    found = client.get("/api/v1/find", {"q": typed}, headers=bearer).json()
    assert found["how"] in ("phone", "identity") and not found["entries"]


def test_the_read_log_keeps_no_number_that_was_typed(client: Client) -> None:
    people = cast()
    entry = record(
        "visits", people.li, people.room, visitors=[{"name": "张三丰", "phone": PHONE}]
    ).entry
    why = f"本人报 {PHONE}，证号 {NUMBER}，要求核对"
    page = signed_in(client, people.li).post(
        f"/entries/{entry}/reveal/", {"purpose": "other", "words": why}
    )
    assert page.status_code == 200
    kept = ReadLog.objects.get(kind="reveal").words
    assert PHONE not in kept and NUMBER not in kept
    assert kept.startswith("本人报 138****0001") and "0001" in kept
