"""The one way in for things: added, changed, corrected, ended, merged and parted, given over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from linli.demo.businesses import credit_code
from linli.ground import clock
from linli.history.models import Step
from linli.ledger.acts.act import ConflictError, ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.entries import counting
from linli.ledger.entries.models import EntryPerson, GuardedError
from linli.ledger.verify import verify
from linli.org import tree
from linli.org.models import Staff, Unit
from linli.places.models import Licence, Place
from linli.places.register import PLACES
from tests.cast import Cast, actor, cast

CODE = credit_code(7, "92")


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def add(by: Staff, room: Unit, **data: Any) -> UUID:
    usual = {"name": "江城旅馆", "category": "hotel", "place": "中南路 12 号"}
    act = ThingAct(
        PLACES, "add", actor(by), {**usual, **data},
        room=room.pk, district=tree.district_of(room.pk),
    )  # fmt: skip
    return carry_out([act])[0].entry


def do(
    staff: Staff, action: str, thing: UUID, reason: str = "", rev: Any = None, **data: Any
) -> Any:
    act = ThingAct(PLACES, action, actor(staff), data, thing=thing, reason=reason, rev=rev)
    return carry_out([act])[0]


def sound() -> None:
    assert [finding for finding in verify() if finding.wrong] == []
    assert counting.rebuild_and_compare() == []


def test_a_place_is_added_with_licences_and_keepers_and_one_step(people: Cast) -> None:
    id = add(
        people.li, people.room, credit_code=CODE, staff="12",
        licences=[{"kind": "special_trade", "number": "鄂特旅 7", "valid_until": "2027-05-01"}],
        keepers=[{"role": "in_charge", "name": "王小满", "phone": "13800001234"}],
    )  # fmt: skip
    place = Place.objects.get(id=id)
    assert (place.name, place.credit_code, place.data, place.rev) == (
        "江城旅馆",
        CODE,
        {"staff": 12},
        1,
    )
    assert Licence.objects.get(owner=id).valid_until.isoformat() == "2027-05-01"
    assert EntryPerson.objects.get(entry=id).name_mask == "王*"
    assert [step.action for step in Step.objects.filter(subject=id)] == ["add"]
    sound()


def test_changing_keeps_parts_by_their_id_and_says_what_was_before(people: Cast) -> None:
    id = add(people.li, people.room, licences=[{"number": "1"}, {"number": "2"}])
    first, second = Licence.objects.filter(owner=id).order_by("position")
    do(people.li, "change", id, licences=[{"id": str(second.id), "number": "2b"}, {"number": "3"}])
    assert list(
        Licence.objects.filter(owner=id).order_by("position").values_list("number", flat=True)
    ) == ["2b", "3"]
    assert Licence.objects.filter(id=first.id).count() == 0
    assert Licence.objects.get(number="2b").id == second.id
    with pytest.raises(ValidationError) as same:
        do(people.li, "change", id, name="江城旅馆")
    assert same.value.code == "unchanged"
    sound()


def test_a_row_of_somebody_elses_place_is_refused(people: Cast) -> None:
    mine = add(people.li, people.room, licences=[{"number": "1"}])
    theirs = add(people.neighbour, people.next_room, name="别家", licences=[{"number": "9"}])
    row = Licence.objects.get(owner=theirs)
    with pytest.raises(ValidationError) as refused:
        do(people.li, "change", mine, licences=[{"id": str(row.id), "number": "x"}])
    assert set(refused.value.error_dict) == {"licences"}
    assert Licence.objects.get(id=row.id).number == "9"


def test_two_at_once_the_second_is_told(people: Cast) -> None:
    id = add(people.li, people.room)
    do(people.li, "change", id, rev=1, name="江城大旅馆")
    with pytest.raises(ConflictError):
        do(people.wang, "change", id, rev=1, name="江城小旅馆")
    assert Place.objects.get(id=id).name == "江城大旅馆"


def test_a_code_stands_once_in_a_district_and_again_after_the_end(people: Cast) -> None:
    first = add(people.li, people.room, credit_code=CODE)
    for staff, room in ((people.li, people.room), (people.far_officer, people.far_room)):
        with pytest.raises(ValidationError) as refused:
            add(staff, room, name="又一家", credit_code=CODE)
        assert set(refused.value.error_dict) == {"credit_code"}
    add(people.outsider, people.other_room, credit_code=CODE)  # another district
    do(people.li, "end", first, reason="停业", until=clock.today().isoformat())
    add(people.li, people.room, name="新店", credit_code=CODE)
    with pytest.raises(ValidationError):
        do(people.li, "reopen", first, reason="又开了")
    sound()


def test_the_database_itself_holds_one_code_and_days_in_order(people: Cast) -> None:
    from django.db import IntegrityError

    first = add(people.li, people.room, credit_code=CODE)
    second = add(people.li, people.room, name="二店", since="2020-01-01")
    for change in ({"credit_code": CODE}, {"until": "2019-01-01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Place.objects.filter(id=second).update(**change)
    with pytest.raises(GuardedError):
        Place.objects.get(id=first).save()


def test_days_in_order(people: Cast) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    with pytest.raises(ValidationError):
        add(people.li, people.room, since=tomorrow)
    id = add(people.li, people.room, since="2020-01-01")
    for until in ("2019-12-31", tomorrow):
        with pytest.raises(ValidationError) as refused:
            do(people.li, "end", id, reason="停业", until=until)
        assert set(refused.value.error_dict) == {"until"}
    do(people.li, "end", id, reason="停业", until="2024-06-30")
    assert Place.objects.get(id=id).state == "ended"
    with pytest.raises(ValidationError):
        do(people.li, "change", id, name="不行")
    sound()


def test_merged_and_parted_again(people: Cast) -> None:
    stays, goes = add(people.li, people.room), add(people.li, people.room, name="江城宾馆")
    do(people.li, "merge", goes, reason="同一家", into=str(stays))
    place = Place.objects.get(id=goes)
    assert (place.state, place.merged_into) == ("merged", stays)
    sound()
    for wrong in (goes, stays):  # into itself, into one that is merged
        with pytest.raises(ValidationError):
            do(people.li, "merge", stays, reason="不行", into=str(wrong))
    theirs = add(people.neighbour, people.next_room, name="别家")
    with pytest.raises(ValidationError):
        do(people.li, "merge", stays, reason="别的警务室", into=str(theirs))
    do(people.li, "unmerge", goes, reason="不是一家")
    assert Place.objects.get(id=goes).state == "standing"
    sound()


def test_given_to_another_room_it_ends_here_and_begins_there(people: Cast) -> None:
    id = add(
        people.li, people.room, credit_code=CODE, licences=[{"number": "1"}],
        keepers=[{"role": "in_charge", "name": "王小满", "phone": "13800001234"}],
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        do(people.li, "move_home", id, reason="划片", to_room=str(people.next_room.pk))
    do(people.chief, "move_home", id, reason="划片", to_room=str(people.next_room.pk))
    here, there = Place.objects.get(id=id), Place.objects.get(room=people.next_room.pk)
    assert (here.state, there.state, there.moved_from) == ("ended", "standing", id)
    assert there.credit_code == CODE
    assert Licence.objects.filter(owner=there.id).count() == 1
    assert EntryPerson.objects.get(entry=there.id).name_mask == "王*"
    sound()


def test_outsiders_know_of_nothing(people: Cast) -> None:
    id = add(people.li, people.room)
    for staff in (people.neighbour, people.far_chief, people.outsider, people.analyst):
        with pytest.raises(Place.DoesNotExist):
            do(staff, "change", id, name="别人")
    with pytest.raises(PermissionDenied):
        add(people.neighbour, people.room)
    with pytest.raises(PermissionDenied):
        do(people.chen, "end", id, reason="辅警", until=clock.today().isoformat())


def test_what_was_written_round_the_acts_is_found(people: Cast) -> None:
    id = add(people.li, people.room, licences=[{"number": "1"}])
    Licence.objects.filter(owner=id).update(number="2")
    assert {found.code for found in verify() if found.wrong} == {"thing"}
    Licence.objects.filter(owner=id).update(number="1")
    sound()
    Place.objects.filter(id=id).update(name="改了名")
    assert {found.code for found in verify() if found.wrong} == {"thing"}
    Place.objects.filter(id=id)._raw_delete("default")
    assert {found.code for found in verify() if found.wrong} == {"thing_missing"}
