"""To record, read, act, list and reveal through the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from linli.api import shapes
from linli.history.models import ReadLog, Step
from linli.ledger.entries.models import Entry
from tests.api.conftest import Caller
from tests.cast import Cast, record

pytestmark = pytest.mark.django_db
Calls = Callable[..., Caller]
VISITS = "/ledgers/visits/entries"
DATA: dict[str, Any] = {
    "category": "complaint", "narrative": "楼上漏水，要求调解", "place": "梅苑小区5栋",
    "visitors": [{"role": "visitor", "name": "张小花", "phone": "13800001234"}],
}  # fmt: skip


def test_recorded_and_read_masked(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    made = caller.post(VISITS, {"data": DATA})
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/entries/{made.json['id']}"
    assert made.json["serial"].endswith("-0001")
    shapes.DoneOut.model_validate(made.json)
    read = caller.get(f"/entries/{made.json['id']}")
    assert read.status == 200
    shapes.EntryOut.model_validate(read.json)
    assert read.json["data"]["narrative"] == DATA["narrative"]
    assert read.json["people"][0]["name"] == "张*"
    assert "13800001234" not in read.text.decode()
    assert read.headers["Cache-Control"] == "no-store"


def test_reading_one_takes_one_statement_beside_the_token(
    people: Cast, calls: Calls, django_assert_max_num_queries: Any
) -> None:
    entry = record("visits", people.li, people.room).entry
    caller = calls(people.li)
    with django_assert_max_num_queries(2):
        assert caller.get(f"/entries/{entry}").status == 200


def test_what_is_wrong_is_said_by_field_and_in_the_language(people: Cast, calls: Calls) -> None:
    body = {"data": {"narrative": "", "nonsense": 1, "category": "no such"}}
    answer = calls(people.li, language="en").post(VISITS, body)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    shapes.ProblemOut.model_validate(answer.json)
    codes = {error["field"]: error["code"] for error in answer.json["errors"]}
    assert codes == {"narrative": "required", "nonsense": "unknown", "category": "category"}
    assert answer.json["title"] == "Something in what was sent is not right"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"data": {"narrative": "\\u0000"}}', {}, 422),
        (b'{"data": {}, "more": 1}', {}, 422),
        (b"[]", {}, 422),
        (b"x", {"CONTENT_TYPE": "text/plain"}, 415),
        (b"{}", {"CONTENT_LENGTH": "2000000"}, 413),
        (b"{}", {"HTTP_AUTHORIZATION": "Bearer linli_nothing"}, 401),
        (b"{}", {"HTTP_AUTHORIZATION": "Basic eDp5"}, 401),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    people: Cast, calls: Calls, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = calls(people.li).post(VISITS, body, **headers)
    assert answer.status == status
    assert answer.json["status"] == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_unknown_paths_methods_and_ledgers_are_problems(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    assert caller.get("/nowhere").status == 404
    assert caller.get("/entries/no-id").json["status"] == 404
    assert caller.get("/ledgers/nothing/entries").status == 404
    wrong = caller.call("DELETE", VISITS)
    assert (wrong.status, wrong.json["status"]) == (405, 405)
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_outsiders_get_404_and_readers_403(people: Cast, calls: Calls) -> None:
    entry = record("visits", people.li, people.room).entry
    for stranger in (people.outsider, people.neighbour, people.far_chief, people.admin):
        caller = calls(stranger)
        for answer in (
            caller.get(f"/entries/{entry}"),
            caller.get(f"/entries/{entry}/steps"),
            caller.post(f"/entries/{entry}/actions/handle", {"data": {"result": "好"}}),
            caller.post(f"/entries/{entry}/reveal", {"purpose": "safety"}),
        ):
            assert answer.status == 404, stranger.username
    auxiliary = calls(people.chen)
    assert auxiliary.get(f"/entries/{entry}").status == 200
    assert auxiliary.post(f"/entries/{entry}/reveal", {"purpose": "safety"}).status == 403
    handled = auxiliary.post(f"/entries/{entry}/actions/handle", {"data": {"result": "好"}})
    assert handled.status == 403
    assert Step.objects.filter(subject=entry).count() == 1


def test_a_token_held_to_reading_records_nothing(people: Cast, calls: Calls) -> None:
    caller = calls(people.li, scopes=["read"])
    assert caller.get(VISITS).status == 200
    assert caller.post(VISITS, {"data": DATA}).status == 403


def test_a_room_that_is_not_mine_does_not_exist(people: Cast, calls: Calls) -> None:
    for room in (people.other_room.pk, uuid.uuid4()):
        answer = calls(people.li).post(VISITS, {"data": DATA, "room": str(room)})
        assert answer.status == 422
        assert answer.json["errors"][0]["code"] == "room"
    chief = calls(people.chief)
    assert chief.post(VISITS, {"data": DATA}).json["errors"][0]["field"] == "room"
    assert chief.post(VISITS, {"data": DATA, "room": str(people.room.pk)}).status == 201


def test_acting_and_the_second_of_two_sees_what_changed(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    entry = record("visits", people.li, people.room).entry
    path = f"/entries/{entry}/actions"
    first = caller.post(f"{path}/correct", {"data": {"place": "4栋"}, "rev": 1, "reason": "写错"})
    assert (first.status, first.json["rev"]) == (200, 2)
    late = caller.post(f"{path}/handle", {"data": {"result": "已告知"}, "rev": 1})
    assert late.status == 409
    shapes.ConflictOut.model_validate(late.json)
    assert (late.json["seen"], late.json["now"]) == (1, 2)
    assert late.json["changes"][0]["changes"][0]["new"] == "4栋"
    done = caller.post(f"{path}/handle", {"data": {"result": "已告知"}, "rev": 2})
    assert (done.json["state"], done.json["rev"]) == ("handled", 3)
    steps = caller.get(f"/entries/{entry}/steps").json
    shapes.StepsOut.model_validate(steps)
    assert [step["action"] for step in steps["steps"]] == ["handle", "correct", "record"]
    assert caller.post(f"{path}/record", {}).status == 404
    assert caller.post(f"{path}/fly", {}).status == 404


def test_revealed_with_a_purpose_and_a_trace(people: Cast, calls: Calls) -> None:
    entry = record("visits", people.li, people.room, visitors=DATA["visitors"]).entry
    caller = calls(people.li)
    assert caller.post(f"/entries/{entry}/reveal", {"purpose": "curious"}).status == 422
    assert not ReadLog.objects.exists()
    answer = caller.post(f"/entries/{entry}/reveal", {"purpose": "safety"})
    assert answer.status == 200
    shapes.RevealedOut.model_validate(answer.json)
    (shown,) = answer.json["people"].values()
    assert shown == {"name": "张小花", "phone": "13800001234"}
    assert ReadLog.objects.get(kind="reveal").entry == entry


def test_the_days_limit_is_429(people: Cast, calls: Calls) -> None:
    entry = record("visits", people.li, people.room, visitors=DATA["visitors"]).entry
    caller = calls(people.li)
    statuses = {
        caller.post(f"/entries/{entry}/reveal", {"purpose": "safety"}).status for _ in range(60)
    }
    assert statuses == {200, 429}


def test_lists_page_by_cursor_and_show_no_person(people: Cast, calls: Calls) -> None:
    for _n in range(5):
        record("visits", people.li, people.room, visitors=DATA["visitors"])
    record("visits", people.outsider, people.other_room)
    caller = calls(people.li)
    path, seen = f"{VISITS}?size=2&state=open", []
    while path:
        page = caller.get(path)
        shapes.PageOut.model_validate(page.json)
        assert "张" not in page.text.decode()
        seen += [entry["serial"][-4:] for entry in page.json["entries"]]
        path = (page.json["next"] or "").removeprefix("/api/v1")
    assert seen == ["0005", "0004", "0003", "0002", "0001"]


def test_found_by_two_characters_and_people_only_with_a_purpose(people: Cast, calls: Calls) -> None:
    entry = record(
        "visits", people.li, people.room, narrative="楼上漏水", visitors=DATA["visitors"]
    )
    caller = calls(people.li)
    found = caller.get("/find?q=%E6%BC%8F%E6%B0%B4").json
    shapes.FoundOut.model_validate(found)
    assert [one["id"] for one in found["entries"]] == [str(entry.entry)]
    nothing = {"entries": [], "next": None, "words": [], "counts": None}
    assert caller.get("/find?q=13800001234").json == {"how": "phone", **nothing}
    assert caller.get("/find").status == 422
    assert calls(people.outsider).get("/find?q=%E6%BC%8F%E6%B0%B4").json["entries"] == []
    asked = {"kind": "phone", "value": "13800001234", "purpose": "safety"}
    person = caller.post("/find-person", asked)
    shapes.PeopleFoundOut.model_validate(person.json)
    assert person.json["found"][0]["entry"]["id"] == str(entry.entry)
    assert calls(people.chen).post("/find-person", asked).status == 403
    assert caller.post("/find-person", {**asked, "value": "138"}).status == 422


def test_ledgers_and_me(people: Cast, calls: Calls) -> None:
    caller = calls(people.li, language="en")
    ledgers = caller.get("/ledgers").json
    shapes.LedgersOut.model_validate(ledgers)
    assert {"visits", "incidents"} <= {one["code"] for one in ledgers["ledgers"]}
    one = caller.get("/ledgers/visits").json
    assert one["title"] == "Visits"
    assert "narrative" in one["actions"][0]["data"]["required"]
    me = caller.get("/me").json
    shapes.MeOut.model_validate(me)
    assert (me["name"], me["posts"][0]["role"]) == ("李建国", "officer")
    auditor = calls(people.auditor)
    assert auditor.get("/ledgers").status == 404
    assert auditor.get("/me").status == 200
