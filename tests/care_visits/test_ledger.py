"""Care visits: on the list by consent, visited in time, others told only as agreed, off at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ground import rules as law
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

CARE = "care_visits"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)  # a Monday
GRANNY = {
    "category": "alone", "place": "梅苑小区 5 栋", "consent_by": "self", "consent_how": "written",
    "consent_on": "2026-11-23", "help": ["visit", "errands"], "may_be_told": ["committee"],
    "people": [
        {"role": "cared_for", "name": "张小花", "phone": "13800001234", "address": "2 单元 302"},
        {"role": "family", "name": "刘大勇", "phone": "13900005678"},
    ],
}  # fmt: skip
AT_HOME = {"way": "home", "how_found": "well", "done": "聊天，检查燃气软管"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MORNING):
        yield made


def listed(people: Cast, /, **data: Any) -> Entry:
    return Entry.objects.get(id=record(CARE, people.li, people.room, **{**GRANNY, **data}).entry)


def due(entry: Entry, name: str) -> str:
    kept = Entry.objects.get(id=entry.id).deadlines.get(name, {})
    if not kept or "met" in kept:
        return ""
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"


def visit(people: Cast, entry: Entry, days: int = 0, **data: Any) -> None:
    at = MORNING + timedelta(days=days)
    with clock.fixed(at):
        do(CARE, "visit", people.chen, entry.id,
           **{**AT_HOME, "held_at": at.isoformat(), **data})  # fmt: skip


def test_visited_told_and_ended(people: Cast) -> None:
    entry = listed(people)
    assert (due(entry, "first"), due(entry, "consent")) == ("2026-11-25", "2027-11-23")
    visit(people, entry)
    assert (due(entry, "first"), due(entry, "visit"), due(entry, "told")) == ("", "2026-12-23", "")
    visit(people, entry, 1, how_found="needs", needs="楼道灯坏，晚上不敢下楼")
    assert due(entry, "told") == "2026-11-26"
    with clock.fixed(MORNING + timedelta(days=1)):
        do(CARE, "tell", people.chen, entry.id, whom="committee", what="请报修楼道灯")
    assert due(entry, "told") == ""
    visit(people, entry, 2, how_found="not_met", done="")
    assert due(entry, "visit") == "2026-11-26"
    with clock.fixed(MORNING + timedelta(days=30)):
        at = clock.now().isoformat()
        do(CARE, "end", people.li, entry.id, ended_how="moved", finished_at=at)
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.due_at, len(entry.data["visits"])) == ("ended", None, 3)
    assert [found for found in verify() if found.wrong] == []


def test_others_learn_only_what_was_agreed(people: Cast) -> None:
    entry = listed(people)
    told = {"what": "请协助申请临时救助"}
    with pytest.raises(ValidationError) as refused:
        do(CARE, "tell", people.li, entry.id, whom="civil", **told)
    assert set(refused.value.error_dict) == {"whom"}
    do(CARE, "tell", people.li, entry.id, whom="emergency", what="摔倒不能起身")
    do(CARE, "agree", people.li, entry.id, consent_by="self", consent_how="spoken",
       consent_on="2026-11-23", help=["visit"], may_be_told=["committee", "civil"])  # fmt: skip
    do(CARE, "tell", people.li, entry.id, whom="civil", **told)


def test_consent_is_withdrawn_at_once_by_whoever_hears_it(people: Cast) -> None:
    entry = listed(people)
    with pytest.raises(PermissionDenied):  # to end it otherwise is an officer's judgement
        do(CARE, "end", people.chen, entry.id, ended_how="moved", finished_at="2026-11-23 09:30")
    do(CARE, "withdraw", people.chen, entry.id, finished_at="2026-11-23 09:30")
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.is_open, entry.due_at) == ("withdrawn", False, None)
    span = law.on(clock.today()).span(registry.get(CARE).retention)
    assert (span.n, span.unit) == (30, "days")
    do(CARE, "reopen", people.li, entry.id, reason="又愿意了", consent_by="self",
       consent_on="2026-11-23")  # fmt: skip
    assert due(entry, "consent") == "2027-11-23"


def test_how_often(people: Cast) -> None:
    weekly = listed(people, every_days="7")
    visit(people, weekly)
    assert due(weekly, "visit") == "2026-11-30"
    child = listed(people, category="children", consent_by="guardian")
    visit(people, child)
    assert due(child, "visit") == "2026-12-08"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"category": "children"}, "consent_by"),
        ({"consent_by": ""}, "consent_by"),
        ({"consent_on": ""}, "consent_on"),
        ({"consent_on": "2026-12-01"}, "consent_on"),
        ({"help": []}, "help"),
        ({"people": []}, "people"),
        ({"diagnosis": "x"}, "diagnosis"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        listed(people, **given)
    assert set(refused.value.error_dict) == {wrong}


def test_visits_that_cannot_be(people: Cast) -> None:
    entry = listed(people)
    for given, wrong in (
        ({"held_at": "2026-11-20 10:00"}, "held_at"),
        ({"held_at": "2026-12-20 10:00"}, "held_at"),
        ({"how_found": "urgent"}, "needs"),
    ):
        with pytest.raises(ValidationError) as refused:
            visit(people, entry, **given)
        assert set(refused.value.error_dict) == {wrong}


def test_it_shows_nowhere_but_in_its_ledger(people: Cast) -> None:
    entry = listed(people, narrative="每周一次送菜上门")
    assert search.find(actor(people.li), "送菜上门").entries == []
    assert [e.id for e in Entry.objects.filter(ledger=CARE)] == [entry.id]
    row = EntryPerson.objects.get(entry=entry.id, role="cared_for")
    assert "302" not in "".join((row.name_mask, row.phone_mask, row.id_mask, entry.place))


def test_it_stays_in_the_room_and_its_station(people: Cast) -> None:
    may_read = {name for name in ("li", "chen", "chief", "desk", "clerk", "analyst")
                if actor(getattr(people, name)).may("read", CARE)}  # fmt: skip
    assert may_read == {"li", "chen", "chief"}


def test_an_old_book_comes_in_without_what_does_not_belong_there(people: Cast) -> None:
    content = csv_of(
        "登记日期,姓名,联系电话,家庭住址,类别,同意日期,同意人,帮扶内容,走访时间,走访情况,需求,帮扶民警,办理结果",
        "2025-03-03,张小花,13800001234,5栋302,独居老人,2025-03-03,本人,代购,2025-03-10 10:00,一切正常,无,李建国,继续走访",
        "2025-03-04,王小明,13700001111,6栋101,留守儿童,2025-03-04,监护人,作业辅导,,,,李建国,已随父母搬走",
    )
    run = bring(people, CARE, content)
    assert counts(run) == (2, 0, 0, 0)
    first, second = Entry.objects.filter(ledger=CARE).order_by("received_at")
    assert (first.state, first.category, first.data["visits"][0]["done"]) == (
        "cared", "alone", "一切正常",
    )  # fmt: skip
    assert (second.state, second.data["help"], second.deadlines) == ("ended", ["school"], {})
    assert first.place == ""  # the door is sealed with the person
