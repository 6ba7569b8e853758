"""Patrols: planned with check points, walked, findings noted, summed up without a track."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.access.actor import Actor
from linli.ground import clock
from linli.history.models import Step
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from linli.patrols import points, rules, walking
from linli.patrols.models import CheckPoint
from linli.patrols.planning import told
from tests.cast import Cast, actor, cast, do, record


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def li(people: Cast) -> Actor:
    return actor(people.li)


def patrol(people: Cast, **data: Any) -> Entry:
    told = {"category": "night", "place": "梅苑小区东片"}
    done = record("patrols", people.li, people.room, **{**told, **data})
    return Entry.objects.get(id=done.entry)


def text(moment: Any) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def test_a_whole_patrol(people: Cast, li: Actor) -> None:
    gate = points.add(room=people.room.pk, by=li, name="东门", area="东片")
    points.add(room=people.room.pk, by=li, name="车棚", area="东片")
    now = clock.now()
    entry = patrol(
        people, points=["东门", "车棚"], officer_count="1", auxiliary_count="２", volunteer_count=3,
        starts_at=text(now), ends_at=text(now + timedelta(hours=2)), time_of_day="night",
        weakness="夜间车棚无人看管，电瓶被盗三起", measure="夜间加密巡逻，建议装监控",
    )  # fmt: skip
    assert set(entry.deadlines) == {"finished"}
    assert walking.check_in(actor=li, patrol=entry, point=gate)  # sets out with the first scan
    entry.refresh_from_db()
    assert entry.state == "under_way" and entry.data["started_at"]
    assert walking.check_in(actor=li, patrol=entry, point=gate) is False  # pressed twice
    do("patrols", "find", people.li, entry.id, kind="hazard", where="车棚", what="灯不亮")
    do("patrols", "check_in", people.chen, entry.id, check_point="后门", how="hand")
    done = do(
        "patrols",
        "finish",
        people.chen,
        entry.id,
        narrative="无异常",
        finished_at=clock.now().isoformat(),
    )
    assert done.state == "done"
    entry.refresh_from_db()
    assert [row["check_point"] for row in entry.data["check_ins"]] == ["东门", "后门"]
    assert set(entry.data["check_ins"][0]) == {"check_point", "how", "at", "by"}  # no position
    said = dict(entry_view.derived_shown(entry))
    assert any("1" in words and "2" in words for words in said.values())
    assert len(said) == 2 and "met" in entry.deadlines["finished"]
    assert [found for found in verify() if found.wrong] == []


def test_the_sum_of_a_patrol() -> None:
    now = clock.now()
    facts = {
        "points": ["东门", "车棚", "后门"], "started_at": now, "finished_at": now + timedelta(minutes=90),
        "check_ins": [{"check_point": name} for name in ("东门", "东门", "操场")],
        "officer_count": 1, "volunteer_count": 4,
    }  # fmt: skip
    assert rules.reached(facts) == (1, 3)
    assert rules.beside_the_plan(facts) == 1
    assert "1.5" in told(facts)[0][1] and "5" in told(facts)[0][1]
    assert told({}) == []


def test_times_are_in_order(people: Cast) -> None:
    now = clock.now()
    with pytest.raises(ValidationError) as error:
        patrol(people, starts_at=text(now), ends_at=text(now - timedelta(hours=1)))
    assert set(error.value.error_dict) == {"ends_at"}
    with pytest.raises(ValidationError) as error:
        patrol(people, starts_at=text(now), ends_at=text(now + timedelta(hours=25)))
    assert set(error.value.error_dict) == {"ends_at"}
    entry = patrol(people)
    with pytest.raises(ValidationError) as error:  # back, but never set out
        do("patrols", "finish", people.li, entry.id, narrative="无", finished_at=now.isoformat())
    assert set(error.value.error_dict) == {"started_at"}


def test_somebody_walks(people: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        patrol(people, officer_count=0, auxiliary_count=0, volunteer_count=0)
    assert set(error.value.error_dict) == {"officer_count"}


def test_points_are_taken_by_name_and_once(people: Cast) -> None:
    entry = patrol(people, points="东门、 车棚，东门")
    assert entry.data["points"] == ["东门", "车棚"]
    with pytest.raises(ValidationError):
        patrol(people, points=["长" * 41])


def test_a_check_point_leaves_history(people: Cast, li: Actor) -> None:
    point = points.add(room=people.room.pk, by=li, name=" 东  门 ")
    assert point.name == "东 门"
    before = point.code
    points.change(point=point, by=li, place="梅苑路 8 号东门")
    points.change(point=point, by=li, place="梅苑路 8 号东门")  # nothing to say
    points.renew(point=point, by=li)
    assert point.code != before
    steps = Step.objects.filter(subject=point.id).order_by("seq")
    assert [step.action for step in steps] == [
        "check_point.add",
        "check_point.change",
        "check_point.renew",
    ]
    assert [found for found in verify() if found.wrong] == []


def test_two_points_of_one_name_are_refused_until_one_is_taken_down(
    people: Cast, li: Actor
) -> None:
    first = points.add(room=people.room.pk, by=li, name="东门")
    with pytest.raises(ValidationError) as error:
        points.add(room=people.room.pk, by=li, name="东门")
    assert set(error.value.error_dict) == {"name"}
    points.change(point=first, by=li, active=False)
    points.add(room=people.room.pk, by=li, name="东门")
    with pytest.raises(ValidationError):
        points.add(room=people.room.pk, by=li, name="  ")
    assert len(points.of_room(people.room.pk)) == 1
    assert len(points.of_room(people.room.pk, active=False)) == 2


def test_points_belong_to_their_room(people: Cast, li: Actor) -> None:
    point = points.add(room=people.room.pk, by=li, name="东门")
    assert points.by_sign(actor(people.chen), point.code) == point
    with pytest.raises(CheckPoint.DoesNotExist):
        points.by_sign(actor(people.neighbour), point.code)
    with pytest.raises(PermissionDenied):
        points.add(room=people.room.pk, by=actor(people.chen), name="后门")
    other = record(
        "patrols", people.neighbour, people.next_room, category="routine", place="百瑞景"
    )
    with pytest.raises(Entry.DoesNotExist):
        walking.check_in(
            actor=actor(people.neighbour), patrol=Entry.objects.get(id=other.entry), point=point
        )


def test_an_entry_offers_the_points_of_its_room(people: Cast, li: Actor) -> None:
    from linli.ledger.declaration import registry
    from linli.ledger.forms.forms import form_class

    ledger = registry.get("patrols")
    form = form_class(ledger, "record")()
    form.offer_choices(people.room.pk)
    assert "points" not in form.fields  # a room without check points is not asked
    points.add(room=people.room.pk, by=li, name="东门")
    form = form_class(ledger, "record")()
    form.offer_choices(people.room.pk)
    assert form.fields["points"].widget.choices == [("东门", "东门")]
    form = form_class(ledger, "correct")(initial={"points": ["后门"]})
    form.offer_choices(people.room.pk)
    assert ("后门", "后门") in form.fields["points"].widget.choices  # was taken down since
