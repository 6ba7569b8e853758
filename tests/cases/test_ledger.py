"""Public-order cases: their time, and that they show nowhere but in their own ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.access import policy
from linli.duty import day as workday
from linli.ground import clock
from linli.ledger.acts.possible import actions_for, can_take
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson, SearchText
from linli.ledger.entries.serials import serial_text
from linli.ledger.reading import entry_view, search
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, cast, do, record, signed_in
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)
SUSPECT = {"role": "accused", "name": "吴小刚", "phone": "13800000021"}
CASE = {
    "category": "rights.assault", "procedure": "ordinary", "narrative": "夜市摊主之间推搡，一人轻微伤",
    "place": "中南路夜市", "people": [SUSPECT], "source": "incident",
}  # fmt: skip


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(MONDAY):
        yield made


def a_case(people: Cast, **data: Any) -> Any:
    return record("cases", people.li, people.room, **{**CASE, **data}).entry


def step(people: Cast, entry: Any, action: str, reason: str = "", **data: Any) -> Entry:
    do("cases", action, people.li, entry, reason=reason, **data)
    return Entry.objects.get(id=entry)


def due(entry: Entry, name: str) -> str:
    kept = entry.deadlines.get(name)
    if kept is None:
        return ""
    return (
        "met" if "met" in kept else f"{clock.local(datetime.fromisoformat(kept['due'])):%m-%d %H}"
    )


def test_a_case_from_its_acceptance_to_its_outcome(people: Cast) -> None:
    entry = Entry.objects.get(id=a_case(people))
    assert (due(entry, "transferred"), due(entry, "decided")[:5]) == ("11-24 09", "12-23")
    with clock.fixed(MONDAY + timedelta(hours=3)):
        entry = step(
            people, entry.id, "transfer", unit="治安大队", transferred_at="2026-11-23 11:00",
            case_number="A4201060100002026110001",
        )  # fmt: skip
    assert (entry.state, due(entry, "transferred")) == ("transferred", "met")
    with clock.fixed(MONDAY + timedelta(days=10)):
        entry = step(
            people, entry.id, "hear", held_at="2026-12-02 14:30", form="open_mediation",
            present="23", ended="agreed",
        )  # fmt: skip
        assert entry.data["hearings"][0]["present"] == 23
        entry = step(people, entry.id, "extend", reason="伤情鉴定未出", extended_by="孙立")
    assert due(entry, "decided")[:5] == "01-22"  # 30 + 30 days, from the acceptance
    assert "extend" not in {a.name for a in actions_for(actor(people.li), entry)}
    with pytest.raises(ValidationError):
        step(people, entry.id, "extend", reason="再延", extended_by="孙立")
    with clock.fixed(MONDAY + timedelta(days=40)):
        entry = step(people, entry.id, "close", outcome="penalty", penalties="2")
    assert (entry.state, entry.data["penalties"], entry.due_at) == ("closed", 2, None)
    assert [found for found in verify() if found.wrong] == []


@pytest.mark.parametrize(
    ("procedure", "transferred", "decided"),
    [
        ("fast", "11-24 09", "11-25 09"),
        ("on_the_spot", "", ""),
        ("ordinary", "11-24 09", "12-23 09"),
    ],
)
def test_each_procedure_has_its_time(
    people: Cast, procedure: str, transferred: str, decided: str
) -> None:
    entry = Entry.objects.get(id=a_case(people, procedure=procedure))
    found = due(entry, "decided")
    assert due(entry, "transferred") == transferred
    assert found[:5] == decided[:5]


def test_only_the_ordinary_time_is_extended(people: Cast) -> None:
    entry = a_case(people, procedure="fast")
    with pytest.raises(ValidationError):
        step(people, entry, "extend", reason="鉴定", extended_by="孙立")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"outcome": "penalty"}, "penalties"),
        ({"outcome": "penalty", "penalties": "-1"}, "penalties"),
        ({"outcome": "mediated", "penalties": "2"}, "penalties"),
        ({"outcome": "mediated", "finished_at": "2026-11-20 10:00"}, "finished_at"),
        ({"outcome": "mediated", "finished_at": "2026-12-20 10:00"}, "finished_at"),
        ({"outcome": ""}, "outcome"),
    ],
)
def test_wrong_outcomes(people: Cast, given: dict[str, Any], wrong: str) -> None:
    entry = a_case(people)
    with pytest.raises(ValidationError) as refused:
        step(people, entry, "close", **given)
    assert set(refused.value.error_dict) == {wrong}


def test_nothing_is_heard_before_the_case(people: Cast) -> None:
    entry = a_case(people)
    with pytest.raises(ValidationError) as refused:
        step(people, entry, "hear", held_at="2026-11-20 10:00", form="hearing", ended="heard")
    assert set(refused.value.error_dict) == {"hearings"}


def test_auxiliaries_and_clerks_do_not_learn_of_it(client: Client, people: Cast) -> None:
    entry = a_case(people)
    for staff in (people.chen, people.clerk):
        who = actor(staff)
        for permission in ("read", "record", "handle", "search", "hand_over"):
            assert not who.may(permission, "cases")
            if who.may(permission):
                assert not policy.visible(who, Entry, permission).filter(id=entry).exists()
        assert not policy.visible(who, SearchText, "search").filter(entry=entry).exists()
        with pytest.raises(Entry.DoesNotExist):
            entry_view.fetch(who, entry)
        with pytest.raises((PermissionDenied, Entry.DoesNotExist)):
            do("cases", "note", staff, entry, note="x")
        with pytest.raises(PermissionDenied):
            record("cases", staff, people.room, **CASE)
        signed_in(client, staff)
        number = serial_text(Entry.objects.get(id=entry))
        for path in (
            "/", "/ledgers/", "/find/?q=推搡", f"/find/?q={number}", "/ledgers/incidents/",
        ):  # fmt: skip
            page = client.get(path).text
            assert "夜市摊主" not in page, path
            assert str(entry) not in page and "/ledgers/cases/" not in page, path
        for path in (f"/entries/{entry}/", "/ledgers/cases/", "/ledgers/cases/new/"):
            assert client.get(path).status_code in (403, 404), path
        assert staff.pk not in {one.pk for one, _role in can_take(Entry.objects.get(id=entry))}


def test_it_shows_in_its_own_ledger_and_nowhere_else(client: Client, people: Cast) -> None:
    entry = a_case(people)
    li = actor(people.li)
    assert search.find(li, "推搡").entries == []
    assert [e.id for e in search.find(li, "推搡", "cases").entries] == [entry]
    found = Entry.objects.get(id=entry)
    assert [e.id for e in search.find(li, serial_text(found)).entries] == [entry]
    line = workday.compose(people.li.pk, clock.today()).lines[0]
    assert (line.serial, line.place, line.category) == (serial_text(found), "", "")
    signed_in(client, people.li)
    assert "夜市摊主" in client.get("/ledgers/cases/").text


def test_who_looks_a_person_up_learns_of_no_case_unless_handling_one(people: Cast) -> None:
    entry = a_case(people)
    do_visit = record("visits", people.li, people.room, visitors=[{**SUSPECT, "role": "visitor"}])
    li = actor(people.li)

    def looked_up(**why: str) -> set[Any]:
        found = search.find_person(li, kind="phone", value=SUSPECT["phone"], **why)
        return {one.id for one, _person in found}

    assert looked_up(purpose="safety") == {do_visit.entry}
    visit = serial_text(Entry.objects.get(id=do_visit.entry))
    assert looked_up(purpose="matter", matter=visit) == {do_visit.entry}
    case = serial_text(Entry.objects.get(id=entry))
    assert looked_up(purpose="matter", matter=case) == {do_visit.entry, entry}
    assert EntryPerson.objects.filter(entry=entry).count() == 1


def test_it_takes_no_reports_from_the_street(people: Cast) -> None:
    ledger = registry.get("cases")
    assert ledger.sealed and not ledger.takes_reports
    assert not any(action.shown_to_reporter for action in ledger.actions)


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "受案时间,案件类别,简要案情,报案人,违法嫌疑人,案发地点,案件编号,办案民警,处理结果,处罚人数,结案时间",
        "2025-03-03 10:00,殴打他人,酒后打架,张小花,吴小刚,中南路,A42010001,李建国,行政拘留,1,2025-03-20 16:00",
        "2025-03-04 10:00,赌博,棋牌室赌博,,,中南路,,王海涛,,,",
    )
    assert counts(bring(people, "cases", content, year=None)) == (2, 0, 0, 0)
    closed, running = Entry.objects.order_by("received_at")
    assert (closed.state, closed.category, closed.data["outcome"], closed.data["penalties"]) == (
        "closed", "rights.assault", "penalty", 1,
    )  # fmt: skip
    roles = EntryPerson.objects.filter(entry=closed.id).order_by("position")
    assert list(roles.values_list("role", flat=True)) == ["complainant", "accused"]
    assert (running.state, running.due_at) == ("open", None)
    assert [found for found in verify() if found.wrong] == []
