"""Registers of things over the API: the shapes that are promised, and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from linli.access import tokens
from linli.api import thing_json
from linli.api.thing_shapes import ThingOut
from linli.ledger.reading import things
from linli.org.models import Staff
from linli.places.models import Place
from linli.places.register import PLACES
from tests.cast import Cast, actor, cast
from tests.things.test_acts import CODE, add

HOTEL = {"name": "江城旅馆", "category": "hotel", "place": "中南路 12 号"}


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def api(staff: Staff) -> Any:
    client = Client(headers={"authorization": f"Bearer {tokens.create(staff, 'test')}"})

    def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        kept = {"content_type": "application/json", "headers": headers}
        send = getattr(client, method)
        return send(f"/api/v1{path}", body, **kept) if body is not None else send(f"/api/v1{path}")

    return call


def test_added_read_changed_and_listed(people: Cast) -> None:
    call = api(people.li)
    made = call("post", "/things/places", {"data": {**HOTEL, "credit_code": CODE}})
    assert made.status_code == 201
    id = made.json()["id"]
    assert made.headers["Location"] == f"/api/v1/things/places/{id}"
    one = call("get", f"/things/places/{id}").json()
    assert (one["state"], one["data"]["credit_code"], one["people"]) == ("standing", CODE, [])
    ThingOut.model_validate(one)
    done = call(
        "post", f"/things/places/{id}/actions/change", {"data": {"name": "江城酒店"}, "rev": 1}
    )
    assert (done.status_code, done.json()["rev"]) == (200, 2)
    stale = call("post", f"/things/places/{id}/actions/change", {"data": {"name": "x"}, "rev": 1})
    assert stale.status_code == 409
    assert stale.json()["changes"][0]["action"] == "change"
    page = call("get", "/things/places?name=酒店&category=hotel").json()
    assert [row["id"] for row in page["things"]] == [id]
    assert call("get", "/things/places?name=没有").json()["things"] == []
    assert [s["action"] for s in call("get", f"/things/places/{id}/steps").json()["steps"]] == [
        "change",
        "add",
    ]


def test_the_same_sent_again_is_done_once(people: Cast) -> None:
    call = api(people.li)
    first = call("post", "/things/places", {"data": HOTEL}, **{"Idempotency-Key": "k1"})
    again = call("post", "/things/places", {"data": HOTEL}, **{"Idempotency-Key": "k1"})
    assert again.status_code == 201
    assert again.json() == first.json()
    assert Place.objects.count() == 1


def test_what_is_wrong_is_told_by_field(people: Cast) -> None:
    call = api(people.li)
    refused = call("post", "/things/places", {"data": {"name": "x", "credit_code": "O" * 18}})
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {
        "category",
        "place",
        "credit_code",
    }


def test_outsiders_and_unknown_registers_are_not_there(people: Cast) -> None:
    id = add(people.li, people.room)
    for staff in (people.neighbour, people.outsider):
        call = api(staff)
        assert call("get", f"/things/places/{id}").status_code == 404
        assert call("get", f"/things/places/{id}/steps").status_code == 404
        assert call("post", f"/things/places/{id}/actions/change", {"data": {}}).status_code == 404
        assert call("get", "/things/places").json()["things"] == []
    assert api(people.li)("get", "/things/umbrellas").status_code == 404
    assert api(people.analyst)("get", "/things/places").status_code in (403, 404)


def test_what_is_shown_is_what_is_promised(people: Cast) -> None:
    id: UUID = add(people.li, people.room, licences=[{"number": "1"}])
    row = things.fetch(actor(people.li), PLACES, id)
    ThingOut.model_validate(thing_json.one(PLACES, row))
