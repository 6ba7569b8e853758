"""The work log: written by the steps, signed once, frozen then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.duty import day as days
from linli.duty.signing import log_id
from linli.duty.worklog import compose, in_month, of_rooms, one, own, sign_off
from linli.ground import clock
from linli.ground.ids import new_id
from linli.history.models import Step
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act, Past
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.forms import drafts
from linli.ledger.verify import verify
from linli.org import actions, tree
from linli.org.models import Role
from tests.cast import Cast, actor, cast, do, record

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: int = 23) -> Any:
    return clock.fixed(datetime(2026, 11, day, hour, minute, tzinfo=clock.SHANGHAI))


@pytest.fixture
def people() -> Iterator[Cast]:
    """The cast, on Monday 23 November 2026 at 17:30, posted since a month before."""
    with clock.fixed(datetime(2026, 10, 20, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with at(17, 30):
        yield made


def a_day(people: Cast) -> list[Any]:
    """李建国 records and handles a visit and records an incident which 王海涛 finishes."""
    with at(9, 12):
        visit = record("visits", people.li, people.room, place="梅苑小区 3 栋")
    with at(9, 40):
        do("visits", "handle", people.li, visit.entry, result="已开锁")
    with at(10, 5):
        theft = record("incidents", people.li, people.room)
    with at(11):
        do("incidents", "finish", people.wang, theft.entry, result="已处理")
    return [visit, theft]


def test_the_day_is_composed_of_ones_own_steps(people: Cast) -> None:
    visit, theft = a_day(people)
    with at(9, 0, day=22):
        record("visits", people.li, people.room)
    log = compose(people.li.pk, MONDAY)
    assert [(f"{line.at:%H:%M}", line.entry, line.name) for line in log.lines] == [
        ("09:12", visit.entry, "record"),
        ("09:40", visit.entry, "handle"),
        ("10:05", theft.entry, "record"),
    ]
    assert log.lines[0].place == "梅苑小区 3 栋"
    assert [(g.ledger, [len(m.lines) for m in g.matters]) for g in log.groups] == [
        ("incidents", [1]), ("visits", [2]),
    ]  # fmt: skip
    assert log.totals.matters == 2
    assert [line.name for line in compose(people.wang.pk, MONDAY).lines] == ["finish"]


def test_midnight_is_shanghais(people: Cast) -> None:
    with at(0, 10):
        early = record("visits", people.li, people.room)
    assert [line.entry for line in compose(people.li.pk, MONDAY).lines] == [early.entry]
    assert compose(people.li.pk, date(2026, 11, 22)).lines == ()


def test_overdue_and_handed_over_are_counted(people: Cast) -> None:
    with at(9, day=2):
        old = record("incidents", people.li, people.room)
    do("incidents", "hand_over", people.li, old.entry, "休假", hand_to=str(people.wang.pk))
    totals = compose(people.li.pk, MONDAY).totals
    assert (totals.overdue, totals.handed_over, totals.matters) == (1, 1, 1)


def test_a_file_that_was_imported_is_not_a_days_work(people: Cast) -> None:
    act = Act(
        registry.get("visits"), "record", actor(people.li),
        {"category": "help", "narrative": "去年的来访"}, people.room.pk, people.branch.pk,
        past=Past(new_id(), b"row 1", state="handled"),
    )  # fmt: skip
    carrying_out.carry_out([act])
    assert compose(people.li.pk, MONDAY).lines == ()


def test_a_long_day_takes_as_many_queries_as_a_short_one(people: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            compose(people.li.pk, MONDAY)
        return len(asked)

    a_day(people)
    few = queries()
    for _ in range(5):
        record("visits", people.li, people.room)
    assert queries() == few == 3


def test_signing_freezes_the_day(people: Cast) -> None:
    a_day(people)
    done = sign_off(actor=actor(people.li), day=MONDAY, remark="明日走访三栋")
    assert done.entry == log_id(people.li.pk, MONDAY)
    with at(20):
        evening = record("visits", people.li, people.room)
    shown = own(actor(people.li), MONDAY)
    assert shown.remark == "明日走访三栋"
    assert [line.name for line in shown.log.lines] == ["record", "handle", "record"]
    assert [line.entry for line in shown.later] == [evening.entry]
    assert [found for found in verify([people.room.pk]) if found.wrong] == []


def test_a_day_is_signed_once(people: Cast) -> None:
    sign_off(actor=actor(people.li), day=MONDAY, remark="")
    steps = Step.objects.count()
    with pytest.raises(ValidationError) as refused:
        sign_off(actor=actor(people.li), day=MONDAY, remark="again")
    assert refused.value.code == "twice"
    assert Step.objects.count() == steps
    assert own(actor(people.li), MONDAY).remark == ""


@pytest.mark.parametrize("action", ["correct", "void", "note", "hand_over", "assign", "reopen"])
def test_nothing_can_be_done_to_a_signed_log(people: Cast, action: str) -> None:
    done = sign_off(actor=actor(people.li), day=MONDAY, remark="")
    with pytest.raises(ValidationError) as refused:
        do("worklogs", action, people.head, done.entry, "why", remark="other words")
    assert refused.value.code in ("action", "unknown")
    assert Entry.objects.get(id=done.entry).rev == 1


def test_the_lines_of_a_log_cannot_be_made_up(people: Cast) -> None:
    """Through any face: the act of recording is composed, whatever was sent."""
    ledger = registry.get("worklogs")

    def act(by: Any, room: Any, **more: Any) -> Act:
        data = {"day": "2026-11-23", **more.pop("data", {})}
        return Act(ledger, "record", actor(by), data, room.pk, people.branch.pk, **more)

    forged = {"log": {"lines": [], "overdue": 0}}
    with pytest.raises(ValidationError):
        carrying_out.carry_out([act(people.li, people.room, data=forged)])
    with pytest.raises(PermissionDenied):
        carrying_out.carry_out([act(people.li, people.next_room)])
    with pytest.raises(PermissionDenied):  # the chief reaches the room but is not posted there
        carrying_out.carry_out([act(people.chief, people.room)])
    a_day(people)
    done = carrying_out.carry_out(
        [act(people.li, people.room, entry=new_id(), responsible=people.wang.pk)]
    )[0]
    kept = Entry.objects.get(id=done.entry)
    assert (kept.id, kept.responsible) == (log_id(people.li.pk, MONDAY), people.li.pk)
    assert len(kept.data["log"]["lines"]) == 3


@pytest.mark.parametrize("day", ["2026-11-24", "2026-02-30", "yesterday", ""])
def test_a_day_that_is_none_or_not_yet_is_refused(people: Cast, day: str) -> None:
    act = Act(
        registry.get("worklogs"), "record", actor(people.li), {"day": day}, people.room.pk,
        people.branch.pk,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        carrying_out.carry_out([act])
    assert list(refused.value.error_dict) == ["day"]


def test_of_another_rooms_matter_only_that_something_was_done(people: Cast) -> None:
    """Who reads the logs of a room learns nothing of its neighbour's matters from them."""
    actions.post(staff=people.li, unit=people.next_room, role=Role.OFFICER, by=actor(people.admin))
    tree.forget()
    mine = actor(people.li).home_room
    other = people.room if mine == people.next_room.pk else people.next_room
    record("incidents", people.li, other, place="隔壁小区 9 栋")
    done = sign_off(actor=actor(people.li), day=MONDAY, remark="")
    kept = Entry.objects.get(id=done.entry)
    line = days.Line.read(kept.data["log"]["lines"][0])
    assert (line.room, line.category, line.place) == (other.name, "", "")
    assert "隔壁" not in str(kept.data)


def test_who_reads_a_log(people: Cast) -> None:
    a_day(people)
    entry = sign_off(actor=actor(people.li), day=MONDAY, remark="").entry
    for staff in (people.li, people.wang, people.head, people.chief):
        assert one(actor(staff), entry).staff == people.li.pk
    # Logs tell of incidents: a clerk, who may not read those, reads only the own log.
    strangers = (people.neighbour, people.far_chief, people.outsider, people.clerk, people.auditor)
    for staff in strangers:
        with pytest.raises(Entry.DoesNotExist):
            one(actor(staff), entry)
    own_one = sign_off(actor=actor(people.clerk), day=MONDAY, remark="").entry
    assert one(actor(people.clerk), own_one).staff == people.clerk.pk


def test_the_month_and_the_room_say_who_has_signed(people: Cast) -> None:
    a_day(people)
    entry = sign_off(actor=actor(people.li), day=MONDAY, remark="").entry
    month = in_month(people.li.pk, MONDAY)
    assert len(month) == 30
    assert [day for day, signed in month if signed] == [MONDAY]
    rooms = of_rooms(actor(people.chief), MONDAY)
    assert [room.name for room in rooms] == ["梅苑社区警务室", "百瑞景社区警务室"]
    by_name = {signer.name: (signer.signed, signer.done) for signer in rooms[0].signers}
    assert by_name["李建国"] == (entry, 3)  # signing is no work of its own
    assert by_name["王海涛"] == (None, 1)
    assert by_name["陈静"] == (None, 0)
    assert rooms[0].missing == 1
    assert of_rooms(actor(people.li), MONDAY) == []


def test_signing_drops_the_draft_of_the_remark(people: Cast) -> None:
    mine = log_id(people.li.pk, MONDAY)
    drafts.save(
        actor=actor(people.li), room=people.room.pk, ledger="worklogs", action="record",
        entry=mine, data={"remark": "begun"},
    )  # fmt: skip
    sign_off(actor=actor(people.li), day=MONDAY, remark="done")
    assert drafts.about(actor(people.li), mine) is None
