"""A day in the police room in a real Chromium: by keyboard alone where an officer works so.

LINLI_SHOTS=folder keeps screenshots to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from linli.history.models import ReadLog
from linli.ledger.entries.models import Draft, Entry
from linli.org.models import Staff
from tests.browser.arriving import arrives, focused, takes_keys
from tests.cast import Cast, cast, do, record, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOTS = os.environ.get("LINLI_SHOTS", "")


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
    return cast()


class Room:
    """Desks of the room's people: each with a browser of their own."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.complaints: list[str] = []

    def desk(self, staff: Staff, **options: Any) -> Page:
        session = signed_in(Client(), staff).cookies["sessionid"].value
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": options.pop("width", 1280), "height": 800},
            **options,
        )
        language = {"name": "django_language", "value": "zh-hans", "url": self.address}
        context.add_cookies(
            [{"name": "sessionid", "value": session, "url": self.address}, language]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.goto("/")
        return page

    def _heard(self, kind: str, text: str) -> None:
        # A refused form (422) or a conflict (409) is an answer, which Chromium calls an error.
        if kind == "error" and "status of 4" not in text and "Error Code 4" not in text:
            self.complaints.append(text)


@pytest.fixture
def room(chromium: Browser, live_server: Any) -> Iterator[Room]:
    room = Room(chromium, live_server.url)
    yield room
    for context in chromium.contexts:
        context.close()
    assert room.complaints == []


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def keys(page: Page, *strokes: str) -> None:
    """Press keys; what begins with a colon is typed as text."""
    for stroke in strokes:
        if stroke.startswith(":"):
            page.keyboard.type(stroke[1:])
        else:
            page.keyboard.press(stroke)


def choose_category(page: Page, words: str) -> None:
    """Type into the field with the cursor and take the first choice that is offered."""
    page.keyboard.type(words)
    page.wait_for_selector(".combo-list:not([hidden]) [role=option]")
    keys(page, "ArrowDown")
    # The list may still be that of the first letters: the arrow waits for the whole word.
    page.wait_for_selector("input[aria-activedescendant]:focus")
    keys(page, "Enter")


def test_a_visit_by_keyboard_alone(room: Room, people: Cast) -> None:
    page = room.desk(people.li)
    shot(page, "desk")
    page.keyboard.press("v")
    page.wait_for_url("**/ledgers/visits/new/")
    focused(page)
    choose_category(page, "qz")
    keys(page, ":张三丰", "Enter", ":13800000001", "Enter", "Enter", "Enter", "Enter")
    keys(
        page,
        ":老人忘带钥匙，请民警协助开锁",
        "Tab",
        ":梅苑小区二期 3 栋 502",
        "Enter",
        "Enter",
        ":00:00",
        "Enter",
    )
    keys(page, "ArrowRight", "Enter", ":已联系开锁匠，门已打开")
    shot(page, "visit")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    shot(page, "saved")
    expect(page.locator("h1.saved-serial")).to_be_visible()
    entry = Entry.objects.get()
    expect(page.locator("h1")).to_contain_text(f"访-{entry.serial_year}-0001")
    assert (entry.category, entry.state, entry.place) == (
        "help",
        "handled",
        "梅苑小区二期 3 栋 502",
    )
    assert entry.data["result"] == "已联系开锁匠，门已打开"
    page.keyboard.press("n")
    page.wait_for_url("**/ledgers/visits/new/")


def test_an_incident_with_a_second_person_and_a_mistake_put_right(room: Room, people: Cast) -> None:
    page = room.desk(people.li)
    page.keyboard.press("i")
    page.wait_for_url("**/ledgers/incidents/new/")
    focused(page)
    keys(page, "Enter")
    choose_category(page, "ddc")
    keys(
        page,
        ":梅苑小区三期 5 栋",
        "Enter",
        ":停在楼下的电动车被盗",
        "Tab",
        ":刘晓梅",
        "Enter",
        ":1390000",
    )
    page.click("[data-row-add]")
    takes_keys(page.locator("[name=people-1-name]"))
    keys(page, ":赵大海")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    shot(page, "incident_wrong")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[name=people-1-name]")).to_have_value("赵大海")
    assert not Entry.objects.exists()
    page.fill("[name=people-0-phone]", "13900000001")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/saved/")
    assert Entry.objects.get().category.endswith("ebike")
    with arrives(page):
        page.keyboard.press("o")
    expect(page.locator(".timeline")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("赵")
    assert "赵大海" not in page.inner_text("#facts")


def test_similar_open_matters_are_shown_while_typing(room: Room, people: Cast) -> None:
    record("visits", people.wang, people.room, place="四清里 12 号")
    page = room.desk(people.li)
    page.goto("/ledgers/visits/new/")
    page.fill("[name=place]", "四清里 12 号")
    page.press("[name=place]", "Enter")
    expect(page.locator("#similar .notice")).to_be_visible()
    expect(page.locator("#similar")).to_contain_text("老人忘带钥匙")


def test_a_reload_and_a_lapsed_session_lose_nothing(room: Room, people: Cast) -> None:
    page = room.desk(people.li)
    page.goto("/ledgers/visits/new/")
    page.fill("[name=narrative]", "写到一半")
    page.wait_for_selector("[data-draft-state][data-state=saved]")
    page.reload()
    expect(page.locator("[name=narrative]")).to_have_value("写到一半")
    page.fill("[name=narrative]", "写完了")
    page.select_option("select[name=category]", "help", force=True)
    page.context.clear_cookies(name="sessionid")
    page.click("[data-main-submit]")
    page.wait_for_url("**/sign-in/**")
    session = signed_in(Client(), people.li).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": room.address}])
    from urllib.parse import parse_qs, urlsplit

    page.goto(parse_qs(urlsplit(page.url).query)["next"][0])
    expect(page.locator("[name=narrative]")).to_have_value("写完了")
    page.click("[data-main-submit]")
    page.wait_for_url("**/saved/")
    assert Entry.objects.get().narrative == "写完了"
    assert not Draft.objects.exists()


def test_handed_over_accepted_and_corrected(room: Room, people: Cast) -> None:
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/")
    page.keyboard.press("h")
    page.wait_for_url("**/do/hand_over/")
    focused(page)
    shot(page, "hand_over")
    page.check(f"[name=hand_to][value='{people.wang.pk}']")
    page.fill("[name=reason]", "休假交接")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_be_visible()
    other = room.desk(people.wang)
    shot(other, "to_accept")
    expect(other.locator("#accept")).to_contain_text("休假交接")
    with arrives(other):
        other.click("#accept button.main-action")
    expect(other.locator("#due a[data-open]").first).to_be_visible()
    assert Entry.objects.get().responsible == people.wang.pk
    other.goto(f"/entries/{entry}/")
    other.keyboard.press("e")
    other.wait_for_url("**/do/correct/")
    focused(other)
    other.fill("[name=place]", "四清里 8 号")
    other.fill("[name=reason]", "地点写错")
    with arrives(other):
        other.keyboard.press("Control+Enter")
    shot(other, "corrected")
    said = other.locator(".timeline li:first-child")
    expect(said).to_contain_text("四清里 8 号")
    expect(said).to_contain_text("地点写错")


def test_the_second_of_two_sees_both(room: Room, people: Cast) -> None:
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/do/handle/")
    page.fill("[name=result]", "我已上门")
    do("visits", "note", people.wang, entry, note="家属已到场")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".notice.warning .timeline")).to_be_visible()
    shot(page, "conflict")
    expect(page.locator(".notice.warning")).to_contain_text("家属已到场")
    expect(page.locator("[name=result]")).to_have_value("我已上门")
    page.click("[data-main-submit]")
    page.wait_for_url(f"**/entries/{entry}/")
    assert Entry.objects.get().state == "handled"


def test_a_phone_is_shown_only_with_a_reason(room: Room, people: Cast) -> None:
    visitor = {"name": "张三丰", "phone": "13800000001"}
    entry = record("visits", people.li, people.room, visitors=[visitor]).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/")
    assert "13800000001" not in page.content()
    with arrives(page):
        page.click("a.reveal")
    expect(page.locator("[name=purpose]").first).to_be_visible()
    focused(page)
    shot(page, "why")
    with arrives(page):
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("13800000001").first).to_be_visible()
    shot(page, "revealed")
    assert "138" not in page.url
    assert ReadLog.objects.get(kind="reveal").actor == people.li.pk
    page.click("#find")
    takes_keys(page.locator("#find"))
    keys(page, ":13800000001")
    with arrives(page):
        keys(page, "Enter")
    expect(page.locator("[name=purpose]").first).to_be_visible()
    assert "138" not in page.url


def test_the_pages_are_accessible_and_fit_a_phone(room: Room, people: Cast) -> None:
    visit = record("visits", people.li, people.room, visitors=[{"name": "张三丰"}]).entry
    do("visits", "note", people.li, visit, note="已电话联系")
    paths = (
        "/", "/ledgers/", "/ledgers/visits/", "/ledgers/visits/new/", "/ledgers/incidents/new/",
        f"/entries/{visit}/", f"/entries/{visit}/do/correct/", f"/entries/{visit}/reveal/",
        f"/entries/{visit}/saved/", "/find/",
    )  # fmt: skip
    wide, narrow = room.desk(people.li), room.desk(people.li, width=360)
    for path in paths:
        wide.goto(path)
        found = Axe().run(wide)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        narrow.goto(path)
        too_wide = narrow.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not too_wide, path
    auditor = room.desk(people.auditor)
    expect(auditor).to_have_url(re.compile("/audit/$"))
    found = Axe().run(auditor)
    assert found.violations_count == 0, found.generate_report()


def test_the_list_is_walked_by_keyboard(room: Room, people: Cast) -> None:
    for number in range(3):
        record("visits", people.li, people.room, narrative=f"第 {number} 件")
    page = room.desk(people.li)
    page.goto("/ledgers/visits/")
    keys(page, "j", "j", "Enter")
    page.wait_for_url("**/entries/**")
    expect(page.locator("h1")).to_contain_text("第 1 件")
    keys(page, "/")
    takes_keys(page.locator("#find"))
    keys(page, ":第 2", "Enter")
    page.wait_for_url("**/find/**")
    expect(page.locator("table")).to_contain_text("第 2 件")
