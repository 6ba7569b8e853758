"""What one matter causes in another: in one transaction, once, and never by an import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.exceptions import ValidationError

from linli.access.actor import resident_actor
from linli.ground import clock
from linli.ground.ids import new_id
from linli.history.models import Step, StepBody
from linli.ledger.acts import reacting as events
from linli.ledger.acts.act import Act, Past
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.acts.reacting import Effect, Reaction
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Facts
from linli.ledger.entries.models import Entry, EntryLink, EntryPerson
from linli.ledger.entries.serials import serial_text
from linli.ledger.reading import entry_view, links
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record


def disputed(facts: Facts) -> Mapping[str, Effect]:
    """A stand-in for linli/reactions.py: an incident of kind dispute is also a visit to be paid."""
    if not str(facts["category"]).startswith("dispute"):
        return {}
    return {
        "": Effect(
            "visits",
            {
                "category": "help", "narrative": facts["narrative"], "place": facts["place"],
                "point": facts["point"], "nothing_such": "left out",
            },
        )
    }  # fmt: skip


def broken(facts: Facts) -> Mapping[str, Effect]:
    return {"": Effect("visits", {"category": "no such category", "narrative": "x"})}


def circle(facts: Facts) -> Mapping[str, Effect]:
    data = {"category": "consultation", "narrative": "x", "place": "x", "channel": "110"}
    return {"": Effect("incidents", data)}


@pytest.fixture
def reacting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def use(*reactions: Reaction) -> None:
        found: dict[tuple[str, str], tuple[Reaction, ...]] = {}
        for one in reactions:
            for name in one.actions:
                found[(one.cause, name)] = (*found.get((one.cause, name), ()), one)
        monkeypatch.setattr(events, "_reactions", lambda: found)

    yield use


@pytest.fixture
def people(db: None, reacting: Any) -> Cast:
    reacting(Reaction("test", "incidents", ("record", "correct"), disputed))
    return cast()


PARTY = {"role": "party", "name": "张小花", "phone": "13800001234"}


def visits() -> list[Entry]:
    return list(Entry.objects.filter(ledger="visits").order_by("serial_no"))


def test_a_matter_causes_another_in_the_same_moment(people: Cast) -> None:
    done = record(
        "incidents", people.wang, people.room, category="dispute.neighbours", people=[PARTY],
        narrative="楼上漏水争执", point="114.33,30.54",
    )  # fmt: skip
    [caused] = visits()
    cause = Entry.objects.get(id=done.entry)
    assert (caused.narrative, caused.place, caused.responsible) == (
        "楼上漏水争执", cause.place, people.wang.pk,
    )  # fmt: skip
    assert (caused.lon, caused.lat) == (cause.lon, cause.lat) != (None, None)
    assert (caused.room, caused.received_at) == (cause.room, cause.received_at)
    assert caused.is_open and caused.deadlines
    # The people stay in the cause.
    assert EntryPerson.objects.filter(entry=cause.id).count() == 1
    assert not EntryPerson.objects.filter(entry=caused.id).exists()
    first, second = Step.objects.filter(room=cause.room).exclude(serial="").order_by("seq")
    assert (first.subject, second.subject, second.seq) == (cause.id, caused.id, first.seq + 1)
    body = orjson.loads(StepBody.objects.get(step=second.id).text)
    assert body["because"]["entry"] == str(cause.id)
    assert body["because"]["serial"] == first.serial
    assert [finding for finding in verify() if finding.wrong] == []


def test_the_link_is_seen_from_both_sides_and_in_the_step(people: Cast) -> None:
    done = record("incidents", people.li, people.room, category="dispute.family")
    [caused] = visits()
    li = actor(people.li)
    assert [e.id for e in links.of(li, done.entry).led_to] == [caused.id]
    assert [e.id for e in links.of(li, caused.id).came_from] == [done.entry]
    cause = Entry.objects.get(id=done.entry)
    said = dict(entry_view.timeline(caused)[0].said)
    assert serial_text(cause) in said.values()
    # Whoever may not read the cause's ledger does not learn of it.
    assert not links.of(actor(people.clerk), caused.id).came_from
    assert not links.of(actor(people.outsider), caused.id)


def test_nothing_follows_where_nothing_is_found(people: Cast) -> None:
    record("incidents", people.li, people.room)
    assert visits() == [] and not EntryLink.objects.exists()


def test_a_correction_causes_once_what_it_newly_says(people: Cast) -> None:
    done = record("incidents", people.li, people.room, category="order.noise")
    do("incidents", "correct", people.wang, done.entry, "实为纠纷", category="dispute.neighbours")
    [caused] = visits()
    assert caused.responsible == people.wang.pk
    assert caused.received_at > Entry.objects.get(id=done.entry).received_at
    do("incidents", "correct", people.li, done.entry, "写错", narrative="争吵声大")
    do("incidents", "correct", people.li, done.entry, "不是", category="order.noise")
    do("incidents", "correct", people.li, done.entry, "还是", category="dispute.family")
    assert len(visits()) == 1


def test_history_causes_nothing(people: Cast) -> None:
    past = Past(run=new_id(), source=b"x" * 32, number="旧 7", state="closed")
    act = Act(
        registry.get("incidents"), "record", actor(people.li),
        {
            "channel": "110", "category": "dispute.family", "place": "梅苑", "narrative": "旧事",
            "received_at": (clock.now() - timedelta(days=400)).isoformat(),
        },
        room=people.room.pk, district=people.branch.pk, past=past,
    )  # fmt: skip
    done = carry_out([act])[0]
    assert visits() == []
    do("incidents", "correct", people.li, done.entry, "补充", narrative="旧事，另补充")
    assert visits() == []


def test_what_cannot_be_caused_undoes_the_cause(people: Cast, reacting: Any) -> None:
    reacting(Reaction("test", "incidents", ("record",), broken))
    with pytest.raises(ValidationError):
        record("incidents", people.li, people.room)
    assert not Entry.objects.exists() and not Step.objects.exclude(serial="").exists()


def test_a_circle_is_refused_and_leaves_nothing(people: Cast, reacting: Any) -> None:
    reacting(
        Reaction("one", "incidents", ("record",), circle),
    )
    with pytest.raises(RuntimeError):
        record("incidents", people.li, people.room)
    assert not Entry.objects.exists()


def test_the_effect_falls_to_somebody_who_may_handle_it(people: Cast) -> None:
    """What a resident reports becomes the room's; no role is needed for what follows by rule."""
    act = Act(
        registry.get("incidents"), "record",
        resident_actor(people.room.pk, people.branch.pk, "居民"),
        {"channel": "online", "category": "dispute.family", "place": "梅苑", "narrative": "吵架"},
        room=people.room.pk, district=people.branch.pk, responsible=people.head.pk,
    )  # fmt: skip
    carry_out([act])
    [caused] = visits()
    assert caused.responsible == people.head.pk and caused.recorded_by is None


def test_several_acts_of_a_batch_cause_each_their_own(people: Cast) -> None:
    data = {"channel": "110", "category": "dispute.family", "place": "梅苑", "narrative": "吵架"}
    acts = [
        Act(
            registry.get("incidents"), "record", actor(people.li), data,
            room=room.pk, district=people.branch.pk,
        )
        for room in (people.room, people.room)
    ]  # fmt: skip
    done = carry_out(acts)
    assert [one.ledger for one in done] == ["incidents", "incidents"]
    assert [entry.serial_no for entry in visits()] == [1, 2]
    assert [finding for finding in verify() if finding.wrong] == []
