"""A resident says on a phone how it went; the officer sees figures from five on."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from linli.ledger.entries import receipts
from linli.ledger.entries.models import Entry
from linli.surveys import answering
from tests.browser.arriving import arrives
from tests.browser.test_day import Room, chromium, people, room, shot  # noqa: F401 - fixtures
from tests.cast import Cast, do, record

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def closed(people: Cast) -> tuple[Entry, str]:  # noqa: F811
    done = record("visits", people.li, people.room)
    code = receipts.issue(done.entry, people.room.pk, people.branch.pk)
    do("visits", "handle", people.li, done.entry, result="已办好")
    return Entry.objects.get(id=done.entry), code


def test_it_is_said_once_and_shown_from_five_on(people: Cast, room: Room) -> None:  # noqa: F811
    for _n in range(4):
        answering.answer(closed(people)[0], {"satisfaction": "5", "narrative": "很快"})
    _entry, code = closed(people)
    desk = room.desk(people.li)
    desk.goto("/surveys/")
    expect(desk.locator("main")).to_contain_text("不足 5 份")
    phone = room.desk(people.outsider, width=360, java_script_enabled=False)
    phone.goto("/receipt/")
    phone.get_by_label("回执码").fill(code)
    with arrives(phone):
        phone.locator("form button").first.click()
    survey = phone.locator("#survey")
    survey.locator('input[name="satisfaction"][value="4"]').check()
    survey.locator('input[name="speed"][value="5"]').check()
    survey.locator("textarea").fill("民警讲得很清楚")
    shot(phone, "survey-asked")
    with arrives(phone):
        survey.get_by_role("button", name="提交评价").click()
    expect(phone.locator("main")).to_contain_text("谢谢")
    expect(phone.locator("#survey")).to_have_count(0)
    shot(phone, "survey-thanked")
    desk.goto("/surveys/")
    expect(desk.locator("main")).to_contain_text("100 %")
    expect(desk.locator("main")).to_contain_text("民警讲得很清楚")
    shot(desk, "survey-figures")
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()
    small = room.desk(people.li, width=360)
    small.goto("/surveys/")
    assert small.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(small, "survey-figures-phone")
