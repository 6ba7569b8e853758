"""Entrusted keys: left, used with leave, handed back on the agreed day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.ground import clock
from linli.ledger.acts.possible import actions_for
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import search
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

KEYS = "entrusted_keys"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)  # a Monday
KEY = {
    "category": "home", "key_no": "A-17", "key_count": "2", "place": "梅苑小区 5 栋 302",
    "narrative": "周三给燃气检查开门", "until": "2026-11-30",
    "people": [{"role": "depositor", "name": "张小花", "phone": "13800001234"}],
}  # fmt: skip
BACK = {"handed_to": "depositor", "finished_at": "2026-11-23 09:30"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(MORNING):
        yield made


def take(people: Cast, /, **data: Any) -> Entry:
    return Entry.objects.get(id=record(KEYS, people.chen, people.room, **{**KEY, **data}).entry)


def due(entry: Entry, name: str) -> str:
    kept = Entry.objects.get(id=entry.id).deadlines.get(name, {})
    if not kept or "met" in kept:
        return ""
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d %H:%M}"


def offered(people: Cast, entry: Entry) -> set[str]:
    now = Entry.objects.get(id=entry.id)
    return {action.name for action in actions_for(actor(people.chen), now)}


def test_left_used_and_handed_back(people: Cast) -> None:
    entry = take(people)
    assert (entry.state, due(entry, "returned")) == ("kept", "2026-11-30 17:30")
    assert "put_back" not in offered(people, entry)
    do(KEYS, "use", people.chen, entry.id, what_for="燃气检查", leave="agreed",
       companion=str(people.li.pk))  # fmt: skip
    assert "put_back" in offered(people, entry) and "use" not in offered(people, entry)
    with pytest.raises(ValidationError):  # it is out: what would be handed back?
        do(KEYS, "hand_back", people.chen, entry.id, **BACK)
    do(KEYS, "put_back", people.chen, entry.id, what_for="检查完毕", put_back="1")
    do(KEYS, "hand_back", people.chen, entry.id, **BACK)
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.is_open, len(entry.data["uses"])) == ("returned", False, 2)
    assert [e.id for e in search.find(actor(people.li), "A-17").entries] == [entry.id]
    assert [found for found in verify() if found.wrong] == []


def test_overdue_reminded_and_a_later_day(people: Cast) -> None:
    entry = take(people)
    with clock.fixed(MORNING + timedelta(days=8)):
        do(KEYS, "remind", people.chen, entry.id, how="phone", answer="下周才回来")
        assert due(entry, "asked") == "2026-12-04 17:30"
        assert due(entry, "returned") == "2026-11-30 17:30"  # a reminder is no later day
        do(KEYS, "extend", people.chen, entry.id, reason="本人电话约定", until="2026-12-08")
    assert (due(entry, "returned"), due(entry, "asked")) == ("2026-12-08 17:30", "")


def test_fetched_by_somebody_they_named(people: Cast) -> None:
    entry = take(people)
    son = {"role": "may_fetch", "name": "刘小勇", "phone": "13900005678"}
    do(KEYS, "hand_back", people.chen, entry.id, people=[son], **{**BACK, "handed_to": "named"})
    roles = EntryPerson.objects.filter(entry=entry.id).order_by("position")
    assert [one.role for one in roles] == ["depositor", "may_fetch"]


def test_a_lost_key_ends_it_and_can_turn_up(people: Cast) -> None:
    entry = take(people)
    lost = {"result": "搬迁时遗失，已陪同换锁", "finished_at": "2026-11-23 09:30"}
    do(KEYS, "lose", people.li, entry.id, **lost)
    assert Entry.objects.get(id=entry.id).state == "lost"
    do(KEYS, "reopen", people.li, entry.id, reason="找到了")
    assert due(entry, "returned") == "2026-11-30 17:30"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"key_no": ""}, "key_no"),
        ({"key_count": "0"}, "key_count"),
        ({"until": "2026-11-20"}, "until"),
        ({"until": ""}, "until"),
        ({"people": []}, "people"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        take(people, **given)
    assert set(refused.value.error_dict) == {wrong}


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "存放日期,钥匙编号,数量,住址,委托人,联系电话,委托事项,约定取回日期,代领人,取回日期,取回情况,经办人",
        "2025-03-03,12,1,5栋302,张小花,13800001234,给快递开门,2025-03-10,,2025-03-09,本人取回,李建国",
        "2025-03-04,13,2,6栋101,刘大勇,13900005678,只保管,2025-04-01,刘小勇,,保管中,李建国",
    )
    run = bring(people, KEYS, content)
    assert counts(run) == (0, 2, 0, 0)  # warned: no kind of key is written
    first, second = Entry.objects.filter(ledger=KEYS).order_by("received_at")
    assert (first.state, first.data["key_no"], first.data["until"]) == (
        "returned", "12", "2025-03-10",
    )  # fmt: skip
    assert (second.state, second.deadlines) == ("kept", {})
    assert EntryPerson.objects.filter(entry=second.id, role="may_fetch").count() == 1
