"""Sent again with the same key: done once, answered the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linli.ledger.entries.models import Entry
from tests.api.conftest import Caller
from tests.api.test_entries import DATA, VISITS
from tests.cast import Cast, record

pytestmark = pytest.mark.django_db
Calls = Callable[..., Caller]


def test_recorded_once_and_answered_as_then(people: Cast, calls: Calls) -> None:
    caller, key = calls(people.li), {"HTTP_IDEMPOTENCY_KEY": "a-1"}
    first = caller.post(VISITS, {"data": DATA}, **key)
    caller.post(f"/entries/{first.json['id']}/actions/handle", {"data": {"result": "已办"}})
    again = caller.post(VISITS, {"data": DATA}, **key)
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Entry.objects.count() == 1


def test_another_body_under_the_key_is_refused(people: Cast, calls: Calls) -> None:
    caller, key = calls(people.li), {"HTTP_IDEMPOTENCY_KEY": "a-1"}
    caller.post(VISITS, {"data": DATA}, **key)
    other = caller.post(VISITS, {"data": {**DATA, "place": "6栋"}}, **key)
    assert other.status == 422
    assert other.json["errors"][0]["code"] == "used"
    assert Entry.objects.count() == 1


def test_a_key_belongs_to_its_owner(people: Cast, calls: Calls) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "a-1"}
    made = {
        calls(who).post(VISITS, {"data": DATA}, **key).json["id"]
        for who in (people.li, people.wang)
    }
    assert len(made) == 2


def test_an_action_is_done_once(people: Cast, calls: Calls) -> None:
    caller, key = calls(people.li), {"HTTP_IDEMPOTENCY_KEY": "b-1"}
    entry = record("visits", people.li, people.room).entry
    path, body = f"/entries/{entry}/actions/handle", {"data": {"result": "已办"}}
    first = caller.post(path, body, **key)
    again = caller.post(path, body, **key)
    assert first.json["state"] == "handled"
    assert (again.status, again.text) == (200, first.text)


def test_an_id_of_my_own_is_taken_once(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    body = {"data": DATA, "id": "01a2008c-7ce0-7243-84f8-9aa96f086393"}
    assert caller.post(VISITS, body).json["id"] == body["id"]


@pytest.mark.django_db(transaction=True)
def test_an_id_that_exists_is_told(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    body = {"data": DATA, "id": "01a2008c-7ce0-7243-84f8-9aa96f086393"}
    assert caller.post(VISITS, body).status == 201
    again = caller.post(VISITS, body)
    assert (again.status, again.json["errors"][0]["code"]) == (422, "exists")
