"""Things and matters: an inspection chooses its place, a licence that runs out becomes one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.ground import clock
from linli.ledger.acts import watching
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.things import EntryThing
from linli.ledger.reading import entry_view, things
from linli.ledger.verify import verify
from linli.places.models import Licence
from tests.cast import Cast, actor, cast, record, signed_in
from tests.cast import do as do_matter
from tests.things.test_acts import CODE, add, do


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def inspected(people: Cast, **data: Any) -> Entry:
    done = record("inspections", people.li, people.room, category="hotel", **data)
    return Entry.objects.get(id=done.entry)


def test_an_inspection_takes_over_what_the_register_says(people: Cast) -> None:
    place = add(people.li, people.room, credit_code=CODE, point="114.32,30.57")
    entry = inspected(people, premises=str(place))
    assert entry.data["premises"] == {"id": str(place), "name": "江城旅馆"}
    assert (entry.data["subject"], entry.place, entry.data["credit_code"]) == (
        "江城旅馆",
        "中南路 12 号",
        CODE,
    )
    assert (entry.lon, entry.lat) == (114.32, 30.57)
    assert [one.id for one in things.matters_of(actor(people.li), place)] == [entry.id]
    do(people.li, "change", place, name="江城大酒店")
    assert Entry.objects.get(id=entry.id).data["premises"]["name"] == "江城旅馆"  # as on that day
    assert [one for one in verify() if one.wrong] == []


def test_what_is_said_stands_above_what_the_register_says(people: Cast) -> None:
    place = add(people.li, people.room)
    entry = inspected(people, premises=str(place), place="后门")
    assert entry.place == "后门"


def test_somebody_elses_place_is_not_there(people: Cast) -> None:
    theirs = add(people.neighbour, people.next_room, name="别家")
    with pytest.raises(ValidationError) as refused:
        inspected(people, premises=str(theirs))
    assert set(refused.value.error_dict) == {"premises"}


def test_a_merged_place_is_the_one_it_was_merged_into(people: Cast) -> None:
    stays, goes = add(people.li, people.room), add(people.li, people.room, name="江城宾馆")
    before = inspected(people, premises=str(goes))
    do(people.li, "merge", goes, reason="同一家", into=str(stays))
    after = inspected(people, premises=str(goes))
    assert after.data["premises"]["id"] == str(stays)
    assert before.id in {one.id for one in things.matters_of(actor(people.li), goes)}


def test_corrected_it_names_another(people: Cast) -> None:
    first, second = add(people.li, people.room), add(people.li, people.room, name="二店")
    entry = inspected(people, premises=str(first))
    do_matter("inspections", "correct", people.li, entry.id, reason="选错了", premises=str(second))
    assert [row.thing for row in EntryThing.objects.filter(entry=entry.id)] == [second]
    assert [one for one in verify() if one.wrong] == []


def licence(day: Any) -> dict[str, str]:
    return {"kind": "special_trade", "number": "鄂特旅 7", "valid_until": day.isoformat()}


def test_a_licence_that_runs_out_becomes_an_inspection_once(people: Cast) -> None:
    soon = clock.today() + timedelta(days=10)
    place = add(people.li, people.room, licences=[licence(soon)])
    add(people.li, people.room, name="不急", licences=[licence(soon + timedelta(days=400))])
    add(people.li, people.room, name="早过了", licences=[licence(soon - timedelta(days=800))])
    assert watching.remind() == 1
    entry = Entry.objects.get(ledger="inspections")
    assert entry.data["premises"]["id"] == str(place)
    assert soon.isoformat() in entry.narrative
    assert entry.is_open
    assert watching.remind() == 0
    assert Entry.objects.filter(ledger="inspections").count() == 1
    assert [one.action for one in entry_view.timeline_of(registry.thing("places"), place)] == [
        "remind",
        "add",
    ]
    assert [one.id for one in things.matters_of(actor(people.li), place)] == [entry.id]
    assert [one for one in verify() if one.wrong] == []


def test_prolonged_it_is_reminded_of_anew(people: Cast) -> None:
    soon = clock.today() + timedelta(days=10)
    place = add(people.li, people.room, licences=[licence(soon)])
    assert watching.remind() == 1
    row = Licence.objects.get(owner=place)
    later = licence(soon + timedelta(days=5))
    do(people.li, "change", place, licences=[{**later, "id": str(row.id)}])
    assert watching.remind() == 1
    assert Entry.objects.filter(ledger="inspections").count() == 2


def test_an_ended_place_is_not_reminded_of(people: Cast) -> None:
    place = add(people.li, people.room, licences=[licence(clock.today() + timedelta(days=3))])
    do(people.li, "end", place, reason="停业", until=clock.today().isoformat())
    assert watching.remind() == 0


def test_the_form_offers_the_places_of_the_room(people: Cast) -> None:
    client = signed_in(Client(), people.li)
    assert 'name="premises"' not in client.get("/ledgers/inspections/new/").content.decode()
    add(people.li, people.room)
    add(people.neighbour, people.next_room, name="别家的店")
    page = client.get("/ledgers/inspections/new/").content.decode()
    assert 'name="premises"' in page
    assert "江城旅馆" in page and "别家的店" not in page
