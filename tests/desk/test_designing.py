"""The designer without scripts, and an own ledger on every face."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.access import tokens
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.entries.models import Entry
from linli.operations.export import export
from tests.cast import Cast, cast, signed_in
from tests.ledger.custom import SAMPLE, draft, field, published, sample
from tests.ledger.test_custom import GOOD, enter


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def test_a_ledger_is_designed_without_scripts(client: Client, people: Cast) -> None:
    signed_in(client, people.head)
    page = client.post("/own-ledgers/new/", {"title": "门栋巡看", "unit": people.room.pk})
    row = LedgerDesign.objects.get()
    home = f"/own-ledgers/{row.id}/"
    assert page.url == home
    usual = {"title_en": "", "required": "on", "kind": "text", "name": ""}
    client.post(f"{home}fields/new/", {**usual, "title_zh": "门栋"})
    rows = {"title_zh": "检查项", "kind": "rows", "name": "items"}
    client.post(f"{home}fields/new/", rows)
    inside = {
        **usual,
        "title_zh": "结果",
        "kind": "choice",
        "choices": "好\n坏",
        "name": "result_of",
    }
    client.post(f"{home}fields/new/?in=items", inside)
    found = LedgerDesign.objects.get().definition["fields"]
    assert [one["name"] for one in found] == ["mendong", "items"]
    assert found[1]["fields"][0]["list"] == "result_of"
    client.post(f"{home}fields/mendong/move/", {"to": "down"})
    client.post(f"{home}fields/items/", {**rows, "name": "checked"})
    wrong = {**usual, "title_zh": "备注", "shown_if": "${items} = 1"}
    page = client.post(f"{home}fields/new/", wrong)
    assert page.status_code == 422 and "没有叫“items”的项" in page.content.decode()
    settings = {
        "title_zh": "门栋巡看", "letter_zh": "访", "months": "12", "after": "recorded",
        "days": "3", "follow_up": "on", "roles": ["clerk"], "columns": "门栋",
    }  # fmt: skip
    client.post(f"{home}settings/", settings)
    assert client.get(f"{home}preview/").status_code == 200
    page = client.post(f"{home}publish/", follow=True)  # visits have that letter
    assert "已有台账的编号以“访”开头" in page.content.decode()
    client.post(f"{home}settings/", {**settings, "letter_zh": "栋"})
    assert client.post(f"{home}publish/").status_code == 302
    told = LedgerDesign.objects.get()
    assert told.state == "published" and told.definition["columns"] == ["mendong"]
    assert "clerk" in told.definition["roles"] and "auxiliary" not in told.definition["roles"]
    assert client.get(home).status_code == 200 and client.get("/own-ledgers/").status_code == 200
    assert client.get(f"{home}settings/").status_code == 404  # it stays as it is
    entry = {"mendong": "3栋", "checked-0-result_of": "huai", "version": "1"}
    assert client.post(f"/ledgers/{told.code}/new/", entry).status_code == 302
    assert Entry.objects.get().data == {"mendong": "3栋", "checked": [{"result_of": "huai"}]}


def test_a_draft_with_problems_is_not_published(client: Client, people: Cast) -> None:
    signed_in(client, people.head)
    client.post("/own-ledgers/new/", {"title": "空的", "unit": people.room.pk})
    row = LedgerDesign.objects.get()
    assert client.post(f"/own-ledgers/{row.id}/publish/").status_code == 302
    assert LedgerDesign.objects.get().state == "draft"
    assert "请至少添加一个需要填写的项" in client.get(f"/own-ledgers/{row.id}/").content.decode()


def test_a_workbook_is_taken_over_and_a_wrong_file_is_told(client: Client, people: Cast) -> None:
    signed_in(client, people.chief)
    at_station = {"unit": people.station.pk}
    page = client.post(
        "/own-ledgers/new/", {**at_station, "file": SimpleUploadedFile("a.xlsx", b"%PDF-1.4")}
    )
    assert page.status_code == 422
    file = SimpleUploadedFile("a.xlsx", SAMPLE.read_bytes())
    page = client.post("/own-ledgers/new/", {**at_station, "file": file})
    row = LedgerDesign.objects.get()
    assert page.url == f"/own-ledgers/{row.id}/" and row.unit == people.station.pk
    # Not a unit of theirs: as if it were not there.
    file = SimpleUploadedFile("a.xlsx", SAMPLE.read_bytes())
    data = {"unit": people.far_room.pk, "file": file}
    assert client.post("/own-ledgers/new/", data).status_code == 404


def test_who_does_not_design_is_kept_out(client: Client, people: Cast) -> None:
    signed_in(client, people.li)
    assert client.get("/own-ledgers/").status_code == 403
    signed_in(client, people.admin)
    assert client.get("/own-ledgers/").status_code == 404


def test_every_face_takes_it(client: Client, people: Cast, tmp_path: Path) -> None:
    ledger = sample(people.head, people.room)
    entry = enter(ledger, people.li, people.room, **GOOD)
    signed_in(client, people.li)
    for path in ("/", "/ledgers/", "/ledgers/ebike_charging/", "/ledgers/ebike_charging/new/",
                 f"/entries/{entry.id}/", "/ledgers/ebike_charging/import/"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert "电动车充电安全排查" in page.content.decode(), path
    assert "飞线长度" in client.get(f"/entries/{entry.id}/do/correct/").content.decode()
    assert "3栋2单元" in client.get("/ledgers/ebike_charging/").content.decode()
    assert client.get("/ledgers/ebike_charging/?cols=serial,field.bikes").status_code == 200
    for path in (f"/entries/{entry.id}/print/", "/ledgers/ebike_charging/print/"):
        assert client.get(path, follow=True).status_code == 200
    key = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    told = client.get("/api/v1/ledgers/ebike_charging", headers=key).json()
    assert told["fields"]["bikes"]["type"] == "integer" and told["version"] == 1
    shapes = client.get("/api/v1/openapi.json", headers=key).json()["components"]["schemas"]
    schema = shapes["Record_ebike_charging"]["properties"]["data"]
    assert "due" not in schema["required"] and "building" in schema["required"]
    send = {"data": {**GOOD, "due": "2025-01-01"}}
    address = "/api/v1/ledgers/ebike_charging/entries"
    refused = client.post(address, send, content_type="application/json", headers=key)
    assert refused.status_code == 422 and "不早于排查日期" in refused.content.decode()
    done = client.post(address, {"data": GOOD}, content_type="application/json", headers=key)
    assert done.status_code == 201 and done.json()["serial"].startswith("ebike_charging-")
    assert export("ebike_charging", people.room.code, tmp_path / "out.csv") == 2
    head, *rows = csv.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines())
    assert dict(zip(head, rows[0], strict=True))["充电位置"] == "楼道"


def test_the_neighbour_sees_nothing_of_it(client: Client, people: Cast) -> None:
    ledger = published(people.head, people.room, field("a"))
    enter(ledger, people.li, people.room, a="一")
    signed_in(client, people.neighbour)
    assert client.get(f"/ledgers/{ledger.code}/").status_code == 404
    assert client.get(f"/ledgers/{ledger.code}/new/").status_code == 404
    assert draft(field("a"))["title"]["zh"] not in client.get("/ledgers/").content.decode()
