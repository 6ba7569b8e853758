"""XLSForm workbooks: what is taken, and what is said about what is not, row by row."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from linli import cli
from linli.ledger.custom import workbook
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration import registry
from linli.ledger.forms.forms import form_class
from tests.cast import Cast, cast
from tests.ledger.custom import SAMPLE
from tests.ledger.test_custom import enter

HEAD = ("type", "name", "label", "relevant", "constraint", "calculation", "required", "appearance")


def book(
    *rows: tuple[str, ...], choices: Any = (), head: tuple[str, ...] = HEAD, settings: Any = None
) -> bytes:
    """A workbook with these rows in its survey."""
    made = openpyxl.Workbook()
    survey = made.active
    survey.title = "survey"
    survey.append(head)
    for row in rows:
        survey.append(row)
    sheet = made.create_sheet("choices")
    sheet.append(("list_name", "name", "label"))
    for row in choices:
        sheet.append(row)
    sheet = made.create_sheet("settings")
    for row in settings or (("form_title", "form_id"), ("试填登记", "trial")):
        sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def told(content: bytes) -> list[str]:
    with translation.override("en"):
        return [str(problem) for problem in workbook.read(content).problems]


def test_the_sample_has_nothing_to_complain_about() -> None:
    form = workbook.read(SAMPLE.read_bytes())
    assert (form.problems, form.remarks, form.code) == ([], [], "ebike_charging")
    assert form.draft["title"]["zh"] == "电动车充电安全排查"


WRONG: list[tuple[bytes, str]] = [
    (book(("tyme", "a", "A")), "survey, row 2, type: There is no type tyme. There are: text, note"),
    (book(("text", "a", "A"), ("time", "b", "B")), "survey, row 3, type: The type time is not offered; write dateTime"),
    (book(("geotrace", "a", "A")), "write geopoint for one point"),
    (book(("text", "a", "A"), ("text", "a", "B")), "survey, row 3, name: Two fields are called “a”. Write a_2"),
    (book(("text", "my name", "A")), "survey, row 2, name: “my name” is no name of a field"),
    (book(("text", "state", "A")), "Write state_1, also where it is referred to as ${state}"),
    (book(("text", "", "A")), "survey, row 2, name: Give this row a name"),
    (book(("text", "a", "")), "survey, row 2, label: Give this row a label"),
    (book(("", "a", "A")), "survey, row 2, type: A row needs a type"),
    (book(("select_one colours", "a", "A")), "survey, row 2, type: There is no list of choices “colours”"),
    (book(("select_one", "a", "A")), "survey, row 2, type: Write the name of a list"),
    (book(("select_one c or_other", "a", "A"), choices=[("c", "x", "X")]), "selected(${a}, 'other')"),
    (book(("text", "a", "A", "", "coalesce(., 1) > 1")), "survey, row 2, constraint: coalesce() is not offered here; write if(${a} != ''"),
    (book(("text", "a", "A", "${b} = 1")), "survey, row 2, relevant: There is no field “b”"),
    (book(("text", "a", "A", "", "", "", "${x} = 1")), "survey, row 2, required: Write yes or no"),
    (book(("calculate", "a", "", "", "", "${b} + 1"), ("calculate", "b", "", "", "", "${a} + 1"), ("text", "c", "C")), "survey, row 2, calculation: These fields wait for each other, so none can be worked out: a → b → a"),
    (book(("calculate", "a", "", "", "", ""), ("text", "c", "C")), "survey, row 2, calculation: A row of type calculate needs"),
    (book(("begin_group", "g", "G"), ("text", "a", "A")), "survey, row 2, type: This group has no end"),
    (book(("text", "a", "A"), ("end_group", "", "")), "survey, row 3, type: No group was begun"),
    (book(("begin_repeat", "r", "R"), ("text", "a", "A"), ("end_repeat", "", ""), ("text", "b", "B", "${a} = 1")), "survey, row 5, relevant: ${a} stands in a group that repeats"),
    (book(("begin_repeat", "r", "R"), ("image", "a", "A"), ("end_repeat", "", "")), "survey, row 3, type: A field of this kind cannot stand"),
    (book(("text", "a", "A"), head=("type", "name", "label")), ""),
    (book(("select_one c", "a", "A"), choices=[("c", "x", "X"), ("c", "x", "Y")]), "choices, row 3, name: Two choices of one list are called “x”"),
    (book(("select_multiple c", "a", "A"), choices=[("c", "x y", "X")]), "choices, row 2, name: “x y” is no name of a choice. Write it without blanks: x_y"),
    (book(("select_one c", "a", "A"), choices=[("", "x", "X"), ("c", "y", "Y")]), "choices, row 2, list_name: Fill this in"),
    (book(("select_one c", "a", "A", "c=1"), head=("type", "name", "label", "choice_filter"), choices=[("c", "x", "X")]), "survey, row 2, choice_filter: The column choice_filter is not offered"),
    (book(), "There is no sheet “survey” with rows"),
    (book(("text", "a", "A"), settings=(("form_title",), (" ",))), "Give the ledger a title"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), WRONG, ids=[said[:40] for _c, said in WRONG])
def test_what_cannot_be_taken_is_told_with_its_row(content: bytes, said: str) -> None:
    problems = told(content)
    assert (problems == []) if not said else any(said in problem for problem in problems), problems


def test_an_ordinary_table_is_told_once_that_it_is_no_form() -> None:
    rows = [(str(number), "张三") for number in range(50)]
    (problem,) = told(book(*rows, head=("序号", "姓名")))
    assert "no XLSForm" in problem


def test_all_problems_are_told_at_once() -> None:
    content = book(("tyme", "a", "A"), ("text", "b", "B", "", "count(.)"), ("text", "b", "B"))
    problems = told(content)
    assert [problem.split(":")[0] for problem in problems] == [
        "survey, row 2, type", "survey, row 3, constraint", "survey, row 4, name",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04 nothing", b"a,b\n1,2\n"])
def test_a_file_that_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        workbook.read(content)


def test_groups_are_headings_notes_are_said_repeats_are_rows() -> None:
    form = workbook.read(
        book(
            ("note", "n", "先看说明"),
            ("text", "a", "甲"),
            ("begin_group", "g", "第二部分", "${a} = 'x'"),
            ("text", "b", "乙", "${a} != 'y'"),
            ("begin_repeat", "r", "明细"),
            ("integer", "k", "数量", "", ". > 0"),
            ("end_repeat", "", ""),
            ("end_group", "", ""),
            ("range", "level", "等级"),
            ("geopoint", "where", "位置"),
            ("start", "start", ""),
            ("note", "last", "填完请签名"),
        )
    )
    assert form.problems == []
    by_name = {field["name"]: field for field in form.draft["fields"]}
    assert by_name["a"]["above"][0]["title"]["zh"] == "先看说明"
    heading = by_name["b"]["above"][0]
    assert heading["heading"] and heading["shown_if"]["text"] == "${a} = 'x'"
    assert by_name["b"]["shown_if"]["text"] == "(${a} = 'x') and (${a} != 'y')"
    assert by_name["r"]["kind"] == "rows" and by_name["r"]["shown_if"]["text"] == "${a} = 'x'"
    assert by_name["r"]["fields"][0]["constraint"]["text"] == ". > 0"
    assert (by_name["level"]["least"], by_name["level"]["most"]) == (1, 10)
    assert by_name["where"]["kind"] == "point"
    assert form.draft["below"][0]["title"]["zh"] == "填完请签名"
    assert len(form.remarks) == 1


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def run(*words: str) -> int:
    return cli.run(cli.parser().parse_args(["ledgers", "add", *words]))


def test_five_thousand_choices_work(people: Cast, tmp_path: Path) -> None:
    """As a list that is searched while typing; a refusal does not recite them all."""
    choices = [("flats", f"f{n}", f"梅苑小区{n // 100}栋{n % 100:02}室") for n in range(5000)]
    content = book(
        ("select_one flats", "flat", "住户", "", "", "", "yes"),
        ("select_multiple flats", "more", "其他住户"),
        choices=choices,
    )  # fmt: skip
    file = tmp_path / "many.xlsx"
    file.write_bytes(content)
    assert run(str(file), "--room", people.room.code) == 0
    ledger = registry.get("trial")
    html = str(form_class(ledger, "record")()["flat"])
    assert html.count("<option") == 5001 and "data-combobox" in html and "meiyuan" in html
    entry = enter(ledger, people.li, people.room, flat="梅苑小区49栋99室", more=["f1", "f4999"])
    assert entry.data == {"flat": "f4999", "more": ["f1", "f4999"]}
    with pytest.raises(ValidationError) as refused:
        enter(ledger, people.li, people.room, flat="没有的")
    assert len(refused.value.message_dict["flat"][0]) < 600


def test_the_command_makes_a_ledger_and_its_next_version(
    people: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(SAMPLE), "--room", people.room.code, "--dry-run") == 0
    assert not LedgerDesign.objects.exists()
    assert run(str(SAMPLE), "--room", people.room.code) == 0
    assert "ebike_charging" in capsys.readouterr().out
    assert registry.get("ebike_charging").version == 1
    assert run(str(SAMPLE), "--room", people.room.code) == 0  # nothing changed, nothing done
    assert registry.get("ebike_charging").version == 1
    file = tmp_path / "second.xlsx"
    file.write_bytes(
        book(("text", "a", "甲"), ("deviceid", "d", ""),
             settings=(("form_title", "form_id"), ("电动车充电安全排查", "ebike_charging")))
    )  # fmt: skip
    assert run(str(file), "--room", people.room.code) == 1  # a part was left away
    assert registry.get("ebike_charging").version == 2
    # The same form of another room is a ledger of its own.
    assert run(str(SAMPLE), "--room", people.next_room.code) == 0
    assert registry.get("ebike_charging_2").version == 1
    assert cli.run(cli.parser().parse_args(["ledgers", "list"])) == 0
    assert "ebike_charging_2" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(
    people: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.xlsx"
    file.write_bytes(book(("tyme", "a", "A"), ("text", "b", "B", "${a} = 1")))
    with translation.override("en"):
        assert run(str(file), "--room", people.room.code) == 2
        assert "survey, row 2, type: There is no type tyme" in capsys.readouterr().err
        assert run(str(file), "--room", people.room.code, "--dry-run") == 2
        assert run(str(file), "--room", "nowhere") == 2
        assert run(str(tmp_path / "none.xlsx"), "--room", people.room.code) == 2
        assert run(str(SAMPLE), "--room", people.room.code, "--user", people.li.username) == 2
    assert not LedgerDesign.objects.exists()
    assert run(str(SAMPLE), "--room", people.room.code, "--user", people.head.username) == 0
