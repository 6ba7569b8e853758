"""Training: planned, held in sessions, attended, closed; who still lacks it; old books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing.form import entry_pdf
from linli.ledger.reading import search
from linli.ledger.verify import verify
from linli.org import tree
from linli.training import rules
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)
TUESDAY = MONDAY + timedelta(days=1, hours=9)
PLAN: dict[str, Any] = {
    "category": "急救培训", "narrative": "心肺复苏和止血包扎", "place": "派出所二楼会议室",
    "starts_at": "2026-11-24 14:00", "planned_hours": "4", "way": "class", "organiser": "station",
    "for_whom": "全体民警和辅警",
}  # fmt: skip
SESSION = {"held_at": "2026-11-24 14:00", "hours": "3", "topic": "心肺复苏", "teacher": "社区医生"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(MONDAY):
        yield made


def now(entry: Entry) -> Entry:
    return Entry.objects.get(id=entry.id)


def running(entry: Entry) -> dict[str, str]:
    return {
        name: f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"
        for name, kept in now(entry).deadlines.items()
        if "met" not in kept
    }


def offered(people: Cast, entry: Entry) -> set[str]:
    return {one.name for one in actions_for(actor(people.li), now(entry))}


def planned(people: Cast, **data: Any) -> Entry:
    done = record("training", people.li, people.room, **{**PLAN, **data})
    return Entry.objects.get(id=done.entry)


def begun(people: Cast) -> Entry:
    """With one session held, at the time of TUESDAY."""
    entry = planned(people)
    do("training", "hold", people.li, entry.id, **SESSION)
    return now(entry)


def attended(people: Cast) -> list[dict[str, str]]:
    return [
        {"colleague": str(people.li.pk), "assessment": "excellent", "hours": "3"},
        {"colleague": str(people.wang.pk), "assessment": "absent"},
        {"colleague": str(people.chen.pk), "assessment": "failed", "hours": "2.5"},
    ]


def facts(entry: Entry) -> Any:
    return facts_of(registry.get("training"), vars(now(entry)))


def test_a_course_from_plan_to_end(people: Cast) -> None:
    entry = planned(people)
    assert (entry.category, entry.state) == ("emergency", "planned")
    assert running(entry) == {"held": "2026-11-25"}
    with clock.fixed(TUESDAY):
        do("training", "hold", people.li, entry.id, **SESSION)
        assert (now(entry).state, running(entry)) == ("running", {"entered": "2026-11-27"})
        assert "make_up" not in offered(people, entry)
        do(
            "training",
            "enter",
            people.chen,
            entry.id,
            attendance=attended(people),
            others_count="6",
        )
        assert running(entry) == {} and "enter" not in offered(people, entry)
        assert rules.lacking(facts(entry)) == [str(people.wang.pk), str(people.chen.pk)]
        assert "王海涛、陈静" in [text for _title, text in rules.told(facts(entry))]
        # A second session does not ask for the whole list anew.
        later = {**SESSION, "held_at": "2026-11-24 16:00", "hours": "1.5"}
        do("training", "hold", people.li, entry.id, **later)
        assert running(entry) == {} and rules.hours_held(facts(entry)) == 4.5
        with pytest.raises(PermissionDenied):
            do("training", "finish", people.chen, entry.id, result="完成")
        do("training", "finish", people.li, entry.id, result="多数人掌握要领")
        # Who was absent makes up for it later.
        do(
            "training", "make_up", people.li, entry.id, colleague=str(people.wang.pk),
            assessment="passed", hours="3", remark="随下批补训",
        )  # fmt: skip
    entry = now(entry)
    assert (entry.state, entry.is_open) == ("done", False)
    assert rules.lacking(facts(entry)) == [str(people.chen.pk)]
    assert [one.id for one in search.find(actor(people.li), "心肺复苏").entries] == [entry.id]
    assert entry_pdf(entry, actor(people.li))[:4] == b"%PDF"
    assert [found for found in verify() if found.wrong] == []


@pytest.mark.parametrize(
    "row",
    [
        {"assessment": "passed", "hours": "9"},
        {"assessment": "absent", "hours": "1"},
        {"hours": "1"},
        {"assessment": "passed", "hours": "-1"},
        {"assessment": "brilliant"},
    ],
)
def test_what_an_attendance_refuses(people: Cast, row: dict[str, str]) -> None:
    with clock.fixed(TUESDAY):
        entry = begun(people)
        with pytest.raises(ValidationError) as refused:
            do(
                "training", "enter", people.li, entry.id,
                attendance=[{"colleague": str(people.li.pk), **row}],
            )  # fmt: skip
    assert set(refused.value.error_dict) == {"attendance"}


def test_nobody_stands_twice_and_who_passed_makes_up_for_nothing(people: Cast) -> None:
    with clock.fixed(TUESDAY):
        entry = begun(people)
        row = {"colleague": str(people.li.pk), "assessment": "passed", "hours": "3"}
        with pytest.raises(ValidationError):
            do("training", "enter", people.li, entry.id, attendance=[row, row])
        do("training", "enter", people.li, entry.id, attendance=[row])
        with pytest.raises(ValidationError) as refused:
            do("training", "make_up", people.li, entry.id, **row)
        assert set(refused.value.error_dict) == {"colleague"}


def test_a_course_is_not_closed_without_anybody(people: Cast) -> None:
    with clock.fixed(TUESDAY):
        entry = begun(people)
        with pytest.raises(ValidationError):
            do("training", "finish", people.li, entry.id, result="完成")
        do("training", "finish", people.li, entry.id, result="保安培训", others_count="12")
    assert now(entry).state == "done" and running(entry) == {}


def test_a_session_is_not_to_come_and_a_plan_can_be_called_off(people: Cast) -> None:
    entry = planned(people)
    with pytest.raises(ValidationError) as refused:
        do("training", "hold", people.li, entry.id, **SESSION)
    assert "held_at" in refused.value.error_dict
    do("training", "cancel", people.li, entry.id, reason="教师生病")
    assert (now(entry).state, running(entry)) == ("cancelled", {})


def test_an_old_book_with_a_row_for_each_colleague_comes_in(people: Cast) -> None:
    content = csv_of(
        "序号,培训时间,培训类型,培训内容,培训方式,地点,授课人,姓名,学时,考核结果,民警",
        "1,2025-03-10 09:00,法律,治安管理处罚法解读,集中,派出所,法制员,李建国,４,合格,李建国",
        "2,2025-03-10 09:00,法律,治安管理处罚法解读,集中,派出所,法制员,王海涛,0,缺勤,李建国",
        "3,2025-05-12 14:00,信息化培训,系统操作,线上,,,没有这个人,2,优,李建国",
    )
    run = bring(people, "training", content, year=None)
    assert sum(counts(run)[:2]) == 3
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="training")}
    assert [found[n].category for n in "123"] == ["law", "law", "digital"]
    assert all(found[n].state == "done" for n in "123")
    [row] = found["1"].data["attendance"]
    assert row == {"colleague": str(people.li.pk), "assessment": "passed", "hours": 4.0}
    assert found["2"].data["attendance"][0]["assessment"] == "absent"
    assert any("没有这个人" in said for said in found["3"].data["past"]["said"].values())
    assert [one for one in verify() if one.wrong] == []
