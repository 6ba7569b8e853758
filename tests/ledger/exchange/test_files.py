"""Files that are not what they say, too large, or made to harm."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs import files, planning, running
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exchange.sheets import opening, reading
from linli.ledger.exchange.sheets.opening import FileRefused
from tests.cast import Cast, actor
from tests.ledger.exchange.conftest import bring, counts, csv_of

HEAD = "报警时间,报警方式,警情类别,地点,简要警情"


def workbook(rows: list[list[Any]], **merged: Any) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("一月")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for area, text in merged.items():
        sheet.merge_range(area.replace("_", ":"), text)
    book.close()
    return out.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        reading.sheets(content)
    return str(caught.value.code)


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path) -> None:
    big = tmp_path / "big.xlsx"
    with big.open("wb") as out:
        out.truncate(200 * 1024 * 1024)
    with pytest.raises(FileRefused) as caught:
        opening.take(big)
    assert caught.value.code == "too_large"


def test_a_packed_table_may_be_less_large_than_a_text_table(tmp_path: Path) -> None:
    for start, refused in ((b"PK\x03\x04", True), (b"a,b\n1,2", False)):
        file = tmp_path / "table"
        with file.open("wb") as out:
            out.write(start)
            out.truncate(opening.MOST_BYTES + 1)
        if refused:
            with pytest.raises(FileRefused, match="50 MB"):
                opening.take(file)
        else:
            assert len(opening.take(file)) == opening.MOST_BYTES + 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_table"),
        (b"MZ\x90\x00", "not_a_table"),
        (b"\r\n<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        (b"\x00\x01\x02\x03 binary", "not_a_table"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "damaged"),
    ],
)
def test_what_is_not_a_table_is_told_apart(content: bytes, code: str) -> None:
    assert refused(content) == code


def zip_of(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def test_an_archive_without_a_workbook() -> None:
    assert refused(zip_of(readme_xml=b"x")) == "no_workbook"
    assert refused(zip_of(word__document_xml=b"x")) == "not_a_table"


def test_a_zip_bomb_that_says_so() -> None:
    assert refused(zip_of(xl__workbook_xml=b"x", xl__sheet_xml=bytes(30_000_000))) == "bomb"


def test_a_zip_bomb_that_lies_about_its_size() -> None:
    content = bytearray(zip_of(xl__workbook_xml=b"x", xl__sheet_xml=bytes(30_000_000)))
    true = (30_000_000).to_bytes(4, "little")
    assert content.count(true) == 2  # in the member's head and in the directory
    lying = bytes(content).replace(true, (1000).to_bytes(4, "little"))
    assert refused(lying) == "bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_text_tables_of_any_program(encoding: str, sign: str) -> None:
    content = "日期,来访人,内容\n2025-1-2,张三,楼道堆物".replace(",", sign).encode(encoding)
    rows = [cells for _number, cells in reading.sheets(content)[0].rows()]
    assert rows == [["日期", "来访人", "内容"], ["2025-1-2", "张三", "楼道堆物"]]


def test_a_formula_stays_a_text(people: Cast) -> None:
    formula = '=HYPERLINK("http://x","y")'
    run = bring(people, "visits", workbook([["日期", "内容"], ["2025-1-2", formula]]))
    assert counts(run) == (0, 1, 0, 0)  # no category is written
    assert Entry.objects.get().narrative == formula
    import openpyxl

    cell = openpyxl.load_workbook(io.BytesIO(files.get(run, files.RESULT))).active["B2"]
    assert (cell.value, cell.data_type) == (formula, "s")


def test_merged_cells_repeated_heads_totals_and_blank_rows(people: Cast) -> None:
    rows = [
        ["警务室来访登记"], ["日期", "来访人", "事由类别", "内容"],
        ["", "张三", "求助", "楼道堆物"], ["", "李四", "投诉", "噪音"], [],
        ["日期", "来访人", "事由类别", "内容"], ["2025-1-3", "王五", "咨询", "落户"],
        ["合计", 3, "", ""],
    ]  # fmt: skip
    run = bring(people, "visits", workbook(rows, A3_A4="2025-1-2"))
    assert counts(run) == (3, 0, 0, 0)
    assert run.skipped == 3
    days = sorted(str(one.received_at.date()) for one in Entry.objects.all())
    assert days == ["2025-01-01", "2025-01-01", "2025-01-02"]  # midnight in Shanghai


def test_a_table_of_something_else_names_the_headings_it_would_know(people: Cast) -> None:
    with pytest.raises(FileRefused) as caught:
        planning.open_book(csv_of("a,b,c", "1,2,3"), registry.get("incidents"), people.room.pk)
    assert caught.value.code == "no_head"
    assert "报警时间" in caught.value.messages[0]


def test_impossible_and_ambiguous_times(people: Cast) -> None:
    rows = [
        "2025-13-1 8:00,电话,求助,甲,子", "3/4/25,电话,求助,甲,丑", "8:30,电话,求助,甲,寅",
        ",电话,求助,甲,卯", "5.6 8:00,电话,求助,甲,辰",
    ]  # fmt: skip
    run = bring(people, "incidents", csv_of(HEAD, *rows), year=None)
    assert counts(run) == (0, 0, 0, 5)
    from linli.ledger.exchange.runs import results

    reasons = [verdict.reasons[0] for verdict in results.verdicts(run)]
    assert len(set(reasons)) == 5


def test_a_colleague_nobody_knows_leaves_the_matter_with_the_importer(people: Cast) -> None:
    head = HEAD + ",出警民警"
    bring(people, "incidents", csv_of(head, "2025-1-1 8:00,电话,求助,甲,子,钱不二"))
    entry = Entry.objects.get()
    assert entry.responsible == people.li.pk
    assert entry.data["past"]["said"]["出警民警"] == "钱不二"


def test_what_is_too_long_for_its_field_stays_as_it_was_said(people: Cast) -> None:
    run = bring(people, "incidents", csv_of(HEAD, f"2025-1-1 8:00,电话,求助,{'长' * 300},子"))
    entry = Entry.objects.get()
    assert (run.warned, entry.place, len(entry.data["past"]["said"]["地点"])) == (1, "", 300)


def test_an_unknown_column_that_holds_numbers_is_sealed(people: Cast) -> None:
    bring(
        people,
        "incidents",
        csv_of(HEAD + ",同行人,天气", "2025-1-1 8:00,电话,求助,甲,子,张三13800001234,晴"),
    )
    past = Entry.objects.get().data["past"]
    assert past["said"]["天气"] == "晴"
    assert "同行人" not in past["said"]


def test_a_full_disk_leaves_nothing_half_written(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set((Path(os.environ["LINLI_HOME"]) / "files").rglob("*"))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused) as caught:
        running.receive(
            actor=actor(people.li), ledger=registry.get("visits"), room=people.room, name="f",
            content=csv_of("日期,内容", "2025-1-1,子"),
        )  # fmt: skip
    assert caught.value.messages == [str(opening.FULL_DISK)]
    assert not ImportRun.objects.exists()
    left = set((Path(os.environ["LINLI_HOME"]) / "files").rglob("*")) - before
    assert {path.name for path in left} <= {"exchange"}
