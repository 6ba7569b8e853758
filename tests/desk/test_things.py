"""The pages of registers of things: list, card, forms, figures, look-up; for whom they are there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.declaration import registry
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.places.models import Licence, Place
from linli.places.register import PLACES
from tests.cast import Cast, cast, signed_in
from tests.places import untidy
from tests.things.test_acts import CODE, add, do


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def place(people: Cast) -> UUID:
    return add(
        people.li, people.room, credit_code=CODE,
        licences=[{"kind": "special_trade", "number": "鄂特旅 7", "valid_until": "2027-01-01"}],
        keepers=[{"role": "in_charge", "name": "王小满", "phone": "13800001234"}],
        key_parts=[{"what": "机房", "safeguards": "双锁"}],
    )  # fmt: skip


FORM = {"name": "新店", "category": "shop.food", "place": "梅苑路 9 号"}


def test_every_page_opens_for_an_officer_and_is_not_there_for_outsiders(
    people: Cast, place: UUID
) -> None:
    pages = [
        f"/things/places/{place}/", f"/things/places/{place}/print/", f"/things/places/{place}/reveal/",
        *(f"/things/places/{place}/do/{name}/" for name in ("change", "correct", "end", "merge", "note")),
    ]  # fmt: skip
    officer = signed_in(Client(), people.li)
    for url in (
        "/things/",
        "/things/places/",
        "/things/places/new/",
        "/things/places/figures/",
        *pages,
    ):
        assert officer.get(url).status_code == 200, url
    for staff in (people.neighbour, people.outsider, people.far_chief):
        other = signed_in(Client(), staff)
        assert "江城旅馆" not in other.get("/things/places/").content.decode()
        for url in pages:
            assert other.get(url).status_code == 404, url


def test_people_are_masked_and_opening_them_asks_why(people: Cast, place: UUID) -> None:
    client = signed_in(Client(), people.li)
    page = client.get(f"/things/places/{place}/").content.decode()
    assert "王小满" not in page and "138****" in page.replace("*****", "****")
    refused = client.post(f"/things/places/{place}/reveal/", {"purpose": ""})
    assert refused.status_code == 422 and "王小满" not in refused.content.decode()
    assert not ReadLog.objects.filter(kind="reveal").exists()
    shown = client.post(f"/things/places/{place}/reveal/", {"purpose": "permit"})
    assert "王小满" in shown.content.decode()
    assert ReadLog.objects.get(kind="reveal").entry == place


def test_added_by_the_form_and_what_was_typed_stays(people: Cast) -> None:
    client = signed_in(Client(), people.li)
    wrong = client.post("/things/places/new/", {**FORM, "credit_code": "O" * 18})
    assert wrong.status_code == 422 and "新店" in wrong.content.decode()
    assert not Place.objects.exists()
    rows = {
        "licences-0-kind": "food",
        "licences-0-number": "JY1",
        "licences-0-valid_until": "2027-05-01",
    }
    done = client.post("/things/places/new/", {**FORM, **rows})
    assert done.status_code == 302
    made = Place.objects.get()
    assert (made.name, made.category, Licence.objects.get(owner=made.id).number) == (
        "新店",
        "shop.food",
        "JY1",
    )


def test_changed_by_the_form_only_what_differs(people: Cast, place: UUID) -> None:
    client = signed_in(Client(), people.li)
    row = Licence.objects.get(owner=place)
    kept: dict[str, Any] = {
        "name": "江城大酒店", "category": "hotel", "credit_code": CODE, "place": "中南路 12 号", "rev": "1",
        "licences-0-id": str(row.id), "licences-0-kind": "special_trade", "licences-0-number": "鄂特旅 7",
        "licences-0-valid_until": "2027-01-01",
    }  # fmt: skip
    assert client.post(f"/things/places/{place}/do/change/", kept).status_code == 302
    assert Place.objects.get(id=place).name == "江城大酒店"
    assert Licence.objects.get(owner=place).id == row.id
    stale = client.post(f"/things/places/{place}/do/change/", {**kept, "name": "别名"})
    assert stale.status_code == 409 and "别名" in stale.content.decode()
    history = client.get(f"/things/places/{place}/").content.decode()
    assert "<del>江城旅馆</del>" in history


def test_the_list_narrows_by_the_filters_of_the_declaration(people: Cast, place: UUID) -> None:
    add(people.li, people.room, name="聚香小吃", category="shop.food")
    ended = add(people.li, people.room, name="关了的店", category="shop.food")
    do(people.li, "end", ended, reason="停业", until=clock.today().isoformat())
    client = signed_in(Client(), people.li)

    def names(query: str) -> set[str]:
        page = client.get(f"/things/places/?{query}").content.decode()
        return {name for name in ("江城旅馆", "聚香小吃", "关了的店") if f">{name}</a>" in page}

    assert names("") == {"江城旅馆", "聚香小吃"}
    assert names("category=shop") == {"聚香小吃"}
    assert names("name=旅馆") == {"江城旅馆"}
    assert names(f"credit_code={CODE[:9]}") == {"江城旅馆"}
    assert names("state=ended") == {"关了的店"}
    assert names("state=all") == {"江城旅馆", "聚香小吃", "关了的店"}


def test_base_figures_are_those_of_the_day(people: Cast, place: UUID) -> None:
    add(people.li, people.room, name="老店", category="shop.food", since="2020-01-01")
    client = signed_in(Client(), people.li)
    now = client.get("/things/places/figures/").context
    assert (now["total"], {line.code: line.count for line in now["lines"]}) == (
        2,
        {"hotel": 1, "shop": 1},
    )
    then = client.get("/things/places/figures/?on=2021-01-01").context
    assert (then["total"], [line.code for line in then["lines"]]) == (1, ["shop"])


def test_a_register_of_people_is_not_browsed_by_any_door(
    people: Cast, place: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._things, "places", replace(PLACES, purpose=True))
    client = signed_in(Client(), people.li)
    assert client.get("/things/places/").headers["Location"] == "/things/places/look-up/"
    assert client.get("/things/places/import/").status_code in (200, 404)
    found = client.post("/things/places/look-up/", {"kind": "name", "value": "王小满"})
    assert found.status_code == 422 and "江城旅馆" not in found.content.decode()
    asked = {"kind": "name", "value": "王小满", "purpose": "permit"}
    found = client.post("/things/places/look-up/", asked)
    assert "江城旅馆" in found.content.decode()
    assert ReadLog.objects.filter(kind="lookup").count() == 1


def test_an_untidy_list_from_upload_to_undo(people: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(Client(), people.li)
    file = SimpleUploadedFile("场所台账.xlsx", untidy.SAMPLE.read_bytes())
    sent = client.post("/things/places/import/", {"file": file})
    assert sent.status_code == 302
    run = ImportRun.objects.get()
    preview = client.get(sent.headers["Location"])
    assert preview.status_code == 200 and "场所名称" in preview.content.decode()
    client.post(sent.headers["Location"], {"start": "1"})
    run.refresh_from_db()
    assert run.status == Status.DONE
    assert run.came_in > 10
    assert Place.objects.filter(Place.standing).count() == run.came_in
