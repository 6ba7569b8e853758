"""An old book comes in through the browser, as an officer does it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from tests.browser.arriving import arrives
from tests.browser.test_day import (  # noqa: F401 - fixtures
    Room,
    chromium,
    people,
    pytestmark,
    room,
    shot,
)
from tests.cast import Cast
from tests.ledger.exchange.conftest import INCIDENTS_FILE
from tests.ledger.exchange.exported import PROGRAM, export
from tests.ledger.exchange.generating import Handling


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_upload_look_map_start_and_take_the_result(room: Room, people: Cast) -> None:  # noqa: F811
    page = room.desk(people.li)
    page.goto("/ledgers/incidents/import/")
    shot(page, "import-1-upload")
    clean(page)
    page.set_input_files("#file", str(INCIDENTS_FILE))
    with arrives(page):
        page.click("[data-main-submit]")
    shot(page, "import-2-preview")
    clean(page)
    page.fill("#year", "2025")
    page.get_by_label("微信群").select_option("online")
    page.get_by_label("经济纠纷").select_option("dispute.other")
    page.get_by_label("服务类").select_option("help.other")
    with arrives(page):
        page.click("button[name=again]")
    shot(page, "import-3-mapped")
    with arrives(page):
        page.click("[data-main-submit]")
    expect(page.get_by_role("link", name="结果工作簿")).to_be_visible(timeout=60_000)
    shot(page, "import-4-summary")
    clean(page)
    assert Entry.objects.count() == 411
    with page.expect_download() as taken:
        page.get_by_role("link", name="结果工作簿").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    with arrives(page):
        page.get_by_role("link", name="撤销本次导入").click()
    expect(page.get_by_role("button", name="全部作废")).to_be_visible()
    clean(page)
    shot(page, "import-5-undo")
    page.get_by_role("button", name="全部作废").click()
    expect(page.get_by_text("本次导入的事项已全部作废")).to_be_visible(timeout=60_000)
    assert set(Entry.objects.values_list("state", flat=True)) == {"void"}


def test_the_preview_on_a_phone(room: Room, people: Cast) -> None:  # noqa: F811
    page = room.desk(people.li, width=360)
    page.goto("/ledgers/incidents/import/")
    page.set_input_files("#file", str(INCIDENTS_FILE))
    with arrives(page):
        page.click("[data-main-submit]")
    expect(page.locator("#year")).to_be_visible()
    shot(page, "import-phone")
    clean(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_an_export_comes_in_without_a_question(room: Room, people: Cast, width: int) -> None:  # noqa: F811
    ledger = registry.get("disputes")
    made = [
        Handling(ledger, PROGRAM, people.next_room, [people.neighbour], seed).to_the_end()
        for seed in (1, 2)
    ]
    page = room.desk(people.li, width=width)
    page.goto("/ledgers/disputes/import/")
    content = export("xlsx", ledger, made, "zh-hans")
    page.set_input_files("#file", {"name": "矛盾纠纷.xlsx", "mimeType": "", "buffer": content})
    with arrives(page):
        page.click("[data-main-submit]")
    expect(page.get_by_text("各列都已认出")).to_be_visible()
    expect(page.locator("select[name^=column-]")).to_have_count(0)
    shot(page, f"import-own-{width}")
    clean(page)
    with arrives(page):
        page.click("button[name=start]")
    expect(page.get_by_role("link", name="结果工作簿")).to_be_visible(timeout=60_000)
    assert Entry.objects.filter(room=people.room.pk, past=True).count() == 2
