"""Exports by the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linli.ledger.exports.models import ExportRun
from tests.api.conftest import Caller
from tests.cast import Cast, record

pytestmark = pytest.mark.django_db
Calls = Callable[..., Caller]
ASK = "/ledgers/visits/exports"


def test_asked_for_and_fetched(people: Cast, calls: Calls) -> None:
    record(
        "visits",
        people.li,
        people.room,
        place="梅苑路",
        visitors=[{"role": "visitor", "name": "张小花"}],
    )
    record("visits", people.neighbour, people.next_room, place="隔壁")
    caller = calls(people.li)
    got = caller.post(ASK, {"form": "jsonl", "filters": {"state": "open"}})
    assert got.status == 201, got.text
    assert got.json["status"] == "done" and got.json["entries"] == 1
    assert caller.get(f"/exports/{got.json['id']}").json == got.json
    file = caller.get(f"/exports/{got.json['id']}/file")
    assert file.status == 200 and file.headers["Content-Type"] == "application/x-ndjson"
    text = file.text.decode()
    assert "梅苑路" in text and "隔壁" not in text and "张小花" not in text


def test_only_its_maker_and_only_with_the_right(people: Cast, calls: Calls) -> None:
    made = calls(people.li).post(ASK, {"form": "csv"}).json
    for staff in (people.wang, people.head, people.outsider):
        for path in (f"/exports/{made['id']}", f"/exports/{made['id']}/file"):
            assert calls(staff).get(path).status == 404
    assert calls(people.chen).post(ASK, {"form": "csv"}).status == 403
    held = calls(people.li, scopes=["read"])
    assert held.post(ASK, {"form": "csv"}).status == 403
    assert held.get(f"/exports/{made['id']}/file").status == 403
    assert calls(people.li).post("/ledgers/surveys/exports", {"form": "csv"}).status == 403


def test_what_is_refused(people: Cast, calls: Calls) -> None:
    record("visits", people.li, people.room)
    caller = calls(people.li)
    assert caller.post(ASK, {"form": "doc"}).status == 422
    assert caller.post(ASK, {"form": "csv", "filters": {"nothing": "1"}}).status == 422
    assert caller.post(ASK, {"form": "csv", "names": True}).status == 422
    assert not ExportRun.objects.exists()
    asked = caller.post(ASK, {"form": "csv", "names": True, "purpose": "visit"})
    assert (asked.json["status"], asked.json["file"]) == ("asked", None)
    assert caller.get(f"/exports/{asked.json['id']}/file").status == 404
    scoped = calls(people.li, scopes=["read", "export"])
    assert scoped.post(ASK, {"form": "csv", "names": True, "purpose": "visit"}).status == 403
