"""What happens to a matter afterwards: handed over, corrected, voided, disputed by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.access.limits import LimitReached
from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.acts.act import Act, ConflictError
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.acts.possible import can_take
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.entries.serials import serial_text
from linli.ledger.reading import entry_view, todo
from linli.ledger.reading.search import find, find_person
from linli.ledger.verify import verify
from tests.cast import Cast, actor, do, record

PERSON = {"role": "visitor", "name": "张小花", "phone": "13800001234"}


def entry_of(done: object) -> Entry:
    return Entry.objects.get(id=done.entry)  # type: ignore[attr-defined]


def test_whoever_received_it_answers_until_another_has_accepted(people: Cast) -> None:
    done = record("visits", people.chen, people.room)
    do(
        "visits",
        "hand_over",
        people.chen,
        done.entry,
        reason="属民警职责",
        hand_to=str(people.li.pk),
    )
    entry = entry_of(done)
    assert (entry.responsible, entry.offered_to) == (people.chen.pk, people.li.pk)
    assert "handover" in entry.deadlines
    assert [e.id for e in todo.to_accept(actor(people.li))] == [entry.id]
    with pytest.raises(ValidationError):
        do("visits", "accept", people.wang, done.entry)
    do("visits", "accept", people.li, done.entry)
    entry = entry_of(done)
    assert (entry.first_asked, entry.responsible, entry.offered_to) == (
        people.chen.pk, people.li.pk, None,
    )  # fmt: skip
    assert "handover" not in entry.deadlines


def test_a_matter_closed_while_it_is_offered_waits_for_nobody(people: Cast) -> None:
    done = record("incidents", people.li, people.room)
    do("incidents", "finish", people.li, done.entry, result="已处理")
    do("incidents", "hand_over", people.li, done.entry, reason="休假", hand_to=str(people.wang.pk))
    assert "handover" in entry_of(done).deadlines
    do("incidents", "close", people.li, done.entry)
    entry = entry_of(done)
    assert (entry.is_open, entry.offered_to) == (False, None)
    assert "handover" not in entry.deadlines


def test_a_refused_handover_returns_with_its_reason(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    do("visits", "hand_over", people.li, done.entry, reason="休假", hand_to=str(people.wang.pk))
    with pytest.raises(ValidationError):
        do("visits", "refuse", people.wang, done.entry)
    do("visits", "refuse", people.wang, done.entry, reason="不在本辖区")
    entry = entry_of(done)
    assert (entry.responsible, entry.offered_to) == (people.li.pk, None)
    assert entry_view.timeline(entry)[0].reason == "不在本辖区"


def test_nothing_is_handed_to_who_cannot_take_it(people: Cast) -> None:
    done = record("incidents", people.li, people.room)
    for staff in (people.neighbour, people.far_chief, people.auditor, people.clerk, people.li):
        with pytest.raises(ValidationError):
            do("incidents", "hand_over", people.li, done.entry, reason="试", hand_to=str(staff.pk))
    able = {staff for staff, _role in can_take(entry_of(done))}
    assert able == {people.wang, people.chen, people.head, people.chief}


def test_only_the_responsible_or_the_head_hands_over(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    with pytest.raises(PermissionDenied):
        do("visits", "hand_over", people.wang, done.entry, reason="试", hand_to=str(people.chen.pk))
    do("visits", "assign", people.head, done.entry, reason="值班", hand_to=str(people.wang.pk))
    assert entry_of(done).responsible == people.wang.pk


def test_a_correction_keeps_the_old_value_who_when_and_why(people: Cast) -> None:
    done = record("visits", people.li, people.room, place="1101 室", visitors=[PERSON])
    do("visits", "correct", people.li, done.entry, reason="录入有误", place="1102 室")
    line = entry_view.timeline(entry_of(done))[0]
    assert line.by == "李建国" and line.reason == "录入有误"
    assert [(c.old, c.new) for c in line.changes] == [("1101 室", "1102 室")]
    assert not list(verify())


def test_a_corrected_person_keeps_what_was_not_typed_again(people: Cast) -> None:
    done = record("visits", people.li, people.room, visitors=[PERSON])
    before = EntryPerson.objects.get(entry=done.entry)
    changed = [{"id": str(before.id), "role": "visitor", "name": "张小华"}]
    do("visits", "correct", people.li, done.entry, reason="名字写错", visitors=changed)
    after = EntryPerson.objects.get(entry=done.entry, ended=False)
    opened = entry_view.reveal(actor=actor(people.li), entry=entry_of(done), purpose="correction")[
        after.id
    ]
    assert opened == {"name": "张小华", "phone": "13800001234"}
    assert EntryPerson.objects.filter(entry=done.entry).count() == 2
    assert not list(verify())


def test_a_correction_that_changes_nothing_is_told(people: Cast) -> None:
    done = record("visits", people.li, people.room, place="1101 室")
    with pytest.raises(ValidationError):
        do("visits", "correct", people.li, done.entry, reason="无", place="1101 室")


def test_the_second_of_two_sees_that_somebody_was_quicker(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    do("visits", "note", people.wang, done.entry, note="已联系物业")
    act = Act(
        registry.get("visits"), "handle", actor(people.li), {"result": "办了"},
        entry=done.entry, rev=done.rev,
    )  # fmt: skip
    with pytest.raises(ConflictError) as conflict:
        carry_out([act])
    assert (conflict.value.seen, conflict.value.now) == (1, 2)
    since = entry_view.changes_since(entry_of(done), 1)
    assert [line.by for line in since] == ["王海涛"] and since[0].said[0][1] == "已联系物业"


def test_void_not_deleted_and_nothing_after_it(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    with pytest.raises(ValidationError):
        do("visits", "void", people.li, done.entry)
    do("visits", "void", people.li, done.entry, reason="重复")
    assert entry_of(done).state == "void"
    with pytest.raises(ValidationError):
        do("visits", "handle", people.li, done.entry, result="x")


def test_an_outsider_does_not_learn_that_it_exists(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    for staff in (people.neighbour, people.far_chief, people.outsider, people.auditor):
        with pytest.raises(Entry.DoesNotExist):
            do("visits", "note", staff, done.entry, note="x")
        with pytest.raises(Entry.DoesNotExist):
            entry_view.fetch(actor(staff), done.entry)
        assert find(actor(staff), "钥匙").entries == []
    with pytest.raises(PermissionDenied):
        do("visits", "handle", people.chen, done.entry, result="辅警不能办结")


def test_reveal_needs_a_purpose_leaves_a_trace_and_ends_at_the_limit(people: Cast) -> None:
    done = record("visits", people.li, people.room, visitors=[PERSON])
    entry, li = entry_of(done), actor(people.li)
    with pytest.raises(ValidationError):
        entry_view.reveal(actor=li, entry=entry, purpose="")
    with pytest.raises(PermissionDenied):
        entry_view.reveal(actor=actor(people.chen), entry=entry, purpose="matter")
    assert not ReadLog.objects.exists()
    for _time in range(40):
        entry_view.reveal(actor=li, entry=entry, purpose="matter")
    with pytest.raises(LimitReached):
        entry_view.reveal(actor=li, entry=entry, purpose="matter")
    logged = ReadLog.objects.filter(kind="reveal")
    assert logged.count() == 40 and logged[0].entry == entry.id and logged[0].matter


def test_found_by_serial_words_pinyin_and_by_phone_with_a_purpose(people: Cast) -> None:
    done = record(
        "visits",
        people.li,
        people.room,
        visitors=[PERSON],
        narrative="楼上漏水",
        place="才汇巷小区",
    )
    li = actor(people.li)
    for query in ("漏水", "loushui", "ls", "caihuixiang", "V-1", serial_text(entry_of(done))):
        assert [e.id for e in find(li, query).entries] == [done.entry], query
    assert find(li, "水").how == "too_short"
    assert find(li, "138 0000 1234").how == "phone"
    assert ReadLog.objects.filter(kind="search", words="漏水").exists()
    with pytest.raises(ValidationError):
        find_person(li, kind="phone", value="13800001234", purpose="")
    for kind, value in (("phone", "138-0000-1234"), ("name", "张小花"), ("pinyin", "zhangxiaohua")):
        pairs = find_person(li, kind=kind, value=value, purpose="safety")
        assert [(e.id, p.name_mask) for e, p in pairs] == [(done.entry, "张*")], kind
        assert find_person(actor(people.neighbour), kind=kind, value=value, purpose="safety") == []


def test_nothing_is_done_before_the_matter_nor_in_the_future(people: Cast) -> None:
    """Else a deadline could be met late and look kept."""
    done = record("visits", people.li, people.room)
    for hours in (-5, 2):
        act = Act(
            registry.get("visits"), "handle", actor(people.li), {"result": "办了"},
            entry=done.entry, at=clock.now() + timedelta(hours=hours),
        )  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            carry_out([act])
        assert "at" in refused.value.error_dict


def test_a_corrected_time_moves_the_entry_in_what_is_found(people: Cast) -> None:
    first = record("visits", people.li, people.room, narrative="楼上漏水")
    record("visits", people.li, people.room, narrative="厨房漏水")
    moved = clock.local(clock.now() - timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    before = [e.id for e in find(actor(people.li), "漏水").entries]
    do("visits", "correct", people.li, before[0], reason="时间记错", received_at=moved)
    assert [e.id for e in find(actor(people.li), "漏水").entries] == before[::-1]
    assert first.entry in before
