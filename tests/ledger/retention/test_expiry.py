"""When the time of an entry is over, to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground import clock, rules
from linli.ground.rules import Span
from linli.ledger.declaration import registry
from linli.ledger.retention import expiry
from linli.ledger.retention.expiry import Kept

YEARS = Kept(Span(3, "years"), "closed", "retention.visits")
TODAY = date(2029, 11, 23)


def entry(**values: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    return {"is_open": False, "received_at": at, "recorded_at": at, "closed_at": at, **values}


def test_it_is_kept_through_its_last_day() -> None:
    assert expiry.last_day(YEARS, entry()["closed_at"]) == date(2029, 11, 22)
    assert not expiry.is_due(YEARS, entry(), date(2029, 11, 22))
    assert expiry.is_due(YEARS, entry(), TODAY)


def test_days_are_those_of_shanghai() -> None:
    late = datetime(2026, 11, 22, 17, tzinfo=UTC)  # one o'clock of the 23rd
    assert expiry.last_day(YEARS, late) == date(2029, 11, 23)


def test_what_is_open_is_kept_whatever_its_age() -> None:
    opened = entry(is_open=True, closed_at=None)
    assert not expiry.is_due(YEARS, opened, date(2099, 1, 1))
    from_receipt = Kept(Span(30, "days"), "received", "retention.x")
    assert not expiry.is_due(from_receipt, opened, date(2099, 1, 1))
    assert expiry.is_due(from_receipt, entry(), date(2099, 1, 1))


def test_gate_passes_count_from_entry_also_where_nobody_closed_them() -> None:
    how = expiry.kept(registry.get("gate_passes"), TODAY)
    assert how and (how.span, how.event, how.open_too) == (Span(30, "days"), "received", True)
    opened = entry(is_open=True, closed_at=None)
    assert not expiry.is_due(how, opened, date(2026, 12, 22))
    assert expiry.is_due(how, opened, date(2026, 12, 23))


def test_an_own_ledger_says_itself_how_long() -> None:
    own = replace(registry.get("visits"), code="own", kept_for=(6, "recorded"))
    how = expiry.kept(own, TODAY)
    assert how == Kept(Span(6, "months"), "recorded", expiry.OWN)
    closed_later = entry(closed_at=datetime(2027, 3, 1, tzinfo=UTC))
    assert how and expiry.is_due(how, closed_later, date(2027, 5, 23))
    assert not expiry.is_due(how, closed_later, date(2027, 5, 22))


def test_every_ledger_of_the_house_says_how_long_it_keeps() -> None:
    for ledger in registry.all_ledgers():
        how = expiry.kept(ledger, clock.today())
        assert how and how.span.unit in ("days", "months", "years"), ledger.code


def test_the_rules_say_from_when_they_count() -> None:
    today = rules.on(clock.today())
    events = {code: today.rule(f"retention.{code}").event for code in ("visits", "gate_passes", "read_log")}  # fmt: skip
    assert events == {"visits": "closed", "gate_passes": "received", "read_log": "recorded"}


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        (date(2024, 2, 29), Span(1, "years"), date(2025, 2, 28)),
        (date(2024, 2, 29), Span(4, "years"), date(2028, 2, 29)),
        (date(2026, 1, 31), Span(1, "months"), date(2026, 2, 28)),
        (date(2026, 12, 31), Span(2, "months"), date(2027, 2, 28)),
        (date(2026, 11, 30), Span(13, "months"), date(2027, 12, 30)),
        (date(2026, 12, 2), Span(30, "days"), date(2027, 1, 1)),
    ],
)
def test_so_much_later(day: date, span: Span, expected: date) -> None:
    assert expiry.later(day, span) == expected


SPANS = st.one_of(
    st.builds(Span, st.integers(0, 400), st.just("days")),
    st.builds(Span, st.integers(0, 60), st.just("months")),
    st.builds(Span, st.integers(0, 12), st.just("years")),
)


@given(SPANS, st.dates(date(2010, 1, 1), date(2040, 12, 31)), st.integers(-2, 2))
def test_the_day_before_which_all_is_over_is_exact(span: Span, today: date, near: int) -> None:
    how = Kept(span, "closed", "x")
    border = expiry.due_before(how, today)
    day = border + timedelta(days=near)
    assert (expiry.later(day, span) < today) == (day < border)


def test_a_log_keeps_only_what_is_kept_as_long_as_itself() -> None:
    log = registry.get("worklogs")
    for code, expected in (("incidents", True), ("visits", True), ("gate_passes", False)):
        assert expiry.kept_as_long(registry.get(code), log, TODAY) is expected
    short = replace(registry.get("visits"), code="own", kept_for=(35, "closed"))
    assert not expiry.kept_as_long(short, log, TODAY)
    assert expiry.kept_as_long(replace(short, kept_for=None, retention=""), log, TODAY)
