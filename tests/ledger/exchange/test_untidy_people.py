"""People in untidy lists: numbers in the cell of a name, columns whose place is taken, numbers of a
person where a business's belong. And sheets that have words of their own for one column."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import orjson
import pytest
from django.conf import settings

from linli.ground import codes, keyring
from linli.ledger.acts.correcting import opened
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.exchange.rows.people import Told
from linli.ledger.exchange.words import headings
from tests.cast import Cast, cast
from tests.ledger.exchange.conftest import bring, csv_of
from tests.places.untidy import _identity

HEAD = "检查日期,行业类别,单位名称,地址,负责人,联系电话,检查人,信用代码,检查结果"
IDENTITY = _identity()


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def persons(entry: Entry) -> list[dict[str, Any]]:
    """What is sealed of the people of an entry, in their order."""
    ring = keyring.load(settings.HOME)
    rows = EntryPerson.objects.filter(entry=entry.id).order_by("position")
    return [opened(person.id, entry.id, ring) for person in rows]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("刘小梅 13800000101", [("刘小梅", "13800000101")]),
        ("赵春生13800000103", [("赵春生", "13800000103")]),
        ("金桂兰/13800000104", [("金桂兰", "13800000104")]),
        ("孙兴旺，１３８０００００１０５", [("孙兴旺", "13800000105")]),
        ("周师傅（13800000106）", [("周师傅", "13800000106")]),
        ("13800000107 胡建军", [("胡建军", "13800000107")]),
        ("安大山13800000108、白小河13800000109", [("安大山", "13800000108"), ("白小河", "13800000109")]),
        ("安大山、白小河", [("安大山", ""), ("白小河", "")]),
        ("13800000110", [("", "13800000110")]),
        ("欧阳小梅", [("欧阳小梅", "")]),
    ],
)  # fmt: skip
def test_a_phone_in_the_cell_of_a_name_is_the_persons(
    cell: str, found: list[tuple[str, str]], people: Cast
) -> None:
    row = f"2025-03-04,宾馆,梅苑宾馆,梅苑路1号,{cell},,李建国,,合格"
    bring(people, "inspections", csv_of(HEAD, row))
    (entry,) = Entry.objects.all()
    told = [(one.get("name", ""), one.get("phone", "")) for one in persons(entry)]
    assert told == found
    masks = EntryPerson.objects.values_list("name_mask", flat=True)
    assert not any("1" in codes.halfwidth(mask) for mask in masks)


def test_both_numbers_of_a_cell_go_where_they_belong() -> None:
    told = Told()
    told.add("name", "负责人", f"刘小梅 {IDENTITY.lower()} / 13800000101")
    found, warnings = told.people(headings.words(registry.get("inspections")))
    assert warnings == []
    assert found == [{"name": "刘小梅", "phone": "13800000101", "id_number": IDENTITY}]


def test_of_two_columns_of_people_the_second_is_sealed_not_open(people: Cast) -> None:
    bring(people, "inspections", csv_of(
        "检查日期,行业类别,单位名称,地址,负责人,法定代表人,检查人,检查结果",
        "2025-03-04,宾馆,梅苑宾馆,梅苑路1号,刘小梅,林一帆,李建国,合格",
    ))  # fmt: skip
    (entry,) = Entry.objects.all()
    assert "林一帆" not in orjson.dumps(entry.data).decode()
    (person,) = persons(entry)
    assert person["name"] == "刘小梅" and "林一帆" in person["note"]


@pytest.mark.parametrize("named", ["刘小梅", ""])
def test_a_persons_number_in_the_column_of_a_code_is_sealed(people: Cast, named: str) -> None:
    run = bring(people, "inspections", csv_of(
        HEAD, f"2025-03-04,宾馆,梅苑宾馆,梅苑路1号,{named},,李建国,{IDENTITY},合格"
    ))  # fmt: skip
    (entry,) = Entry.objects.all()
    assert IDENTITY not in orjson.dumps(entry.data).decode() and run.warned == 1
    assert "credit_code" not in entry.data
    (person,) = persons(entry)
    assert IDENTITY in person["note"] and person.get("name", "") == named


def test_a_business_code_that_is_wrong_stays_in_the_open(people: Cast) -> None:
    bring(people, "inspections", csv_of(
        HEAD, "2025-03-04,宾馆,梅苑宾馆,梅苑路1号,刘小梅,,李建国,420106600012345,合格"
    ))  # fmt: skip
    (entry,) = Entry.objects.all()
    assert entry.data["past"]["said"]["信用代码"] == "420106600012345"


def test_each_sheet_has_its_own_words_for_a_column(people: Cast) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("九小场所")
    assert first is not None
    first.append(["检查日期", "单位名称", "地址", "负责人", "检查人", "检查结果"])
    first.append(["2025-03-04", "梅苑宾馆", "梅苑路1号", "刘小梅", "李建国", "合格"])
    second.append(["检查时间", "店名", "详细地址", "法人", "检查人员", "检查结论"])
    second.append(["2025-03-05 09:00", "聚香小吃", "梅苑东路6号", "何香", "李建国", "合格"])
    content = io.BytesIO()
    book.save(content)
    run = bring(people, "inspections", content.getvalue())
    assert (run.status, run.problem) == ("done", "")
    found = {one.place: one for one in Entry.objects.all()}
    assert found["梅苑路1号"].data["subject"] == "梅苑宾馆"
    assert found["梅苑东路6号"].data["subject"] == "聚香小吃"
    assert [one["name"] for one in persons(found["梅苑东路6号"])] == ["何香"]
    assert {one.state for one in found.values()} == {"clean"}
