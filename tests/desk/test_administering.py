"""Administration in the browser: units, accounts, working days, rules; and who may not."""

from __future__ import annotations

import re
from datetime import date

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import translation

from linli.access import second_factor
from linli.desk.administering import notices, rule_words
from linli.ground import rules, workdays
from linli.ground.clock import today
from linli.history.models import Step
from linli.org import actions, tree
from linli.org.models import Community, Coverage, Posting, Role, Staff, Unit, WorkdayOverride
from tests.cast import Cast, actor, cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast) -> Client:
    return signed_in(Client(), people.admin)


def url(name: str, one: Unit | Staff | None = None) -> str:
    return reverse(f"administer:{name}", args=[one.pk] if one else [])


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def steps(subject: Unit | Staff) -> list[str]:
    return list(
        Step.objects.filter(subject=subject.pk).order_by("seq").values_list("action", flat=True)
    )


def sent(client: Client, path: str, data: dict[str, str], status: int = 302) -> str:
    answer = client.post(path, data)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


PROFILE = {"name": "梅苑社区警务室", "address": "中南一路 88 号", "phone": "027-87870000"}
NO_ROWS = {"hours-TOTAL_FORMS": "0", "hours-INITIAL_FORMS": "0"}


def row(n: int, day: int, opens: str, closes: str) -> dict[str, str]:
    return {f"hours-{n}-day": str(day), f"hours-{n}-opens": opens, f"hours-{n}-closes": closes}


def test_every_page_opens_for_the_administrator_and_for_nobody_else(
    people: Cast, admin: Client
) -> None:
    pages = [url(n) for n in ("overview", "units", "people", "person_add", "workdays", "rules")]
    pages += [
        url(n, people.room)
        for n in ("unit", "unit_change", "unit_move", "unit_close", "unit_cover")
    ]
    pages += [url("unit_add", people.station), url("units") + f"?below={people.station.pk}"]
    pages += [
        url(n, people.li) for n in ("person", "person_change", "person_post", "person_password")
    ]
    for page in pages:
        assert "</html>" in text(admin, page)
    for who in (people.li, people.chief, people.auditor, people.analyst):
        client = signed_in(Client(), who)
        for page in pages:
            assert client.get(page).status_code in (403, 404), (who.username, page)


def test_another_branch_is_not_there(people: Cast, admin: Client) -> None:
    assert admin.get(url("unit", people.other_room)).status_code == 404
    assert admin.get(url("person", people.outsider)).status_code == 404
    assert people.other_room.name not in text(admin, url("units") + "?q=街道口")
    posting = {"unit": people.other_room.code, "role": Role.OFFICER, "since": "2026-01-01"}
    sent(admin, url("person_post", people.li), posting, 422)
    assert Posting.objects.filter(staff=people.li).count() == 1


def test_units_are_found_by_name_code_and_pinyin(people: Cast, admin: Client) -> None:
    for query in ("梅苑", "4201060101", "meiyuan", "mysq"):
        page = text(admin, f"{url('units')}?q={query}")
        assert people.room.name in page and people.far_room.name not in page, query


def test_profile_and_hours(people: Cast, admin: Client) -> None:
    path = url("unit_change", people.room)
    hours = {
        "hours-TOTAL_FORMS": "2", "hours-INITIAL_FORMS": "0",
        **row(0, 0, "14:00", "17:30"), **row(1, 0, "08:30", "12:00"),
    }  # fmt: skip
    sent(admin, path, {**PROFILE, **hours})
    people.room.refresh_from_db()
    assert people.room.phone == "027-87870000"
    assert people.room.hours == [
        {"day": 0, "from": "08:30", "to": "12:00"}, {"day": 0, "from": "14:00", "to": "17:30"},
    ]  # fmt: skip
    assert steps(people.room)[-1] == "unit.change"
    page = text(admin, url("unit", people.room))
    assert "027-87870000" in page and "08:30–12:00" in page and people.admin.name in page
    assert "周一" in page or "Mon" in page
    five = {**hours, "hours-0-day": "0-4", "hours-1-day": "0-4"}
    sent(admin, path, {**PROFILE, **five})
    people.room.refresh_from_db()
    assert [slot["day"] for slot in people.room.hours] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert text(admin, path).count("data-row>") == 3  # two rows and the template's
    sent(admin, path, {**PROFILE, **five, **row(1, 2, "15:00", "18:00")}, 422)
    overlapping = {**hours, **row(1, 0, "15:00", "18:00")}
    sent(admin, path, {**PROFILE, **overlapping}, 422)
    sent(admin, path, {**PROFILE, **NO_ROWS, "lon": "114.3"}, 422)
    more = sent(admin, path, {**PROFILE, **hours, "phone": "typed", "add_row": "hours"}, 200)
    assert 'name="hours-2-day"' in more and "typed" in more
    people.room.refresh_from_db()
    assert people.room.phone == "027-87870000"


def test_a_unit_is_added_moved_closed_and_opened_again(people: Cast, admin: Client) -> None:
    new = {"name": "晒湖社区警务室", "code": "4201060103", "since": "2026-01-01"}
    sent(admin, url("unit_add", people.station), new)
    made = Unit.objects.get(code="4201060103")
    assert (made.kind, made.parent) == ("room", people.station)
    sent(admin, url("unit_add", people.station), new, 422)
    sent(admin, url("unit_move", made), {"to": str(people.far_station.pk)})
    sent(admin, url("unit_close", made), {"until": today().isoformat()})
    made.refresh_from_db()
    assert (made.parent, made.until) == (people.far_station, today())
    sent(admin, url("unit_reopen", made), {})
    made.refresh_from_db()
    assert made.until is None
    assert steps(made) == ["unit.add", "unit.move", "unit.end", "unit.reopen"]
    sent(admin, url("unit_close", people.room), {"until": today().isoformat()}, 422)
    sent(admin, url("unit_move", people.branch), {"to": str(people.bureau.pk)})
    people.branch.refresh_from_db()
    assert people.branch.parent == people.bureau


def test_a_community_goes_to_another_room_and_both_stay_in_the_history(
    people: Cast, admin: Client
) -> None:
    community = Community.objects.create(
        code="420106007001", name="梅苑社区", street_code="420106007", street="中南路街道",
        district_code="420106", district="武昌区",
    )  # fmt: skip
    since = {"community": "梅苑社区", "since": "2026-01-01"}
    sent(admin, url("unit_cover", people.room), since)
    sent(admin, url("unit_cover", people.next_room), {**since, "since": "2026-06-01"})
    assert Coverage.objects.get(until=None).room == people.next_room
    assert "梅苑社区" in text(admin, url("unit", people.room))
    sent(admin, url("unit_cover", people.room), {**since, "community": "没有社区"}, 422)
    by = actor(people.admin)
    actions.cover(room=people.other_room, community=community, by=by, since=date(2026, 7, 1))
    sent(admin, url("unit_cover", people.room), {**since, "since": "2026-08-01"}, 422)
    assert Coverage.objects.get(until=None).room == people.other_room


NEW = {
    "name": "曾晓", "username": "ZengXiao", "badge_no": "099001", "unit": "4201060101",
    "role": Role.OFFICER, "since": "2026-01-01", "phone": "027-87870001",
}  # fmt: skip


def test_an_account_is_made_and_its_password_shown_once(people: Cast, admin: Client) -> None:
    answer = admin.post(url("person_add"), NEW)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    found = re.search(r'id="password">([^<]+)<', answer.content.decode())
    assert found is not None
    staff = Staff.objects.get(username="zengxiao")
    assert staff.check_password(found[1])
    assert steps(staff) == ["staff.add", "posting.add"]
    assert found[1] not in text(admin, url("person", staff))
    assert "曾晓" in text(admin, url("people") + "?q=zengxiao")
    again = sent(admin, url("person_add"), NEW, 422)
    assert "099001" in again
    too_high = {**NEW, "username": "x", "badge_no": "", "unit": "420106"}
    sent(admin, url("person_add"), too_high, 422)
    assert not Staff.objects.filter(username="x").exists()


def test_postings_are_added_and_ended(people: Cast, admin: Client) -> None:
    given = {"unit": people.next_room.name, "role": Role.AUXILIARY, "since": "2026-01-01"}
    sent(admin, url("person_post", people.li), given)
    sent(admin, url("person_post", people.li), given, 422)
    posting = Posting.objects.get(staff=people.li, unit=people.next_room)
    path = f"{url('person_end', people.li)}?posting={posting.pk}"
    sent(admin, path, {"until": "2025-01-01"}, 422)
    sent(admin, path, {"until": today().isoformat()})
    posting.refresh_from_db()
    assert posting.until == today()
    assert steps(people.li)[-2:] == ["posting.add", "posting.end"]
    assert admin.get(path).status_code == 404


def test_nobody_gives_themselves_a_post_or_changes_their_own_account(
    people: Cast, admin: Client
) -> None:
    own = Posting.objects.get(staff=people.admin)
    given = {"unit": people.room.code, "role": Role.OFFICER, "since": "2026-01-01"}
    sent(admin, url("person_post", people.admin), given)
    sent(admin, f"{url('person_end', people.admin)}?posting={own.pk}", {"until": "2026-12-31"})
    sent(admin, url("person_sign_in", people.admin), {"on": "0"})
    sent(admin, url("person_password", people.admin), {})
    people.admin.refresh_from_db()
    assert people.admin.is_active
    assert list(Posting.objects.filter(staff=people.admin)) == [own]
    own.refresh_from_db()
    assert own.until is None
    assert steps(people.admin) == ["staff.add", "posting.add"]


def test_who_moved_to_another_branch_is_no_longer_let_in_from_here(
    people: Cast, admin: Client
) -> None:
    by = actor(people.admin)
    actions.end_posting(posting=Posting.objects.get(staff=people.li), by=by)
    actions.post(staff=people.li, unit=people.other_room, role=Role.OFFICER, by=by)
    before = Staff.objects.get(pk=people.li.pk).password
    for name, data in (
        ("person_password", {}), ("person_sign_in", {"on": "0"}),
        ("person_second_step", {"reason": "x"}), ("person_sessions", {}),
        ("person_change", {"name": "x"}),
    ):  # fmt: skip
        sent(admin, url(name, people.li), data)
    staff = Staff.objects.get(pk=people.li.pk)
    assert (staff.password, staff.is_active, staff.name) == (before, True, "李建国")
    assert second_factor.has_one(staff.pk)


def test_shut_out_let_in_and_reset(people: Cast, admin: Client) -> None:
    li = signed_in(Client(), people.li)
    text(li, "/desk/")
    key = li.session.session_key
    UserSession.objects.create(
        user=people.li, ip="127.0.0.1", session_key=key, user_agent="Firefox"
    )
    assert "Firefox" in text(admin, url("person", people.li))
    sent(admin, url("person_sign_in", people.li), {"on": "0"})
    assert li.get("/desk/").status_code == 302
    assert not UserSession.objects.filter(user=people.li).exists()
    sent(admin, url("person_sign_in", people.li), {"on": "1"})
    page = sent(admin, url("person_password", people.li), {}, 200)
    found = re.search(r'id="password">([^<]+)<', page)
    assert found and Staff.objects.get(pk=people.li.pk).check_password(found[1])
    sent(admin, url("person_second_step", people.li), {"reason": ""}, 422)
    assert second_factor.has_one(people.li.pk)
    sent(admin, url("person_second_step", people.li), {"reason": "手机丢失"})
    assert not second_factor.has_one(people.li.pk)
    told = text(admin, url("person", people.li))
    assert "手机丢失" in told
    assert steps(people.li)[2:] == [
        "staff.change", "staff.change", "staff.password", "staff.second_step_off",
    ]  # fmt: skip


NOTICE = "2027-01-01 休 元旦\n2027-02-06 至 2027-02-12 休 春节\n2027-02-20 班\n"


def test_a_notice_is_read_line_by_line() -> None:
    read = notices.read(NOTICE + "\n2027年10月1日 放假\n")
    assert len(read.days) == 10 and not read.wrong
    assert (read.days[0].working, read.days[0].note) == (False, "元旦")
    assert read.days[-1].day == date(2027, 10, 1)
    wrong = notices.read(
        "2027-13-01 休\n2027-01-01\n2027-02-12 至 2027-02-06 休\n2027-01-01 休\n2027-01-01 班"
    )
    assert [number for number, _line, _why in wrong.wrong] == [1, 2, 3, 5]


def test_an_unknown_year_warns_until_its_notice_is_taken_over(people: Cast) -> None:
    chief_admin = actions.add_staff(
        username="root", name="罗敏", password=None, unit=people.bureau, role=Role.ADMINISTRATOR,
        by=actor(people.admin),
    )  # fmt: skip
    second = Client()
    signed_in(second, chief_admin)
    session_with_factor(second, chief_admin)
    assert "2027" in text(second, url("workdays") + "?year=2027&unit=all")
    assert not workdays.is_working(date(2027, 3, 3), tree.overrides())[1]
    path = url("workdays_import")
    look = sent(second, path, {"unit": "all", "text": NOTICE, "fill": "on"}, 200)
    assert "2027-02-20" in look and not WorkdayOverride.objects.exists()
    sent(second, path, {"unit": "all", "text": "2027-01-01", "take": "1"}, 422)
    far = {"unit": "all", "text": NOTICE.splitlines()[0].replace("2027", "9999"), "fill": "on"}
    sent(second, path, {**far, "take": "1"}, 422)
    sent(second, path, {"unit": "all", "text": NOTICE, "fill": "on", "take": "1"})
    assert WorkdayOverride.objects.filter(unit=None).count() == 365
    overrides = tree.overrides()
    assert workdays.is_working(date(2027, 2, 8), overrides) == (False, True)
    assert workdays.is_working(date(2027, 2, 20), overrides) == (True, True)
    assert workdays.is_working(date(2027, 3, 3), overrides) == (True, True)
    assert steps(people.bureau)[-1] == "workday.import"
    sent(second, url("workdays_remove"), {"unit": "all", "year": "2027", "whole": "1"})
    assert not WorkdayOverride.objects.exists()
    assert steps(people.bureau)[-1] == "workday.unset"


def session_with_factor(client: Client, staff: Staff) -> None:
    from allauth.mfa.totp.internal import auth as totp

    from tests.cast import SECRET

    totp.TOTP.activate(staff, SECRET)


def test_a_branch_sets_days_for_itself_and_not_for_everybody(people: Cast, admin: Client) -> None:
    day = {"day": "2026-12-24", "working": "0", "reason": "停电检修", "year": "2026"}
    assert admin.post(url("workday_set"), {**day, "unit": "all"}).status_code == 403
    assert (
        admin.post(url("workday_set"), {**day, "unit": str(people.other_branch.pk)}).status_code
        == 404
    )
    sent(admin, url("workday_set"), {**day, "unit": str(people.station.pk)})
    assert tree.overrides(people.room.pk) == {date(2026, 12, 24): False}
    assert tree.overrides(people.far_room.pk) == {}
    page = text(admin, f"{url('workdays')}?year=2026&unit={people.station.pk}")
    assert "停电检修" in page
    gone = {"unit": str(people.station.pk), "day": "2026-12-24", "year": "2026"}
    sent(admin, url("workdays_remove"), gone)
    assert tree.overrides(people.room.pk) == {}


def test_rules_say_what_is_open(admin: Client) -> None:
    everything = text(admin, url("rules"))
    assert "deadline.incidents.told" in everything
    still_open = text(admin, url("rules") + "?open=1")
    assert "deadline.incidents.told" not in still_open and "<code>" in still_open


def test_the_overview_counts(people: Cast, admin: Client) -> None:
    page = admin.get(url("overview")).context
    assert (page["rooms"], page["without_staff"], page["without_hours"]) == (3, 0, 3)
    posting = Posting.objects.get(staff=people.far_officer)
    actions.end_posting(posting=posting, by=actor(people.admin))
    page = admin.get(url("overview")).context
    assert (page["without_staff"], page["unposted"]) == (1, 1)
    assert people.far_officer.name in text(admin, url("people") + "?show=unposted")
    assert people.far_room.name in text(admin, url("units") + "?show=no-staff")


def test_rules_are_told_in_the_words_of_the_page(people: Cast, client: Client) -> None:
    page = signed_in(client, people.admin).get("/administer/rules/").content.decode()
    assert "警情：回告报警人" in page and "每日查看明文上限：社区民警" in page
    assert "治安管理处罚法 (2025) 第 136 条" in page
    assert "product/" not in page and "all violation records" not in page
    kept = client.get("/administer/retention/").content.decode()
    assert "product/" not in kept and "retention.incidents" not in kept


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_has_a_name(language: str) -> None:
    with translation.override(language):
        assert [code for code in rules.on(today()) if rule_words.title(code) == code] == []
