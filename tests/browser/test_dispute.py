"""A dispute in a real Chromium: recorded, mediated twice, agreed on, printed, looked at after a month,
opened again. LINLI_SHOTS=folder keeps screenshots and the agreement to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.org import tree
from tests.browser.arriving import arrives, takes_keys
from tests.browser.test_day import (  # noqa: F401 - fixtures
    SHOTS,
    Room,
    choose_category,
    chromium,
    keys,
    room,
    shot,
)
from tests.cast import Cast, cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at(text: str) -> Any:
    return clock.fixed(datetime.fromisoformat(f"{text}:00+08:00"))


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    with at("2024-01-08T08:00"):
        made = cast()
    tree.forget()
    yield made


def act(page: Page, entry: Entry, action: str, **typed: str) -> None:
    """Fill in the form of an action and send it."""
    page.goto(f"/entries/{entry.id}/do/{action}/")
    for name, value in typed.items():
        field = page.locator(f"form.form [name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    shot(page, f"dispute_{action}_{entry.rev}")
    with arrives(page):
        page.click("[data-main-submit]")
    expect(page.locator(".timeline")).to_be_visible()
    entry.refresh_from_db()


def record_it(page: Page) -> Entry:
    page.keyboard.press("d")
    page.wait_for_url("**/ledgers/disputes/new/")
    page.select_option("[name=source]", "building_head")
    category = page.locator("form.form [role=combobox]").first
    category.click()
    takes_keys(category)
    choose_category(page, "ls")
    page.select_option("[name=severity]", "medium")
    page.fill("[name=narrative]", "楼上漏水，泡坏楼下天花板")
    page.fill("[name=people-0-name]", "张小花")
    page.fill("[name=people-0-phone]", "13800000011")
    page.click("[data-row-add]")
    page.fill("[name=people-1-name]", "李大山")
    page.select_option("[name=people-1-role]", "party_b")
    page.fill("[name=place]", "梅苑小区 5 栋 301")
    shot(page, "dispute_new")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/saved/")
    return Entry.objects.get()


def test_a_dispute_from_its_record_to_its_next_beginning(room: Room, people: Cast) -> None:  # noqa: F811
    with at("2026-11-23T09:00"):
        page = room.desk(people.li)
        entry = record_it(page)
        assert (entry.category, entry.channel, entry.state) == (
            "neighbours.leaks", "building_head", "open",
        )  # fmt: skip
        page.goto(f"/entries/{entry.id}/")
        expect(page.locator("a.main-action")).to_contain_text("调解")
        shot(page, "dispute_open")
    session = {"mediators": "李建国、刘调解", "form": "people", "partner": "committee"}
    with at("2026-11-24T09:00"):
        page = room.desk(people.li)
        act(page, entry, "mediate", held_at="2026-11-24 08:40", **session, outcome="again",
            course="赔偿金额分歧较大")  # fmt: skip
        expect(page.locator("#facts")).to_contain_text("再次调解")
    with at("2026-11-26T10:00"):
        page = room.desk(people.li)
        act(page, entry, "mediate", held_at="2026-11-26 09:00", **session, outcome="agreed")
        expect(page.locator("a.main-action")).to_contain_text("填写协议")
        act(page, entry, "settle", agreed_on="2026-11-26", perform_by="2026-12-10",
            terms="李大山于十二月十日前修好水管，并赔偿张小花一千二百元。")  # fmt: skip
        expect(page.locator("a.main-action", has_text="调解协议书")).to_be_visible()
        shot(page, "dispute_agreed")
        print_it(page, entry)
        act(page, entry, "sign")
    with at("2026-12-28T09:00"):
        page = room.desk(people.li)
        expect(page.locator("main")).to_contain_text("李建国")
        page.goto(f"/entries/{entry.id}/")
        expect(page.locator("a.main-action")).to_contain_text("回访履行情况")
        shot(page, "dispute_due")
        act(page, entry, "check_kept", kept="not", check_note="水管没有修")
        assert entry.data["checks"][0]["checked_on"] == "2026-12-28"
        act(page, entry, "reopen", what="又漏水，双方争吵")
        expect(page.locator(".head")).to_contain_text("待调解")
        shot(page, "dispute_again")
        assert (entry.state, len(entry.data["flare_ups"])) == ("open", 1)
        narrow(room, people, entry)


def print_it(page: Page, entry: Entry) -> None:
    """The agreement, asked for with a purpose; the paper comes as a file."""
    page.click("a.main-action:has-text('调解协议书')")
    page.wait_for_url("**/documents/agreement/")
    expect(page.locator("main")).not_to_contain_text("张小花")
    shot(page, "dispute_print")
    with page.expect_response(lambda answer: "documents/agreement" in answer.url) as answer:
        page.click("[data-main-submit]")
    assert answer.value.headers["content-type"] == "application/pdf"
    if SHOTS:
        token = page.context.request.get(f"/entries/{entry.id}/documents/agreement/").text()
        secret = token.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        made = page.context.request.post(
            f"/entries/{entry.id}/documents/agreement/",
            form={"csrfmiddlewaretoken": secret, "purpose": "matter", "matter": "x"},
        )
        (Path(SHOTS) / "agreement.pdf").write_bytes(made.body())


def narrow(room: Room, people: Cast, entry: Entry) -> None:  # noqa: F811
    """On a phone nothing stands beside the page; for a reader of pages nothing is amiss."""
    page = room.desk(people.li, width=360)
    for path, name in (
        ("/ledgers/disputes/new/", "new"), (f"/entries/{entry.id}/", "detail"),
        (f"/entries/{entry.id}/do/mediate/", "mediate"), ("/ledgers/disputes/", "list"),
        ("/ledgers/cases/new/", "case"), ("/ledgers/committee/new/", "committee"),
    ):  # fmt: skip
        page.goto(path)
        shot(page, f"dispute_360_{name}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (path, wide)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
