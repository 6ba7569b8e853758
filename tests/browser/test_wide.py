"""Rows and checklists in a real browser: added by a button, ticked by a key, on a phone too."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from linli.ledger.entries.models import Entry
from tests.browser.arriving import takes_keys
from tests.browser.test_day import FLAGS
from tests.cast import Cast, cast, signed_in
from tests.ledger.sampler import registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return cast()


def desk(
    chromium: Browser, address: str, people: Cast, width: int, ledger: str = "sampler"
) -> Page:
    session = signed_in(Client(), people.li).cookies["sessionid"].value
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/ledgers/{ledger}/new/")
    return page


@pytest.mark.parametrize("width", [1280, 360])
def test_rows_are_added_and_the_rest_of_a_list_ticked_by_one_key(
    chromium: Browser, live_server: object, people: Cast, width: int
) -> None:
    page = desk(chromium, str(live_server), people, width)
    page.locator("[name=narrative]").fill("沿街店铺检查")
    page.locator("[name=sessions-0-outcome]").fill("谈过一次")
    page.locator("[data-rows=sessions] [data-row-add]").click()
    expect(page.locator("[name=sessions-1-held_at]")).to_be_focused()
    page.locator("[name=sessions-1-outcome]").fill("不要这一行")
    page.locator("[data-rows=sessions] [data-row]").nth(1).locator("[data-row-remove]").click()
    expect(page.locator("[name=sessions-1-outcome]")).to_be_hidden()
    expect(page.locator("[data-checklist=hostel]")).to_be_hidden()  # none is chosen yet
    page.locator("[data-checklist-choice]").select_option("shop")
    expect(page.locator("[data-checklist=shop]")).to_be_visible()
    expect(page.locator("[name=checks-shop-exit-note]")).to_be_hidden()
    bad = page.locator("input[name=checks-shop-exit][value=bad]")
    bad.focus()
    takes_keys(bad)
    page.keyboard.press("Space")
    expect(page.locator("[name=checks-shop-exit-note]")).to_be_visible()
    page.locator("[name=checks-shop-exit-note]").fill("堆放纸箱")
    bad.focus()
    takes_keys(bad)
    page.keyboard.press("a")
    expect(page.locator("input[name=checks-shop-wires][value=ok]")).to_be_checked()
    expect(bad).to_be_checked()  # what was found stays
    expect(page.locator("[data-checklist=shop] [data-checked]")).to_have_text(
        "已检查 3／3 项，不合格 1 项"
    )
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    serious = [
        one
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    takes_keys(bad)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".saved-serial")).to_be_visible()
    entry = Entry.objects.get()
    assert [row["outcome"] for row in entry.data["sessions"]] == ["谈过一次"]
    assert entry.data["checks"]["answers"] == {"exit": "bad", "extinguisher": "ok", "wires": "ok"}
    page.goto(f"{live_server}/entries/{entry.id}/")
    expect(page.locator(".found-bad")).to_contain_text("堆放纸箱")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_list_of_the_chosen_category_opens(
    chromium: Browser, live_server: object, people: Cast
) -> None:
    page = desk(chromium, str(live_server), people, 1280, "inspections")
    page.locator("select[name=category]").evaluate(
        "(one) => { one.value = 'shop'; one.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(page.locator("[data-checklist=shop]")).to_be_visible()
    expect(page.locator("[data-checklist=hotel]")).to_be_hidden()
