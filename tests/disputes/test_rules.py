"""The rules of disputes over facts alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from linli.disputes import rules
from linli.disputes.documents import AGREEMENT
from linli.ground import clock
from linli.ground import rules as packs

DAY = date(2026, 3, 2)
FIRST, SECOND, THIRD = rules.CHECKS


def after(*days: int, kept: str = "kept", state: str = "agreed") -> dict[str, Any]:
    """An agreement, looked at after so many days."""
    checks = [{"checked_on": DAY + timedelta(n), "kept": kept} for n in days]
    return {"state": state, "agreed_on": DAY, "checks": checks}


@pytest.mark.parametrize(
    ("days", "due"),
    [
        ((), FIRST),
        ((5,), SECOND),
        ((7,), SECOND),
        ((7, 30), THIRD),
        ((7, 30, 90), None),
        ((35,), THIRD),  # late: what was due by then is done with it
        ((95,), None),
        ((1, 2, 3), SECOND),  # hurried: the 30 days are still to come
        ((7, 8, 30), THIRD),
        ((30, 7), THIRD),  # written down in another order
    ],
)
def test_which_check_comes_next(days: tuple[int, ...], due: str | None) -> None:
    assert rules.check_by(after(*days)) == due


def test_no_check_where_nothing_is_agreed() -> None:
    for state in ("open", "mediating", "failed", "settled"):
        assert rules.check_by(after(state=state)) is None


def test_the_checks_of_an_earlier_agreement_do_not_count() -> None:
    facts = after(7, 30)
    facts["agreed_on"] = DAY + timedelta(40)
    assert rules.check_by(facts) == FIRST


def test_it_is_settled_when_kept_to_the_end() -> None:
    assert rules.kept_to_the_end(after(7, 30, 90))
    assert not rules.kept_to_the_end(after(7, 30))
    assert not rules.kept_to_the_end(after(7, 30, 90, kept="partly"))
    assert not rules.kept_to_the_end(after())


@pytest.mark.parametrize(
    ("outcome", "again"),
    [
        ("again", "deadline.disputes.second"),
        ("unwilling", None),
        ("failed", None),
        ("agreed", None),
    ],
)
def test_another_mediation_only_where_it_was_put_off(outcome: str, again: str | None) -> None:
    facts = {"sessions": [{"outcome": "again"}, {"outcome": outcome}]}
    assert rules.second_by(facts) == again
    assert rules.agreement_reached(facts) is (outcome == "agreed")


def test_the_packs_know_the_spans() -> None:
    now = packs.on(clock.today())
    assert [now.span(code).n for code in rules.CHECKS] == [7, 30, 90]
    assert str(now.span("deadline.disputes.second").unit) == "working_days"
    assert len(AGREEMENT.copies) == now.int("mediation.copies") or (
        now.value("mediation.copies") == len(AGREEMENT.copies)
    )
