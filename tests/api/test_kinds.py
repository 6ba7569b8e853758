"""Days, numbers, rows and checklists as JSON: sent, given back, described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linli.api import shapes
from linli.ledger.verify import verify
from tests.api.conftest import Caller
from tests.cast import Cast
from tests.ledger.sampler import registered

pytestmark = pytest.mark.django_db
Calls = Callable[..., Caller]
ENTRIES = "/ledgers/sampler/entries"
CHECKS = {"list": "hostel", "answers": {"register": "bad", "camera": "ok"}}
DATA: dict[str, Any] = {
    "narrative": "样例事项",
    "due_on": "2026-12-01",
    "households": 12,
    "amount": 2.5,
    "days": ["we", "mo"],
    "urgent": True,
    "sessions": [{"held_at": "2026-03-05T01:30:00Z", "outcome": "谈过", "minutes": 30}],
    "checks": CHECKS,
}


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


def test_what_is_given_back_can_be_sent_again(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    made = caller.post(ENTRIES, {"data": DATA})
    assert made.status == 201, made.text
    read = caller.get(f"/entries/{made.json['id']}")
    shapes.EntryOut.model_validate(read.json)
    data = read.json["data"]
    assert data["due_on"] == "2026-12-01" and data["days"] == ["mo", "we"]
    assert data["amount"] == 2.5 and data["households"] == 12
    assert data["checks"] == {**CHECKS, "notes": {}}
    again = {name: value for name, value in data.items() if name != "received_at"}
    second = caller.post(ENTRIES, {"data": again})
    assert second.status == 201, second.text
    assert caller.get(f"/entries/{second.json['id']}").json["data"]["sessions"] == data["sessions"]


def test_an_action_adds_a_row_and_what_is_wrong_is_said_by_sub_field(
    people: Cast, calls: Calls
) -> None:
    caller = calls(people.li)
    id = caller.post(ENTRIES, {"data": DATA}).json["id"]
    wrong = caller.post(f"/entries/{id}/actions/hold", {"data": {"minutes": "x"}, "rev": 1})
    assert {error["field"] for error in wrong.json["errors"]} == {"minutes", "outcome"}
    body = {"data": {"minutes": 20, "outcome": "谈成", "result": "和好"}, "rev": 1}
    assert caller.post(f"/entries/{id}/actions/hold", body).status == 200
    data = caller.get(f"/entries/{id}").json["data"]
    assert data["sessions"][1]["by"] == "李建国" and data["result"] == "和好"
    rows = caller.post(ENTRIES, {"data": {**DATA, "sessions": [{"minutes": 3}]}})
    assert rows.status == 422 and rows.json["errors"][0]["field"] == "sessions"
    assert not [finding for finding in verify() if finding.wrong]


def test_every_kind_is_described(people: Cast, calls: Calls) -> None:
    told = calls(people.li).get("/ledgers/sampler").json
    fields = told["fields"]
    assert {name: field["x-kind"] for name, field in fields.items()}.items() >= {
        "due_on": "date", "households": "integer", "amount": "decimal", "days": "choices",
        "sessions": "rows", "checks": "checklist",
    }.items()  # fmt: skip
    assert fields["households"]["maximum"] == 9999
    assert fields["days"]["items"]["enum"] == ["mo", "tu", "we"]
    hold = next(action for action in told["actions"] if action["name"] == "hold")
    assert hold["adds"] == "sessions"
    assert set(hold["data"]["required"]) == {"minutes", "outcome"}
    assert hold["data"]["properties"]["minutes"]["x-kind"] == "integer"
