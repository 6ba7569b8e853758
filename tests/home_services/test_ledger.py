"""Services at home: asked for, a day agreed, done; papers are delivered afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.verify import verify
from tests.cast import Cast, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

HOME = "home_services"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)  # a Monday
ASKED = {
    "category": "identity_card", "source": "phone", "place": "梅苑小区 5 栋 302", "why": "cannot_come",
    "narrative": "换领身份证，需上门采集照片指纹",
    "people": [{"role": "served", "name": "张小花", "phone": "13800001234"}],
}  # fmt: skip


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MORNING):
        yield made


def ask(people: Cast, /, **data: Any) -> Entry:
    return Entry.objects.get(id=record(HOME, people.li, people.room, **{**ASKED, **data}).entry)


def due(entry: Entry, name: str) -> str:
    kept = Entry.objects.get(id=entry.id).deadlines.get(name, {})
    if not kept or "met" in kept:
        return ""
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"


def test_agreed_done_and_the_card_delivered(people: Cast) -> None:
    entry = ask(people)
    assert (entry.state, due(entry, "agreed"), due(entry, "served")) == ("open", "2026-11-24", "")
    do(HOME, "agree", people.li, entry.id, agreed_for="2026-11-25 15:00",
       companion=str(people.chen.pk))  # fmt: skip
    assert (due(entry, "agreed"), due(entry, "served")) == ("", "2026-11-25")
    with clock.fixed(MORNING + timedelta(days=2, hours=6)):
        do(
            HOME,
            "take_papers",
            people.li,
            entry.id,
            done_what="已采集照片、指纹",
            ready_on="2026-12-10",
        )
        entry = Entry.objects.get(id=entry.id)
    assert (entry.state, due(entry, "served"), due(entry, "delivered")) == (
        "papers", "", "2026-12-15",
    )  # fmt: skip
    with clock.fixed(MORNING + timedelta(days=18)):
        at = clock.now().isoformat()
        do(HOME, "deliver", people.chen, entry.id, signed_by="family", finished_at=at)
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.due_at) == ("done", None)
    assert [found for found in verify() if found.wrong] == []


def test_agreed_at_once_missed_and_done(people: Cast) -> None:
    entry = ask(people, category="help", agreed_for="2026-11-23 15:00")
    assert (due(entry, "agreed"), due(entry, "served")) == ("", "2026-11-23")
    with clock.fixed(MORNING + timedelta(hours=6)):
        do(HOME, "miss", people.li, entry.id, reason="敲门无人应", agreed_for="2026-11-24 10:00")
    assert due(entry, "served") == "2026-11-24"
    with clock.fixed(MORNING + timedelta(days=1)):
        do(HOME, "serve", people.li, entry.id, done_what="换了灯泡", how_done="done",
           finished_at=clock.now().isoformat())  # fmt: skip
    assert Entry.objects.get(id=entry.id).state == "done"


def test_not_needed_any_more_and_asked_for_again(people: Cast) -> None:
    entry = ask(people)
    with pytest.raises(PermissionDenied):
        do(HOME, "decline", people.chen, entry.id, why_not="came")
    do(HOME, "decline", people.li, entry.id, why_not="came")
    assert Entry.objects.get(id=entry.id).state == "not_done"
    do(HOME, "reopen", people.li, entry.id, reason="材料不全，仍需上门")
    assert Entry.objects.get(id=entry.id).is_open


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"place": ""}, "place"),
        ({"agreed_for": "2026-11-20 10:00"}, "agreed_for"),
        ({"why": "ill"}, "why"),
        ({"people": [{"role": "served", "name": "张小花", "phone": "12"}]}, "people"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ask(people, **given)
    assert set(refused.value.error_dict) == {wrong}


def test_times_that_cannot_be(people: Cast) -> None:
    entry = ask(people)
    done = {"done_what": "x", "how_done": "done", "finished_at": "2026-11-23 09:30"}
    for action, given, wrong in (
        ("agree", {"agreed_for": "2026-11-23 09:00"}, "agreed_for"),
        ("agree", {"agreed_for": "2026-11-25", "companion": str(people.li.pk)}, "companion"),
        ("serve", {**done, "finished_at": "2026-11-22 09:00"}, "finished_at"),
        ("serve", {**done, "finished_at": "2026-11-25 09:00"}, "finished_at"),
        ("take_papers", {"done_what": "x", "ready_on": "2026-11-01"}, "ready_on"),
    ):
        with pytest.raises(ValidationError) as refused:
            do(HOME, action, people.li, entry.id, **given)
        assert wrong in refused.value.error_dict


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "预约时间,服务项目,服务对象,联系电话,上门地址,上门原因,服务内容,约定时间,服务情况,完成时间,办理结果,服务民警",
        "2025-03-03 09:00,上门办证,张小花,13800001234,5栋302,行动不便,换领身份证,2025-03-04 15:00,已采集,2025-03-04 15:40,办结,李建国",
        "2025-03-05 10:00,送证,刘大勇,13900005678,6栋101,高龄,送居住证,,,,待送证,李建国",
        "2025-03-06 10:00,其他,王明,,7栋,,取药,,,,取消,李建国",
    )
    assert counts(bring(people, HOME, content)) == (3, 0, 0, 0)
    found = list(Entry.objects.filter(ledger=HOME).order_by("received_at"))
    assert [one.state for one in found] == ["done", "papers", "not_done"]
    assert [one.category for one in found] == ["identity_card", "delivery", "other"]
    assert found[0].data["why"] == "cannot_come"
    assert EntryPerson.objects.filter(entry=found[0].id, role="served").count() == 1
