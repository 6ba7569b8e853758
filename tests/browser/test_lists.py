"""Lists in a real Chromium: ticking rows and doing the same to all of them."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from linli.ledger.entries.models import Entry
from tests.browser.arriving import arrives
from tests.browser.test_day import Room, chromium, people, room, shot  # noqa: F401 - fixtures
from tests.cast import Cast, do, record, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def handled(people: Cast, n: int) -> list[Any]:  # noqa: F811
    ids = [
        record("incidents", people.li, people.room, narrative=f"第{k}辆电动车电瓶被盗").entry
        for k in range(1, n + 1)
    ]
    for id in ids:
        do("incidents", "finish", people.li, id, result="已处理")
    return ids


def boxes(page: Page) -> Any:
    return page.locator('input[form="bulk"][name="entry"]')


def fits(page: Page) -> bool:
    """Nothing sticks out of the page sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_rows_are_ticked_and_closed_together(people: Cast, room: Room) -> None:  # noqa: F811
    ready = handled(people, 5)
    open_one = record("incidents", people.li, people.room, narrative="刚到的警情").entry
    desk = room.desk(people.li)
    desk.goto("/ledgers/incidents/")
    close = desk.locator('#bulk button[value="close"]')
    expect(close).to_be_disabled()
    boxes(desk).nth(1).click()
    boxes(desk).nth(4).click(modifiers=["Shift"])  # from the second to the fifth
    expect(desk.locator("#bulk [data-bulk-count]")).to_have_text("4")
    desk.get_by_label("勾选本页全部").check()
    expect(desk.locator("#bulk [data-bulk-count]")).to_have_text("6")
    expect(desk.locator("tr.ticked")).to_have_count(6)
    boxes(desk).nth(5).click()
    expect(desk.locator("#bulk [data-bulk-count]")).to_have_text("5")
    desk.keyboard.press("j")
    desk.keyboard.press("x")  # the first row, with the keyboard: not ticked any more
    expect(desk.locator("#bulk [data-bulk-count]")).to_have_text("4")
    desk.keyboard.press("x")
    shot(desk, "bulk-ticked")
    with arrives(desk):
        close.click()
    # The open one is named with its reason before anything is written.
    expect(desk.locator("#left")).to_contain_text("刚到的警情")
    expect(desk.locator("#left")).to_contain_text("不能“办结”")
    shot(desk, "bulk-asked")
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()
    assert Entry.objects.filter(state="closed").count() == 0
    with arrives(desk):
        desk.locator("button[name=confirm]").click()  # without a reason
    expect(desk.locator(".error-summary, [role=alert]").first).to_be_visible()
    desk.locator("#id_reason").fill("年底清理，均已告知报警人")
    with arrives(desk):
        desk.keyboard.press("Control+Enter")
    expect(desk.locator("#done li")).to_have_count(4)
    expect(desk.locator("#left")).to_contain_text("刚到的警情")
    shot(desk, "bulk-done")
    assert Entry.objects.filter(state="closed").count() == 4
    assert Entry.objects.get(id=open_one).state == "open"
    assert Entry.objects.filter(id__in=ready, state="handled").count() == 1
    with arrives(desk):
        desk.locator(".head a.button").click()
    expect(desk).to_have_url(f"{room.address}/ledgers/incidents/")


def test_on_a_phone_and_without_scripts(people: Cast, room: Room) -> None:  # noqa: F811
    handled(people, 3)
    phone = room.desk(people.li, width=360, java_script_enabled=False)
    phone.goto("/ledgers/incidents/")
    boxes(phone).nth(0).check()
    boxes(phone).nth(2).check()
    shot(phone, "bulk-phone-ticked")
    with arrives(phone):
        phone.locator('#bulk button[value="hand_over"]').click()
    phone.get_by_label("王海涛").check()
    phone.locator("#id_reason").fill("休假交接")
    shot(phone, "bulk-phone-asked")
    with arrives(phone):
        phone.locator("button[name=confirm]").click()
    expect(phone.locator("#done li")).to_have_count(2)
    shot(phone, "bulk-phone-done")
    assert Entry.objects.filter(offered_to=people.wang.pk).count() == 2
    measured = room.desk(people.li, width=360)
    for path in ("/ledgers/incidents/", "/"):
        measured.goto(path)
        assert fits(measured), path


def test_what_was_handed_over_is_accepted_at_once(people: Cast, room: Room) -> None:  # noqa: F811
    for id in handled(people, 2):
        do("incidents", "hand_over", people.li, id, "休假", hand_to=str(people.wang.pk))
    desk = room.desk(people.wang)
    shot(desk, "bulk-accept")
    with arrives(desk):
        desk.get_by_role("button", name="全部接收").click()
    expect(desk.locator("#done li")).to_have_count(2)
    assert Entry.objects.filter(responsible=people.wang.pk).count() == 2
    page = signed_in(Client(), people.wang).get("/").content.decode()
    assert 'value="accept"' not in page


def test_a_view_is_kept_shared_and_opened_first(people: Cast, room: Room) -> None:  # noqa: F811
    handled(people, 2)
    record("incidents", people.li, people.room, narrative="楼上漏水争执")
    desk = room.desk(people.li)
    desk.goto("/ledgers/incidents/")
    desk.locator("select[name=state]").select_option("handled")
    with arrives(desk):
        desk.get_by_role("button", name="筛选").click()
    desk.get_by_text("保存视图").click()
    desk.get_by_label("视图名称").fill("待办结的")
    desk.get_by_label("与本室共享").check()
    desk.get_by_label("打开列表时先显示").check()
    shot(desk, "view-keep")
    with arrives(desk):
        desk.locator("#view-name").press("Enter")
    tab = desk.locator(".tabs a", has_text="待办结的")
    expect(tab).to_have_attribute("aria-current", "page")
    desk.goto("/ledgers/incidents/")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(boxes(desk)).to_have_count(2)
    shot(desk, "view-first")
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()
    with arrives(desk):
        desk.locator(".tabs a", has_text="全部").click()
    expect(boxes(desk)).to_have_count(3)
    # A colleague has it as a tab, on a phone and without scripts too.
    phone = room.desk(people.wang, width=360, java_script_enabled=False)
    phone.goto("/ledgers/incidents/")
    expect(boxes(phone)).to_have_count(3)
    with arrives(phone):
        phone.locator(".tabs a", has_text="待办结的").click()
    expect(boxes(phone)).to_have_count(2)
    phone.locator(".head summary", has_text="待办结的").click()
    expect(phone.get_by_role("button", name="删除视图")).to_have_count(0)
    shot(phone, "view-phone")
    measured = room.desk(people.li, width=360)
    measured.goto("/ledgers/incidents/?state=handled")
    measured.locator(".head summary", has_text="待办结的").click()
    assert fits(measured)
    measured.get_by_label("视图名称").fill("等办结")
    with arrives(measured):
        measured.get_by_role("button", name="改名").click()
    expect(measured.locator(".tabs a", has_text="等办结")).to_have_count(1)
    measured.locator(".head summary", has_text="等办结").click()
    shot(measured, "view-phone-own")
    with arrives(measured):
        measured.get_by_role("button", name="删除视图").click()
    expect(measured.locator(".tabs a", has_text="等办结")).to_have_count(0)
