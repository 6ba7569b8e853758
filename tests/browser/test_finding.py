"""The search page and the desk of who leads a room, in a real Chromium."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.arriving import arrives
from tests.browser.test_day import Room, chromium, people, room, shot  # noqa: F401 - fixtures
from tests.cast import Cast, record

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_hits_are_marked_and_narrowed_by_ledger(people: Cast, room: Room) -> None:  # noqa: F811
    record("visits", people.li, people.room, narrative="咨询电瓶充电桩怎么申请")
    record("incidents", people.li, people.room, narrative="楼下电瓶被盗，监控拍到两人")
    record("incidents", people.li, people.room, narrative="电瓶被盗", category="dispute.family")
    desk = room.desk(people.li)
    desk.goto("/find/?q=电瓶")
    expect(desk.locator("mark")).to_have_count(4)  # the dispute that followed is found too
    shot(desk, "find")
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()
    with arrives(desk):
        desk.locator(".tabs a", has_text="来访").click()
    expect(desk.locator("mark")).to_have_count(1)
    phone = room.desk(people.li, width=360)
    phone.goto("/find/?q=电瓶")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(phone, "find-phone")


def test_the_head_sees_what_is_overdue_first(people: Cast, room: Room) -> None:  # noqa: F811
    record("incidents", people.li, people.room, received_at="2026-01-05 08:00")
    record("visits", people.wang, people.room, received_at="2026-02-05 08:00")
    desk = room.desk(people.head)
    expect(desk.locator("#overdue tbody tr")).to_have_count(2)
    expect(desk.locator("#overdue")).to_contain_text("李建国")
    shot(desk, "overdue")
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()
    phone = room.desk(people.head, width=360)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(phone, "overdue-phone")
    with arrives(desk):
        desk.locator("#overdue a", has_text="指派").first.click()
    expect(desk.locator("h1")).to_contain_text("指派")
