from datetime import date, time

import pytest
from pydantic import ValidationError

from linli.ground import rules
from linli.ground.rules.pack import Pack

TODAY = date(2026, 3, 1)


def test_a_rule_has_its_value_unit_and_source() -> None:
    today = rules.on(TODAY)
    assert today.version == "national-2026@1"
    assert today.span("deadline.incidents.told") == rules.Span(1, "working_days")
    assert today.span("deadline.handover.accepted") == rules.Span(4, "working_hours")
    assert today.int("limit.reveal.chief") == 60
    assert today.hours() == ((time(8, 30), time(12)), (time(14), time(17, 30)))
    assert today.value("reception.days") == (1, 4)
    assert today.rule("deadline.permits.issued").mark == "L"
    assert today.rule("permit.stay").source


def test_rules_hold_from_their_day_on() -> None:
    assert "rental.real_name" not in rules.on(date(2025, 9, 14))
    assert rules.on(date(2025, 9, 15)).value("rental.real_name") is True
    assert "cases.violations_sealed" not in rules.on(date(2025, 12, 31))
    before, after = rules.on(date(2022, 4, 30)), rules.on(date(2022, 5, 1))
    code = "deadline.visits.complaint_noticed"
    assert before.span(code) == after.span(code)
    assert before.rule(code).source != after.rule(code).source


def test_an_unknown_code_or_pack_is_an_error() -> None:
    with pytest.raises(rules.UnknownRule):
        rules.on(TODAY).value("deadline.nothing")
    with pytest.raises(rules.UnknownRule):
        rules.on(TODAY, "mars-2099")


def test_a_value_is_read_as_what_it_is() -> None:
    today = rules.on(TODAY)
    for read, code in [
        (today.int, "deadline.incidents.told"),
        (today.int, "export.approved_by_another"),
        (today.span, "lockout.tries"),
        (today.hours, "reception.days"),
    ]:
        with pytest.raises(TypeError):
            read(code)


def test_a_bureau_overrides_what_the_pack_lets_it() -> None:
    own = rules.on(TODAY, overrides={"deadline.incidents.told": 2, "limit.reveal.officer": 10})
    assert own.span("deadline.incidents.told") == rules.Span(2, "working_days")
    assert own.int("limit.reveal.officer") == 10
    assert own.int("limit.reveal.chief") == 60
    assert own.version.startswith("national-2026@1+")
    assert rules.on(TODAY).int("limit.reveal.officer") == 40
    other = rules.on(TODAY, overrides={"deadline.incidents.told": [3, "days"]})
    assert other.span("deadline.incidents.told") == rules.Span(3, "days")
    assert other.version != own.version
    hours = rules.on(TODAY, overrides={"working_hours": ["09:00-17:00"]}).hours()
    assert hours == ((time(9), time(17)),)


@pytest.mark.parametrize(
    "override",
    [
        {"deadline.visits.complaint_noticed": 90},  # the law's own number
        {"deadline.incidents.told": "soon"},
        {"deadline.incidents.told": -1},
        {"deadline.incidents.told": [1, "moons"]},
        {"limit.reveal.officer": "many"},
        {"working_hours": ["14:00-17:00", "08:00-12:00"]},
    ],
)
def test_an_override_that_may_not_be_is_refused(override: dict[str, object]) -> None:
    with pytest.raises(rules.NotOverridable):
        rules.on(TODAY, overrides=override)


def test_the_old_regime_is_there() -> None:
    then = rules.on(date(2002, 6, 1), "local-2002")
    assert then.int("temporary_permit.age") == 16
    assert then.span("deadline.incidents.closed").n == 3
    assert set(rules.packs()) == {"national-2026", "local-2002"}


def test_the_codes_others_build_on_are_in_the_pack() -> None:
    today = rules.on(TODAY)
    for role in ("officer", "auxiliary", "clerk", "head", "chief", "analyst", "auditor"):
        assert today.int(f"limit.reveal.{role}") >= 0
        assert today.int(f"limit.search.{role}") >= 0
    for code in ("incidents.emergency", "visits.answered", "visits.referred", "reports.answered"):
        assert today.span(f"deadline.{code}").n > 0
    for ledger in ("incidents", "visits", "worklogs", "reports"):
        assert today.span(f"retention.{ledger}").unit == "years"
    assert today.span("session.idle") == rules.Span(30, "minutes")
    assert (today.int("lockout.tries"), today.int("lockout.minutes")) == (5, 15)
    assert today.int("small_counts.below") == 5


def test_a_pack_with_two_values_for_one_day_is_refused() -> None:
    rule = {"code": "a.b", "value": 1, "source": "x", "mark": "K", "from": date(2020, 1, 1)}
    later = {**rule, "from": date(2021, 1, 1)}
    with pytest.raises(ValidationError, match="two rules hold"):
        Pack.model_validate({"code": "p", "edition": 1, "title": "p", "rules": [rule, later]})
    ended = {**rule, "until": date(2021, 1, 1)}
    Pack.model_validate({"code": "p", "edition": 1, "title": "p", "rules": [ended, later]})
