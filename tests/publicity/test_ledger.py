"""Publicity: planned, held, reported; a drill with its minutes; old books."""

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
from linli.publicity import rules
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)
TUESDAY = MONDAY + timedelta(days=1, hours=8)
PLAN: dict[str, Any] = {
    "category": "fraud", "narrative": "防范冒充公检法诈骗讲座", "place": "梅苑小区活动室",
    "starts_at": "2026-11-24 14:00", "topics": ["fraud"], "frauds": "冒充公检法、刷单返利",
    "audience": ["elderly"], "partners": ["committee", "bank"], "campaign": "全民反诈月",
}  # fmt: skip
HELD: dict[str, Any] = {
    "held_at": "2026-11-24 14:00", "ended_at": "2026-11-24 15:30", "attendance": "46",
    "materials": [
        {"kind": "leaflet", "what": "防骗手册", "number": "60"}, {"kind": "letter", "number": "40"},
    ],
    "course": "播放案例视频，现场提问。",
}  # fmt: skip


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(MONDAY):
        yield made


def planned(people: Cast, **data: Any) -> Entry:
    done = record("publicity", people.chen, people.room, **{**PLAN, **data})
    return Entry.objects.get(id=done.entry)


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


def test_a_lecture_from_plan_to_report(people: Cast) -> None:
    entry = planned(people)
    assert (entry.state, running(entry)) == ("planned", {"held": "2026-11-25"})
    assert entry.data["frauds"] == ["police", "tasks"]
    with clock.fixed(TUESDAY):
        do("publicity", "hold", people.chen, entry.id, **HELD)
        assert running(entry) == {"reported": "2026-12-01"}
        assert "measure" not in offered(people, entry)  # no drill
        with pytest.raises(PermissionDenied):
            do("publicity", "report", people.chen, entry.id, result="效果好")
        do("publicity", "report", people.li, entry.id, result="到场老人均表示有收获")
    entry = now(entry)
    assert (entry.state, entry.is_open, running(entry)) == ("reported", False, {})
    told = [text for _title, text in rules.told(facts_of(registry.get("publicity"), vars(entry)))]
    assert len(told) == 2 and told[0].startswith("1.5") and told[1] == "100"
    assert [one.id for one in search.find(actor(people.li), "防骗手册").entries] == [entry.id]
    assert entry_pdf(entry, actor(people.li))[:4] == b"%PDF"
    assert [found for found in verify() if found.wrong] == []


def test_a_drill_is_reported_with_its_minutes_and_weaknesses(people: Cast) -> None:
    entry = planned(people, category="消防疏散演练", narrative="幼儿园消防疏散演练")
    with clock.fixed(TUESDAY):
        do("publicity", "hold", people.li, entry.id, **HELD)
        with pytest.raises(ValidationError):
            do("publicity", "report", people.li, entry.id, result="完成")
        with pytest.raises(ValidationError) as refused:
            do("publicity", "measure", people.li, entry.id, evacuation_minutes="3.5")
        assert set(refused.value.error_dict) == {"weaknesses"}
        do(
            "publicity", "measure", people.li, entry.id, evacuation_minutes="3.5分钟",
            weaknesses="西侧出口标识不清",
        )  # fmt: skip
        assert "measure" not in offered(people, entry)
        do("publicity", "report", people.li, entry.id, result="按时疏散，标识已要求更换")
        do("publicity", "reopen", people.li, entry.id, reason="补充照片")
    assert now(entry).data["evacuation_minutes"] == 3.5
    assert running(entry) == {"reported": "2026-12-01"}


def test_it_can_be_called_off(people: Cast) -> None:
    entry = planned(people)
    do("publicity", "cancel", people.li, entry.id, reason="暴雨")
    assert (now(entry).state, running(entry)) == ("cancelled", {})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"held_at": "2026-11-25 14:00", "ended_at": ""}, "held_at"),
        ({"ended_at": "2026-11-24 13:00"}, "ended_at"),
        ({"attendance": ""}, "attendance"),
        ({"attendance": "-1"}, "attendance"),
        ({"materials": [{"kind": "rocket"}]}, "materials"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    entry = planned(people)
    with clock.fixed(TUESDAY), pytest.raises(ValidationError) as refused:
        do("publicity", "hold", people.li, entry.id, **{**HELD, **given})
    assert set(refused.value.error_dict) == {wrong}


def test_a_fraud_that_is_not_in_the_list_is_refused(people: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        planned(people, frauds="没有这种")
    assert set(refused.value.error_dict) == {"frauds"}


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "序号,活动时间,活动形式,宣传主题,地点,宣传对象,参加人数,发放份数,活动情况,疏散用时,发现问题,效果,民警",
        "1,2025-04-15 09:30,法制讲座,国家安全教育日,梅苑小学,学生,１２０,200,授课一场,,,反响好,李建国",
        "2,2025-11-09 10:00,消防演练,119消防演练,阳光幼儿园,学生、职工,85人,,全员疏散,4,集合点拥挤,,李建国",
        "3,2025-12-01 19:00,反诈,广场反诈宣传,中心广场,居民,300,500,设点宣传,,,待总结,李建国",
    )
    run = bring(people, "publicity", content, year=None)
    assert sum(counts(run)[:2]) == 3
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="publicity")}
    assert [found[n].category for n in "123"] == ["lecture", "drill.fire", "fraud"]
    assert [found[n].state for n in "123"] == ["reported", "reported", "held"]
    assert found["1"].data["attendance"] == 120 and found["2"].data["attendance"] == 85
    assert found["1"].data["materials"] == [{"number": 200}]
    assert found["2"].data["evacuation_minutes"] == 4.0
    assert found["2"].data["weaknesses"] == "集合点拥挤"
    assert [one for one in verify() if one.wrong] == []
