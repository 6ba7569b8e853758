"""Tables of exports: the quick cells are the layout's own, formulas are harmless, nothing is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from linli.ground import keyring
from linli.ledger.custom import designs
from linli.ledger.declaration import registry
from linli.ledger.entries import people as persons
from linli.ledger.entries.models import Entry, EntryPerson, Sealed
from linli.ledger.exchange.sheets.reading import sheets
from linli.ledger.exchange.words import cell_out, sheet_columns
from linli.ledger.exports import archived, quick, reading, tables
from tests.cast import Cast, actor, record
from tests.ledger import custom
from tests.ledger.exchange.conftest import bring, csv_of
from tests.ledger.sampler import done, registered

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered(), translation.override("zh-hans"):
        yield


def checks() -> dict[str, Any]:
    """An answered checklist of the sampler, whatever its items are called."""
    from linli.ledger.declaration.checklists import lists_of

    [*_, about] = [f for f in registry.get("sampler").fields if f.name == "checks"]
    chosen = lists_of(about).lists[0]
    answers = {item.code: ("bad" if n == 0 else "ok") for n, item in enumerate(chosen.items)}
    return {"list": chosen.code, "answers": answers, "notes": {chosen.items[0].code: "-锁着"}}


@pytest.fixture
def entries(people: Cast) -> None:
    """One with everything, one with nearly nothing, one from an old book."""
    one, two = ({"role": "party", "name": name, "phone": "13800001234", "address": FORMULA}
                for name in ("张小花", "李大"))  # fmt: skip
    full = done(
        "record", people.li, people.room, narrative=FORMULA, place="一\n二,三\"四\"", due_on="2026-12-01",
        households=12, amount=2.5, days=["mo", "we"], urgent=False, lead=str(people.wang.pk),
        people=[one, two], checks=checks(),
    )  # fmt: skip
    for number in range(3):
        done("hold", people.li, people.room, full.entry, outcome=f"+{number}", minutes=5,
             held_on="2026-11-20", present=["tu"])  # fmt: skip
    done("record", people.wang, people.room, narrative="'-x")
    bring(
        people,
        "sampler",
        csv_of("What,Received,编号,Amount,别的", "第三件,2025-03-02 10:00,旧7,约30,@x"),
    )


def table(code: str, form: str = "csv", *, opened: bool = False) -> bytes:
    out, made = io.BytesIO(), registry.get(code)
    rows = Entry.objects.filter(ledger=code)
    tables.write(out, form=form, ledger=made, rows=rows, opened=opened, beside=Path("/tmp"))
    return out.getvalue()


def slowly(code: str, *, opened: bool) -> list[list[str]]:
    """The same table by Layout alone, from models."""
    made, staff, ring = registry.get(code), sheet_columns.staff_names(), keyring.load(_home())
    every = list(Entry.objects.filter(ledger=code).order_by("received_at", "id"))
    extent, told = sheet_columns.Extent(), []
    for entry in every:
        found = []
        for one in EntryPerson.objects.filter(entry=entry.id, ended=False).order_by("position"):
            if opened:
                box = Sealed.objects.get(owner=one.id)
                sealed = keyring.SealedValue(box.key_id, bytes(box.wrapped), bytes(box.box))
                plain = orjson.loads(ring.open(sealed, aad=persons.associated(one.id, entry.id)))
                found.append({"role": one.role, **plain})
            else:
                found.append(persons.shown([one])[0])
        told.append(found)
        extent.add(entry, len(found))
    layout = sheet_columns.Layout(made, extent, masked=not opened)
    cells = [
        [cell_out.as_text(cell) for cell in layout.cells(entry, found, staff)]
        for entry, found in zip(every, told, strict=True)
    ]
    return [[cell_out.harmless(title) for title in layout.headings], *cells]


def _home() -> Path:
    from django.conf import settings

    return Path(settings.HOME)


def read_csv(content: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_quick_cells_are_the_layouts_own(entries: None, opened: bool, language: str) -> None:
    with translation.override(language):
        assert read_csv(table("sampler", opened=opened)) == slowly("sampler", opened=opened)


def test_the_quick_cells_of_built_in_ledgers(people: Cast) -> None:
    person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
    for number in range(3):
        record("visits", people.li, people.room, place=f"={number}", visitors=[person])
        record("incidents", people.li, people.room)
    for code in ("visits", "incidents"):
        assert read_csv(table(code)) == slowly(code, opened=False)


def test_the_quick_cells_of_two_versions_of_a_form(people: Cast) -> None:
    made = custom.published(
        people.head, people.room, custom.field("a"), custom.field("n", "integer")
    )
    record(made.code, people.li, people.room, a="=1", n=3)
    changed = custom.draft(custom.field("a", title="新"), custom.field("b", "date"))
    newer = designs.next_version(by=actor(people.head), code=made.code, definition=changed)
    designs.publish(by=actor(people.head), draft=newer)
    record(made.code, people.li, people.room, a="2", b="2026-11-01")
    rows = read_csv(table(made.code))
    assert rows == slowly(made.code, opened=False)
    assert len(rows) == 3 and {"新", "n", "b"} <= set(rows[0])


def test_no_formula_leaves_and_nothing_is_masked_away(entries: None) -> None:
    text = table("sampler").decode("utf-8-sig")
    assert "13800001234" not in text and "张小花" not in text
    cells = [cell for row in read_csv(text.encode()) for cell in row]
    assert f"'{FORMULA}" in cells and not any(c[:1] in "=+-@" for c in cells if c)
    text = table("sampler", opened=True).decode("utf-8-sig")
    assert "13800001234" in text and "张小花" in text


def test_a_workbook_has_texts_times_and_numbers(entries: None) -> None:
    [sheet] = sheets(table("sampler", "xlsx", opened=True))
    rows = [cells for _number, cells in sheet.rows()]
    assert len(rows) == 4
    every = [cell for row in rows[1:] for cell in row]
    assert FORMULA in every and 12 in every and datetime(2025, 3, 2, 10) in every


def test_gb18030_holds_every_character(people: Cast) -> None:
    done("record", people.li, people.room, narrative="㐂𠮷 龘 ½ é")
    content = table("sampler", "csv_gb")
    assert "㐂𠮷 龘 ½ é" in content.decode("gb18030") and not content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("form", list(tables.FORMS))
def test_nothing_gives_a_table_with_its_head(people: Cast, form: str) -> None:
    content = table("sampler", form)
    if form == "jsonl":
        assert content == b""
    elif form == "xlsx":
        assert len([*sheets(content)[0].rows()]) == 1
    else:
        assert len(read_csv(content, "gb18030" if form == "csv_gb" else "utf-8-sig")) == 1


def test_lines_are_those_of_the_format(entries: None) -> None:
    staff = sheet_columns.staff_names()
    told = [orjson.loads(line) for line in table("sampler", "jsonl").splitlines()]
    every = Entry.objects.order_by("received_at", "id")
    expected = [
        orjson.loads(orjson.dumps(sheet_columns.line(
            entry, persons.shown(EntryPerson.objects.filter(entry=entry.id).order_by("position")),
            staff, masked=True,
        )))
        for entry in every
    ]  # fmt: skip
    assert told == expected


# Times

moments = st.datetimes(datetime(1890, 1, 1), datetime(2090, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(moments, st.sampled_from(("", ".5", ".000001")))
def test_times_are_moved_as_the_clock_moves_them(at: datetime, part: str) -> None:
    at = at.replace(microsecond=0)
    plain = f"{at:%Y-%m-%d %H:%M:%S}".rjust(19, "0") + part
    expected = cell_out.as_text(cell_out.moment_cell(reading.moment(plain)))
    assert quick.local_text(plain) == expected
    assert quick.local_text(f"{plain}+00") == expected
    assert quick.local_text(f"{plain}+00:00") == expected


def test_times_of_other_offsets_and_none() -> None:
    assert quick.local_text(None) == "" and quick.local_text("") == ""
    for _again in range(2):
        assert quick.local_text("2026-11-22 08:00:00+08:00") == "2026-11-22 08:00"
        assert quick.local_text("2026-11-22 08:00:00-02:00") == "2026-11-22 18:00"
        assert quick.local_text("2026-11-22 08:00:00") == "2026-11-22 16:00"


def test_all_is_of_one_moment(transactional_db: None) -> None:
    """What others write meanwhile is not in it, and nobody waits."""
    from tests.cast import cast

    people = cast()
    for number in range(3):
        record("visits", people.li, people.room, place=str(number))
    with reading.apart() as database:
        assert database != "default"
        rows = Entry.objects.using(database)
        assert rows.count() == 3
        record("visits", people.li, people.room, place="later")
        assert len(list(reading.raws(rows))) == 3
    assert Entry.objects.count() == 4 and connection.is_usable()


def test_every_ledger_can_leave(people: Cast) -> None:
    for made in registry.all_ledgers():
        head, *rest = read_csv(table(made.code))
        assert rest == [] and len(head) == len(set(head)) > 4
        told = orjson.loads(orjson.dumps(archived.definition(made), default=str))
        assert told["title"]["zh"] and told["title"]["en"] and told["fields"]
