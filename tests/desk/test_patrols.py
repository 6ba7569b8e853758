"""Check points on pages: put up, signs printed, scanned with a button to press, walked on a board."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from linli.history.models import Step
from linli.ledger.entries.models import Entry
from linli.patrols import points
from linli.patrols.models import CheckPoint
from tests.cast import Cast, actor, cast, record, signed_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def officer(client: Client, people: Cast) -> Client:
    return signed_in(client, people.li)


@pytest.fixture
def gate(people: Cast) -> CheckPoint:
    return points.add(room=people.room.pk, by=actor(people.li), name="东门", area="东片")


def patrol(people: Cast, **data: Any) -> Entry:
    told = {"category": "night", "place": "梅苑小区东片", "points": ["东门"]}
    return Entry.objects.get(id=record("patrols", people.li, people.room, **{**told, **data}).entry)


def test_a_point_is_put_up_changed_and_taken_down(officer: Client, people: Cast) -> None:
    assert "还没有签到点" in officer.get("/patrol/points/").text
    url = "/patrol/points/new/"
    wrong = officer.post(url, {"name": "", "point": "somewhere"})
    assert wrong.status_code == 422
    made = officer.post(
        url, {"name": "东门", "area": "东片", "place": "梅苑路 8 号", "point": "114.32,30.57"}
    )
    assert made.status_code == 302
    point = CheckPoint.objects.get()
    assert (point.room, point.lon, point.lat) == (people.room.pk, 114.32, 30.57)
    assert "东门" in officer.get("/patrol/points/").text
    again = officer.post(url, {"name": "东门"})
    assert again.status_code == 422 and "已有同名" in again.text
    one = f"/patrol/points/{point.pk}/"
    assert "114.32,30.57" in officer.get(one).text
    officer.post(one, {"name": "东大门", "area": "东片", "place": "", "point": ""})
    code = point.code
    officer.post(f"{one}renew/")
    officer.post(one, {"active": "0"})
    point.refresh_from_db()
    assert (point.name, point.lon, point.active) == ("东大门", None, False) and point.code != code
    assert Step.objects.filter(subject=point.pk).count() == 4


def test_a_name_taken_meanwhile_is_told_when_it_is_put_up_again(
    officer: Client, people: Cast, gate: CheckPoint
) -> None:
    points.change(point=gate, by=actor(people.li), active=False)
    points.add(room=people.room.pk, by=actor(people.li), name="东门")
    answer = officer.post(f"/patrol/points/{gate.pk}/", {"active": "1"})
    assert answer.status_code == 422 and "已有同名" in answer.text


def test_an_auxiliary_sees_the_points_but_does_not_change_them(
    client: Client, people: Cast, gate: CheckPoint
) -> None:
    signed_in(client, people.chen)
    page = client.get("/patrol/points/")
    assert "东门" in page.text and "/patrol/points/new/" not in page.text
    assert client.get("/patrol/points/new/").status_code == 403
    assert client.get(f"/patrol/points/{gate.pk}/").status_code == 403
    signed_in(client, people.clerk)
    assert client.get("/patrol/points/").status_code == 403
    assert client.get(f"/patrol/{gate.code}/").status_code == 404


def test_another_rooms_points_are_not_there(client: Client, people: Cast, gate: CheckPoint) -> None:
    signed_in(client, people.neighbour)
    assert client.get(f"/patrol/points/?room={people.room.pk}").status_code == 404
    for path in (f"/patrol/points/{gate.pk}/", f"/patrol/{gate.code}/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_the_signs_are_printed_with_their_addresses(
    officer: Client, people: Cast, gate: CheckPoint
) -> None:
    points.add(room=people.room.pk, by=actor(people.li), name="车棚")
    answer = officer.get("/patrol/points/print/")
    assert answer["Content-Type"] == "application/pdf"
    if folder := os.environ.get("LINLI_SHOW"):
        Path(folder, "signs.pdf").write_bytes(answer.content)
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "东门" in text and "车棚" in text and gate.code in text
    one = officer.get(f"/patrol/points/print/?point={gate.pk}")
    assert "车棚" not in PdfReader(io.BytesIO(one.content)).pages[0].extract_text()


def test_opening_the_page_notes_nothing_pressing_the_button_does(
    officer: Client, people: Cast, gate: CheckPoint
) -> None:
    entry = patrol(people)
    page = officer.get(f"/patrol/{gate.code}/")
    assert page.status_code == 200 and "东门" in page.text
    entry.refresh_from_db()
    assert entry.state == "planned"
    wrong = officer.post(f"/patrol/{gate.code}/", {"patrol": ""})
    assert wrong.status_code == 422
    done = officer.post(f"/patrol/{gate.code}/", {"patrol": str(entry.id), "remark": "门锁完好"})
    assert done["Location"] == f"/entries/{entry.id}/walk/"
    officer.post(f"/patrol/{gate.code}/", {"patrol": str(entry.id)})  # pressed twice
    entry.refresh_from_db()
    [row] = entry.data["check_ins"]
    assert (row["check_point"], row["how"], row["remark"]) == ("东门", "scan", "门锁完好")
    assert entry.state == "under_way" and entry.lon is None


def test_a_sign_that_was_taken_down_notes_nothing(
    officer: Client, people: Cast, gate: CheckPoint
) -> None:
    entry = patrol(people)
    points.change(point=gate, by=actor(people.li), active=False)
    assert "已停用" in officer.get(f"/patrol/{gate.code}/").text
    assert officer.post(f"/patrol/{gate.code}/", {"patrol": str(entry.id)}).status_code == 200
    entry.refresh_from_db()
    assert "check_ins" not in entry.data


def test_without_a_patrol_the_page_offers_to_plan_one(officer: Client, gate: CheckPoint) -> None:
    assert "/ledgers/patrols/new/" in officer.get(f"/patrol/{gate.code}/").text


def test_the_board_of_a_patrol(officer: Client, people: Cast, gate: CheckPoint) -> None:
    entry = patrol(people)
    here = f"/entries/{entry.id}/walk/"
    assert here in officer.get(f"/entries/{entry.id}/").text
    assert "未到" in officer.get(here).text
    assert officer.post(f"{here}set-out/")["Location"] == here
    officer.post(f"{here}set-out/")  # again: told that it is not possible, nothing else
    found = {"kind": "hazard", "where": "车棚", "what": "灯不亮", "back": here}
    assert officer.post(f"/entries/{entry.id}/do/find/", found)["Location"] == here
    hand = {"check_point": "东门", "how": "hand", "back": here}
    assert officer.post(f"/entries/{entry.id}/do/check_in/", hand)["Location"] == here
    page = officer.get(here).text
    assert "灯不亮" in page and "未到" not in page
    entry.refresh_from_db()
    assert entry.state == "under_way" and entry.data["started_at"]


def test_a_board_is_of_its_own_ledger(officer: Client, people: Cast) -> None:
    entry = patrol(people)
    assert officer.get(f"/entries/{entry.id}/plan/").status_code == 404


def test_the_board_of_an_emergency(officer: Client, people: Cast) -> None:
    done = record(
        "emergency_log", people.li, people.room, category="fire", place="5 栋", narrative="厨房起火"
    )
    here = f"/entries/{done.entry}/plan/"
    page = officer.get(here).text
    assert page.count('name="step"') == 11
    tick = {"step": "fire.call", "back": here}
    assert officer.post(f"/entries/{done.entry}/do/tick/", tick)["Location"] == here
    line = {"what": "消防车到场", "when": "", "back": here}
    assert officer.post(f"/entries/{done.entry}/do/log/", line)["Location"] == here
    page = officer.get(here).text
    assert page.count('name="step"') == 10 and "消防车到场" in page
