"""The scripts in a real browser, under the product's content security policy."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.arriving import arrives, takes_keys

COMPOSING_ENTER = """element => element.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, isComposing: true}))"""


def test_enter_goes_on_but_not_while_composing(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    tab.locator("#id_place").focus()
    tab.locator("#id_place").evaluate(COMPOSING_ENTER)
    takes_keys(tab.locator("#id_place"))
    tab.keyboard.press("Enter")
    takes_keys(tab.locator("#id_summary"))
    tab.keyboard.press("Enter")
    takes_keys(tab.locator("#id_summary"))
    expect(tab.locator("#id_summary")).to_have_value("\n")


def test_ctrl_enter_submits_and_only_once(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    tab.evaluate(
        "window.sent = 0; document.querySelector('form.form').addEventListener('submit', e => { window.sent += 1; })"
    )
    tab.evaluate(
        "document.querySelector('form.form').addEventListener('submit', e => { if (e.defaultPrevented) window.sent -= 1; e.preventDefault(); })"
    )
    tab.locator("#id_summary").focus()
    tab.keyboard.press("Control+Enter")
    assert tab.evaluate("window.sent") == 1


def test_a_draft_is_saved_while_typing_without_files(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    with tab.expect_request("**/draft/") as asked:
        tab.locator("#id_summary").type("漏水")
    body = asked.value.post_data
    assert "漏水" in body
    assert "csrfmiddlewaretoken" in body
    assert 'name="photo"' not in body
    tab.wait_for_selector("[data-draft-state][data-state=saved]")
    expect(tab.locator("input[name=draft]")).to_have_value("d1")


def test_leaving_warns_of_what_is_not_saved_and_sending_does_not(tab: Any, gallery: str) -> None:
    asked: list[str] = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.clock.install(time=0)
    tab.goto(f"{gallery}/form/")
    tab.clock.pause_at(60_000)  # no autosave, however long the browser takes
    tab.locator("#id_place").type("x")
    with arrives(tab):
        tab.locator("[data-main-submit]").click()
    assert asked == []
    tab.locator("#id_place").type("x")
    tab.goto(f"{gallery}/desk/")
    assert asked == ["beforeunload"]


def test_a_lapsed_session_keeps_what_was_typed(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    tab.route("**/draft/", lambda route: route.fulfill(status=302, headers={"Location": "/404/"}))
    tab.locator("#id_place").type("x")
    tab.wait_for_selector("[data-draft-state][data-state=signed-out]")
    expect(tab.locator("#id_place")).to_have_value("x")


def test_a_person_is_added_and_taken_away(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    tab.locator("[data-row-add]").click()
    takes_keys(tab.locator("#id_people-1-name"))
    expect(tab.locator("#id_people-TOTAL_FORMS")).to_have_value("2")
    tab.locator("#id_people-1-name").fill("x")
    tab.locator("[data-row-remove]").nth(1).click()
    expect(tab.locator("#id_people-1-name")).to_be_hidden()
    expect(tab.locator("#id_people-1-name")).to_have_value("")


def test_a_suggestion_is_taken_by_keyboard(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    place = tab.locator("#id_place")
    place.type("3")
    tab.wait_for_selector("#id_place[aria-expanded=true]")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(place).to_have_value("才汇巷小区 2 栋 3")
    takes_keys(tab.locator("#id_summary"))


def test_a_category_is_found_by_initials(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/form/")
    tab.locator("#id_category").click()
    tab.locator("#id_category").fill("dq")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_selector("#id_category[aria-activedescendant]")
    tab.keyboard.press("Enter")
    expect(tab.locator("select[name=category]")).to_have_value("3")
    expect(tab.locator("#id_category")).to_have_value("盗窃 › 电动车电瓶")


def test_enter_takes_the_first_choice_that_fits_and_says_when_none_does(
    tab: Any, gallery: str
) -> None:
    tab.goto(f"{gallery}/form/")
    category = tab.locator("#id_category")
    category.click()
    category.fill("盗窃")  # fits several; an Enter that comes before the list does the same
    tab.keyboard.press("Enter")
    expect(category).to_have_value(re.compile("盗窃"))
    expect(tab.locator("select[name=category]")).not_to_have_value("")
    category.click()
    category.fill("飞碟")
    expect(tab.locator(".combo-list li.none").first).to_be_visible()


def test_rows_are_walked_and_opened_with_keys(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/list/")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    expect(tab.locator("tr[aria-selected=true] .serial")).to_have_text("警-2026-0260")
    tab.keyboard.press("/")
    takes_keys(tab.locator("#find"))
    tab.keyboard.press("j")
    expect(tab.locator("#find")).to_have_value("j")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/detail/")


def test_single_keys_can_be_switched_off(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/desk/")
    tab.keyboard.press("?")
    dialog = tab.locator("#keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("来访")
    dialog.locator("[data-keys-switch]").uncheck()
    tab.keyboard.press("Escape")
    tab.reload()
    tab.keyboard.press("v")
    tab.keyboard.press("?")
    expect(tab).to_have_url(re.compile("/desk/$"))
    expect(tab.locator("#keys")).to_be_hidden()


def test_nothing_sticks_out_at_360_pixels(tab: Any, gallery: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    for name in (
        "desk",
        "list",
        "detail",
        "form",
        "ledger",
        "errors",
        "parts",
        "public",
        "receipt",
        "print",
        "404",
    ):
        tab.goto(f"{gallery}/{name}/")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, name


def test_rows_without_a_template_grow_by_themselves(tab: Any, gallery: str) -> None:
    tab.goto(f"{gallery}/ledger/")
    tab.locator("[name=people-0-phone]").type("13800001234")
    expect(tab.locator("[data-row]")).to_have_count(2)
    expect(tab.locator("[name=people-1-phone]")).to_have_value("")
    tab.locator("[name=people-1-name]").type("x")
    expect(tab.locator("[name=people-2-role]")).to_have_count(1)
