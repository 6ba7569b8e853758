"""The demonstration, small: ten days of three rooms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.utils import translation

from linli.access.actor import actor_for
from linli.access.roles import ROLES
from linli.demo import building, home, residents, showing, told
from linli.ground import clock, codes
from linli.ledger.declaration import registry
from linli.ledger.entries import counting, receipts
from linli.ledger.entries.models import Entry
from linli.ledger.reading import todo
from linli.operations import auditing
from linli.org.models import Posting, Staff, Unit
from linli.patrols.models import CheckPoint
from tests.cast import cast
from tests.other_days import DAYS

NOW = datetime(2026, 11, 25, 3, 10, tzinfo=UTC)  # Wednesday 11:10 in Shanghai


@pytest.fixture
def made(db: None) -> Iterator[building.Made]:
    with clock.fixed(NOW):
        yield building.build(building.Size(days=10, rooms=3, busy=3))


def at(moment: datetime) -> datetime:
    return clock.local(moment)


def test_nothing_is_written_past_the_engine(made: building.Made) -> None:
    assert list(auditing.verify()) == []
    assert counting.rebuild_and_compare(repair=False) == []
    assert made.rooms == 3
    assert made.entries > 60
    assert made.acts > made.entries * 2


@pytest.mark.parametrize("day", DAYS)
def test_it_can_be_shown_on_any_day(db: None, day: str) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=clock.SHANGHAI)
    with clock.fixed(moment):
        made = building.build(building.Size(days=10, rooms=3, busy=1))
        assert list(auditing.verify()) == []
        assert counting.rebuild_and_compare(repair=False) == []
        assert made.entries > 30
        newest = Entry.objects.order_by("-received_at").first()
        assert newest is not None
        assert timedelta() <= moment - newest.received_at < timedelta(days=2)


def test_signed_logs_are_chinese_whatever_the_terminal_speaks(db: None) -> None:
    with translation.override("en"), clock.fixed(NOW):
        building.build(building.Size(days=10, rooms=3, busy=1))
    lines = [
        line["action"]
        for log in Entry.objects.filter(ledger="worklogs")
        for line in log.data["log"]["lines"]
    ]
    assert lines
    assert not [line for line in lines if line.isascii()]


def test_there_is_somebody_of_every_role_who_can_sign_in(made: building.Made) -> None:
    held = set(
        Posting.objects.filter(
            staff__username__in=[account.username for account in told.accounts()]
        ).values_list("role", flat=True)
    )
    assert held == set(ROLES) - {"resident"}
    password = told.read("cast")["password"]
    request = RequestFactory().post("/")
    for account in told.accounts():
        staff = authenticate(request, username=account.username, password=password)
        assert staff is not None, account.username
        needs = actor_for(Staff.objects.get(username=account.username)).needs_second_factor
        assert needs == (account.username in showing.with_second_factor())
        assert staff.authenticator_set.filter(type="totp").exists() == needs


def test_matters_come_when_people_are_awake(made: building.Made) -> None:
    visits = Entry.objects.filter(ledger="visits")
    hours = [at(moment).hour for moment in visits.values_list("received_at", flat=True)]
    assert hours
    assert not [hour for hour in hours if 2 <= hour < 5]
    at_the_counter = visits.filter(channel="walk_in").values_list("received_at", flat=True)
    assert all(8 <= at(one).hour < 18 and at(one).weekday() < 5 for one in at_the_counter)
    assert not Entry.objects.filter(received_at__gt=NOW).exists()


def test_the_desk_of_the_officer_has_work(made: building.Made) -> None:
    li = Staff.objects.get(username="lijianguo")
    mine = Entry.objects.filter(is_open=True, responsible=li.pk)
    days = [at(due).date() for due in mine.values_list("due_at", flat=True) if due]
    assert days.count(at(NOW).date()) >= 3
    assert 1 <= sum(day < at(NOW).date() for day in days) <= 4
    waiting = todo.to_accept(actor_for(li))
    assert {one.responsible for one in waiting} == {
        Staff.objects.get(username=name).pk for name in ("wanghaitao", "chenjing")
    }


def test_every_ledger_of_the_main_room_has_something_in_it(made: building.Made) -> None:
    there = set(Entry.objects.values_list("ledger", flat=True))
    # A survey is answered by the resident who got it.
    assert there >= {ledger.code for ledger in registry.all_ledgers()} - {"surveys"}
    assert CheckPoint.objects.count() == 5


def test_a_complaint_runs_with_the_chief(made: building.Made) -> None:
    receipt = receipts.find(dict(made.codes)["complaint"])
    assert receipt is not None
    complaint = Entry.objects.get(id=receipt.entry)
    assert complaint.is_open
    assert complaint.responsible == Staff.objects.get(username="sunli").pk
    assert "met" in complaint.deadlines["noticed"]
    assert "met" not in complaint.deadlines["answered"]


def test_receipts_open_their_matters(made: building.Made) -> None:
    kinds = [kind for kind, _code in made.codes]
    assert sorted(kinds) == ["complaint", "help", "question", "safety"]
    for kind, code in made.codes:
        receipt = receipts.find(code)
        assert receipt is not None
        category = Entry.objects.get(id=receipt.entry).category
        assert category == {
            "complaint": "complaint", "help": "help", "question": "consultation",
            "safety": "other",
        }[kind]  # fmt: skip


def test_logs_are_signed_for_past_days_and_not_for_today(made: building.Made) -> None:
    li = Staff.objects.get(username="lijianguo")
    logs = Entry.objects.filter(ledger="worklogs", responsible=li.pk)
    days = {at(day).date() for day in logs.values_list("occurred_at", flat=True) if day}
    assert len(days) >= 6
    assert max(days) == at(NOW).date().replace(day=24)


def test_the_history_says_that_it_is_the_demonstration(made: building.Made) -> None:
    assert home.is_demo()
    assert not home.is_empty()
    assert home.made_at() == NOW


@pytest.mark.django_db
def test_real_staff_are_not_taken_for_the_demonstration() -> None:
    assert home.is_empty()
    cast()
    assert not home.is_demo()
    assert not home.is_empty()


def test_residents_have_numbers_that_nobody_has() -> None:
    rng = Random("numbers")
    for _nth in range(200):
        person = residents.person(rng, "reporter", 2026, identity=1.0)
        number = codes.identity_number(person["id_number"])
        assert number[14:17] in ("000", "999")
        assert number[14:17] == ("999" if codes.identity_facts(number).sex == 1 else "000")
        if "phone" in person:
            assert codes.mobile(person["phone"])[3:7] == "0000"


def test_every_kind_of_matter_can_be_told() -> None:
    from linli.ledger.declaration import registry

    for ledger in ("incidents", "visits"):
        tree = registry.get(ledger).categories
        assert tree is not None
        for kind in told.kinds(ledger):
            assert tree.find(kind.code) == kind.code
            words = told.Words(Random(1), kind.words)
            for story in kind.stories:
                told_all = [story.narrative, *story.handling, *story.results]
                assert all("{" not in words.fill(one) for one in told_all)
                assert story.results


def test_the_main_room_is_where_the_accounts_are(made: building.Made) -> None:
    room = Unit.objects.get(code=told.read("cast")["main_room"])
    assert room.phone.startswith("027-8800")
    assert {slot["day"] for slot in room.hours} == {0, 1, 2, 3, 4}
