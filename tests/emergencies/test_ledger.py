"""The emergency log: a plan is started, ticked off, reported upward, ended and looked back on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.emergencies.plans import PLANS, STEPS, steps
from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from tests.cast import Cast, cast, do, record

LOG = "emergency_log"


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def emergency(people: Cast, **data: Any) -> Entry:
    told = {"category": "fire", "place": "梅苑小区 5 栋", "narrative": "四楼住户厨房起火，有浓烟"}
    return Entry.objects.get(id=record(LOG, people.li, people.room, **{**told, **data}).entry)


def test_every_kind_has_its_plan() -> None:
    tree = registry.get(LOG).categories
    assert tree is not None
    assert set(tree.by_code) == set(PLANS.by_code)
    assert all(8 <= len(plan.items) <= 15 for plan in PLANS.lists)
    assert (
        len({choice.code for choice in STEPS})
        == len(STEPS)
        == sum(len(p.items) for p in PLANS.lists)
    )


def test_from_the_call_to_the_report(people: Cast) -> None:
    entry = emergency(people)
    due = datetime.fromisoformat(entry.deadlines["reported"]["due"])
    assert due - entry.received_at < timedelta(minutes=31)
    do(LOG, "tick", people.chen, entry.id, step="fire.call", remark="119 已出动两车")
    do(LOG, "tick", people.li, entry.id, step="fire.evacuate")
    do(LOG, "log", people.chen, entry.id, what="消防车到场，开始出水")
    do(
        LOG, "report", people.li, entry.id, to="派出所值班室", how="phone", receipt="值班长孙立",
        said="5 栋起火，正在疏散",
    )  # fmt: skip
    entry.refresh_from_db()
    assert "met" in entry.deadlines["reported"]
    assert [row["step"] for row in entry.data["done_steps"]] == ["fire.call", "fire.evacuate"]
    assert all(row["at"] and row["by"] for row in entry.data["done_steps"])
    with pytest.raises(PermissionDenied):
        do(LOG, "end", people.chen, entry.id, result="扑灭", finished_at=clock.now().isoformat())
    do(
        LOG, "end", people.li, entry.id, result="明火扑灭，无人员伤亡", evacuated=46, injured=0, dead=0,
        finished_at=clock.now().isoformat(),
    )  # fmt: skip
    do(LOG, "log", people.li, entry.id, what="住户已安置")  # lines may be added afterwards
    entry.refresh_from_db()
    assert entry.state == "ended" and "met" not in entry.deadlines["reviewed"]
    done = do(
        LOG, "review", people.li, entry.id, went_well="疏散及时", to_better="消火栓被遮挡",
        measures="物业三日内清理，社区民警复查",
    )  # fmt: skip
    assert done.state == "closed"
    said = dict(entry_view.derived_shown(Entry.objects.get(id=entry.id)))
    assert any("11" in words and "2" in words for words in said.values())
    assert [found for found in verify() if found.wrong] == []


def test_a_step_is_of_the_plan_and_ticked_once(people: Cast) -> None:
    entry = emergency(people)
    with pytest.raises(ValidationError) as error:
        do(LOG, "tick", people.li, entry.id, step="missing_person.facts")
    assert set(error.value.error_dict) == {"step"}
    do(LOG, "tick", people.li, entry.id, step="fire.call")
    with pytest.raises(ValidationError) as error:
        do(LOG, "tick", people.li, entry.id, step="fire.call")
    assert set(error.value.error_dict) == {"step"}


def test_the_steps_stand_in_the_order_of_the_plan(people: Cast) -> None:
    entry = emergency(people)
    do(LOG, "tick", people.li, entry.id, step="fire.lane")
    do(LOG, "tick", people.li, entry.id, step="fire.call")
    entry.refresh_from_db()
    facts = facts_of(registry.get(LOG), vars(entry))
    listed = steps(entry.category, facts["done_steps"])
    assert [step.code.split(".")[1] for step in listed][:2] == ["call", "team"]
    assert {step.code for step in listed if step.at} == {"fire.call", "fire.lane"}


def test_a_drill_is_not_reported_upward(people: Cast) -> None:
    assert emergency(people, exercise="drill").deadlines == {}


def test_not_over_before_it_began(people: Cast) -> None:
    entry = emergency(people)
    with pytest.raises(ValidationError) as error:
        do(
            LOG, "end", people.li, entry.id, result="结束",
            finished_at=(clock.now() - timedelta(hours=1)).isoformat(),
        )  # fmt: skip
    assert set(error.value.error_dict) == {"finished_at"}
