"""An untidy list of places as rooms keep them, and what each of its rows should become.

    .venv/bin/python -m tests.places.untidy      writes tests/samples/场所台账.xlsx anew

Nobody in it exists: phones have 0000 in the middle, credit codes are right and nobody's. Two sheets
under a title row and a head of two rows, partly merged:

| sheet | row | what is untidy | what it becomes |
|---|---|---|---|
| 特种行业 | 4 | all there; a term of two days in one cell; name and phone in one cell | a hotel with a licence from 2024-05-01 to 2027-04-30 |
| | 5 | half-width brackets, an O in the credit code, no end of the licence | a place without code, the code kept as it was said, a warning |
| | 6 | a registration number of 15 digits, a day in words | without code, a warning |
| | 7 | full-width brackets and digits, a day as a cell | a recycling shop |
| | 8 | empty | nothing |
| | 9 | row 4 once more, with other brackets and blanks | nothing: the same credit code |
| | 10 | no code, a licence that ended before it was issued | a locksmith without that licence, the term kept as it was said, a warning |
| | 11 | two keepers in a cell, explosives | dangerous goods with two keepers |
| | 12 | a total | nothing |
| 九小场所 | 4 | a free word for the kind, all else right | a bar |
| | 5 | kind and code missing | other, with a warning |
| | 6 | closed for a time; code in small letters with blanks | a shop |
| | 7 | a term in words that cannot be read | a shop, the term kept as it was said, a warning |
| | 8 | a kind that no tree knows | other until it is mapped; kept as it was said, a warning |
| | 9 | a person's identity number where the code belongs | a shop without code, the number sealed, never in the open |
| | 10 | a total | nothing |
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from linli.demo import businesses

SAMPLE = Path(__file__).parents[1] / "samples" / "场所台账.xlsx"
TITLES = {"特种行业": "梅苑社区特种行业台账（2026年）", "九小场所": "梅苑社区“九小场所”登记表"}
HEADS = {
    "特种行业": [
        "序号", "单位名称", "行业类别", "统一社会信用代码", "经营地址", "负责人",
        "特种行业许可证号", "发证机关", "有效期", "治安责任人", "治安责任人电话", "保管员", "从业人数", "备注",
    ],
    "九小场所": [
        "序号", "招牌名称", "九小场所类别", "营业执照号", "详细地址", "经营者", "联系电话",
        "许可证编号", "到期时间", "营业状态", "建筑面积（㎡）", "上次检查", "备注",
    ],
}  # fmt: skip
# The head's upper row: what stands over several columns.
OVER = {
    "特种行业": {"许可情况": (6, 8), "治安保卫": (9, 10)},
    "九小场所": {"证照": (7, 8)},
}
HOTEL, RECYCLING, BLASTING = (
    businesses.credit_code(101), businesses.credit_code(102), businesses.credit_code(103, "91"),
)  # fmt: skip
BAR, FOOD, HAIR, CLINIC = (businesses.credit_code(n) for n in (201, 202, 203, 204))
WITH_O = HOTEL[:11] + "O" + HOTEL[12:]
OLD_NUMBER = "420106600012345"
IDENTITY = "42010619850312999X"  # the check digit is put right below


def _identity() -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(IDENTITY, weights, strict=False))
    return IDENTITY[:17] + "10X98765432"[total % 11]


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


ROWS: dict[str, list[list[Any]]] = {
    "特种行业": [
        [1, "梅苑宾馆（梅苑路店）", "宾馆", HOTEL, "梅苑路1号", "刘小梅 13800000101",
         "鄂旅0101", "武昌分局", "2024.5.1-2027.4.30", "陈大勇", "13800000102", "", 12, ""],
        [2, "顺风招待所(老店)", "招待所", WITH_O, "梅苑路3号", "赵春生13800000103",
         "鄂旅0102", "武昌分局", "长期", "", "", "", 4, "夫妻店"],
        [3, "金阿婆打金店", "打金店", OLD_NUMBER, "梅苑路 5 号", "金桂兰/13800000104",
         "备0103", "梅苑派出所", "2026年12月20日", "", "", "", "2人", ""],
        [4, "兴旺废品站（西区）", "废品站", wide(RECYCLING), "梅苑西路９号", "孙兴旺，１３８０００００１０５",
         "备0104", "梅苑派出所", date(2028, 3, 31), "孙兴旺", "13800000105", "", 3, "台账每月看一次"],
        [],
        [5, "梅苑宾馆 (梅苑路店)", "宾馆", f" {HOTEL}", "梅苑路1号", "刘小梅", "鄂旅0101",
         "武昌分局", "2024.5.1-2027.4.30", "", "", "", 12, "重复"],
        [6, "老周开锁", "配钥匙", "", "梅苑路7号", "周师傅 13800000106", "备0106",
         "梅苑派出所", "2026.6.30-2023.7.1", "", "", "", 1, ""],
        [7, "长江爆破有限公司", "民爆", BLASTING, "梅苑北路20号", "胡建军 13800000107",
         "鄂爆0107", "市公安局", "2025-01-01至2027-12-31", "吴小山", "13800000108", "安大山、白小河", 26, ""],
        ["", "合计", "7家", "", "", "", "", "", "", "", "", "", 60, ""],
    ],
    "九小场所": [
        [1, "蓝调酒吧", "酒馆", BAR, "梅苑东路2号", "林一帆", "13800000201", "鄂娱0201",
         "2027-08-31", "营业", 120, "2026.3", ""],
        [2, "隔壁小店", "", "无", "梅苑东路4号", "", "13800000202", "", "", "正常", "", "", "没有招牌"],
        [3, "聚香小吃（川味）", "小吃店", f"{FOOD[:8].lower()} {FOOD[8:].lower()}", "梅苑东路6号", "何香",
         "138 0000 0203", "JY0203", "2027/1/15", "停业", "35㎡", "2026.5", ""],
        [4, "美丝理发", "理发店", HAIR, "梅苑东路8号", "丁美丝", 13800000204, "卫0204",
         "办证之日起四年", "营业", 28.5, "", ""],
        [5, "星际体验馆", "元宇宙体验", CLINIC, "梅苑东路10号", "方星", "13800000205", "",
         "", "营业", 60, "", "类别不明"],
        [6, "老李便利店", "便利店", _identity(), "梅苑东路12号", "李长庚", "13800000206", "",
         "/", "营业", 40, "", ""],
        ["合计", "", "", "", "", "", "", "", "", "6家", 283.5, "", ""],
    ],
}  # fmt: skip


def _place(name: str, category: str | None, code: str, place: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "category": category, "credit_code": code, "place": place, **more}


def _keeper(role: str, name: str, phone: str = "") -> dict[str, str]:
    return {"role": role, "name": name, **({"phone": phone} if phone else {})}


# By sheet and the number of the row as a table program shows it. None: no place comes of it.
# `said` are cells that cannot be what their column says and stay as they stand, by their heading;
# `sealed` such that may not stand in the open; `warned` the headings a warning names; `lacks`
# the fields that `rules.missing` names. A kind nobody knows is counted under "other".
EXPECTED: dict[str, dict[int, dict[str, Any] | None]] = {
    "特种行业": {
        4: _place(
            "梅苑宾馆（梅苑路店）", "hotel.hotel", HOTEL, "梅苑路1号", staff=12,
            keepers=[_keeper("in_charge", "刘小梅", "13800000101"), _keeper("security", "陈大勇", "13800000102")],
            licences=[{"number": "鄂旅0101", "issued_by": "武昌分局", "issued_on": date(2024, 5, 1),
                       "valid_until": date(2027, 4, 30)}],
        ),
        5: _place(
            "顺风招待所(老店)", "hotel.inn", "", "梅苑路3号", staff=4, remark="夫妻店",
            keepers=[_keeper("in_charge", "赵春生", "13800000103")],
            licences=[{"number": "鄂旅0102", "issued_by": "武昌分局", "valid_until": None}],
            said={"统一社会信用代码": WITH_O}, warned=["统一社会信用代码"],
        ),
        6: _place(
            "金阿婆打金店", "second_hand.jewellery", "", "梅苑路 5 号",
            keepers=[_keeper("in_charge", "金桂兰", "13800000104")],
            licences=[{"number": "备0103", "issued_by": "梅苑派出所", "valid_until": date(2026, 12, 20)}],
            said={"统一社会信用代码": OLD_NUMBER, "从业人数": "2人"}, warned=["统一社会信用代码", "从业人数"],
        ),
        7: _place(
            "兴旺废品站（西区）", "scrap.recycling", RECYCLING, "梅苑西路９号", staff=3, remark="台账每月看一次",
            keepers=[_keeper("in_charge", "孙兴旺", "13800000105"), _keeper("security", "孙兴旺", "13800000105")],
            licences=[{"number": "备0104", "issued_by": "梅苑派出所", "valid_until": date(2028, 3, 31)}],
        ),
        8: None,
        9: None,
        10: _place(
            "老周开锁", "locksmith", "", "梅苑路7号", staff=1,
            keepers=[_keeper("in_charge", "周师傅", "13800000106")], licences=[],
            said={"有效期": "2026.6.30-2023.7.1"}, warned=["有效期"],
        ),
        11: _place(
            "长江爆破有限公司", "dangerous_goods.explosive", BLASTING, "梅苑北路20号", staff=26,
            keepers=[_keeper("in_charge", "胡建军", "13800000107"), _keeper("security", "吴小山", "13800000108"),
                     _keeper("keeper", "安大山"), _keeper("keeper", "白小河")],
            licences=[{"number": "鄂爆0107", "issued_by": "市公安局", "issued_on": date(2025, 1, 1),
                       "valid_until": date(2027, 12, 31)}],
            lacks=["goods"],
        ),
        12: None,
    },
    "九小场所": {
        4: _place(
            "蓝调酒吧", "entertainment.bar", BAR, "梅苑东路2号", trading="open", area=120,
            keepers=[_keeper("in_charge", "林一帆", "13800000201")],
            licences=[{"number": "鄂娱0201", "valid_until": date(2027, 8, 31)}], said={"上次检查": "2026.3"},
        ),
        5: _place(
            "隔壁小店", "other", "", "梅苑东路4号", trading="open", remark="没有招牌",
            keepers=[_keeper("in_charge", "", "13800000202")], licences=[], warned=["九小场所类别"],
        ),
        6: _place(
            "聚香小吃（川味）", "shop.food", FOOD, "梅苑东路6号", trading="paused",
            keepers=[_keeper("in_charge", "何香", "13800000203")],
            licences=[{"number": "JY0203", "valid_until": date(2027, 1, 15)}],
            said={"建筑面积（㎡）": "35㎡", "上次检查": "2026.5"}, warned=["建筑面积（㎡）"],
        ),
        7: _place(
            "美丝理发", "shop.service", HAIR, "梅苑东路8号", trading="open", area=28.5,
            keepers=[_keeper("in_charge", "丁美丝", "13800000204")], licences=[{"number": "卫0204"}],
            said={"到期时间": "办证之日起四年"}, warned=["到期时间"],
        ),
        8: _place(
            "星际体验馆", "other", CLINIC, "梅苑东路10号", trading="open", area=60, remark="类别不明",
            keepers=[_keeper("in_charge", "方星", "13800000205")], licences=[],
            said={"九小场所类别": "元宇宙体验"}, warned=["九小场所类别"],
        ),
        9: _place(
            "老李便利店", "shop.retail", "", "梅苑东路12号", trading="open", area=40,
            keepers=[_keeper("in_charge", "李长庚", "13800000206")], licences=[],
            sealed={"营业执照号": _identity()}, warned=["营业执照号"],
        ),
        10: None,
    },
}  # fmt: skip
FIRST_ROW = 4


def write(path: Path) -> None:
    """Write the workbook; the same every time."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2026, 1, 1), "author": ""})
        title = book.add_format({"bold": True, "align": "center", "font_size": 16})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in ROWS.items():
            sheet = book.add_worksheet(name)
            last = len(HEADS[name]) - 1
            sheet.merge_range(0, 0, 0, last, TITLES[name], title)
            _head(sheet, name, head)
            for number, cells in enumerate(rows, FIRST_ROW - 1):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell != "":
                        sheet.write(number, column, cell)


def _head(sheet: Any, name: str, form: Any) -> None:
    """Two rows: merged downwards where nothing stands over a column."""
    over = {at for first, end in OVER[name].values() for at in range(first, end + 1)}
    for text, (first, end) in OVER[name].items():
        sheet.merge_range(1, first, 1, end, text, form)
    for column, heading in enumerate(HEADS[name]):
        if column in over:
            sheet.write(2, column, heading, form)
        else:
            sheet.merge_range(1, column, 2, column, heading, form)


if __name__ == "__main__":
    write(SAMPLE)
