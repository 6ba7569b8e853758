"""Home-away watch: looked at as agreed until they are back; what is wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from tests.cast import Cast, cast, do, record
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

WATCH = "home_watch"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)  # a Monday
HOME = {
    "category": "travel", "place": "梅苑小区 5 栋 302", "away_from": "2026-11-24",
    "away_until": "2026-12-04", "every_days": "2", "agreed": ["door", "mail"],
    "people": [{"role": "householder", "name": "张小花", "phone": "13800001234"}],
}  # fmt: skip


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MORNING):
        yield made


def watch(people: Cast, /, **data: Any) -> Entry:
    return Entry.objects.get(id=record(WATCH, people.chen, people.room, **{**HOME, **data}).entry)


def due(entry: Entry, name: str) -> str:
    kept = Entry.objects.get(id=entry.id).deadlines.get(name, {})
    if not kept or "met" in kept:
        return ""
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d %H:%M}"


def look(people: Cast, entry: Entry, at: datetime, **data: Any) -> None:
    with clock.fixed(at):
        do(WATCH, "look", people.chen, entry.id,
           **{"checked_at": at.isoformat(), "found": "in_order", **data})  # fmt: skip


def test_looked_at_until_they_are_back(people: Cast) -> None:
    entry = watch(people)
    assert (due(entry, "look"), due(entry, "back")) == ("2026-11-26 23:59", "2026-12-07 17:30")
    look(people, entry, MORNING + timedelta(days=3))
    assert (due(entry, "look"), due(entry, "again")) == ("", "2026-11-28 09:30")  # a Saturday
    look(people, entry, MORNING + timedelta(days=5))
    look(people, entry, MORNING + timedelta(days=10))
    assert due(entry, "again") == ""  # they are back before the next one
    [(_title, said)] = entry_view.derived_shown(Entry.objects.get(id=entry.id))
    assert "3" in said and "2026-12-03 09:30" in said
    with clock.fixed(MORNING + timedelta(days=12)):
        do(WATCH, "end", people.chen, entry.id, ended_how="back", returned_on="2026-12-04")
    entry = Entry.objects.get(id=entry.id)
    assert (entry.state, entry.due_at, len(entry.data["looks"])) == ("ended", None, 3)
    assert [found for found in verify() if found.wrong] == []


def test_what_is_wrong_is_told(people: Cast) -> None:
    entry = watch(people)
    at = MORNING + timedelta(days=2)
    with pytest.raises(ValidationError) as refused:
        look(people, entry, at, found="leak")
    assert set(refused.value.error_dict) == {"what"}
    look(people, entry, at, found="leak", what="门缝渗水")
    assert due(entry, "told") == "2026-11-25 13:30"
    with clock.fixed(at + timedelta(hours=1)):
        do(WATCH, "tell", people.chen, entry.id, note="已电话告知，物业关总阀")
    assert due(entry, "told") == ""
    look(people, entry, at + timedelta(days=1), found="opened", what="窗开", told="当场电话户主")
    assert due(entry, "told") == ""


def test_without_an_agreement_the_rule_says_how_often(people: Cast) -> None:
    entry = watch(people, every_days="")
    assert due(entry, "look") == "2026-11-27 23:59"


def test_they_stay_longer(people: Cast) -> None:
    entry = watch(people)
    with clock.fixed(MORNING + timedelta(days=9)):
        do(WATCH, "extend", people.chen, entry.id, away_until="2026-12-20")
    assert due(entry, "back") == "2026-12-21 17:30"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"away_until": "2026-11-23"}, "away_until"),
        ({"away_until": "2027-11-23"}, "away_until"),
        ({"away_from": "2026-11-01", "away_until": "2026-11-20"}, "away_until"),
        ({"every_days": "0"}, "every_days"),
        ({"agreed": []}, "agreed"),
        ({"agreed": ["roof"]}, "agreed"),
        ({"people": []}, "people"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        watch(people, **given)
    assert set(refused.value.error_dict) == {wrong}


@pytest.mark.parametrize("hours", [1, 24 * 30])
def test_no_look_before_they_leave_nor_to_come(people: Cast, hours: int) -> None:
    entry = watch(people)
    with pytest.raises(ValidationError) as refused:
        do(WATCH, "look", people.chen, entry.id, found="in_order",
           checked_at=(MORNING + timedelta(hours=hours)).isoformat())  # fmt: skip
    assert set(refused.value.error_dict) == {"checked_at"}


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "登记日期,户主,联系电话,住址,外出原因,外出日期,预计返回日期,看护内容,紧急联系人,紧急联系电话,查看时间,查看情况,看护结果,看护人",
        "2025-01-20,张小花,13800001234,5栋302,回老家,2025-01-22,2025-02-10,门锁,刘大勇,13900005678,2025-01-25 10:00,正常,已返回,李建国",
        "2025-02-01,王明,13700001111,6栋101,务工,2025-02-02,2025-12-30,门锁,,,,,看护中,李建国",
    )
    run = bring(people, WATCH, content)
    assert counts(run) == (2, 0, 0, 0)
    first, second = Entry.objects.filter(ledger=WATCH).order_by("received_at")
    assert (first.state, first.category, first.data["looks"][0]["what"]) == (
        "ended", "family", "正常",
    )  # fmt: skip
    assert (second.state, second.data["agreed"], second.deadlines) == ("watched", ["door"], {})
