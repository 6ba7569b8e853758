"""Files that Linli wrote and people changed: what is known stays exact, the rest is told row by row."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from linli.ledger.declaration import kinds, registry
from linli.ledger.declaration.ledger import Choice, Field, Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs import files, planning, running, undoing
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exchange.words import cell_out, sheet_columns
from linli.ledger.verify import verify
from linli.org import actions
from linli.org.models import Role
from tests.cast import BACKEND, Cast, actor
from tests.ledger.exchange.conftest import counts
from tests.ledger.exchange.exported import (
    PROGRAM,
    bring_in,
    content,
    csv_of_cells,
    export,
    lines_of,
    persons,
    reasons,
    table,
    workbook_of,
)
from tests.ledger.exchange.generating import Handling

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputes(people: Cast) -> Ledger:
    """The ledger of disputes; 李建国 is posted in the next room too, 王海涛 is not."""
    actions.post(staff=people.li, unit=people.next_room, role=Role.OFFICER, by=PROGRAM)
    return registry.get("disputes")


@pytest.fixture
def entries(people: Cast, disputes: Ledger) -> list[Entry]:
    """Three of the room, handled by 李建国 alone."""
    return [
        Handling(disputes, PROGRAM, people.room, [people.li], seed).to_the_end()
        for seed in (1, 2, 3)
    ]


def lines(entries: list[Entry], **more: Any) -> list[dict[str, Any]]:
    staff = sheet_columns.staff_names()
    return [{**sheet_columns.line(entry, persons(entry), staff), **more} for entry in entries]


def imported(run: ImportRun) -> dict[str, Entry]:
    """By the number in the file."""
    return {one.data["past"]["number"]: one for one in Entry.objects.filter(import_run=run.pk)}


def check_same(run: ImportRun, entries: list[Entry]) -> None:
    there = sorted(imported(run).items())
    told = [content(entry, exact=False) for _number, entry in there]
    assert told == [content(entry, exact=False) for entry in entries]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_table_saved_by_another_program(
    people: Cast, disputes: Ledger, entries: list[Entry], encoding: str, delimiter: str
) -> None:
    file = csv_of_cells(table(disputes, entries), delimiter).encode(encoding)
    run = bring_in(people.next_room, disputes, file)
    assert counts(run) == (3, 0, 0, 0), reasons(run)
    check_same(run, entries)


def test_a_workbook_with_a_title_totals_repeated_heads_and_several_sheets(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    head, *rows = table(disputes, entries)
    first = [["矛盾纠纷台账（导出）"], head, rows[0], head, rows[1], [], ["合计", 2]]
    run = bring_in(people.next_room, disputes, workbook_of(first, [head, rows[2]]))
    assert (counts(run), run.skipped) == ((3, 0, 0, 0), 3), reasons(run)
    check_same(run, entries)


def test_columns_in_another_order_and_one_that_somebody_added(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    head, *rows = table(disputes, entries)
    turned = [[*reversed(row), note] for row, note in zip(
        [head, *rows], ["领导批注", "已阅", "", "加我微信 13800001234"], strict=True
    )]  # fmt: skip
    run = bring_in(people.next_room, disputes, csv_of_cells(turned).encode())
    assert counts(run) == (3, 0, 0, 0), reasons(run)
    first, _second, third = (entry for _number, entry in sorted(imported(run).items()))
    assert first.data["past"]["said"]["领导批注"] == "已阅"
    # What may be somebody's number is not kept in the open.
    assert "领导批注" not in third.data["past"].get("said", {})
    assert "13800001234" in persons(third)[0]["note"]


def test_what_an_officer_wrote_into_a_cell_is_read_like_an_old_book(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    head, row, *_rest = table(disputes, entries[:1])
    for heading, said in (
        ("风险等级", "高风险"), ("受理时间", "2026年3月5日 下午3点"), ("签字日期", "3月20日"),
        ("纠纷类型", "没有这一类"), ("状态", "不清楚"), ("坐标", "东经一百一十四度"),
    ):  # fmt: skip
        row[head.index(heading)] = said
    run = bring_in(people.next_room, disputes, csv_of_cells([head, row]).encode())
    assert counts(run) == (0, 1, 0, 0), reasons(run)
    [entry] = imported(run).values()
    assert (entry.data["severity"], entry.data["signed_on"]) == ("high", "2026-03-20")
    assert entry.received_at.isoformat() == "2026-03-05T07:00:00+00:00"
    assert entry.data["past"]["said"].keys() >= {"纠纷类型", "状态", "坐标"}
    assert (entry.category, entry.lon) == ("", None)


def test_officers_whom_the_room_does_not_know_are_said(people: Cast, disputes: Ledger) -> None:
    staff = [people.wang, people.li]
    entry = Handling(disputes, PROGRAM, people.room, staff, 1).entry
    run = bring_in(people.next_room, disputes, csv_of_cells(table(disputes, [entry])).encode())
    assert counts(run) == (0, 1, 0, 0)
    assert "王海涛" in reasons(run)[0]
    [back] = imported(run).values()
    assert back.responsible in (people.neighbour.pk, people.li.pk)
    assert {str(back.responsible), *back.assisting} >= {str(people.li.pk)}
    assert back.data["past"]["said"]["责任人"] == "王海涛"


def test_an_officer_of_another_name_is_said_once_for_the_room(
    people: Cast, disputes: Ledger
) -> None:
    entry = Handling(disputes, PROGRAM, people.room, [people.wang], 1).entry
    file = csv_of_cells(table(disputes, [entry])).encode()
    made = planning.plan(file, ledger=disputes, room=people.next_room, actor=PROGRAM)
    assert dict(made.unknown["officers"]) == {"王海涛": 1}
    planning.teach_value(people.next_room, disputes, "officers", "王海涛", str(people.neighbour.pk))
    run = bring_in(people.next_room, disputes, file)
    assert counts(run) == (1, 0, 0, 0), reasons(run)
    [back] = imported(run).values()
    assert back.responsible == people.neighbour.pk


def test_a_masked_table_comes_in_with_what_can_be_read_of_it(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    masked = export("csv", disputes, entries, "zh-hans", opened=False)
    assert "420106199001010001" not in masked.decode("utf-8-sig")
    run = bring_in(people.next_room, disputes, masked)
    assert (run.refused, run.imported + run.warned) == (0, 3)
    for entry in imported(run).values():
        assert not any("phone" in one or "id_number" in one for one in persons(entry))


def test_two_officers_of_one_name_go_by_their_numbers(people: Cast, disputes: Ledger) -> None:
    other = actions.add_staff(
        username="lijianguo2", name="李建国", unit=people.next_room, role=Role.OFFICER, by=PROGRAM,
        badge_no="099999", password=None,
    )  # fmt: skip
    entry = Handling(disputes, PROGRAM, people.room, [people.li, other], 1).entry
    rows = table(disputes, [entry])
    assert "李建国 (000001)" in rows[1]
    run = bring_in(people.next_room, disputes, csv_of_cells(rows).encode())
    assert counts(run) == (1, 0, 0, 0), reasons(run)
    [back] = imported(run).values()
    assert (back.responsible, back.assisting) == (people.li.pk, [str(other.pk)])


def test_what_stands_in_the_ledger_is_not_taken_in_beside_itself(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    run = bring_in(people.room, disputes, csv_of_cells(table(disputes, entries)).encode())
    assert counts(run) == (0, 0, 0, 3)
    assert "本室登记" in reasons(run)[0]


def test_files_stay_behind_and_the_result_says_so(people: Cast) -> None:
    ledger = registry.get("hazards")
    entry = Handling(ledger, PROGRAM, people.room, [people.neighbour], 1).entry
    [line] = lines([entry])
    line["fields"]["photos"] = [str(uuid4()), str(uuid4())]
    run = bring_in(people.next_room, ledger, lines_of([line]))
    assert counts(run) == (0, 1, 0, 0)
    assert "照片" in reasons(run)[0]
    [back] = imported(run).values()
    assert "photos" not in back.data and "照片" in back.data["past"]["said"]


def test_an_import_of_an_export_is_undone_and_done_again(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    file = lines_of(lines(entries))
    run = bring_in(people.next_room, disputes, file)
    undoing.begin_undo(run, PROGRAM)
    undoing.undo(run.pk)
    assert {entry.state for entry in imported(run).values()} == {"void"}
    again = bring_in(people.next_room, disputes, file)
    assert counts(again) == (3, 0, 0, 0), reasons(again)
    check_same(again, entries)
    assert list(verify()) == []


def test_what_an_import_had_kept_as_said_is_not_lost_when_it_moves_on(
    people: Cast, disputes: Ledger
) -> None:
    odd = "第一行\n第二行：\\n；"
    said = {"天气": "晴", "备注：二": odd, "\\": "x"}
    first = lines([Handling(disputes, PROGRAM, people.room, [people.neighbour], 1).entry])[0]
    first["past"] = {"number": "旧-7", "said": said, "notes": ["没有写年份，\n按 2025 年定"]}
    run = bring_in(people.next_room, disputes, lines_of([first]))
    [entry] = imported(run).values()
    assert entry.data["past"]["said"].items() >= {**said, "原编号": "旧-7"}.items()
    rows = table(disputes, [entry], "en")
    actions.post(staff=people.neighbour, unit=people.far_room, role=Role.OFFICER, by=PROGRAM)
    run = bring_in(people.far_room, disputes, csv_of_cells(rows).encode())
    [again] = imported(run).values()
    assert again.data["past"]["said"].items() >= entry.data["past"]["said"].items()
    assert again.data["past"]["notes"] == entry.data["past"]["notes"]


# Lines of JSON


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ledger": "visits"}, "visits"),
        ({"linli": 99}, "升级"),
        ({"received_at": "vorgestern"}, ""),
        ({"received_at": None}, ""),
    ],
)
def test_a_line_that_cannot_come_in_says_why(
    people: Cast, disputes: Ledger, entries: list[Entry], change: dict[str, Any], word: str
) -> None:
    told = lines(entries)
    told[1] |= change
    run = bring_in(people.next_room, disputes, lines_of(told))
    assert counts(run) == (2, 0, 0, 1)
    assert word in reasons(run)[0] and reasons(run)[0]


def test_lines_that_are_no_objects(people: Cast, disputes: Ledger, entries: list[Entry]) -> None:
    file = lines_of(lines(entries))
    broken = file + b'{"linli": 1, "cut off\n[1, 2]\n"text"\n\n'
    run = bring_in(people.next_room, disputes, b"\xef\xbb\xbf" + broken)
    assert counts(run) == (3, 0, 0, 3)
    book = openpyxl.load_workbook(io.BytesIO(files.get(run, files.RESULT)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "linli"
    assert rows[4][0] == '{"linli": 1, "cut off'


@pytest.mark.parametrize(
    "wrong",
    [
        {"sessions": [{"held_at": "kein Tag", "outcome": "agreed"}]},
        {"sessions": [{"unknown": 1}]}, {"sessions": "keine"}, {"sessions": [7]},
        {"narrative": ["a", "b"]}, {"point": [999, 1]}, {"point": "x"}, {"severity": {"a": 1}},
        {"agreed_on": "2026-02-31"}, {"signed": "vielleicht"}, {"finished_at": [1]},
        {"no_such_field": "said"}, {"severity": "nirgends"},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_kept_as_said(
    people: Cast, disputes: Ledger, entries: list[Entry], wrong: dict[str, Any]
) -> None:
    [told] = lines(entries[:1])
    told["fields"] |= wrong
    run = bring_in(people.next_room, disputes, lines_of([told]))
    assert run.imported + run.warned == 1, reasons(run)
    [entry] = imported(run).values()
    [(name, value)] = wrong.items()
    assert entry.data.get(name) != value
    assert name == "no_such_field" or run.warned == 1
    assert entry.data["past"]["said"]


def test_people_are_refused_with_a_reason_or_left_out_where_masked(
    people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    [told] = lines(entries[:1], people=[{"role": "party_a", "name": "甲" * 300}])
    run = bring_in(people.next_room, disputes, lines_of([told]))
    assert counts(run) == (0, 0, 0, 1) and reasons(run)[0]
    [told] = lines(entries[:1], people=[{"role": "party_a", "name": "张*"}], masked=True)
    run = bring_in(people.next_room, disputes, lines_of([told]))
    assert counts(run) == (0, 1, 0, 0)
    [entry] = imported(run).values()
    assert persons(entry) == []
    [told] = lines(
        entries[:1], people=[{"role": "nobody", "name": "张三", "phone": "12"}, {"name": "李四"}]
    )
    run = bring_in(people.next_room, disputes, lines_of([told]))
    [entry] = imported(run).values()
    first = disputes.by_name["people"].choices[0].code
    assert persons(entry) == [
        {"role": first, "name": "张三", "phone_said": "12"}, {"role": first, "name": "李四"},
    ]  # fmt: skip


# Old books


def test_an_old_book_may_number_its_people(people: Cast) -> None:
    head = "接报时间,地点,简要警情,报警人,有关人员 1：姓名,有关人员 1：电话,有关人员 2：角色,有关人员 2：姓名"
    row = "2025-3-2 14:20,3栋,吵架,王五,张三,13800001234,知情人,李四"
    ledger = registry.get("incidents")
    [witness] = [one for one in ledger.by_name["people"].choices if one.code == "witness"]
    row = row.replace("知情人", witness.code)
    run = bring_in(people.next_room, ledger, f"{head}\n{row}".encode())
    [entry] = Entry.objects.filter(import_run=run.pk)
    told = {(one["name"], one["role"]) for one in persons(entry)}
    assert ("李四", witness.code) in told and len(told) == 3


def test_every_ledger_knows_its_own_titles(people: Cast) -> None:
    """A table under the titles of the form needs no headings.toml."""
    for ledger in registry._ledgers.values():
        if ledger.compose:
            continue
        titles = [
            str(f.title) for f in ledger.fields if f.kind.code in ("text", "narrative", "moment")
        ]
        book = planning.open_book((",".join(titles) + "\nx").encode(), ledger, people.room.pk)
        columns = planning.columns_of(book, ledger, people.room.pk, {})
        assert "received_at" in columns.values() or "received_at" not in ledger.by_name


def test_a_book_of_ones_own_with_such_headings_is_no_export(people: Cast) -> None:
    ledger = registry.get("incidents")
    head = "编号,状态,接报时间,简要警情,报警人"
    book = planning.open_book(
        f"{head}\n7,已办结,2025-1-1 8:00,无,张三、李四".encode(), ledger, people.room.pk
    )
    assert book.own is None
    assert planning.columns_of(book, ledger, people.room.pk, {})["报警人"] == "people.name"


def test_the_page_asks_nothing_about_an_export(
    client: Client, people: Cast, disputes: Ledger, entries: list[Entry]
) -> None:
    file = csv_of_cells(table(disputes, entries)).encode()
    run = running.receive(
        actor=actor(people.neighbour), ledger=disputes, room=people.next_room, name="导出.csv",
        content=file, language="zh-hans",
    )  # fmt: skip
    client.force_login(people.neighbour, BACKEND)
    url = reverse("import_run", args=[run.pk])
    page = client.get(url).content.decode()
    assert 'name="column-' not in page and 'name="value-' not in page
    client.post(url, {"start": "1"})
    run.refresh_from_db()
    assert counts(run) == (3, 0, 0, 0), reasons(run)
    check_same(run, entries)


def test_thousands_of_choices_are_titled_in_one_go() -> None:
    told = 0

    class Title(str):
        def __str__(self) -> str:
            nonlocal told
            told += 1
            return str.__str__(self)

    many = tuple(Choice(f"c{n}", Title(f"第{n % 4999} 栋")) for n in range(5000))
    about = Field("place", kinds.CHOICE, "充电位置", choices=many)
    titles = cell_out.choice_titles(about)
    assert told <= 2 * len(many)
    assert titles["c1"] == cell_out.choice_title(about, "c1") == "第1 栋"
    assert titles["c0"] == "第0 栋 (c0)" and titles["c4999"] == "第0 栋 (c4999)"
    assert cell_out.writer(about)("c4999", {}) == "第0 栋 (c4999)"
