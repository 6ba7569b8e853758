"""One search over all ledgers: by number first, marked, grouped, within what one may see."""

from __future__ import annotations

from django.test import Client

from linli.access import tokens
from linli.desk.highlighting import marked
from linli.ledger.reading import search
from tests.cast import Cast, actor, record, signed_in


def some(people: Cast) -> None:
    record("visits", people.li, people.room, narrative="咨询电瓶充电桩怎么申请")
    record("incidents", people.li, people.room, narrative="楼下电瓶被盗，监控拍到两人")
    record(
        "incidents", people.li, people.room, place="北门", category="order.noise",
        narrative="商铺外放音响扰民，多次劝阻无效。处置时又发现门口停放的电动车缺少电瓶，车主称前夜仍在。",
    )  # fmt: skip
    record("incidents", people.neighbour, people.next_room, narrative="邻室电瓶被盗")


def test_hits_are_grouped_by_ledger_with_counts(people: Cast, li: Client) -> None:
    some(people)
    text = li.get("/find/?q=电瓶").content.decode()
    assert text.count("<tr") == 4
    tabs = text[text.index('<ul class="tabs">') :].split("</ul>")[0]
    assert ">3<" in tabs and ">2<" in tabs and ">1<" in tabs
    only = li.get("/find/?q=电瓶&ledger=visits").content.decode()
    assert "充电桩" in only and "监控拍到" not in only
    assert li.get("/find/?q=电瓶&ledger=nothing").content.decode().count("<tr") == 4
    assert search.tally(actor(people.li), "电瓶") == ({"incidents": 2, "visits": 1}, False)
    assert search.tally(actor(people.clerk), "电瓶") == ({"visits": 1}, False)
    assert search.tally(actor(people.outsider), "电瓶") == ({}, False)


def test_found_words_are_marked_where_they_stand(people: Cast, li: Client) -> None:
    some(people)
    text = li.get("/find/?q=电瓶 被盗").content.decode()
    assert "楼下<mark>电瓶</mark><mark>被盗</mark>" in text
    deep = li.get("/find/?q=缺少电瓶").content.decode()
    assert "<mark>缺少电瓶</mark>" in deep and "…" in deep


def test_a_mark_lets_no_markup_through() -> None:
    assert marked("<b>x</b> & Ab", ["b", "<b>"]) == (
        "<mark>&lt;b&gt;</mark>x&lt;/<mark>b</mark>&gt; &amp; A<mark>b</mark>"
    )
    assert marked("", ["a"]) == "" and marked("a", []) == "a"


def test_the_matter_of_that_number_comes_first(people: Cast, li: Client) -> None:
    first = record("visits", people.li, people.room, narrative="第一件").entry
    record("visits", people.li, people.room, narrative="住在 1 号楼")
    found = search.find(actor(people.li), "1")
    assert found.how == "serial" and found.entries[0].id == first and len(found.entries) == 2
    assert li.get("/find/?q=访-1").status_code == 302  # with its letter it is that one
    assert search.find(actor(people.li), "1", "incidents").entries == []


def test_a_customs_ledger_and_every_other_are_searched(people: Cast) -> None:
    for ledger, more in (
        ("hazards", {"category": "other", "place": "梅苑"}),
        ("disputes", {"category": "family", "source": "resident"}),
    ):
        record(ledger, people.li, people.room, narrative="围墙开裂", **more)
    counts, _more = search.tally(actor(people.li), "围墙")
    assert counts == {"hazards": 1, "disputes": 1}


def test_programs_get_counts_and_words(people: Cast, client: Client) -> None:
    some(people)
    headers = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    found = client.get("/api/v1/find?q=电瓶&counted=true", headers=headers).json()
    assert found["counts"] == {"incidents": 2, "visits": 1} and found["words"] == ["电瓶"]
    assert client.get("/api/v1/find?q=电瓶", headers=headers).json()["counts"] is None


def test_what_is_in_other_rooms_is_neither_found_nor_counted(people: Cast) -> None:
    some(people)
    page = signed_in(Client(), people.neighbour).get("/find/?q=电瓶").content.decode()
    assert page.count("<tr") == 2 and 'class="tabs"' not in page
