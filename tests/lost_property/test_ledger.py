"""Lost property: given back to who proves it, or handed on; to the State after its year only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.ground import clock
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record, signed_in
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

LOST = "lost_property"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)  # a Monday
THING = {
    "category": "wallet", "narrative": "棕色长款钱包，内有现金和公交卡", "mark": "夹层有一张小孩照片",
    "cash": "326.5", "place": "梅苑小区东门", "source": "counter",
    "people": [{"role": "finder", "name": "张小花", "phone": "13800001234"}],
}  # fmt: skip
COLLECTOR = {"role": "collector", "name": "刘大勇", "phone": "13900005678"}
BACK = {"people": [COLLECTOR], "proof": ["mark"], "finished_at": "2026-11-24 10:00"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MORNING):
        yield made


def take_in(people: Cast, /, **data: Any) -> Entry:
    return Entry.objects.get(id=record(LOST, people.chen, people.room, **{**THING, **data}).entry)


def after(entry: Entry) -> Entry:
    return Entry.objects.get(id=entry.id)


def due(entry: Entry, name: str) -> str:
    kept = after(entry).deadlines.get(name, {})
    if not kept or "met" in kept:
        return ""
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"


def test_told_and_given_back(people: Cast) -> None:
    entry = take_in(people)
    assert (entry.state, due(entry, "noticed"), entry.data["cash"]) == ("open", "2026-11-24", 326.5)
    owner = {"role": "owner", "name": "刘大勇", "phone": "13900005678"}
    do(LOST, "tell", people.chen, entry.id, told_how="公交卡公司查到", people=[owner])
    assert (after(entry).state, due(entry, "noticed"), due(entry, "fetched")) == (
        "told", "", "2026-12-08",
    )  # fmt: skip
    do(LOST, "tell_again", people.chen, entry.id, told_how="又打了一次电话")
    with pytest.raises(PermissionDenied):  # an auxiliary gives nothing away
        do(LOST, "give_back", people.chen, entry.id, **BACK)
    with clock.fixed(MORNING + timedelta(days=1)):
        do(LOST, "give_back", people.li, entry.id, **BACK)
    entry = after(entry)
    assert (entry.state, entry.is_open, entry.due_at) == ("returned", False, None)
    there = EntryPerson.objects.filter(entry=entry.id, ended=False).order_by("position")
    assert [one.role for one in there] == ["finder", "owner", "collector"]
    assert "刘大勇" not in there[2].name_mask
    assert [e.id for e in search.find(actor(people.li), "棕色长款").entries] == [entry.id]
    assert [found for found in verify() if found.wrong] == []


def test_a_notice_and_its_year(people: Cast) -> None:
    entry = take_in(people)
    do(LOST, "post_notice", people.chen, entry.id, notice_on="2026-11-24", notice_where="公告栏")
    assert (due(entry, "noticed"), due(entry, "unclaimed")) == ("", "2027-11-24")
    state = {
        "handed_to": "state", "result": "公告满一年无人认领", "finished_at": "2027-11-20 10:00",
    }  # fmt: skip
    with clock.fixed(datetime(2027, 11, 20, 10, 0, 30, tzinfo=clock.SHANGHAI)):
        with pytest.raises(ValidationError) as refused:
            do(LOST, "hand_on", people.li, entry.id, **state)
        assert set(refused.value.error_dict) == {"handed_to"}
    with clock.fixed(datetime(2027, 11, 25, 10, tzinfo=clock.SHANGHAI)):
        do(LOST, "hand_on", people.li, entry.id, **{**state, "finished_at": "2027-11-25 10:00"})
    assert (after(entry).state, due(entry, "unclaimed")) == ("handed_on", "")


def test_to_the_state_never_without_a_notice(people: Cast) -> None:
    entry = take_in(people)
    with pytest.raises(ValidationError) as refused:
        do(LOST, "hand_on", people.li, entry.id, handed_to="state", result="x",
           finished_at="2026-11-23 09:30")  # fmt: skip
    assert "handed_to" in refused.value.error_dict


def test_papers_go_to_who_issued_them_and_it_can_be_opened_again(people: Cast) -> None:
    entry = take_in(people, category="papers", narrative="社保卡一张")
    do(LOST, "hand_on", people.li, entry.id, handed_to="issuer", result="交社保局窗口",
       finished_at="2026-11-23 09:30", receipt_no="2026-17")  # fmt: skip
    assert after(entry).state == "handed_on"
    do(LOST, "reopen", people.li, entry.id, reason="失主来问，已取回")
    do(LOST, "give_back", people.li, entry.id, **{**BACK, "finished_at": "2026-11-23 09:30"})
    assert after(entry).state == "returned"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"cash": "-1"}, "cash"),
        ({"cash": "很多"}, "cash"),
        ({"narrative": " "}, "narrative"),
        ({"category": "飞船"}, "category"),
        ({"received_at": "2026-11-23 08:00", "found_at": "2026-11-23 09:00"}, "found_at"),
        ({"people": [{"role": "thief", "name": "某"}]}, "people"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        take_in(people, **given)
    assert set(refused.value.error_dict) == {wrong}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"people": []}, "people"),
        ({"proof": []}, "proof"),
        ({"finished_at": "2026-11-22 10:00"}, "finished_at"),
    ],
)
def test_nothing_is_given_to_just_anybody(
    people: Cast, changed: dict[str, Any], wrong: str
) -> None:
    entry = take_in(people)
    with pytest.raises(ValidationError) as refused:
        do(LOST, "give_back", people.li, entry.id, **{**BACK, **changed})
    assert set(refused.value.error_dict) == {wrong}


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "登记日期,物品名称及特征,物品种类,拾得地点,拾得人,拾得人电话,失主,领取人,领取人身份证号,领取时间,处理结果,经办人",
        "2025-03-03,黑色手机一部,手机,5栋楼下,张小花,13800001234,刘大勇,刘大勇,,2025-03-04 10:00,已归还失主,李建国",
        "2025-03-05,钥匙一串,钥匙串,东门,,,,,,,已公告,李建国",
        "2025-03-06,身份证一张,身份证,,王明,,,,,,移交派出所内勤,李建国",
    )
    assert counts(bring(people, LOST, content)) == (3, 0, 0, 0)
    phone, keys, papers = Entry.objects.filter(ledger=LOST).order_by("received_at")
    assert [e.state for e in (phone, keys, papers)] == ["returned", "noticed", "handed_on"]
    assert [e.category for e in (phone, keys, papers)] == ["phone", "keys", "papers"]
    roles = EntryPerson.objects.filter(entry=phone.id).values_list("role", flat=True)
    assert set(roles) == {"finder", "owner", "collector"}
    assert [found for found in verify() if found.wrong] == []


def test_the_form_of_giving_back_begins_with_who_fetches_it(client: Client, people: Cast) -> None:
    entry = take_in(people)
    page = signed_in(client, people.li).get(f"/entries/{entry.id}/do/give_back/").content.decode()
    assert page.count('<option value="collector" selected>') == 1
    assert 'name="people-1-name"' not in page  # one row to type in
