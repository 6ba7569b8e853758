"""Who sees what, by role and place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from linli.access import policy
from linli.access.actor import Actor, actor_for, resident_actor, system_actor
from linli.access.roles import PERMISSIONS, ROLES, SECOND_FACTOR
from linli.history.models import ReadLog
from linli.history.reads import note_read
from linli.org import actions
from linli.org.models import Posting, Role, Staff, Unit
from tests.cast import Cast, actor, cast

pytestmark = pytest.mark.django_db


def rows_in(people: Cast) -> dict[UUID, ReadLog]:
    """A row (of any model with room and district) in each room, by room."""
    rooms = [
        (people.room, people.branch), (people.next_room, people.branch),
        (people.far_room, people.branch), (people.other_room, people.other_branch),
    ]  # fmt: skip
    return {
        room.pk: note_read(
            actor_id=None, actor_name="x", kind="search", district=branch.pk, room=room.pk
        )
        for room, branch in rooms
    }


def seen_by(who: Actor, permission: str = "read") -> set[Any]:
    return set(policy.visible(who, ReadLog, permission).values_list("room", flat=True))


def test_everybody_sees_their_rooms_and_no_others() -> None:
    people = cast()
    rows_in(people)
    room, near, far, other = (
        people.room.pk, people.next_room.pk, people.far_room.pk, people.other_room.pk,
    )  # fmt: skip
    expected = {
        people.li: {room}, people.chen: {room}, people.head: {room}, people.clerk: {room},
        people.neighbour: {near}, people.chief: {room, near}, people.far_chief: {far},
        people.desk: {room, near, far}, people.outsider: {other},
        people.analyst: set(), people.auditor: set(), people.admin: set(),
    }  # fmt: skip
    for staff, rooms in expected.items():
        assert seen_by(actor(staff)) == rooms, staff.username
    assert seen_by(actor(people.auditor), "audit") == {room, near, far}
    assert seen_by(system_actor("job")) == {room, near, far, other}
    assert seen_by(resident_actor(room, people.branch.pk)) == set()


def test_may_agrees_with_visible_for_every_person_room_and_permission() -> None:
    people = cast()
    rows = rows_in(people)
    for staff in people.everybody:
        who = actor(staff)
        for permission in PERMISSIONS:
            seen = seen_by(who, permission)
            for room, row in rows.items():
                may = who.may(permission, room=room, district=row.district)
                assert may == (room in seen), (staff.username, permission)


def test_an_outsider_gets_404_and_a_reader_who_may_not_write_403() -> None:
    people = cast()
    row = rows_in(people)[people.room.pk]
    for outsider in (people.neighbour, people.far_chief, people.outsider, people.analyst):
        with pytest.raises(Http404):
            policy.get_or_404(actor(outsider), ReadLog, pk=row.pk)
    assert policy.get_or_404(actor(people.chen), ReadLog, pk=row.pk) == row
    with pytest.raises(PermissionDenied):
        policy.require(actor(people.chen), "close", "visits", row.room, row.district)
    policy.require(actor(people.li), "close", "visits", row.room, row.district)


def test_a_clerk_works_with_visits_only() -> None:
    clerk = actor(cast().clerk)
    assert clerk.may("record", "visits")
    assert not clerk.may("read", "incidents")
    assert not clerk.may("record", "incidents")
    assert not clerk.may("read", "worklogs")  # the room's logs tell of incidents
    assert clerk.may("sign_log", "worklogs")


def test_a_station_without_rooms_is_not_the_whole_district() -> None:
    people = cast()
    rows_in(people)
    empty = actions.add_unit(
        kind="station", code="empty", name="新所", parent=people.branch, by=system_actor("t")
    )
    actions.post(staff=people.analyst, unit=empty, role=Role.CHIEF, by=system_actor("t"))
    assert seen_by(actor(people.analyst)) == set()


def test_two_posts_are_joined_one_by_one() -> None:
    people = cast()
    rows_in(people)
    actions.post(
        staff=people.clerk, unit=people.other_room, role=Role.OFFICER, by=system_actor("t")
    )
    who = actor(people.clerk)
    assert seen_by(who) == {people.room.pk, people.other_room.pk}
    assert who.may("read", "incidents", people.other_room.pk, people.other_branch.pk)
    assert not who.may("read", "incidents", people.room.pk, people.branch.pk)


def test_after_a_move_old_rows_stay_readable_for_the_room_and_for_the_old_branch() -> None:
    people = cast()
    rows_in(people)
    actions.move_unit(unit=people.station, to=people.other_branch, by=system_actor("t"))
    assert people.room.pk in seen_by(actor_for(people.li))
    assert people.room.pk in seen_by(actor_for(people.chief))
    assert people.room.pk in seen_by(actor_for(people.desk))


def test_an_ended_posting_and_a_closed_account_see_nothing() -> None:
    people = cast()
    rows_in(people)
    assert seen_by(actor(people.li)) == {people.room.pk}
    actions.end_posting(posting=Posting.objects.get(staff=people.li), by=system_actor("t"))
    assert seen_by(actor(people.li)) == set()
    actions.change_staff(staff=people.wang, by=system_actor("t"), is_active=False)
    assert seen_by(actor(people.wang)) == set()


def test_units_and_staff_one_may_see() -> None:
    people = cast()

    def units(staff: Staff, permission: str = "read") -> set[str]:
        return set(policy.visible(actor(staff), Unit, permission).values_list("name", flat=True))

    near = {people.room.name, people.next_room.name, people.station.name}
    assert units(people.li) == near
    assert units(people.chief) == near
    assert people.other_room.name not in units(people.admin, "administer")
    assert people.far_room.name in units(people.admin, "administer")
    assert units(people.analyst) == set()
    colleagues = set(policy.visible(actor(people.li), Staff).values_list("username", flat=True))
    assert {"lijianguo", "linfang", "sunli"} <= colleagues
    assert not {"liuyang", "hejie"} & colleagues
    unposted = Staff.objects.create(username="neu", name="新人")
    assert unposted in policy.visible(actor(people.admin), Staff, "administer")
    assert unposted not in policy.visible(actor(people.li), Staff)


def test_the_roles_table_keeps_what_tables_md_forbids() -> None:
    assert set(Role.values) == set(ROLES) - {"resident"}
    for code, role in ROLES.items():
        assert set(role.may) <= set(PERMISSIONS), code
    assert set(ROLES["analyst"].may) == {"figures"}
    assert set(ROLES["auditor"].may) == {"audit", "retention"}
    assert set(ROLES["administrator"].may) == {"administer", "retention"}
    assert not {"reveal", "close", "export"} & set(ROLES["auxiliary"].may)
    assert not ROLES["clerk"].allows("read", "incidents")
    assert {"officer", "clerk", "head", "chief", "auditor", "administrator"} == SECOND_FACTOR


def test_an_actor_costs_one_query(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.access.actor.FRESH_SECONDS", 3600)  # however slow the machine
    people = cast()
    with django_assert_num_queries(1):
        who = actor_for(people.chief)
    assert who.posts[0].rooms == {people.room.pk, people.next_room.pk}
    with django_assert_num_queries(0):
        assert actor_for(people.chief) == who


def test_an_administrator_sees_everybody_once() -> None:
    """Also who has several posts, and who has none yet."""
    people = cast()
    by = system_actor("tests")
    actions.post(staff=people.li, unit=people.next_room, role=Role.OFFICER, by=by)
    unposted = Staff.objects.create(username="nobody", name="未任职")
    seen = list(policy.visible(actor(people.admin), Staff, "administer"))
    assert len(seen) == len(set(seen))
    assert {people.li, unposted} <= set(seen)
