"""Own ledgers in a real Chromium: the sample on a phone, its second version, and one made by hand.

LINLI_SHOTS=folder keeps screenshots to be looked at.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from linli.ground import clock
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.entries.models import Entry
from tests.browser.test_day import Room, chromium, people, room, shot
from tests.cast import Cast
from tests.ledger.custom import SAMPLE

__all__ = ["chromium", "people", "room"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def no_wider_than_the_page(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def upload(page: Page, path: str = str(SAMPLE)) -> None:
    page.goto("/own-ledgers/new/")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="导入").click()


def test_the_sample_on_a_phone_and_its_second_version(room: Room, people: Cast) -> None:
    head = room.desk(people.head)
    upload(head)
    expect(head.get_by_role("heading", name="电动车充电安全排查")).to_be_visible()
    shot(head, "own-draft")
    head.get_by_role("button", name="发布").click()
    expect(head.get_by_text("已发布为第 1 版")).to_be_visible()

    page = room.desk(people.li, width=360)
    page.goto("/ledgers/ebike_charging/new/")
    no_wider_than_the_page(page)
    other, cable, due = (
        page.get_by_label("其他问题说明"),
        page.get_by_label("飞线长度"),
        page.get_by_label("整改期限"),
    )
    for one in (other, cable, due):
        expect(one).to_be_hidden()
    shot(page, "own-phone-empty")
    page.get_by_label("排查日期").fill((clock.today() + timedelta(days=1)).isoformat())
    page.get_by_label("排查日期").blur()
    expect(page.get_by_text("不能晚于今天")).to_be_visible()
    page.get_by_label("排查日期").fill("2026-01-05")
    expect(page.get_by_text("不能晚于今天")).to_be_hidden()
    page.get_by_label("楼栋").fill("3栋2单元")
    page.get_by_label("充电位置").select_option(label="楼道")
    page.get_by_label("电动车数量").fill("２０１")
    # The complaint comes as the next field is pressed, and does not move it away from the finger.
    page.get_by_label("飞线充电").check()
    expect(page.get_by_text("0到200之间")).to_be_visible()
    page.get_by_label("电动车数量").fill("12")
    expect(page.get_by_text("0到200之间")).to_be_hidden()
    expect(cable).to_be_visible()
    expect(other).to_be_hidden()
    page.get_by_label("其他", exact=True).check()
    expect(other).to_be_visible()
    other.fill("灭火器过期")
    page.get_by_label("是否当场整改").select_option(label="否")
    expect(due).to_be_visible()
    due.fill("2026-01-01")
    due.blur()
    expect(page.get_by_text("不早于排查日期")).to_be_visible()
    shot(page, "own-phone-wrong")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator("[data-error-summary]")).to_contain_text(
        "不早于排查日期"
    )  # the server says so too
    expect(other).to_have_value("灭火器过期")
    due.fill("2026-02-01")
    page.get_by_role("button", name=re.compile("保存")).click()
    page.wait_for_url("**/saved/")
    entry = Entry.objects.get()
    assert (entry.version, entry.data["due"], entry.data["place"]) == (1, "2026-02-01", "hall")

    # A second version while somebody has the form of the first one open.
    page.goto("/ledgers/ebike_charging/new/")
    page.get_by_label("排查日期").fill("2026-01-06")
    page.get_by_label("楼栋").fill("5栋")
    page.get_by_label("充电位置").select_option(label="入户")
    page.get_by_label("电动车数量").fill("3")
    page.get_by_label("是否当场整改").select_option(label="是")
    head.goto("/own-ledgers/")
    head.get_by_role("button", name="修改（新版本）").click()
    head.get_by_role("link", name="添加一项").first.click()
    head.get_by_label("名称（中文）").fill("车主是否在场")
    head.get_by_role("combobox", name=re.compile("^类型")).select_option(label="是或否")
    head.get_by_role("checkbox", name="必填").check()
    head.get_by_role("button", name=re.compile("^保存 ")).click()
    expect(head.get_by_text("车主是否在场")).to_be_visible()
    head.get_by_role("button", name="发布").click()
    expect(head.get_by_text("已发布为第 2 版")).to_be_visible()
    shot(head, "own-list")
    page.get_by_role("button", name=re.compile("保存")).click()
    page.wait_for_url("**/saved/")
    assert list(Entry.objects.order_by("serial_no").values_list("version", flat=True)) == [1, 1]
    page.goto("/ledgers/ebike_charging/new/")
    expect(page.get_by_label("车主是否在场")).to_be_visible()
    page.goto(f"/entries/{entry.id}/")
    expect(page.get_by_text("飞线长度(米)")).to_be_hidden()
    expect(page.get_by_text("灭火器过期")).to_be_visible()
    expect(page.get_by_text("车主是否在场")).to_have_count(0)
    no_wider_than_the_page(page)
    shot(page, "own-entry")


def test_the_day_is_the_servers_on_a_device_whose_clock_is_wrong(room: Room, people: Cast) -> None:
    head = room.desk(people.head)
    upload(head)
    head.get_by_role("button", name="发布").click()
    expect(head.get_by_text("已发布为第 1 版")).to_be_visible()
    page = room.desk(people.li)
    page.clock.install(time="2019-05-01T08:00:00+08:00")
    page.goto("/ledgers/ebike_charging/new/")
    day, refused = page.get_by_label("排查日期"), page.get_by_text("不能晚于今天")
    for ahead, said in ((1, True), (0, False), (2, True)):
        day.fill((clock.today() + timedelta(days=ahead)).isoformat())
        day.blur()
        expect(refused).to_be_visible(visible=said)


def test_a_ledger_made_by_hand(room: Room, people: Cast) -> None:
    page = room.desk(people.head)
    page.goto("/own-ledgers/")
    shot(page, "own-nothing")
    page.get_by_role("link", name="新建台账").first.click()
    shot(page, "own-begin")
    page.get_by_role("textbox", name=re.compile("^名称")).fill("九小场所走访")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_text("还没有任何项")).to_be_visible()
    page.get_by_role("link", name="添加一项").first.click()
    page.get_by_label("名称（中文）").fill("场所类型")
    page.get_by_role("combobox", name=re.compile("^类型")).select_option(label="单选")
    page.get_by_role("textbox", name=re.compile("^选项")).fill("餐馆\n网吧\nother = 其他 | Other")
    page.get_by_role("button", name="保存并再添一项").click()
    expect(page.get_by_text("已保存：场所类型")).to_be_visible()
    page.get_by_label("名称（中文）").fill("说明")
    page.get_by_label("仅当这一项").select_option(label="场所类型")
    page.get_by_label("满足", exact=True).select_option(label="等于")
    page.get_by_label("这个值").fill("其他")
    page.get_by_label("填写的值要满足").fill("concat(., 'x')")
    shot(page, "own-field")
    page.get_by_role("button", name=re.compile("^保存 ")).click()
    expect(page.get_by_text("这里不能用 concat()").first).to_be_visible()
    page.get_by_label("填写的值要满足").fill("string-length(.) >= 2")
    page.get_by_role("button", name=re.compile("^保存 ")).click()
    expect(
        page.get_by_text("${chang_suo_lei_xing} = 'other'").or_(page.get_by_text("= 'other'"))
    ).to_be_visible()
    page.get_by_role("button", name="说明 上移").click()
    expect(page.locator(".own-fields li").first).to_contain_text("说明")
    page.get_by_role("button", name="说明 下移").click()
    expect(page.locator(".own-fields li").first).to_contain_text("场所类型")
    shot(page, "own-by-hand")
    page.get_by_role("link", name=re.compile("预览")).click()
    expect(page.get_by_label("说明")).to_be_hidden()
    page.get_by_label("场所类型").select_option(label="其他")
    expect(page.get_by_label("说明")).to_be_visible()
    shot(page, "own-preview")
    page.get_by_role("link", name="返回草稿").click()
    page.get_by_role("link", name=re.compile("修改 E|修改E")).click()
    page.get_by_label("办结期限（天）").fill("15")
    shot(page, "own-settings")
    page.get_by_role("button", name=re.compile("保存")).click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布为第 1 版")).to_be_visible()
    row = LedgerDesign.objects.get()
    assert row.definition["days"] == 15 and row.definition["letter"]["zh"] == "九"
    page.goto("/own-ledgers/")
    page.get_by_role("link", name="停用").click()
    page.get_by_label("原因").or_(page.get_by_label("理由")).first.fill("并入场所台账")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用").first).to_be_visible()


def test_a_wrong_workbook_is_told_row_by_row(
    room: Room, people: Cast, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.ledger.test_workbooks import book

    file = tmp_path_factory.mktemp("x") / "wrong.xlsx"
    file.write_bytes(book(("tyme", "a", "A"), ("text", "b", "乙", "", "coalesce(., 1)")))
    page = room.desk(people.head, width=360)
    upload(page, str(file))
    expect(page.get_by_text("survey 表第 2 行 type 列")).to_be_visible()
    expect(page.get_by_text("没有类型 tyme")).to_be_visible()
    expect(page.get_by_text("这里不能用 coalesce()")).to_be_visible()
    no_wider_than_the_page(page)
    shot(page, "own-wrong-workbook")
