from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.test import Client

from linli.access.actor import system_actor
from linli.ground import clock
from linli.org import actions, tree
from linli.org.models import Community, Posting, Staff, Whereabouts, WorkdayOverride
from linli.publicsite import hours, rooms, texts
from tests.cast import Cast
from tests.publicsite.conftest import MORNING

BY = system_actor("tests")
THURSDAY = [
    {"day": 3, "from": "08:30", "to": "12:00"},
    {"day": 3, "from": "14:30", "to": "17:30"},
    {"day": 0, "from": "14:30", "to": "17:30"},
]


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.SHANGHAI)  # type: ignore[misc, arg-type]


@pytest.fixture
def told(people: Cast) -> Cast:
    actions.change_unit(
        unit=people.room,
        by=BY,
        hours=THURSDAY,
        address="中南路 88 号居委会一楼",
        phone="027-8800 0000",
    )
    actions.change_staff(staff=people.li, by=BY, rank="二级警督")
    return people


def page(client: Client, told: Cast, at: datetime = MORNING) -> str:
    with clock.fixed(at):
        answer = client.get(f"/r/{told.room.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_who_where_and_when(told: Cast, resident: Client) -> None:
    text = page(resident, told)
    for words in (
        "梅苑社区警务室", "武汉市公安局武昌分局 中南路派出所", "现在开放", "到 12:00", "中南路 88 号居委会一楼",
        'href="tel:02788000000"', "李建国", "二级警督", "居住证", "首次申领和签注 0 元", 'class="place off"',
    ):  # fmt: skip
        assert words in text
    assert "<script" not in text
    assert "style=" not in text


def test_closed_now_says_when_it_opens(told: Cast, resident: Client) -> None:
    assert "今天 14:30–17:30 开放" in page(resident, told, datetime(2026, 3, 12, 5, tzinfo=UTC))
    assert "下周一 14:30–17:30 开放" in page(resident, told, datetime(2026, 3, 12, 12, tzinfo=UTC))


def test_only_who_agreed_is_shown_and_only_todays_whereabouts(told: Cast, resident: Client) -> None:
    Staff.objects.filter(pk=told.wang.pk).update(on_public_page=False)
    Staff.objects.filter(pk=told.li.pk).update(
        whereabouts=Whereabouts.COMMUNITY,
        whereabouts_note="3 栋 902 李家",
        whereabouts_since=MORNING,
    )
    text = page(resident, told)
    assert "王海涛" not in text
    assert 'class="place community"' in text
    assert "902" not in text
    tomorrow = page(resident, told, MORNING.replace(day=13))
    assert 'class="place community"' not in tomorrow


def test_english_by_the_link_and_remembered(told: Cast, resident: Client) -> None:
    answer = resident.get(f"/r/{told.room.code}/?lang=en")
    text = answer.content.decode()
    assert '<html lang="en">' in text
    assert "Opening hours" in text
    assert "Residence permit" in text
    assert "first card and endorsement 0 yuan" in text
    assert "Your officers" in resident.get(f"/r/{told.room.code}/").content.decode()
    assert set(resident.cookies) == {"django_language"}


def test_an_unknown_or_closed_room_helps_to_find_the_right_one(
    people: Cast, resident: Client
) -> None:
    answer = resident.get("/r/nowhere/")
    assert answer.status_code == 404
    assert 'name="q"' in answer.content.decode()
    Posting.objects.filter(unit=people.next_room).update(since="2019-01-01", until="2020-01-01")
    actions.end_unit(unit=people.next_room, by=BY, until=date(2026, 2, 1))
    for address in ("", "report/", "qr.svg"):
        with clock.fixed(MORNING):
            assert resident.get(f"/r/{people.next_room.code}/{address}").status_code == 404


def test_the_room_is_found_by_its_community(people: Cast, resident: Client) -> None:
    community = Community.objects.create(
        code="420106001001", name="梅苑社区居委会", street_code="420106001", street="中南路街道",
        district_code="420106", district="武昌区", kind="111",
    )  # fmt: skip
    actions.cover(room=people.room, community=community, by=BY, since=date(2020, 1, 1))
    text = resident.get("/report/", {"q": "中南路 梅苑"}).content.decode()
    assert f"/r/{people.room.code}/" in text
    assert "梅苑社区居委会" in text
    assert "百瑞景" not in text
    assert f"/r/{people.far_room.code}/" in resident.get("/report/?q=水果湖").content.decode()
    assert "没有查到" in resident.get("/report/?q=不存在的地方").content.decode()
    assert rooms.search("梅") == []
    there = resident.get(f"/report/?room={people.room.code}")
    assert there.headers["Location"] == f"/r/{people.room.code}/report/"


def test_the_code_on_the_poster_leads_to_the_page(people: Cast, resident: Client) -> None:
    answer = resident.get(f"/r/{people.room.code}/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")


WEEK = hours.weekly(
    [{"day": day, "from": "08:30", "to": "12:00"} for day in range(5)]
    + [{"day": 3, "from": "14:30", "to": "17:30"}]
)
MORNING_SLOT = ((time(8, 30), time(12)),)


@pytest.mark.parametrize(
    ("day", "slots"),
    [
        (date(2026, 3, 12), (*MORNING_SLOT, (time(14, 30), time(17, 30)))),  # a Thursday
        (date(2026, 3, 14), ()),  # a Saturday
        (date(2026, 10, 1), ()),  # National Day, a Thursday
        (date(2026, 2, 28), MORNING_SLOT),  # a Saturday worked in exchange
    ],
)
def test_holidays_and_days_worked_in_exchange(day: date, slots: hours.Slots) -> None:
    assert hours.slots_on(day, WEEK, {}) == (slots, True)


def test_exceptions_of_the_room_win(people: Cast) -> None:
    assert hours.slots_on(date(2026, 3, 12), WEEK, {date(2026, 3, 12): False}) == ((), True)
    assert hours.slots_on(date(2026, 10, 1), WEEK, {date(2026, 10, 1): True})[0]
    WorkdayOverride.objects.create(day=date(2026, 3, 12), working=False, unit=people.room)
    tree.forget()
    state = hours.state(WEEK, tree.overrides(people.room.pk), MORNING)
    assert state.now is None
    assert state.next is not None
    assert state.next.opens == shanghai(2026, 3, 13, 8, 30)


def test_weekend_hours_of_its_own_hold(people: Cast) -> None:
    week = hours.weekly([{"day": 5, "from": "09:00", "to": "11:00"}])
    assert hours.slots_on(date(2026, 3, 14), week, {})[0] == ((time(9), time(11)),)
    assert hours.slots_on(date(2026, 3, 14), week, {date(2026, 3, 14): False})[0] == ()


def test_an_unknown_year_is_said() -> None:
    assert hours.state(WEEK, {}, shanghai(2031, 3, 12, 20)).certain is False
    assert hours.state(WEEK, {}, shanghai(2026, 3, 12, 20)).certain is True


def test_no_hours_no_opening() -> None:
    assert hours.state({}, {}, MORNING) == hours.OpenState(None, None, True)


def test_every_text_has_both_languages_and_known_numbers() -> None:
    from django.utils import translation

    for language in ("zh-hans", "en"):
        with translation.override(language), clock.fixed(MORNING):
            sections = texts.permits()
            assert all("{" not in line for section in sections for line in section.lines)
            assert "15" in sections[1].lines[2]
            assert texts.duties()
            assert all(one.title and one.hint for one in texts.kinds().values())
            assert texts.lines()[0].number == "110"
