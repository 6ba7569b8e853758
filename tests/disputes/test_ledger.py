"""A dispute from its record to the end, and to its next beginning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from linli.ground import clock
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, do
from tests.disputes.conftest import MONDAY
from tests.disputes.dispute import AGREEMENT, SESSION, a_dispute, agreed, step

pytestmark = pytest.mark.django_db


def due(entry: Entry, name: str) -> str:
    """When a deadline is due, as Shanghai writes it; "met" where it is met, "" where there is none."""
    kept = entry.deadlines.get(name)
    if kept is None:
        return ""
    if "met" in kept:
        return "met"
    return f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"


def offered(people: Cast, entry: Entry) -> set[str]:
    return {action.name for action in actions_for(actor(people.li), entry)}


def test_a_whole_life(people: Cast) -> None:
    entry = Entry.objects.get(id=a_dispute(people))
    assert (entry.state, due(entry, "first")) == ("open", "2026-11-26")  # three working days
    with clock.fixed(MONDAY + timedelta(days=1)):
        entry = step(people, entry.id, "mediate", **SESSION, outcome="again")
    assert (entry.state, due(entry, "first"), due(entry, "second")) == (
        "mediating", "met", "2026-12-03",
    )  # fmt: skip
    assert "settle" not in offered(people, entry)
    with clock.fixed(MONDAY + timedelta(days=3)):
        entry = step(
            people, entry.id, "mediate", **{**SESSION, "held_at": "2026-11-26 08:30"},
            outcome="agreed",
        )  # fmt: skip
        assert "settle" in offered(people, entry)
        entry = step(people, entry.id, "settle", **AGREEMENT)
    assert [row["outcome"] for row in entry.data["sessions"]] == ["again", "agreed"]
    assert [row["by"] for row in entry.data["sessions"]] == ["李建国", "李建国"]
    assert (entry.state, due(entry, "second"), due(entry, "kept")) == (
        "agreed", "met", "2026-12-03",
    )  # fmt: skip
    for day, kept, following in (
        ("2026-12-03", "partly", "2026-12-28"),  # the 30th day is a Saturday
        ("2026-12-27", "kept", "2027-02-24"),
        ("2027-02-24", "kept", "met"),
    ):
        assert "conclude" not in offered(people, entry)
        with clock.fixed(datetime.fromisoformat(f"{day}T16:00+08:00")):
            entry = step(people, entry.id, "check_kept", checked_on=day, kept=kept)
        assert due(entry, "kept") == following, day
    with clock.fixed(datetime(2027, 2, 24, 17, tzinfo=clock.SHANGHAI)):
        entry = step(people, entry.id, "conclude", result="已履行完毕，双方和好")
    assert (entry.state, entry.is_open, entry.due_at) == ("settled", False, None)
    assert [found for found in verify() if found.wrong] == []
    assert [e.id for e in search.find(actor(people.li), "修好水管").entries] == [entry.id]
    assert [e.id for e in search.find(actor(people.li), "赔偿金额分歧").entries] == [entry.id]


def test_it_flares_up_again_and_everything_runs_anew(people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        entry = agreed(people)
    with clock.fixed(datetime(2026, 12, 3, 10, tzinfo=clock.SHANGHAI)):
        step(people, entry, "check_kept", checked_on="2026-12-03", kept="not", check_note="未修")
        with pytest.raises(ValidationError):
            do("disputes", "reopen", people.li, entry)
        found = step(people, entry, "reopen", what="又漏水，双方争吵", flared_on="2026-12-02")
    assert (found.state, found.is_open, due(found, "kept")) == ("open", True, "")
    assert due(found, "anew") == "2026-12-08"
    assert [row["what"] for row in found.data["flare_ups"]] == ["又漏水，双方争吵"]
    assert "settle" not in offered(people, found)  # the old agreement is no new one
    with clock.fixed(datetime(2026, 12, 7, 10, tzinfo=clock.SHANGHAI)):
        step(
            people, entry, "mediate", **{**SESSION, "held_at": "2026-12-07 09:00"}, outcome="agreed"
        )
        found = step(people, entry, "settle", **{**AGREEMENT, "agreed_on": "2026-12-07"})
    assert (due(found, "anew"), due(found, "kept")) == ("met", "2026-12-14")
    assert len(found.data["checks"]) == 1
    assert [one for one in verify() if one.wrong] == []


def test_a_settled_dispute_is_opened_again_and_counted(people: Cast) -> None:
    entry = a_dispute(people)
    step(people, entry, "refer", referred_to="court", result="双方同意诉讼解决")
    for number in (1, 2):
        found = step(people, entry, "reopen", what=f"第{number}次反复")
        assert (found.state, len(found.data["flare_ups"])) == ("open", number)
        found = step(people, entry, "refer", referred_to="nowhere", result="无法调解")
        assert (found.state, found.is_open) == ("failed", False)


POLICE: dict[str, Any] = {**SESSION, "held_at": "2026-11-23 08:30", "form": "police"}


def test_the_police_mediate_only_what_is_declared_free_of_exclusions(people: Cast) -> None:
    entry = a_dispute(people, received_at="2026-11-22 20:00")
    for given, wrong in (
        ({}, {"nothing_excluded", "minors"}),
        ({"nothing_excluded": "no", "minors": "none"}, {"nothing_excluded"}),
        ({"nothing_excluded": "yes"}, {"minors"}),
    ):
        with pytest.raises(ValidationError) as refused:
            step(people, entry, "mediate", **POLICE, **given, outcome="again")
        assert set(refused.value.error_dict) == wrong
    found = step(
        people, entry, "mediate", **POLICE, nothing_excluded="yes", minors="guardian",
        outcome="again",
    )  # fmt: skip
    assert found.data["sessions"][0]["minors"] == "guardian"


@pytest.mark.parametrize(
    ("action", "given", "wrong"),
    [
        ("mediate", {**SESSION, "held_at": "2026-11-20 10:00", "outcome": "again"}, "sessions"),
        ("mediate", {**SESSION, "held_at": "2026-11-27 10:00", "outcome": "again"}, "sessions"),
        ("mediate", {"held_at": "2026-11-23 08:30"}, "mediators"),
        ("mediate", {**SESSION, "outcome": "perhaps"}, "outcome"),
    ],
)
def test_wrong_mediations(people: Cast, action: str, given: dict[str, Any], wrong: str) -> None:
    entry = a_dispute(people)
    with pytest.raises(ValidationError) as refused:
        step(people, entry, action, **given)
    assert wrong in refused.value.error_dict
    assert "sessions" not in Entry.objects.get(id=entry).data


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"agreed_on": "2026-11-20"}, "agreed_on"),
        ({"agreed_on": "2026-12-20"}, "agreed_on"),
        ({"perform_by": "2026-11-23"}, "perform_by"),
        ({"terms": " "}, "terms"),
    ],
)
def test_wrong_agreements(people: Cast, given: dict[str, Any], wrong: str) -> None:
    entry = a_dispute(people)
    with clock.fixed(MONDAY + timedelta(days=3)):
        step(people, entry, "mediate", **SESSION, outcome="agreed")
        with pytest.raises(ValidationError) as refused:
            step(people, entry, "settle", **{**AGREEMENT, **given})
    assert set(refused.value.error_dict) == {wrong}


def test_a_signature_holds_for_its_agreement(people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        entry = agreed(people)
        with pytest.raises(ValidationError):
            step(people, entry, "sign", signed_on="2026-11-27")
        found = step(people, entry, "sign", signed_on="2026-11-26")
        assert "sign" not in offered(people, found)
        step(people, entry, "reopen", what="又争吵")
    with clock.fixed(MONDAY + timedelta(days=7)):
        step(
            people, entry, "mediate", **{**SESSION, "held_at": "2026-11-30 08:40"}, outcome="agreed"
        )
        found = step(people, entry, "settle", **{**AGREEMENT, "agreed_on": "2026-11-30"})
        assert "sign" in offered(people, found)


def test_wrong_checks(people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        entry = agreed(people)
        for day in ("2026-11-25", "2026-11-27"):  # before it was agreed; yet to come
            with pytest.raises(ValidationError) as refused:
                step(people, entry, "check_kept", checked_on=day, kept="kept")
            assert set(refused.value.error_dict) == {"checked_on"}
        with pytest.raises(ValidationError):
            step(people, entry, "conclude")


def test_a_corrected_day_moves_the_check(people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        entry = agreed(people)
        do("disputes", "correct", people.li, entry, reason="日期写错", agreed_on="2026-11-24")
    assert due(Entry.objects.get(id=entry), "kept") == "2026-12-01"


def test_auxiliaries_mediate_and_do_not_close(people: Cast) -> None:
    entry = a_dispute(people)
    with clock.fixed(MONDAY + timedelta(days=1)):
        do("disputes", "mediate", people.chen, entry, **SESSION, outcome="failed")
        with pytest.raises(PermissionDenied):
            do("disputes", "refer", people.chen, entry, referred_to="court", result="x")
    with pytest.raises(Entry.DoesNotExist):
        do("disputes", "note", people.clerk, entry, note="x")
    assert not actor(people.clerk).may("read", "disputes")


def test_the_declaration_is_short() -> None:
    from linli.operations.listing import _size

    for code in ("disputes", "cases", "committee"):
        assert 0 < int(str(_size(registry.get(code))["lines"])) < 150, code
