"""Ticking matters of a list and doing the same to all of them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from linli.ledger.entries.models import Entry
from tests.cast import Cast, do, record, signed_in


def handled(people: Cast, n: int = 1) -> list[Any]:
    ids = [record("incidents", people.li, people.room).entry for _n in range(n)]
    for id in ids:
        do("incidents", "finish", people.li, id, result="已处理")
    return ids


def ticked(*ids: Any) -> list[str]:
    return [f"{id}:{rev}" for id, rev in Entry.objects.filter(id__in=ids).values_list("id", "rev")]


def states(ids: list[Any]) -> set[str]:
    return set(Entry.objects.filter(id__in=ids).values_list("state", flat=True))


def test_a_list_offers_what_the_role_allows(people: Cast, li: Client) -> None:
    handled(people)
    text = li.get("/ledgers/incidents/").content.decode()
    assert 'name="action" value="close"' in text and 'form="bulk"' in text
    assert 'value="assign"' not in text
    reader = signed_in(Client(), people.desk).get("/ledgers/incidents/").content.decode()
    assert 'form="bulk"' not in reader


def test_what_cannot_be_done_is_named_before_and_after(people: Cast, li: Client) -> None:
    ready, open_one = handled(people, 2), record("incidents", people.li, people.room).entry
    chosen = {"action": "close", "entry": ticked(*ready, open_one), "back": "/ledgers/incidents/"}
    page = li.post("/bulk/", chosen)
    text = page.content.decode()
    assert page.status_code == 200 and states(ready) == {"handled"}
    left = text.index('id="left"')
    assert str(open_one) in text[left : text.index("<form", left)]
    no_reason = li.post("/bulk/", {**chosen, "entry": ticked(*ready), "confirm": "1"})
    assert no_reason.status_code == 422 and states(ready) == {"handled"}
    done = li.post(
        "/bulk/",
        {
            "action": "close", "entry": ticked(*ready), "left": [str(open_one)], "confirm": "1",
            "reason": "年底清理", "back": "/ledgers/incidents/?state=handled",
        },
    )  # fmt: skip
    text = done.content.decode()
    assert done.status_code == 200 and states(ready) == {"closed"}
    assert text.index('id="done"') < text.index('id="left"') < text.rindex(str(open_one))
    assert 'href="/ledgers/incidents/?state=handled"' in text


def test_confirmed_with_one_that_cannot_be_done_nothing_is_done(people: Cast, li: Client) -> None:
    ready = handled(people, 2)
    boxes = ticked(*ready)
    do("incidents", "note", people.wang, ready[0], note="又有新情况")
    page = li.post("/bulk/", {"action": "close", "entry": boxes, "confirm": "1", "reason": "清理"})
    assert page.status_code == 409 and states(ready) == {"handled"}
    assert "已被他人" in page.content.decode()


def test_sent_twice_it_is_done_once(people: Cast, li: Client) -> None:
    ready = handled(people, 2)
    sent = {"action": "close", "entry": ticked(*ready), "confirm": "1", "reason": "清理"}
    assert li.post("/bulk/", sent).status_code == 200
    assert li.post("/bulk/", sent).status_code == 409
    assert set(Entry.objects.filter(id__in=ready).values_list("rev", flat=True)) == {3}


def test_handing_over_asks_for_the_colleague(people: Cast, li: Client) -> None:
    ids = [record("visits", people.li, people.room).entry for _n in range(2)]
    page = li.post("/bulk/", {"action": "hand_over", "entry": ticked(*ids)})
    assert people.wang.name in page.content.decode()
    sent = {"action": "hand_over", "entry": ticked(*ids), "confirm": "1", "reason": "休假"}
    assert li.post("/bulk/", sent).status_code == 422
    assert li.post("/bulk/", {**sent, "hand_to": str(people.wang.pk)}).status_code == 200
    assert set(Entry.objects.filter(id__in=ids).values_list("offered_to", flat=True)) == {
        people.wang.pk
    }
    # 王海涛 accepts both from the desk with one click.
    wang = signed_in(Client(), people.wang)
    assert 'value="accept"' in wang.get("/").content.decode()
    wang.post("/bulk/", {"action": "accept", "entry": ticked(*ids), "confirm": "1", "back": "/"})
    assert set(Entry.objects.filter(id__in=ids).values_list("responsible", flat=True)) == {
        people.wang.pk
    }


def test_others_matters_do_not_exist_here(people: Cast, client: Client) -> None:
    ready = handled(people)
    page = signed_in(client, people.neighbour).post(
        "/bulk/",
        {"action": "close", "entry": ticked(*ready), "confirm": "1", "reason": "x"},
    )
    assert page.status_code == 302 and states(ready) == {"handled"}


def test_the_whole_of_a_narrowed_list(people: Cast, li: Client) -> None:
    ready = handled(people, 3)
    record("incidents", people.li, people.room)
    page = li.post(
        "/bulk/", {"action": "close", "all": "incidents", "query": "state=handled"}
    ).content.decode()
    assert all(str(id) in page for id in ready)
    assert page.count('name="entry"') == 3


def test_what_is_no_bulk_action_is_not_there(people: Cast, li: Client) -> None:
    ready = handled(people)
    for name in ("void", "correct", "record", "", "x" * 300):
        assert li.post("/bulk/", {"action": name, "entry": ticked(*ready)}).status_code == 404
    assert li.post("/bulk/", {"action": "close"}).status_code == 302
    assert li.get("/bulk/").status_code == 302
    odd = {"action": "close", "entry": ["x", f"{ready[0]}:99999999999", "\x00"], "back": "//evil"}
    assert li.post("/bulk/", odd).status_code == 200


def test_more_than_two_hundred_are_refused(people: Cast, li: Client, monkeypatch: Any) -> None:
    from linli.ledger.acts import on_several

    monkeypatch.setattr(on_several, "MOST", 1)
    ready = handled(people, 2)
    assert li.post("/bulk/", {"action": "close", "entry": ticked(*ready)}).status_code == 302
    assert li.post("/bulk/", {"action": "close", "all": "incidents"}).status_code == 302
    assert states(ready) == {"handled"}
