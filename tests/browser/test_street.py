"""What is done in the street, on a phone of 360 px: an inspection by its checklist, its notice and the
re-inspection; a patrol from sign to sign; the plan of an emergency. And the gate, by keyboard.

LINLI_SHOTS=folder keeps screenshots to be looked at.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.patrols import points
from tests.browser.arriving import arrives, focused, takes_keys
from tests.browser.test_day import Room, choose_category, chromium, keys, people, room, shot
from tests.cast import Cast, actor, record, signed_in

__all__ = ["chromium", "people", "room"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def no_wider_than_the_page(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def answer(checklist: Locator, item: str, said: str, note: str = "") -> None:
    line = checklist.locator("[data-check]", has_text=item)
    line.get_by_text(said, exact=True).click()
    if note:
        line.locator("input.input").fill(note)


def test_an_inspection_on_a_phone_its_notice_and_the_re_inspection(
    room: Room, people: Cast
) -> None:
    page = room.desk(people.li, width=360)
    page.goto("/ledgers/inspections/new/")
    no_wider_than_the_page(page)
    shot(page, "inspection-new")
    focused(page)
    choose_category(page, "旅馆")
    page.get_by_label("被检查单位（场所）").fill("梅苑快捷旅馆")
    page.locator("[name=place]").fill("梅苑路 8 号")
    page.get_by_label("第二名检查人员").select_option(label="王海涛")
    chosen = page.locator("[data-checklist=hotel]")
    expect(chosen).to_be_visible()  # it follows the kind
    expect(page.locator("[data-checklist=scrap]")).to_be_hidden()
    answer(chosen, "监控完好", "不合格", "两个探头不亮")
    chosen.get_by_role("button", name=re.compile("其余")).click()
    expect(chosen.locator("[data-checked]")).to_contain_text("13")
    no_wider_than_the_page(page)
    shot(page, "inspection-checklist")
    page.get_by_text("已责令整改", exact=True).click()
    page.locator("[name=order-due_on]").fill("2020-01-01")
    with arrives(page):
        page.get_by_role("button", name=re.compile("^保存")).click()
    expect(page.locator("[data-error-summary]")).to_contain_text("这一天已经过去")
    page.locator("[name=order-due_on]").fill((clock.today() + timedelta(days=7)).isoformat())
    with arrives(page):
        page.get_by_role("button", name=re.compile("^保存")).click()
    expect(page.locator(".saved-serial")).to_contain_text("检-")
    entry = Entry.objects.get(ledger="inspections")
    assert entry.state == "rectify"
    page.goto(f"/entries/{entry.id}/")
    no_wider_than_the_page(page)
    expect(page.get_by_role("link", name="责令整改通知书")).to_be_visible()
    shot(page, "inspection-ordered")
    notice = signed_in(Client(), people.li).get(f"/entries/{entry.id}/documents/notice/")
    assert notice["Content-Type"] == "application/pdf"
    with arrives(page):
        page.get_by_role("link", name=re.compile("^复查")).click()
    page.get_by_label("复查结论").select_option(label="全部整改")
    page.get_by_label("查看情况").fill("探头已更换，画面清晰")
    page.get_by_label("第二名检查人员").select_option(label="王海涛")
    no_wider_than_the_page(page)
    shot(page, "inspection-again")
    with arrives(page):
        page.get_by_role("button", name=re.compile("^复查")).click()
    with arrives(page):
        page.get_by_role("link", name=re.compile("^办结")).click()
    with arrives(page):
        page.get_by_role("button", name=re.compile("^办结")).click()
    shot(page, "inspection-closed")
    entry.refresh_from_db()
    assert entry.state == "closed"
    wide = room.desk(people.li)
    wide.goto(f"/entries/{entry.id}/")
    shot(wide, "inspection-closed-wide")
    wide.goto("/ledgers/inspections/")
    shot(wide, "inspection-list")


def test_a_patrol_from_sign_to_sign(room: Room, people: Cast) -> None:
    officer = room.desk(people.li)
    officer.goto("/patrol/points/")
    shot(officer, "points-none")
    for name, area in (("东门", "东片"), ("车棚", "东片")):
        with arrives(officer):
            officer.get_by_role("link", name=re.compile("设立签到点")).first.click()
        officer.get_by_label("签到点名称").fill(name)
        officer.get_by_label("片区或线路").fill(area)
        with arrives(officer):
            officer.get_by_role("button", name=re.compile("^保存")).click()
    expect(officer.get_by_role("link", name="车棚")).to_be_visible()
    shot(officer, "points")
    officer.goto("/ledgers/patrols/")
    expect(officer.get_by_role("link", name="签到点")).to_be_visible()
    officer.goto("/ledgers/patrols/new/")
    focused(officer)
    choose_category(officer, "夜")
    officer.locator("[name=place]").fill("梅苑小区东片")
    officer.get_by_label("东门").check()
    officer.get_by_label("车棚").check()
    shot(officer, "patrol-new")
    with arrives(officer):
        officer.get_by_role("button", name=re.compile("^保存")).click()
    shot(officer, "patrol-saved")

    phone = room.desk(people.chen, width=360)
    gate = points.of_room(people.room.pk)[0]
    phone.goto(f"/patrol/{gate.code}/")
    no_wider_than_the_page(phone)
    shot(phone, "patrol-scanned")
    assert "check_ins" not in Entry.objects.get(ledger="patrols").data
    with arrives(phone):
        phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("未到")).to_have_count(1)
    phone.get_by_label("发现类型").select_option(label="隐患")
    phone.locator("[name=where]").fill("车棚东侧")
    phone.get_by_label("发现的情况").fill("灯不亮，电线裸露")
    no_wider_than_the_page(phone)
    shot(phone, "patrol-walk")
    with arrives(phone):
        phone.get_by_role("button", name="记下发现").click()
    expect(phone.get_by_text("灯不亮，电线裸露")).to_be_visible()
    phone.goto(f"/patrol/{points.of_room(people.room.pk)[1].code}/")
    with arrives(phone):
        phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("未到")).to_have_count(0)
    shot(phone, "patrol-walked")
    with arrives(phone):
        phone.get_by_role("link", name=re.compile("结束巡逻")).click()
    phone.get_by_label("巡逻情况").fill("东片无异常，车棚灯已报")
    with arrives(phone):
        phone.get_by_role("button", name=re.compile("结束巡逻")).click()
    expect(phone.get_by_text("计划 2 处，到 2 处")).to_be_visible()
    shot(phone, "patrol-done")
    hazard = Entry.objects.get(ledger="hazards")
    assert hazard.narrative.startswith("灯不亮")
    officer.goto(f"/entries/{hazard.id}/")
    shot(officer, "patrol-hazard")


def test_the_plan_of_an_emergency(room: Room, people: Cast) -> None:
    phone = room.desk(people.li, width=360)
    phone.goto("/ledgers/emergency_log/new/")
    focused(phone)
    choose_category(phone, "火")
    phone.locator("[name=place]").fill("梅苑小区 5 栋")
    phone.get_by_label("事件情况").fill("四楼住户厨房起火，有浓烟")
    with arrives(phone):
        phone.get_by_role("button", name=re.compile("^保存")).click()
    takes_keys(phone.locator(".saved .main-action"))
    with arrives(phone):
        phone.keyboard.press("Enter")  # the plan is the next thing
    no_wider_than_the_page(phone)
    shot(phone, "plan")
    with arrives(phone):
        phone.get_by_role("button", name=re.compile("^完成.*119")).click()
    phone.get_by_label("情况或指令").fill("消防车到场，开始出水")
    with arrives(phone):
        phone.get_by_role("button", name="记一笔").click()
    expect(phone.locator(".timeline")).to_contain_text("消防车到场")
    expect(phone.locator(".ticks .done")).to_have_count(1)
    shot(phone, "plan-begun")
    wide = room.desk(people.li)
    wide.goto(phone.url)
    shot(wide, "plan-wide")


def test_a_car_at_the_gate_by_keyboard_alone(room: Room, people: Cast) -> None:
    """Few keys: kind, plate, home, saved; and the next one waits."""
    page = room.desk(people.chen)
    page.goto("/ledgers/gate_passes/new/")
    focused(page)
    began = time.monotonic()
    choose_category(page, "外来")
    keys(page, ":鄂A12345", "Enter", ":5 栋 302", "Tab", ":17")
    shot(page, "gate")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    took = time.monotonic() - began
    expect(page.locator(".saved-serial")).to_contain_text("门-")
    entry = Entry.objects.get(ledger="gate_passes")
    assert (entry.data["plate"], entry.data["pass_no"], entry.place) == (
        "鄂A12345",
        "17",
        "5 栋 302",
    )
    takes_keys(page.locator(".saved .main-action"))
    with arrives(page):
        page.keyboard.press("Enter")
    focused(page)
    print(f"gate: {took:.1f} s")


def test_these_pages_have_no_barrier(room: Room, people: Cast) -> None:
    """axe finds nothing on the pages of check points, signs and boards, wide or narrow."""
    li = actor(people.li)
    gate = points.add(room=people.room.pk, by=li, name="东门", area="东片")
    patrol = record(
        "patrols", people.li, people.room, category="night", place="东片", points=["东门"]
    )
    fire = record(
        "emergency_log", people.li, people.room, category="fire", place="5 栋", narrative="起火"
    )
    hazard = record(
        "hazards", people.li, people.room, category="fire_exits", place="5 栋", narrative="楼道堆物"
    )
    wide, narrow = room.desk(people.li), room.desk(people.li, width=360)
    for path in (
        "/patrol/points/", "/patrol/points/new/", f"/patrol/points/{gate.pk}/",
        f"/patrol/{gate.code}/", f"/entries/{patrol.entry}/walk/", f"/entries/{fire.entry}/plan/",
        "/ledgers/inspections/new/", "/ledgers/gate_passes/new/", f"/entries/{hazard.entry}/",
        f"/entries/{hazard.entry}/do/pass_on/",
    ):  # fmt: skip
        wide.goto(path)
        found = Axe().run(wide)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        narrow.goto(path)
        no_wider_than_the_page(narrow)
    shot(wide, "hazard-pass")
