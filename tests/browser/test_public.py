"""Residents' pages in a real Chromium: an old phone without scripts, both languages, axe, size.

LINLI_SHOTS=folder keeps the screenshots to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from linli.access.actor import system_actor
from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.org import actions
from linli.org.models import Community, Staff, Whereabouts
from tests.browser.arriving import arrives
from tests.cast import Cast, cast, do

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOTS = os.environ.get("LINLI_SHOTS", "")
BY = system_actor("tests")
LARGEST = 100_000  # bytes of a page with all it loads


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


@pytest.fixture
def people(transactional_db: None) -> Cast:
    people = cast()
    hours = [{"day": day, "from": "08:30", "to": "12:00"} for day in range(5)]
    hours += [{"day": day, "from": "14:30", "to": "17:30"} for day in (0, 3)]
    actions.change_unit(
        unit=people.room,
        by=BY,
        hours=hours,
        address="中南路 88 号居委会一楼",
        phone="027-8800 0000",
    )
    actions.change_unit(unit=people.station, by=BY, address="中南一路 2 号", phone="027-8800 0110")
    for staff, rank, where in (
        (people.li, "二级警督", Whereabouts.COMMUNITY),
        (people.wang, "一级警司", Whereabouts.OFF),
        (people.chen, "", Whereabouts.OUT),
    ):
        Staff.objects.filter(pk=staff.pk).update(
            rank=rank, whereabouts=where, whereabouts_since=clock.now()
        )
    for number, name in enumerate(("梅苑社区居委会", "梅苑东社区居委会"), 1):
        community = Community.objects.create(
            code=f"42010600100{number}", name=name, street_code="420106001", street="中南路街道",
            district_code="420106", district="武昌区", kind="111",
        )  # fmt: skip
        actions.cover(room=people.room, community=community, by=BY, since=date(2020, 1, 1))
    return people


def open_page(
    chromium: Browser,
    live_server: Any,
    *,
    width: int,
    language: str,
    scripts: bool,
    dark: bool = False,
) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 780}, locale=language, java_script_enabled=scripts,
        base_url=live_server.url, color_scheme="dark" if dark else "light",
    )  # fmt: skip
    return context.new_page()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways (asked without scripts: the layout, not the page)."""
    size = page.context.new_cdp_session(page).send("Page.getLayoutMetrics")
    return bool(size["cssContentSize"]["width"] <= size["cssLayoutViewport"]["clientWidth"])


@pytest.mark.parametrize(
    ("language", "width"), [("zh-CN", 360), ("en", 360), ("zh-CN", 1280), ("en", 1280)]
)
def test_a_resident_reports_follows_and_answers_without_scripts(
    chromium: Browser, live_server: Any, people: Cast, language: str, width: int
) -> None:
    zh = language == "zh-CN"
    name = f"{language[:2]}-{width}"
    page = open_page(chromium, live_server, width=width, language=language, scripts=False)
    page.goto(f"/report/?q={'梅苑'}")
    assert fits(page)
    shot(page, f"{name}-1-find")
    with arrives(page):
        page.locator(".results a").first.click()
    expect(page).to_have_url(re.compile("/r/"))
    assert fits(page)
    shot(page, f"{name}-2-room")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert fits(page)
    shot(page, f"{name}-3-room-open")
    with arrives(page):
        page.locator("a.main-action").click()
    with arrives(page):
        page.get_by_role("button", name="提交" if zh else "Send").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert fits(page)
    shot(page, f"{name}-4-errors")
    page.locator("input[value=safety]").check()
    page.locator("[name=what]").fill("楼下车棚飞线充电，晚上有人把电瓶拿上楼")
    page.locator("[name=place]").fill("梅苑小区 3 栋 2 单元")
    page.locator("[name=when]").fill("每天晚上八点以后" if zh else "every evening after eight")
    page.locator("[name=phone]").fill("13800001234")
    page.wait_for_timeout(2100)
    shot(page, f"{name}-5-filled")
    with arrives(page):
        page.get_by_role("button", name="提交" if zh else "Send").click()
    code = page.locator(".receipt .code").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)
    assert code not in page.url
    assert fits(page)
    shot(page, f"{name}-6-received")
    entry = Entry.objects.get()
    do("incidents", "finish", people.li, entry.id, result="已约谈车主并剪除飞线，物业加装充电桩")
    do("incidents", "tell", people.li, entry.id, told_how="回执")
    do("incidents", "ask", people.li, entry.id, question="这两天还有人拿电瓶上楼吗？")
    page.goto("/receipt/")
    page.locator("[name=code]").fill("0000 0000 0000 0000")
    with arrives(page):
        page.locator("button.main-action").click()
    expect(page.locator(".field-error")).to_be_visible()
    shot(page, f"{name}-7-wrong-code")
    page.locator("[name=code]").fill(code.lower())
    with arrives(page):
        page.locator("button.main-action").click()
    expect(page.get_by_text("已约谈车主")).to_be_visible()
    assert fits(page)
    shot(page, f"{name}-8-matter")
    page.locator("[name=text]").fill("没有了，谢谢")
    with arrives(page):
        page.locator("button.main-action").click()
    expect(page.locator(".notice.success")).to_be_visible()
    shot(page, f"{name}-9-answered")
    assert Entry.objects.count() == 1
    page.goto("/r/nowhere/")
    assert fits(page)
    shot(page, f"{name}-10-unknown")


def test_axe_finds_nothing_and_pages_are_small(
    chromium: Browser, live_server: Any, people: Cast
) -> None:
    axe = Axe()
    for dark in (False, True):
        page = open_page(
            chromium, live_server, width=360, language="zh-CN", scripts=True, dark=dark
        )
        loaded: list[Response] = []
        page.on("response", lambda answer, loaded=loaded: loaded.append(answer))
        for address in (
            f"/r/{people.room.code}/", f"/r/{people.far_room.code}/", f"/r/{people.room.code}/report/",
            "/report/?q=梅苑", "/receipt/", "/r/nowhere/",
        ):  # fmt: skip
            loaded.clear()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            size = sum(len(answer.body()) for answer in loaded)
            assert size < LARGEST, f"{address}: {size} bytes"
            assert len(loaded) > 1
            found = axe.run(page)
            assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
            if dark:
                shot(page, f"dark-{re.sub('[^a-z]+', '-', address)}")
        page.goto(f"/r/{people.room.code}/report/")
        with arrives(page):
            page.get_by_role("button", name="提交").click()
        expect(page.locator(".error-summary")).to_be_visible()
        assert axe.run(page).violations_count == 0
        page.locator("input[value=help]").check()
        page.locator("[name=what]").fill("门口路灯坏了")
        page.wait_for_timeout(2100)
        with arrives(page):
            page.get_by_role("button", name="提交").click()
        expect(page.locator(".receipt .code")).to_be_visible()
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
        code = page.locator(".receipt .code").inner_text()
        page.goto("/receipt/")
        page.locator("[name=code]").fill(code)
        with arrives(page):
            page.locator("button.main-action").click()
        expect(page.locator("ol.steps")).to_be_visible()
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
        page.context.close()
