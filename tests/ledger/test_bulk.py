"""The same done to many: all or none, and what cannot be done is known before."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.history.models import Head, Step
from linli.ledger.acts import on_several
from linli.ledger.acts.act import ConflictError
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from tests.cast import Cast, actor, do, record


def handled(people: Cast, n: int, **data: Any) -> list[Any]:
    done = [record("incidents", people.li, people.room, **data) for _n in range(n)]
    for one in done:
        do("incidents", "finish", people.li, one.entry, result="已处理")
    return [one.entry for one in done]


def picked(who: Any, ids: list[Any]) -> list[on_several.Chosen]:
    return on_several.chosen(actor(who), dict.fromkeys(ids))


def test_what_can_be_closed_is_closed_together_with_one_reason(people: Cast) -> None:
    ready = handled(people, 3)
    still_open = record("incidents", people.li, people.room).entry
    before = Head.objects.get(room=people.room.pk).seq
    tried = on_several.plan(
        actor(people.li), "close", picked(people.li, [*ready, still_open]), {}, ""
    )
    assert [one.entry.id for one in tried.able] == ready
    [(left, why)] = tried.unable
    assert left.entry.id == still_open and "待办" in why
    assert Head.objects.get(room=people.room.pk).seq == before  # trying leaves nothing
    done = on_several.carry_out_all(actor(people.li), "close", tried.able, {}, "年底清理")
    assert [one.state for one in done] == ["closed"] * 3
    for id in ready:
        assert entry_view.timeline(Entry.objects.get(id=id))[0].reason == "年底清理"
    assert [finding for finding in verify() if finding.wrong] == []


def test_what_was_erased_meanwhile_is_named_and_nothing_breaks(people: Cast) -> None:
    [gone, there] = handled(people, 2)
    matters = picked(people.li, [gone, there])
    Entry.objects.filter(id=gone).delete()
    tried = on_several.plan(actor(people.li), "close", matters, {}, "")
    assert [one.entry.id for one in tried.able] == [there]
    assert [one.entry.id for one, _why in tried.unable] == [gone]


def test_a_reason_is_never_left_out(people: Cast) -> None:
    ready = handled(people, 1)
    with pytest.raises(ValidationError):
        on_several.carry_out_all(actor(people.li), "close", picked(people.li, ready), {}, "  ")
    assert Entry.objects.get(id=ready[0]).state == "handled"


def test_permission_is_asked_for_each_matter(people: Cast) -> None:
    ready = handled(people, 1)
    [(_one, why)] = on_several.plan(
        actor(people.chen), "close", picked(people.chen, ready), {}, "x"
    ).unable
    assert "无权" in why
    # 陈静 may hand over her own only.
    own = record("visits", people.chen, people.room).entry
    others = record("visits", people.li, people.room).entry
    tried = on_several.plan(
        actor(people.chen), "hand_over", picked(people.chen, [own, others]), {}, ""
    )
    assert [one.entry.id for one in tried.able] == [own]
    assert picked(people.outsider, [own, others]) == []
    assert picked(people.neighbour, ready) == []


def test_the_receiver_is_tried_too(people: Cast) -> None:
    visits = [record("visits", people.li, people.room).entry for _n in range(2)]
    incident = record("incidents", people.li, people.room).entry
    data = {"hand_to": str(people.clerk.pk)}
    tried = on_several.plan(
        actor(people.li), "hand_over", picked(people.li, [*visits, incident]), data, "x"
    )
    assert [one.entry.id for one in tried.able] == visits  # a clerk takes no incidents
    on_several.carry_out_all(actor(people.li), "hand_over", tried.able, data, "分工")
    assert set(Entry.objects.filter(id__in=visits).values_list("offered_to", flat=True)) == {
        people.clerk.pk
    }


def test_changed_meanwhile_means_none_is_done(people: Cast) -> None:
    ready = handled(people, 2)
    revs: dict[Any, int | None] = dict(Entry.objects.filter(id__in=ready).values_list("id", "rev"))
    matters = on_several.chosen(actor(people.li), revs)
    do("incidents", "note", people.wang, ready[1], note="补充材料")
    before = Step.objects.count()
    with pytest.raises(ConflictError):
        on_several.carry_out_all(actor(people.li), "close", matters, {}, "清理")
    assert Step.objects.count() == before
    tried = on_several.plan(actor(people.li), "close", matters, {}, "清理")
    assert [one.entry.id for one, _why in tried.unable] == [ready[1]]


def test_a_chief_closes_in_several_rooms_at_once(people: Cast) -> None:
    one = handled(people, 1)[0]
    other = record("incidents", people.neighbour, people.next_room).entry
    do("incidents", "finish", people.neighbour, other, result="已处理")
    matters = picked(people.chief, [one, other])
    assert len(on_several.carry_out_all(actor(people.chief), "close", matters, {}, "核查完毕")) == 2
    assert [finding for finding in verify() if finding.wrong] == []


def test_only_what_asks_for_nothing_is_offered(people: Cast) -> None:
    def names(staff: Any, code: str) -> set[str]:
        return {action.name for action in on_several.offered(actor(staff), registry.get(code))}

    assert names(people.li, "incidents") == {"close", "hand_over"}
    assert names(people.chief, "incidents") == {"close", "hand_over", "assign"}
    assert names(people.li, "visits") == {"hand_over"}  # a visit is closed with its result
    assert names(people.chen, "incidents") == {"hand_over"}
    assert names(people.desk, "incidents") == set()
    assert not on_several.possible("void") and not on_several.possible("correct")


def test_at_most_two_hundred(people: Cast) -> None:
    from linli.ground.ids import new_id

    with pytest.raises(on_several.TooManyError):
        on_several.chosen(actor(people.li), {new_id(): None for _n in range(on_several.MOST + 1)})
