from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.clock import SHANGHAI, local
from linli.ground.times import ReadDay, Unreadable, read_day, read_moment


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-9-13 11:43", "2025-09-13T11:43"),
        ("2025.3.19 18:25", "2025-03-19T18:25"),
        ("2025/9/3 8:05", "2025-09-03T08:05"),
        ("２０２５－９－１３　１１：４３", "2025-09-13T11:43"),
        ("2025-09-13 11:43:59", "2025-09-13T11:43"),
        ("2025-09-13T11:43:00", "2025-09-13T11:43"),
        ("2025-09-13T03:43:00Z", "2025-09-13T11:43"),
        ("2025-09-13T03:43:00+00:00", "2025-09-13T11:43"),
        ("20250913 1143", "2025-09-13T11:43"),
        ("202509131143", "2025-09-13T11:43"),
        ("2025年11月1日下午4点1分", "2025-11-01T16:01"),
        ("2025年5月1日晚上8点47分", "2025-05-01T20:47"),
        ("2025年3月3日下午12点10分", "2025-03-03T12:10"),
        ("2025年5月23日上午11点58分", "2025-05-23T11:58"),
        ("2025年9月3日（星期三）14时5分", "2025-09-03T14:05"),
        ("2025年9月3日凌晨2点半", "2025-09-03T02:30"),
        ("2025年9月3日凌晨12点半", "2025-09-03T00:30"),
        ("2025-9-3 中午1点", "2025-09-03T13:00"),
        ("2025-9-3 中午12点30", "2025-09-03T12:30"),
        ("2025-9-3 早上八点一刻", "2025-09-03T08:15"),
        ("2025-9-3 傍晚六点三刻", "2025-09-03T18:45"),
        ("2025-9-3下午3:05", "2025-09-03T15:05"),
        ("2025-9-3 3:05 PM", "2025-09-03T15:05"),
        ("2025-9-3 8点整", "2025-09-03T08:00"),
        ("二〇二五年十二月三十一日晚上十点零五分", "2025-12-31T22:05"),
        (datetime(2025, 9, 13, 11, 43), "2025-09-13T11:43"),
        (datetime(2025, 9, 13, 3, 43, tzinfo=UTC), "2025-09-13T11:43"),
    ],
)
def test_a_moment_is_read(written: str | datetime, meant: str) -> None:
    read = read_moment(written)
    assert local(read.at).isoformat()[:16] == meant
    assert read.at.utcoffset() == UTC.utcoffset(None)
    assert read.precision == "minute"
    assert read.notes == ()


@pytest.mark.parametrize(
    ("written", "meant", "notes"),
    [
        ("4.6 0:29", "2025-04-06T00:29", ("year_given",)),
        ("12月31日", "2025-12-31T00:00", ("year_given", "no_time")),
        ("9月3号晚上9点", "2025-09-03T21:00", ("year_given",)),
        ("2025-12-22", "2025-12-22T00:00", ("no_time",)),
        ("2025年12月22日", "2025-12-22T00:00", ("no_time",)),
        ("20250913", "2025-09-13T00:00", ("no_time",)),
        (20250913, "2025-09-13T00:00", ("no_time",)),
        (datetime(2025, 12, 4), "2025-12-04T00:00", ("no_time",)),
        (date(2025, 12, 4), "2025-12-04T00:00", ("no_time",)),
        (45913, "2025-09-13T00:00", ("serial_number", "no_time")),
        (45913.488194444, "2025-09-13T11:43", ("serial_number",)),
        ("45913.488194444", "2025-09-13T11:43", ("serial_number",)),
        ("2025-9-13 24:00", "2025-09-14T00:00", ("midnight",)),
        ("2025-12-31 晚上12点", "2026-01-01T00:00", ("midnight",)),
    ],
)
def test_what_was_interpreted_is_noted(
    written: str | float | date, meant: str, notes: tuple[str, ...]
) -> None:
    read = read_moment(written, year=2025)
    assert local(read.at).isoformat()[:16] == meant
    assert read.notes == notes
    assert read.precision == ("day" if "no_time" in notes else "minute")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2025-13-27 5:21", "no_month"),
        ("2025-13-27", "no_month"),
        ("2025-2-30", "no_such_day"),
        ("2025-2-30 10:00", "no_such_day"),
        ("2025-9-13 25:61", "no_such_time"),
        ("2025-9-13 24:30", "no_such_time"),
        ("2025-9-13 11:75", "no_such_time"),
        ("1025-9-13 11:43", "no_year"),
        ("25:61", "no_date"),
        ("18:25", "no_date"),
        ("下午3点", "no_date"),
        (time(18, 25), "no_date"),
        ("1/2/25", "ambiguous"),
        ("9/13/2025", "ambiguous"),
        ("25-9-13 11:43", "ambiguous"),
        ("2025-9-1 晚上2点", "part_of_day"),
        ("2025-9-1 上午15点", "part_of_day"),
        ("4.6 0:29", "year_missing"),
        ("12月31日", "year_missing"),
        ("2.30", "year_missing"),
        ("2025.9", "no_day"),
        ("2025-9-111:43", "unreadable"),
        ("2025-9-13 11:4", "unreadable"),
        ("昨天下午", "unreadable"),
        ("合计", "unreadable"),
        (428, "number"),
        (4.6, "number"),
        (float("nan"), "number"),
        (float("inf"), "number"),
        (True, "unreadable"),
        (20251327, "no_month"),
        ("0001-01-01T00:00:00+08:00", "no_year"),
        ("9999-12-31T23:59:59-10:00", "no_year"),
        ("", "empty"),
        ("  ", "empty"),
        (None, "empty"),
    ],
)
def test_what_cannot_be_or_is_ambiguous_is_refused(written: str | float | None, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_moment(written)
    assert refused.value.code == code
    assert str(refused.value.message)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)


@given(moments, st.data())
def test_however_a_moment_is_written_it_is_read_back(moment: datetime, data: st.DataObject) -> None:
    y, mo, d, h, mi = moment.timetuple()[:5]
    part, hour = ("凌晨", h % 12 or 12) if h < 6 else ("上午", h) if h < 13 else ("下午", h - 12)
    written = data.draw(
        st.sampled_from(
            [
                f"{y}-{mo}-{d} {h}:{mi:02}",
                f"{y}.{mo:02}.{d:02}  {h:02}:{mi:02}",
                f"{y}年{mo}月{d}日{h}点{mi}分",
                f"{y}年{mo}月{d}日{part}{hour}点{mi}分",
                f"{y}{mo:02}{d:02}{h:02}{mi:02}",
                f"{mo}.{d} {h}:{mi:02}",
                moment.astimezone(UTC).isoformat(),
            ]
        )
    )
    assert read_moment(written, year=y).at == moment


@given(st.one_of(st.text(), st.integers(), st.floats(), st.from_regex(r"[0-9年月日.\-:点 ]{1,20}")))
def test_anything_is_read_or_refused(given_value: str | float) -> None:
    try:
        assert read_moment(given_value, year=2025).at.tzinfo is UTC
    except Unreadable as refused:
        assert str(refused.message)


def test_the_future_is_noted() -> None:
    now = datetime(2025, 9, 1, tzinfo=UTC)
    assert read_moment("2025-9-13 11:43", now=now).notes == ("in_future",)
    assert read_moment("2025-8-13 11:43", now=now).notes == ()


def test_a_day() -> None:
    assert read_day("2025-9-13 23:59") == ReadDay(date(2025, 9, 13), ())
    assert read_day("2025-9-13 24:00").day == date(2025, 9, 13)
    assert read_day("12月31日", year=2025) == ReadDay(date(2025, 12, 31), ("year_given",))
    assert read_day(date(2025, 1, 1)).day == date(2025, 1, 1)
    with pytest.raises(Unreadable):
        read_day("2025-2-30")
