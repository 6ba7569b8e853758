"""Security committee and guards: what a team did, what it found, and the monthly review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.committee import rules
from linli.ground import clock
from linli.ledger.acts.possible import actions_for
from linli.ledger.entries.models import Entry
from linli.ledger.reading import search
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 23, 22, 0, tzinfo=clock.SHANGHAI)
PATROL = {
    "team": "committee", "category": "patrol", "members": "刘志强、何平", "leader": "刘志强",
    "headcount": "2", "place": "梅苑小区三期", "received_at": "2026-11-23 19:00",
    "finished_at": "2026-11-23 21:00", "hours": "2", "narrative": "夜间巡逻一圈，提醒关窗",
}  # fmt: skip
FOUND = {"kind": "hazard", "what": "5 栋楼道堆放纸箱", "where": "5 栋 1 单元", "passed_to": "room"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(EVENING):
        yield made


def patrol(people: Cast, **data: Any) -> Entry:
    done = record("committee", people.chen, people.room, **{**PATROL, **data})
    return Entry.objects.get(id=done.entry)


def due(entry: Entry, name: str) -> str:
    kept = entry.deadlines.get(name)
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}" if kept else ""


def test_a_month_of_a_team(people: Cast) -> None:
    entry = patrol(people)
    assert (entry.state, due(entry, "reviewed"), due(entry, "finding")) == (
        "open",
        "2026-12-23",
        "",
    )
    do("committee", "find", people.chen, entry.id, **FOUND)
    entry = Entry.objects.get(id=entry.id)
    assert due(entry, "finding") == "2026-11-26"
    do("committee", "find", people.chen, entry.id, **{**FOUND, "passed_to": "settled"})
    entry = Entry.objects.get(id=entry.id)
    assert [row["passed_to"] for row in entry.data["findings"]] == ["room", "settled"]
    with pytest.raises(PermissionDenied):
        do("committee", "review", people.chen, entry.id)
    with clock.fixed(EVENING + timedelta(days=7)):
        do("committee", "review", people.li, entry.id, result="路线合理，继续保持")
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.is_open, entry.data["hours"]) == ("done", False, 2.0)
    assert [e.id for e in search.find(actor(people.li), "堆放纸箱").entries] == [entry.id]
    assert [found for found in verify() if found.wrong] == []


def test_what_is_found_when_recording_is_followed_too(people: Cast) -> None:
    entry = patrol(people, findings=[FOUND])
    assert due(entry, "finding") == "2026-11-26"
    assert rules.finding_by({"findings": [{"passed_to": "property"}]}) is None
    assert rules.finding_by({}) is None
    earlier = [{"passed_to": "room"}, {"passed_to": "settled"}]
    assert rules.finding_by({"findings": earlier}) == "deadline.committee.finding"


def test_an_end_is_noted_once(people: Cast) -> None:
    entry = patrol(people, finished_at="", hours="")
    assert "finish" in {a.name for a in actions_for(actor(people.chen), entry)}
    do("committee", "finish", people.chen, entry.id, finished_at="2026-11-23 21:30", hours="2.5")
    with pytest.raises(ValidationError):
        do("committee", "finish", people.chen, entry.id, finished_at="2026-11-23 21:40")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"finished_at": "2026-11-23 18:00", "hours": ""}, "finished_at"),
        ({"finished_at": "2026-11-23 23:00"}, "finished_at"),
        ({"hours": "3"}, "hours"),
        ({"hours": "25"}, "hours"),
        ({"headcount": "0"}, "headcount"),
        ({"members": " "}, "members"),
        ({"team": "army"}, "team"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        patrol(people, **given)
    assert set(refused.value.error_dict) == {wrong}


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "活动时间,结束时间,队伍,活动类型,参加人员,带队人,人数,时长,巡逻路线,活动内容,发现问题,处理情况,民警",
        "2025-03-03 19:00,2025-03-03 21:00,义务巡逻队,夜巡,刘志强、何平,刘志强,２,2,三期,巡逻一圈,消防通道被占,已整改,李建国",
        "2025-03-04 09:00,,治保会,例会,全体,,,,,研究春季防范,无,,李建国",
    )
    assert counts(bring(people, "committee", content, year=None)) == (2, 0, 0, 0)
    first, second = Entry.objects.order_by("received_at")
    assert (first.state, first.category, first.data["team"], first.data["headcount"]) == (
        "done", "patrol", "volunteers", 2,
    )  # fmt: skip
    assert first.data["findings"] == [{"what": "消防通道被占", "passed_to": "settled"}]
    assert "findings" not in second.data
    assert [found for found in verify() if found.wrong] == []
