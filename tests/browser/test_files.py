"""Photos in the browser: chosen, refused, pasted, dropped, waited for; and the same without script."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from linli.history.models import ReadLog
from linli.ledger.files.models import Attachment
from tests.browser.arriving import arrives
from tests.browser.test_day import (  # noqa: F401 - fixtures
    Room,
    chromium,
    people,
    pytestmark,
    room,
    shot,
)
from tests.cast import Cast, record
from tests.ledger.files.conftest import pdf, picture, wave


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def chosen(tmp_path: Path) -> list[str]:
    made = {
        "门口.jpg": picture(gps=True),
        "坏的.jpg": b"MZ\x90",
        "协议.pdf": pdf(),
        "谈话.wav": wave(3),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in made]


def test_chosen_refused_pasted_dropped_and_looked_at(
    room: Room, people: Cast, chosen: list[str]  # noqa: F811
) -> None:  # fmt: skip
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/do/attach/")
    page.locator("[data-file-input]").first.set_input_files(chosen)
    ticks = page.locator(".file-line input[type=checkbox]")
    expect(ticks).to_have_count(3)
    expect(page.locator(".file-line.refused")).to_contain_text("坏的.jpg")
    clean(page)
    shot(page, "files-1-form")
    _hand_over(page, "document", "paste", "clipboardData", picture((300, 200)))
    expect(ticks).to_have_count(4)
    _hand_over(page, "document.querySelector('[data-file-drop]')", "drop", "dataTransfer", pdf())
    expect(ticks).to_have_count(5)
    ticks.nth(4).uncheck()
    with arrives(page):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".file-strip > li")).to_have_count(4)
    assert Attachment.objects.filter(entry=entry).count() == 4
    assert not ReadLog.objects.filter(kind="file").exists()
    clean(page)
    shot(page, "files-2-strip")
    page.set_viewport_size({"width": 360, "height": 740})
    clean(page)
    shot(page, "files-2-strip-phone")
    with arrives(page):
        page.locator(".file-strip a.tile").first.click()
    picture_shown = page.locator(".file-whole img")
    expect(picture_shown).to_be_visible()
    assert picture_shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    assert ReadLog.objects.filter(kind="file", entry=entry).count() == 1
    clean(page)
    shot(page, "files-3-one")


def _hand_over(page: Page, target: str, event: str, carrier: str, content: bytes) -> None:
    """Paste or drop a file, as the browser tells a page of it."""
    page.evaluate(
        f"""(text) => {{
            const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "x.bin"));
            const happened = new Event("{event}", {{ bubbles: true, cancelable: true }});
            happened.{carrier} = carried;
            {target}.dispatchEvent(happened);
        }}""",
        base64.b64encode(content).decode(),
    )


def test_sent_while_files_are_under_way_waits_for_them(
    room: Room, people: Cast, chosen: list[str]  # noqa: F811
) -> None:  # fmt: skip
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/do/attach/")
    page.locator("[data-file-input]").first.set_input_files([chosen[0], chosen[2], chosen[3]])
    with arrives(page):
        page.click("[data-main-submit]")
    expect(page.locator(".file-strip > li")).to_have_count(3)


def test_a_recording_plays_from_the_middle(
    room: Room, people: Cast, chosen: list[str]  # noqa: F811
) -> None:  # fmt: skip
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    page.goto(f"/entries/{entry}/do/attach/")
    page.locator("[data-file-input]").first.set_input_files([chosen[3]])
    expect(page.locator(".file-line input[type=checkbox]")).to_have_count(1)
    with arrives(page):
        page.click("[data-main-submit]")
    length = page.locator("audio").evaluate(
        """async (audio) => {
            audio.preload = "auto";
            audio.load();
            await new Promise((done, failed) => {
                audio.oncanplay = done;
                audio.onerror = () => failed(audio.error.message);
            });
            audio.currentTime = 2;
            await new Promise((done) => { audio.onseeked = done; });
            return audio.duration;
        }"""
    )
    assert 2.9 < length < 3.1


def test_without_script_the_form_carries_the_files(
    room: Room, people: Cast, chosen: list[str], chromium: Any  # noqa: F811
) -> None:  # fmt: skip
    entry = record("visits", people.li, people.room).entry
    page = room.desk(people.li)
    state = page.context.storage_state()
    plain = chromium.new_context(
        java_script_enabled=False, storage_state=state, base_url=page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2],
        locale="zh-CN",
    ).new_page()  # fmt: skip
    plain.goto(f"/entries/{entry}/do/attach/")
    plain.locator("input[type=file]").first.set_input_files(chosen[:2])
    plain.locator("[data-main-submit]").click()
    expect(plain.locator(".field-error")).to_contain_text("坏的.jpg")
    expect(plain.locator(".file-line input:checked")).to_have_count(1)
    plain.locator("[data-main-submit]").click()
    expect(plain.locator(".file-strip > li")).to_have_count(1)
