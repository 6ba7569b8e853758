"""Who is above, below and there; what a move keeps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from linli.access.actor import system_actor
from linli.ground.clock import today
from linli.history.models import Step
from linli.org import actions, tree
from linli.org.models import Posting, Role, Unit, UnitKind, Whereabouts
from tests.cast import cast

pytestmark = pytest.mark.django_db
BY = system_actor("tests")


def test_the_place_of_a_room_and_what_is_below() -> None:
    people = cast()
    assert tree.place_in_tree(people.room.pk) == (
        people.bureau, people.branch, people.station, people.room,
    )  # fmt: skip
    assert tree.district_of(people.room.pk) == people.branch.pk
    assert tree.district_of(people.branch.pk) == people.branch.pk
    assert tree.rooms_under(people.station.pk) == [people.room.pk, people.next_room.pk]
    assert len(tree.rooms_under(people.bureau.pk)) == 4
    with pytest.raises(ValueError, match="not a room"):
        tree.place_in_tree(people.station.pk)


def test_names_are_asked_for_again_once_in_a_while_not_each_time(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    people = cast()
    tree.forget()
    for moment in (0.0, 100.0):
        monkeypatch.setattr(tree.time, "monotonic", lambda now=moment: now)
        with django_assert_num_queries(1):
            tree.names([people.room.pk])
            tree.names([people.room.pk])


def test_names_of_units_and_of_staff() -> None:
    people = cast()
    assert tree.names([people.room.pk, people.li.pk]) == {
        people.room.pk: people.room.name,
        people.li.pk: "李建国",
    }
    actions.change_unit(unit=people.room, by=BY, name="新名警务室")
    assert tree.names([people.room.pk]) == {people.room.pk: "新名警务室"}


def test_a_unit_hangs_under_the_right_kind_only() -> None:
    people = cast()
    with pytest.raises(ValidationError):
        actions.add_unit(kind=UnitKind.ROOM, code="x", name="x", parent=people.branch, by=BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(kind=UnitKind.BUREAU, code="y", name="y", parent=people.branch)
    with pytest.raises(ValidationError):
        actions.move_unit(unit=people.room, to=people.branch, by=BY)


def test_a_move_to_another_branch_remembers_the_district_it_left() -> None:
    people = cast()
    actions.move_unit(unit=people.station, to=people.other_branch, by=BY)
    assert tree.district_of(people.room.pk) == people.other_branch.pk
    people.room.refresh_from_db()
    assert people.room.former_districts == [str(people.branch.pk)]
    assert Step.objects.filter(subject=people.station.pk, action="unit.move").count() == 1


def test_who_answers_first() -> None:
    people = cast()
    assert tree.duty_officer(people.room.pk) in (people.li, people.wang)
    actions.set_whereabouts(staff=people.wang, whereabouts=Whereabouts.COMMUNITY)
    assert tree.duty_officer(people.room.pk) == people.wang
    actions.end_posting(posting=Posting.objects.get(staff=people.neighbour), by=BY)
    assert tree.duty_officer(people.next_room.pk) == people.chief
    actions.end_posting(posting=Posting.objects.get(staff=people.chief), by=BY)
    assert tree.duty_officer(people.next_room.pk) is None


def test_a_posting_holds_from_its_first_day_until_before_its_last() -> None:
    people = cast()
    soon = today() + timedelta(days=3)
    actions.post(staff=people.neighbour, unit=people.room, role=Role.CLERK, by=BY, since=soon)
    names = [staff.username for staff, _role in tree.staff_of(people.room.pk)]
    assert "linfang" not in names
    assert names[0] == "zhouweidong"  # the head comes first
    assert "linfang" in [staff.username for staff, _ in tree.staff_of(people.room.pk, on=soon)]


def test_overrides_of_a_nearer_unit_win() -> None:
    people = cast()
    day, other = date(2026, 5, 4), date(2026, 5, 9)
    actions.set_workday(day=day, working=False, by=BY)
    actions.set_workday(day=other, working=True, by=BY)
    actions.set_workday(day=day, working=True, by=BY, unit=people.station)
    assert tree.overrides(people.room.pk) == {day: True, other: True}
    assert tree.overrides(people.far_room.pk) == {day: False, other: True}
    assert tree.overrides(people.room.pk) is tree.overrides(people.room.pk)


def test_a_failed_history_write_undoes_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    people = cast()

    def fail(**_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(actions, "note_change", fail)
    with pytest.raises(OSError, match="disk full"):
        actions.change_unit(unit=people.room, by=BY, phone="027-00000000")
    people.room.refresh_from_db()
    assert people.room.phone == ""


def test_accounts_refuse_weak_passwords_and_taken_names() -> None:
    people = cast()
    with pytest.raises(ValidationError):
        actions.add_staff(
            username="neu",
            name="新人",
            password="12345678",
            unit=people.room,
            role=Role.OFFICER,
            by=BY,
        )
    with pytest.raises(ValidationError):
        actions.add_staff(
            username="LiJianGuo",
            name="新人",
            password=None,
            unit=people.room,
            role=Role.OFFICER,
            by=BY,
        )


def test_a_unit_with_people_or_units_below_is_not_closed() -> None:
    people = cast()
    for unit in (people.station, people.room):
        with pytest.raises(ValidationError):
            actions.end_unit(unit=unit, by=BY)
