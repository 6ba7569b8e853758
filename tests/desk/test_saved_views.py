"""Views of a list: kept for oneself, shared with the room, first on opening; nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.access import tokens
from linli.history.models import Step
from linli.ledger.declaration import registry
from linli.ledger.reading.saved import saved_views
from linli.ledger.reading.saved.models import SavedView
from tests.cast import Cast, actor, record

LIST = "/ledgers/incidents/"
THEFTS = "state=open&category=criminal.theft"


def kept(staff: Any, name: str = "盗窃未结", query: str = THEFTS, **more: Any) -> SavedView:
    return saved_views.keep(actor(staff), registry.get("incidents"), name=name, query=query, **more)


def names(staff: Any) -> list[str]:
    return [view.row.name for view in saved_views.seen_by(actor(staff), registry.get("incidents"))]


def test_what_is_narrowed_can_be_kept_and_stands_as_a_tab(people: Cast, li: Client) -> None:
    record("incidents", people.li, people.room)
    assert "保存视图" not in li.get(LIST).content.decode()
    assert (
        "保存视图" not in li.get(f"{LIST}?overdue=1&order=due").content.decode()
    )  # a built-in one
    assert "保存视图" in li.get(f"{LIST}?{THEFTS}").content.decode()
    answer = li.post(f"{LIST}views/", {"query": f"{THEFTS}&cursor=x", "name": " 盗窃 未结 "})
    assert answer["Location"] == f"{LIST}?{THEFTS}"
    text = li.get(f"{LIST}?category=criminal.theft&state=open").content.decode()
    assert (
        text.count('aria-current="page"') == 2 and "盗窃 未结" in text
    )  # tab and ledgers in the head
    assert "保存视图" not in text


def test_an_own_view_is_seen_by_its_owner_alone(people: Cast) -> None:
    view = kept(people.li)
    assert names(people.li) == ["盗窃未结"]
    for other in (people.wang, people.head, people.chief, people.neighbour, people.outsider):
        assert names(other) == []
        with pytest.raises(SavedView.DoesNotExist):
            saved_views.get(actor(other), registry.get("incidents"), view.pk)
    assert not Step.objects.filter(subject=view.pk).exists()


def test_a_shared_one_is_seen_in_the_room_and_leaves_a_step(people: Cast) -> None:
    view = kept(people.li, shared=True)
    assert names(people.wang) == names(people.head) == ["盗窃未结"]
    assert names(people.neighbour) == names(people.outsider) == names(people.clerk) == []
    with pytest.raises(PermissionDenied):
        saved_views.rename(actor(people.wang), view, "我的")
    saved_views.rename(actor(people.head), view, "室内盗窃")  # who leads the room keeps order
    with pytest.raises(PermissionDenied):
        saved_views.share(actor(people.head), registry.get("incidents"), view, False)
    saved_views.share(actor(people.li), registry.get("incidents"), view, False)
    assert names(people.wang) == []
    actions = Step.objects.filter(subject=view.pk).order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["view.share", "view.rename", "view.unshare"]


def test_a_chief_shares_with_the_rooms_of_the_station(people: Cast) -> None:
    kept(people.chief, shared=True)
    assert names(people.li) == names(people.neighbour) == ["盗窃未结"]
    assert names(people.far_officer) == names(people.far_chief) == []


def test_a_list_opens_with_the_view_chosen_for_it(people: Cast, li: Client, wang: Client) -> None:
    view = kept(people.li, shared=True)
    assert li.get(LIST).status_code == 200
    wang.post(f"{LIST}views/{view.pk}/", {"first": "1"})
    assert wang.get(LIST)["Location"] == f"?{THEFTS}"
    assert li.get(LIST).status_code == 200  # each their own
    plain = wang.get(f"{LIST}?view=all")
    assert plain.status_code == 200 and 'href="?view=all"' in plain.content.decode()
    # What is shared no more, or deleted, does not lead anywhere.
    saved_views.share(actor(people.li), registry.get("incidents"), view, False)
    assert wang.get(LIST).status_code == 200
    saved_views.share(actor(people.li), registry.get("incidents"), view, True)
    assert wang.get(LIST).status_code == 302
    li.post(f"{LIST}views/{view.pk}/", {"drop": "1"})
    assert wang.get(LIST).status_code == 200 and not SavedView.objects.exists()


def test_names_are_told_apart_and_not_too_many(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(people.li)
    for name in ("盗窃未结", "", "  ", "长" * 41):
        with pytest.raises(ValidationError):
            kept(people.li, name)
    kept(people.wang)  # another's name is another's
    monkeypatch.setattr(saved_views, "MOST", 1)
    with pytest.raises(ValidationError):
        kept(people.li, "又一个")


def test_nobody_is_kept_in_a_view(people: Cast, li: Client) -> None:
    """A telephone number is looked up with a purpose; a view would carry it on for ever."""
    for words in ("13800001234", "11010519491231002X"):
        li.post(f"{LIST}views/", {"query": f"words={words}", "name": "某人"})
    assert not SavedView.objects.exists()


def test_others_views_do_not_exist_here(people: Cast, wang: Client) -> None:
    view = kept(people.li)
    for pressed in ("drop", "rename", "first", "share", "nothing"):
        assert wang.post(f"{LIST}views/{view.pk}/", {pressed: "1"}).status_code == 404
    assert wang.get(f"{LIST}views/").status_code == 405
    shared = kept(people.li, "共享", shared=True)
    assert wang.post(f"{LIST}views/{shared.pk}/", {"drop": "1"}).status_code == 403
    assert wang.post(f"{LIST}views/{shared.pk}/", {"nothing": "1"}).status_code == 404
    assert wang.post(f"/ledgers/visits/views/{shared.pk}/", {"first": "1"}).status_code == 404
    assert SavedView.objects.count() == 2


def test_programs_read_them(people: Cast, client: Client) -> None:
    kept(people.li)
    kept(people.head, "全室", "state=open", shared=True)
    headers = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    found = client.get("/api/v1/ledgers/incidents/views", headers=headers).json()["views"]
    assert [(one["name"], one["unit"] is None) for one in found] == [
        ("盗窃未结", True), ("全室", False),
    ]  # fmt: skip
    entries = f"/api/v1/ledgers/incidents/entries?{found[0]['query']}"
    assert client.get(entries, headers=headers).status_code == 200
    stranger = {"Authorization": f"Bearer {tokens.create(people.clerk, 'test')}"}
    assert client.get("/api/v1/ledgers/incidents/views", headers=stranger).status_code == 404
