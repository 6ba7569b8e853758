from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground import workdays
from linli.ground.clock import SHANGHAI, local
from linli.ground.rules import Span

HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_holidays_and_days_made_up_for_them() -> None:
    assert workdays.is_working(date(2026, 10, 1)) == (False, True)
    assert workdays.is_working(date(2026, 9, 20)) == (True, True)  # a Sunday that is worked
    assert workdays.is_working(date(2026, 3, 2)) == (True, True)


def test_an_unknown_year_is_a_guess_that_says_so() -> None:
    assert workdays.is_working(date(2035, 10, 1)) == (True, False)
    assert workdays.is_working(date(2035, 10, 1), {date(2035, 10, 1): False}) == (False, True)
    told = workdays.add_working_days(at("2035-01-08T10:00"), 1, HOURS)
    assert not told.certain
    known = {date(2035, 1, 9): True}
    assert workdays.add_working_days(at("2035-01-08T10:00"), 1, HOURS, known).certain


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-09-30T15:10", Span(1, "working_days"), "2026-10-08T17:30"),
        ("2026-09-30T15:10", Span(3, "working_days"), "2026-10-10T17:30"),  # the 10th is worked
        ("2026-09-30T15:10", Span(0, "working_days"), "2026-09-30T17:30"),
        ("2026-09-30T15:10", Span(4, "working_hours"), "2026-10-08T10:10"),
        ("2026-03-03T09:00", Span(4, "working_hours"), "2026-03-03T15:00"),
        ("2026-03-03T12:30", Span(1, "working_hours"), "2026-03-03T15:00"),
        ("2026-03-03T23:00", Span(1, "working_hours"), "2026-03-04T09:30"),
        ("2026-03-03T08:30", Span(7, "working_hours"), "2026-03-03T17:30"),
        ("2026-09-20T23:10", Span(15, "days"), "2026-10-08T17:30"),  # the last day is a holiday
        ("2026-01-31T09:00", Span(1, "months"), "2026-02-28T17:30"),  # a Saturday that is worked
        ("2024-02-29T09:00", Span(1, "years"), "2025-02-28T17:30"),
        ("2026-03-03T23:00", Span(8, "shift"), "2026-03-04T07:00"),
        ("2026-03-03T23:00", Span(30, "minutes"), "2026-03-03T23:30"),
    ],
)
def test_when_something_is_due(start: str, span: Span, end: str) -> None:
    due = workdays.due(at(start), span, HOURS)
    assert local(due.at).isoformat()[:16] == end
    assert due.at.utcoffset() == timedelta(0)
    assert due.certain


def test_an_administrators_day_off_moves_the_deadline() -> None:
    off = {date(2026, 3, 4): False}
    due = workdays.due(at("2026-03-03T10:00"), Span(1, "working_days"), HOURS, off)
    assert local(due.at).date() == date(2026, 3, 5)


def test_no_working_time_is_an_error_and_no_endless_search() -> None:
    start = at("2026-03-03T10:00")
    never = {date(2026, 3, 3) + timedelta(days=n): False for n in range(500)}
    with pytest.raises(workdays.NoWorkingTime):
        workdays.add_working_days(start, 1, HOURS, never)
    with pytest.raises(workdays.NoWorkingTime):
        workdays.add_working_hours(start, 1, ())


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1)),
    st.integers(0, 40),
    st.integers(1, 8),
)
def test_more_time_is_never_due_earlier(start: datetime, n: int, more: int) -> None:
    begun = start.replace(tzinfo=SHANGHAI)
    for unit in ("working_hours", "working_days", "days"):
        sooner = workdays.due(begun, Span(n, unit), HOURS)
        later = workdays.due(begun, Span(n + more, unit), HOURS)
        assert begun.date() <= local(sooner.at).date()
        assert sooner.at <= later.at
        works, _known = workdays.is_working(local(sooner.at).date())
        assert works
