"""A matter is recorded: cleaned, sealed, numbered, chained, counted, findable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ground.ids import new_id
from linli.history.models import Step, StepBody
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.entries.models import CountDelta, Entry, EntryPerson, GuardedError, Sealed
from linli.ledger.entries.serials import parse, serial_text
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, do, record

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PERSON = {
    "role": "visitor", "name": "欧阳小花", "phone": "138 0000 1234",
    "id_number": "110101199003070004",
}  # fmt: skip


def with_check_digit(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(first17, weights, strict=True))
    return first17 + "10X98765432"[total % 11]


PERSON["id_number"] = with_check_digit("42010619900307000")


def test_a_visit_gets_the_next_serial_of_its_room_ledger_and_year(people: Cast) -> None:
    with clock.fixed(MONDAY):
        first = record("visits", people.li, people.room)
        second = record("visits", people.wang, people.room)
        elsewhere = record("visits", people.neighbour, people.next_room)
        incident = record("incidents", people.li, people.room)
    assert [d.serial_no for d in (first, second, elsewhere, incident)] == [1, 2, 1, 1]
    entry = Entry.objects.get(id=second.entry)
    assert serial_text(entry).endswith("-2026-0002")
    assert parse(serial_text(entry)).number == 2


def test_deadlines_come_from_the_rules_in_working_time(people: Cast) -> None:
    with clock.fixed(MONDAY):
        done = record("incidents", people.li, people.room)
    entry = Entry.objects.get(id=done.entry)
    assert entry.rules == "national-2026@1"
    assert clock.local(entry.due_at).isoformat() == "2026-11-24T17:30:00+08:00"
    assert {"told", "closed"} == set(entry.deadlines)


def test_an_emergency_kind_is_due_within_the_shift(people: Cast) -> None:
    with clock.fixed(MONDAY):
        done = record("incidents", people.li, people.room, category="order.fight")
    due = Entry.objects.get(id=done.entry).deadlines["closed"]["due"]
    assert datetime.fromisoformat(due) == MONDAY + timedelta(hours=8)


def test_people_are_sealed_masked_and_never_plain_in_the_database(people: Cast) -> None:
    done = record("visits", people.li, people.room, visitors=[PERSON])
    person = EntryPerson.objects.get(entry=done.entry)
    assert (person.name_mask, person.phone_mask) == ("欧阳*", "138****1234")
    everything = b"".join(
        bytes(str(value), "utf8")
        for model in (Entry, EntryPerson, Sealed, Step, StepBody)
        for row in model.objects.values_list()
        for value in row
    )
    for secret in ("小花", "13800001234", PERSON["id_number"]):
        assert secret.encode() not in everything
        assert secret.encode().hex().encode() not in everything
    entry = entry_view.fetch(actor(people.li), done.entry)
    opened = entry_view.reveal(actor=actor(people.li), entry=entry, purpose="matter")
    assert opened[person.id]["id_number"] == PERSON["id_number"]


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(people: Cast) -> None:
    wrong = {
        "category": "no such thing", "narrative": "", "place": "x" * 300,
        "visitors": [{"name": "张三", "phone": "1790000688"}, {"id_number": "4201061990030700012"}],
        "received_at": "2026-13-27 5:21", "nonsense": "1",
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        record("visits", people.li, people.room, **wrong)
    assert set(refused.value.error_dict) == {
        "category", "narrative", "place", "visitors", "received_at", "nonsense",
    }  # fmt: skip
    assert len(refused.value.error_dict["visitors"]) == 2
    assert not Entry.objects.exists() and not Step.objects.filter(action="record").exists()


def test_times_that_cannot_follow_each_other_are_refused(people: Cast) -> None:
    with pytest.raises(ValidationError) as refused, clock.fixed(MONDAY):
        record(
            "incidents", people.li, people.room,
            received_at="2026-11-23 08:30", arrived_at="2026-11-23 08:20",
        )  # fmt: skip
    assert "arrived_at" in refused.value.error_dict


def test_recorded_and_handled_in_one_act_of_two(people: Cast) -> None:
    entry = new_id()
    visits, by = registry.get("visits"), actor(people.li)
    room = {"room": people.room.pk, "district": people.branch.pk}
    done = carry_out(
        [
            Act(
                visits, "record", by, {"category": "help", "narrative": "问路"}, entry=entry, **room
            ),
            Act(visits, "handle", by, {"result": "已告知"}, entry=entry),
        ]
    )
    assert [d.state for d in done] == ["open", "handled"]
    row = Entry.objects.get(id=entry)
    assert row.closed_at is not None and row.due_at is None and row.rev == 2
    assert Step.objects.filter(subject=entry).count() == 2
    assert not list(verify())


def test_who_may_not_record_cannot(people: Cast) -> None:
    for staff in (people.neighbour, people.far_chief, people.auditor, people.analyst, people.admin):
        with pytest.raises(PermissionDenied):
            record("visits", staff, people.room)
    with pytest.raises(PermissionDenied):
        record("incidents", people.clerk, people.room)
    assert not Entry.objects.exists()


def test_entries_are_changed_by_actions_only(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    entry = Entry.objects.get(id=done.entry)
    with pytest.raises(GuardedError):
        entry.save()
    with pytest.raises(GuardedError):
        entry.delete()


def test_a_failed_history_write_undoes_the_change(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("history is full")

    monkeypatch.setattr(carrying_out.rows, "_write_sqlite", broken)
    monkeypatch.setattr(carrying_out.rows, "_write_postgresql", broken)
    done_before = Entry.objects.count()
    with pytest.raises(RuntimeError):
        record("visits", people.li, people.room)
    assert Entry.objects.count() == done_before


def test_counts_follow_what_happens(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    do("visits", "correct", people.li, done.entry, reason="选错了", category="complaint")
    do("visits", "handle", people.li, done.entry, result="已办")
    do("visits", "void", people.li, done.entry, reason="重复登记")
    sums: dict[tuple[str, str], int] = {}
    for row in CountDelta.objects.filter(room=people.room.pk):
        key = (row.measure, row.category)
        sums[key] = sums.get(key, 0) + row.n
    assert not any(sums.values()), sums


def test_the_step_says_what_was_written_and_by_whom(people: Cast) -> None:
    done = record("visits", people.li, people.room, place="中南路 12 号")
    body = orjson.loads(StepBody.objects.get(step=done.step).text)
    assert body["by"] == "李建国" and body["set"]["place"] == "中南路 12 号"
    step = Step.objects.get(id=done.step)
    assert step.serial == f"visits/{done.serial_year}/1" and step.actor == people.li.pk


def test_a_district_for_ever(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    entry = Entry.objects.get(id=done.entry)
    assert (entry.room, entry.district) == (people.room.pk, tree.district_of(people.room.pk))


def test_the_moment_of_an_act_may_come_with_any_offset(people: Cast) -> None:
    """A client in Shanghai sends +08:00; what is kept, and what verify replays, is the same."""
    at = (clock.now() - timedelta(hours=3)).astimezone(clock.SHANGHAI)
    by, entry = actor(people.li), new_id()
    visits = registry.get("visits")
    acts_done = [
        Act(
            visits, "record", by, {"category": "help", "narrative": "问路"}, entry=entry, at=at,
            room=people.room.pk, district=people.branch.pk,
        ),
        Act(visits, "handle", by, {"result": "已告知"}, entry=entry, at=at + timedelta(hours=1)),
    ]  # fmt: skip
    carry_out(acts_done)
    assert Entry.objects.get(id=entry).closed_at == at + timedelta(hours=1)
    assert not list(verify())
