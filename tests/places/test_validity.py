"""How long a licence holds, as lists write it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.times import Unreadable
from linli.places.validity import Validity, read

FIRST, LAST = date(2024, 5, 1), date(2027, 4, 30)


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("2024.5.1-2027.4.30", Validity(FIRST, LAST)),
        ("2024-05-01至2027-04-30", Validity(FIRST, LAST)),
        ("2024-05-01-2027-04-30", Validity(FIRST, LAST)),
        ("2024年5月1日—2027年4月30日", Validity(FIRST, LAST)),
        ("２０２４／５／１～２０２７／４／３０", Validity(FIRST, LAST)),
        ("自2024年5月1日起至2027年4月30日止", Validity(FIRST, LAST)),
        ("20240501-20270430", Validity(FIRST, LAST)),
        ("2024.5.1 - 2027.4.30", Validity(FIRST, LAST)),
        ("2027年4月30日", Validity(None, LAST)),
        ("有效期至2027.4.30", Validity(None, LAST)),
        ("至2027-4-30", Validity(None, LAST)),
        ("2027/4/30", Validity(None, LAST)),
        ("2027-04-30 00:00:00", Validity(None, LAST)),
        ("20270430", Validity(None, LAST)),
        (datetime(2027, 4, 30), Validity(None, LAST)),
        (LAST, Validity(None, LAST)),
        (46507, Validity(None, LAST)),
        ("长期", Validity(None, None, open_ended=True)),
        ("长期有效", Validity(None, None, open_ended=True)),
        ("2024.5.1-长期", Validity(FIRST, None, open_ended=True)),
        ("2024年5月1日至无固定期限", Validity(FIRST, None, open_ended=True)),
        ("2024.5.1起", Validity(FIRST, None)),
    ],
)
def test_a_term_is_read_as_it_is_written(cell: object, means: Validity) -> None:
    assert read(cell) == means


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "empty"),
        ("三年", "unreadable"),
        ("2024.5.1起三年", "unreadable"),
        ("2024.5.1-2025.5.1-2026.5.1", "unreadable"),
        ("2024.5.1-2027.4.30（已注销）", "unreadable"),
        ("2027年4月", "unreadable"),
        ("2027.4", "no_day"),
        ("2027.2.30", "no_such_day"),
        ("2024.5.1-2027.13.1", "no_month"),
        ("长期-2027.4.30-2028.1.1", "unreadable"),
        (12, "number"),
        (None, "empty"),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_guessed(cell: object, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(cell)
    assert refused.value.code == code and str(refused.value)


@given(st.dates(date(1990, 1, 1), date(2099, 1, 1)), st.dates(date(1990, 1, 1), date(2099, 1, 1)),
       st.sampled_from(["-", "—", "至", " ~ ", "到"]), st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y年%m月%d日"]))  # fmt: skip
def test_every_pair_of_days_comes_back(first: date, last: date, sign: str, form: str) -> None:
    assert read(f"{first.strftime(form)}{sign}{last.strftime(form)}") == Validity(first, last)


@given(st.text(max_size=30))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except Unreadable as refused:
        assert str(refused)
