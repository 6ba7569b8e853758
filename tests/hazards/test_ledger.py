"""Hazards: serious ones within a day, others given to somebody, chased, and looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.verify import verify
from tests.cast import Cast, cast, do, record


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def hazard(people: Cast, **data: Any) -> Entry:
    told = {
        "category": "fire_exits",
        "place": "梅苑小区 5 栋",
        "narrative": "楼道堆放杂物，堵塞通道",
    }
    done = record("hazards", people.li, people.room, **{**told, **data})
    return Entry.objects.get(id=done.entry)


def in_days(n: int) -> str:
    return (clock.today() + timedelta(days=n)).isoformat()


def due(entry: Entry, name: str) -> timedelta:
    return datetime.fromisoformat(entry.deadlines[name]["due"]) - entry.received_at


def test_serious_by_its_kind_or_by_the_officers_word(people: Cast) -> None:
    plain, gas = hazard(people), hazard(people, category="gas")
    calmed = hazard(people, category="gas", severity="other")
    raised = hazard(people, severity="serious")
    assert due(plain, "put_right") > timedelta(days=14) > timedelta(days=6) > due(gas, "put_right")
    assert due(calmed, "put_right") > timedelta(days=14)
    assert due(raised, "put_right") < timedelta(days=6)


def test_given_to_somebody_chased_put_right_and_seen(people: Cast) -> None:
    entry = hazard(people)
    assert "chased" not in entry.deadlines
    who = {"responsible_kind": "manager", "responsible_body": "梅苑物业公司"}
    with pytest.raises(ValidationError) as error:
        do("hazards", "pass_on", people.li, entry.id, **who, due_on=in_days(-1))
    assert set(error.value.error_dict) == {"due_on"}
    do("hazards", "pass_on", people.li, entry.id, **who, due_on=in_days(3))
    entry.refresh_from_db()
    first = entry.deadlines["chased"]["due"]
    assert entry.state == "passed"
    do(
        "hazards", "chase", people.li, entry.id, how="phone", whom="项目经理",
        answer="人手不足，答应下周清完", due_on=in_days(10),
    )  # fmt: skip
    entry.refresh_from_db()
    assert entry.deadlines["chased"]["due"] > first
    assert entry.data["chases"][0]["by"] == people.li.name
    do("hazards", "put_right", people.chen, entry.id, result="已清理")
    with pytest.raises(PermissionDenied):  # an auxiliary does not close
        do("hazards", "close", people.chen, entry.id, checked="通道已畅通")
    entry.refresh_from_db()
    assert {name for name, kept in entry.deadlines.items() if "met" not in kept} == {"checked"}
    done = do("hazards", "close", people.li, entry.id, checked="现场查看，通道已畅通")
    assert done.state == "closed"
    assert [found for found in verify() if found.wrong] == []


def test_said_to_be_right_but_is_not(people: Cast) -> None:
    entry = hazard(people)
    do("hazards", "put_right", people.li, entry.id, result="物业说已清理")
    do("hazards", "not_right", people.li, entry.id, reason="现场仍有堆物", due_on=in_days(2))
    entry.refresh_from_db()
    assert entry.state == "passed" and "met" not in entry.deadlines["chased"]
    do("hazards", "put_right", people.li, entry.id, result="已清理")
    entry.refresh_from_db()
    assert "met" not in entry.deadlines["checked"]
    assert "met" in entry.deadlines["chased"]


def test_opened_again_it_runs_anew_and_closes_again(people: Cast) -> None:
    entry = hazard(people)
    do("hazards", "put_right", people.li, entry.id, result="已清理")
    at = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    do("hazards", "close", people.li, entry.id, checked="通畅", checked_at=at)
    do("hazards", "reopen", people.li, entry.id, reason="又堆上了")
    entry.refresh_from_db()
    assert "met" not in entry.deadlines["again"]
    do(
        "hazards",
        "put_right",
        people.li,
        entry.id,
        result="再次清理",
        finished_at=clock.now().isoformat(),
    )
    done = do(
        "hazards", "close", people.li, entry.id, checked="通畅", checked_at=clock.now().isoformat()
    )
    assert done.state == "closed"


def test_no_hazard_after_all(people: Cast) -> None:
    entry = hazard(people)
    assert (
        do("hazards", "dismiss", people.li, entry.id, result="是消防演练用品").state == "unfounded"
    )


def test_nothing_is_seen_to_be_right_before_it_was(people: Cast) -> None:
    entry = hazard(people)
    now = clock.now()
    with pytest.raises(ValidationError) as error:
        do(
            "hazards", "put_right", people.li, entry.id, result="清理",
            finished_at=(now - timedelta(days=1)).isoformat(),
        )  # fmt: skip
    assert set(error.value.error_dict) == {"finished_at"}
    do("hazards", "put_right", people.li, entry.id, result="清理", finished_at=now.isoformat())
    with pytest.raises(ValidationError) as error:
        do(
            "hazards", "close", people.li, entry.id, checked="看过",
            checked_at=(now - timedelta(hours=1)).isoformat(),
        )  # fmt: skip
    assert set(error.value.error_dict) == {"checked_at"}


def test_what_a_reaction_gives_is_enough(people: Cast) -> None:
    entry = hazard(
        people, category="other", source="inspection", place="某旅馆", narrative="监控损坏",
        due_on=in_days(7), received_at=clock.now().isoformat(),
    )  # fmt: skip
    assert {"put_right", "chased"} <= set(entry.deadlines)
    assert entry.channel == "inspection"
