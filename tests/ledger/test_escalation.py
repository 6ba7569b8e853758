"""What is overdue goes up once per deadline and level, in working time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.test import Client

from linli.ground import clock
from linli.history.models import Step
from linli.ledger.acts import escalation
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view, todo
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record, signed_in

THURSDAY = datetime(2026, 11, 19, 10, tzinfo=clock.SHANGHAI)


@pytest.fixture
def people(db: None) -> Cast:
    with clock.fixed(THURSDAY - timedelta(days=30)):
        return cast()


def steps_of(entry: object) -> list[str]:
    rows = Step.objects.filter(subject=entry.entry).order_by("seq")  # type: ignore[attr-defined]
    return list(rows.values_list("action", flat=True))


def late_incident(people: Cast) -> object:
    """Received on Thursday: to be told by Friday 17:30, closed by Tuesday 17:30."""
    with clock.fixed(THURSDAY):
        return record("incidents", people.li, people.room)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.SHANGHAI)


def test_it_goes_to_the_head_when_due_and_to_the_chief_a_working_day_later(people: Cast) -> None:
    done = late_incident(people)
    for when, made in (
        (moment(20, 17), 0),  # Friday, not due yet
        (moment(20, 17, 31), 1),  # due: the head
        (moment(22, 12), 0),  # Sunday is no working day
        (moment(23, 17), 0),
        (moment(23, 17, 31), 1),  # Monday evening: the chief
        (moment(23, 18), 0),  # never twice
    ):
        with clock.fixed(when):
            assert escalation.escalate() == made, when
    entry = Entry.objects.get(id=done.entry)  # type: ignore[attr-defined]
    assert entry.deadlines["told"]["head"] < entry.deadlines["told"]["chief"]
    assert "head" not in entry.deadlines["closed"]
    lines = entry_view.timeline(entry)[:2]
    assert [line.via for line in lines] == ["job", "job"]
    assert ("上报给", "派出所所长") in lines[0].said
    assert ("上报给", "警务室主任") in lines[1].said
    assert ("超期事项", "回告报警人") in lines[0].said
    assert [finding for finding in verify() if finding.wrong] == []


def test_every_deadline_goes_up_by_itself(people: Cast) -> None:
    done = late_incident(people)
    with clock.fixed(moment(24, 17, 31)):  # both late, the first for more than a day
        assert escalation.escalate() == 3
    assert steps_of(done) == ["record", "escalate", "escalate", "escalate"]


def test_what_was_met_or_closed_does_not_go_up(people: Cast) -> None:
    done = late_incident(people)
    with clock.fixed(moment(20, 12)):
        do("incidents", "tell", people.li, done.entry, told_how="电话")  # type: ignore[attr-defined]
    with clock.fixed(moment(23, 9)):
        assert escalation.escalate() == 0
        do("incidents", "finish", people.li, done.entry, result="已处理")  # type: ignore[attr-defined]
        do("incidents", "close", people.li, done.entry)  # type: ignore[attr-defined]
    with clock.fixed(moment(27, 9)):
        assert escalation.escalate() == 0


def test_a_correction_that_leaves_it_as_late_as_it_was_tells_nobody_again(people: Cast) -> None:
    done = late_incident(people)
    with clock.fixed(moment(21, 9)):
        assert escalation.escalate() == 1
        do("incidents", "correct", people.li, done.entry, "错字", narrative="电瓶被盗两块")  # type: ignore[attr-defined]
        assert escalation.escalate() == 0


def test_two_workers_tell_it_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    late_incident(people)
    late_incident(people)
    with clock.fixed(moment(21, 9)):
        waiting = list(escalation._waiting(clock.now()))
        assert escalation.escalate() == 2
        monkeypatch.setattr(escalation, "_waiting", lambda now: iter(waiting))
        assert escalation.escalate() == 0


def test_nobody_does_it_by_hand(people: Cast, client: Client) -> None:
    done = late_incident(people)
    with clock.fixed(moment(24, 9)):
        for staff in (people.li, people.head, people.chief):
            with pytest.raises(PermissionDenied):
                do("incidents", "escalate", staff, done.entry)  # type: ignore[attr-defined]
        page = signed_in(client, people.head).get(f"/entries/{done.entry}/do/escalate/")  # type: ignore[attr-defined]
    assert page.status_code == 403


def test_what_is_not_late_cannot_be_told(people: Cast) -> None:
    from linli.access.actor import system_actor
    from linli.ledger.acts.act import Act
    from linli.ledger.acts.carrying_out import carry_out
    from linli.ledger.declaration import registry

    done = late_incident(people)
    data = {"overdue_deadline": "closed", "escalated_to": "head"}
    with clock.fixed(moment(20, 9)), pytest.raises(ValidationError):
        carry_out(
            [Act(registry.get("incidents"), "escalate", system_actor("x"), data, entry=done.entry)]  # type: ignore[attr-defined]
        )


def test_the_desks_of_head_and_chief(people: Cast, client: Client) -> None:
    done = late_incident(people)
    late = [done.entry]  # type: ignore[attr-defined]

    def seen(staff: object) -> list[object]:
        return [entry.id for entry in todo.overdue(actor(staff))]  # type: ignore[arg-type]

    with clock.fixed(moment(20, 17)):
        assert seen(people.head) == []
    with clock.fixed(moment(21, 9)):
        assert (seen(people.head), seen(people.chief)) == (late, [])
        assert (seen(people.li), seen(people.far_chief)) == ([], [])
    with clock.fixed(moment(24, 9)):
        assert (seen(people.head), seen(people.chief)) == (late, late)
        text = signed_in(client, people.chief).get("/").content.decode()
    first = text.index('id="overdue"')
    assert first < text.index('id="rooms"') < text.index('id="due"')
    assert "李建国" in text[first : text.index('id="rooms"')]
    assert f"/entries/{late[0]}/do/assign/" in text


def test_it_is_quick_where_much_is_late(people: Cast) -> None:
    """What was told stays late and is looked through at every turn: that must be cheap."""
    for _n in range(60):
        late_incident(people)
    with clock.fixed(moment(21, 9)):
        assert escalation.escalate() == 60
        began = datetime.now(UTC)
        assert escalation.escalate() == 0
        assert datetime.now(UTC) - began < timedelta(seconds=1)


def test_a_broken_matter_keeps_no_other_from_going_up(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = late_incident(people), late_incident(people)
    then = escalation.carry_out

    def refused(acts: Any) -> Any:
        if any(act.entry == broken.entry for act in acts):  # type: ignore[attr-defined]
            raise IntegrityError
        return then(acts)

    monkeypatch.setattr(escalation, "carry_out", refused)
    with clock.fixed(moment(20, 18)):
        assert escalation.escalate() == 1
    assert "escalate" in steps_of(sound)
    assert "escalate" not in steps_of(broken)
