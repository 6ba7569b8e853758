"""A room's old file of inspections, and the exact titles of the ledger's own fields."""

from __future__ import annotations

import pytest
from django.utils import translation

from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.exchange.words import headings
from linli.ledger.verify import verify
from tests.cast import Cast, cast
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

OWN = ("inspections", "hazards", "patrols", "emergency_log", "gate_passes")


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.mark.parametrize("code", OWN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_field_is_known_by_its_own_title(code: str, language: str) -> None:
    ledger = registry.get(code)
    known = headings.words(ledger).columns
    with translation.override(language):
        for field in ledger.fields:
            if field.kind.code in ("people", "files", "thing"):  # not in one column of a file
                continue
            target = known.get(headings.plain(str(field.title)), "")
            assert target.split("[")[0] == field.name, (field.name, str(field.title), target)


def test_an_old_book_of_inspections(people: Cast) -> None:
    rows = [
        ["序号", "检查日期", "行业类别", "单位名称", "地址", "负责人", "联系电话", "检查人", "存在问题", "整改期限", "检查结果"],
        ["1", "2025-03-04", "宾馆", "梅苑宾馆", "梅苑路1号", "张小花", "13800000001", "李建国", "", "", "合格"],
        ["2", "2025-03-05", "废品站", "兴旺废品站", "梅苑路2号", "", "", "李建国", "台账缺项", "2025-03-12", "已整改"],
        ["3", "2025-03-06", "网吧", "蓝天网吧", "梅苑路3号", "", "", "李建国", "通道堵塞", "2025-03-10", "责令整改"],
    ]  # fmt: skip
    run = bring(people, "inspections", csv_of(*(",".join(row) for row in rows)), year=2025)
    assert (run.status, run.problem) == ("done", "")
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="inspections")}
    assert [found[n].state for n in "123"] == ["clean", "closed", "rectify"]
    assert [found[n].category for n in "123"] == ["hotel", "scrap", "entertainment"]
    assert found["2"].data["due_on"] == "2025-03-12"
    assert found["3"].data["subject"] == "蓝天网吧" and found["3"].place == "梅苑路3号"
    assert EntryPerson.objects.get(entry=found["1"].id).role == "in_charge"
    assert all(not one.deadlines for one in found.values())
    assert [one for one in verify() if one.wrong] == []
    assert counts(run)[1] == 0


def test_an_old_book_of_hazards(people: Cast) -> None:
    rows = [
        ["序号", "排查日期", "隐患类别", "等级", "隐患部位", "隐患内容", "责任单位", "整改期限", "整改结果", "复查情况", "排查人"],
        ["1", "2025-04-01", "消防通道", "一般", "5栋", "楼道堆物", "梅苑物业", "2025-04-10", "已清理", "合格", "李建国"],
        ["2", "2025-04-02", "井盖", "重大", "东门", "井盖破损", "水务公司", "2025-04-03", "整改中", "", "李建国"],
        ["3", "2025-04-03", "路灯不亮", "", "西门", "两盏路灯不亮", "", "", "", "", "李建国"],
    ]  # fmt: skip
    run = bring(people, "hazards", csv_of(*(",".join(row) for row in rows)), year=2025)
    assert (run.status, run.problem) == ("done", "")
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="hazards")}
    assert [found[n].state for n in "123"] == ["closed", "passed", "open"]
    assert [found[n].category for n in "123"] == ["fire_exits", "manhole", "lighting"]
    assert found["2"].data["severity"] == "serious"
    assert found["1"].data["responsible_body"] == "梅苑物业"


def test_an_old_book_of_the_gate(people: Cast) -> None:
    rows = [
        ["进入时间", "车牌号", "来访人", "被访住址", "通行证号", "离开时间", "事由"],
        ["2025-05-01 09:00", "鄂A·12345", "张小花", "5栋302", "17", "2025-05-01 11:30", "走亲访友"],
    ]  # fmt: skip
    run = bring(people, "gate_passes", csv_of(*(",".join(row) for row in rows)), year=2025)
    assert (run.status, run.problem) == ("done", "")
    entry = Entry.objects.get(ledger="gate_passes")
    assert (entry.state, entry.data["plate"], entry.place) == ("out", "鄂A12345", "5栋302")
    assert entry.closed_at is not None and entry.closed_at.hour == 3  # half past eleven in Wuhan
