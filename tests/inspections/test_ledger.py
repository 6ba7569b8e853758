"""Inspections: two inspect, by the list of the kind; an order is looked at again until all is right."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.inspections.lists import CHECKLISTS
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record

PLACE = {"subject": "梅苑快捷旅馆", "place": "梅苑路 8 号"}


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def answers(kind: str, *bad: str) -> dict[str, Any]:
    """The checklist of a kind, all in order but for these."""
    items = CHECKLISTS.by_code[kind].items
    return {
        "list": kind,
        "answers": {item.code: "bad" if item.code in bad else "ok" for item in items},
        "notes": dict.fromkeys(bad, "已当场指出"),
    }


def inspected(people: Cast, *bad: str, **data: Any) -> Entry:
    done = record(
        "inspections", people.li, people.room,
        **{
            "category": "hotel", **PLACE, "second": str(people.wang.pk),
            "checklist": answers("hotel", *bad), **data,
        },
    )  # fmt: skip
    return Entry.objects.get(id=done.entry)


def refused(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.error_dict)


def in_days(n: int) -> str:
    return (clock.today() + timedelta(days=n)).isoformat()


def test_every_kind_has_its_list_of_eight_to_fifteen_items() -> None:
    tree = registry.get("inspections").categories
    assert tree is not None
    assert set(tree.by_code) == set(CHECKLISTS.by_code)
    assert all(8 <= len(one.items) <= 15 for one in CHECKLISTS.lists)
    assert all(item.zh and item.en for one in CHECKLISTS.lists for item in one.items)


def test_a_clean_inspection(people: Cast) -> None:
    entry = inspected(people)
    assert entry.deadlines == {}
    done = do("inspections", "pass", people.li, entry.id, result="未发现问题")
    assert done.state == "clean"
    assert [found for found in verify() if found.wrong] == []


def test_from_findings_to_an_order_two_re_inspections_and_the_end(people: Cast) -> None:
    entry = inspected(people, "video", "visitors")
    with pytest.raises(ValidationError):
        do("inspections", "pass", people.li, entry.id, result="没有问题")
    do(
        "inspections", "order", people.li, entry.id, due_on=in_days(7),
        items=[{"what": "后门无人值守", "demand": "安排专人或加装门禁"}],
    )  # fmt: skip
    entry.refresh_from_db()
    assert entry.state == "rectify"
    first = entry.deadlines["again"]["due"]
    assert date.fromisoformat(first[:10]) - clock.today() in (timedelta(14), timedelta(15))
    with pytest.raises(ValidationError):  # nothing was looked at again yet
        do("inspections", "close", people.li, entry.id)
    again: dict[str, Any] = {
        "second": str(people.wang.pk),
        "found": "监控已修复，访客登记仍无离开时间",
    }
    with pytest.raises(ValidationError) as error:  # the old day has been, so to say: a new one
        do(
            "inspections",
            "reinspect",
            people.li,
            entry.id,
            outcome="part",
            **again,
            due_on=in_days(-1),
        )
    assert refused(error) == {"due_on"}
    do("inspections", "reinspect", people.li, entry.id, outcome="part", **again, due_on=in_days(5))
    entry.refresh_from_db()
    assert "met" not in entry.deadlines["again"]
    again["found"] = "全部整改到位"
    do("inspections", "reinspect", people.li, entry.id, outcome="all", **again)
    entry.refresh_from_db()
    assert "met" in entry.deadlines["again"] and entry.due_at is None
    assert [row["outcome"] for row in entry.data["reinspections"]] == ["part", "all"]
    assert entry.data["reinspections"][0]["by"] == people.li.name
    done = do("inspections", "close", people.li, entry.id, result="已整改")
    assert done.state == "closed"
    assert [found for found in verify() if found.wrong] == []
    assert entry.id in [e.id for e in search.find(actor(people.li), "后门无人值守").entries]


def test_what_is_handed_on_may_end_without_being_right(people: Cast) -> None:
    entry = inspected(people, "exits")
    do("inspections", "order", people.li, entry.id, due_on=in_days(3))
    do("inspections", "refer", people.li, entry.id, reason="拒不整改", referred_to="消防救援大队")
    assert do("inspections", "close", people.li, entry.id).state == "closed"


def test_the_second_inspector_is_somebody_else(people: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        inspected(people, second=str(people.li.pk))
    assert refused(error) == {"second"}
    without = inspected(people, "video", second="")
    with pytest.raises(ValidationError) as error:
        do("inspections", "order", people.li, without.id, due_on=in_days(3))
    assert refused(error) == {"second"}


def test_who_was_second_may_take_the_matter_over(people: Cast) -> None:
    entry = inspected(people, "video")
    do("inspections", "hand_over", people.li, entry.id, "休假", hand_to=str(people.wang.pk))
    assert do("inspections", "accept", people.wang, entry.id).entry == entry.id
    do("inspections", "order", people.wang, entry.id, due_on=in_days(3))
    with pytest.raises(ValidationError) as error:
        do(
            "inspections", "reinspect", people.wang, entry.id, outcome="all", found="好",
            second=str(people.wang.pk),
        )  # fmt: skip
    assert refused(error) == {"second"}


def test_a_hotel_is_not_inspected_by_the_list_for_scrap(people: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        inspected(people, checklist=answers("scrap"))
    assert refused(error) == {"checklist"}


def test_a_missing_answer_is_named(people: Cast) -> None:
    half = answers("hotel")
    del half["answers"]["exits"]
    with pytest.raises(ValidationError) as error:
        inspected(people, checklist=half)
    assert "疏散通道" in str(error.value)


def test_an_order_needs_something_wrong_and_a_day_within_the_rule(people: Cast) -> None:
    clean = inspected(people)
    with pytest.raises(ValidationError):
        do("inspections", "order", people.li, clean.id, due_on=in_days(3))
    bad = inspected(people, "fire")
    for day in (-1, 16):
        with pytest.raises(ValidationError) as error:
            do("inspections", "order", people.li, bad.id, due_on=in_days(day))
        assert refused(error) == {"due_on"}
    assert do("inspections", "order", people.li, bad.id, due_on=in_days(15)).state == "rectify"


def test_what_was_seen_is_written_down_within_a_day(people: Cast) -> None:
    done = record("inspections", people.li, people.room, category="hotel", **PLACE)
    entry = Entry.objects.get(id=done.entry)
    assert set(entry.deadlines) == {"written"}
    do(
        "inspections", "inspect", people.li, entry.id, second=str(people.wang.pk),
        checklist=answers("hotel"),
    )  # fmt: skip
    entry.refresh_from_db()
    assert "met" in entry.deadlines["written"]


def test_an_auxiliary_fills_in_but_does_not_order(people: Cast) -> None:
    entry = inspected(people, "fire")
    with pytest.raises(PermissionDenied):
        do("inspections", "order", people.chen, entry.id, due_on=in_days(3))
    with pytest.raises(PermissionDenied):
        record("inspections", people.clerk, people.room, category="hotel", **PLACE)


def test_the_credit_code_is_checked(people: Cast) -> None:
    good = inspected(people, credit_code="91420106 ma4kx1234 2")
    assert good.data["credit_code"] == "91420106MA4KX12342"
    with pytest.raises(ValidationError) as error:
        inspected(people, credit_code="91420106MA4KX12343")
    assert refused(error) == {"credit_code"}
