"""What comes in packed, many at a time, is what the one way in would have written one by one."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.db.models import Sum

from linli.history.models import Step, StepBody
from linli.ledger.acts import bulk_entry, bulk_rows, carrying_out
from linli.ledger.acts.bulk_rows import Packer
from linli.ledger.acts.recording import NewEntry
from linli.ledger.declaration import registry
from linli.ledger.entries.models import CountDelta, Entry, EntryPerson, Sealed, SearchText
from linli.ledger.exchange.rows import interpreting
from linli.ledger.exchange.rows.interpreting import RowReader
from linli.ledger.exchange.runs import planning
from linli.ledger.verify import verify
from linli.org.models import Unit
from tests.cast import Cast, actor
from tests.ledger.exchange.conftest import INCIDENTS_FILE, bring, counts

pytestmark = pytest.mark.django_db

# Signs that mean something to COPY, to CSV, to JSON or to an array.
ODD = (
    "两行\n第二行", "制表\t符", 'a "引号" b', "反斜杠 \\ 和 \\n 和 \\\\", "\\.", "null", "NULL", "{a,b}",
    "\\N", "回车\r\n换行", "𡈽地庙 😀", "，", '"', "'; DROP TABLE x; --", "\u2028",
)  # fmt: skip


def prepared(people: Cast, room: Unit) -> list[NewEntry]:
    """The rows of the sample as matters of a room, each once."""
    ledger = registry.get("incidents")
    book = planning.open_book(INCIDENTS_FILE.read_bytes(), ledger, room.pk)
    reader = RowReader(
        planning.guide(
            book=book, ledger=ledger, room=room, actor=actor(people.li), run=people.room.pk,
            columns=planning.columns_of(book, ledger, room.pk, {}), year=2025, language="en",
        )
    )  # fmt: skip
    found = {}
    for row in book.rows(ledger):
        if not row.skipped:
            out = reader.outcome(row.sheet, row.number, row.cells, dry=False)
            if out.new:
                found[out.source] = out.new
    return list(found.values())


def written(room: Unit) -> dict[str, Any]:
    """All rows of a room but what is by chance, of the moment or of the room."""
    of = {"room": room.pk}
    bodies = dict(StepBody.objects.values_list("step", "text"))
    steps = list(Step.objects.filter(**of, serial__startswith="incidents/").order_by("seq"))
    entries = list(Entry.objects.filter(**of).order_by("serial_year", "serial_no").values())
    place = {one["id"]: at for at, one in enumerate(entries)}
    for one in entries:
        for name in ("id", "room", "district", "recorded_at", "source"):
            del one[name]
    texts = [orjson.loads(bodies[one.id]) for one in steps]
    for text in texts:
        text["people"] = [
            (who["role"], who["masks"], len(who["box"])) for who in text.get("people", {}).values()
        ]
    return {
        "entries": entries,
        "steps": [
            (place[one.subject], one.action, one.actor, one.act, one.serial) for one in steps
        ],
        "bodies": texts,
        "people": sorted(
            (place[one.entry], one.position, one.role, one.name_mask, one.phone_mask, one.id_mask,
             *(h and bytes(h) for h in (one.name_hash, one.pinyin_hash, one.phone_hash, one.id_hash)),
             one.ended)
            for one in EntryPerson.objects.filter(**of)
        ),
        "sealed": sorted(
            (place[one.entry], one.version, one.key_id, len(one.wrapped), len(one.box))
            for one in Sealed.objects.filter(**of)
        ),
        "words": sorted(
            (place[one.entry], one.ledger, one.received_at, one.words)
            for one in SearchText.objects.filter(**of)
        ),
        "counts": sorted(
            CountDelta.objects.filter(**of)
            .values_list("category", "day", "measure")
            .annotate(total=Sum("n"))
        ),
    }  # fmt: skip


def test_packed_is_what_one_by_one_would_be(people: Cast) -> None:
    with transaction.atomic():
        one_by_one = prepared(people, people.room)
        carrying_out.carry_out(one_by_one[:300])
        for new in one_by_one[300:]:
            carrying_out.carry_out([new])
        first = written(people.room)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    packer = Packer()
    for new in prepared(people, people.room):
        packer.add(new)
    bulk_entry.enter(packer.parcel())
    second = written(people.room)
    assert len(second["entries"]) == 411
    for table in first:
        assert first[table] == second[table], table


def test_signs_that_mean_something_to_the_database_arrive_as_they_are(people: Cast) -> None:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(("报警时间", "报警方式", "报警人", "警情类别", "地点", "简要警情", "天气"))
    for number, odd in enumerate(ODD):
        sheet.writerow(
            (f"2025-1-1 8:{number:02}", "电话", odd, "求助", f"甲{odd}", f"子{odd}丑", odd)
        )
    run = bring(people, "incidents", out.getvalue().encode())
    assert sum(counts(run)[:2]) == len(ODD)
    entries = {one.received_at.minute: one for one in Entry.objects.all()}
    for number, odd in enumerate(ODD):
        one = entries[number]
        assert one.narrative == f"子{odd}丑".replace("\r\n", "\n")
        assert one.place == " ".join(f"甲{odd}".split())
        if odd.strip():
            assert one.data["past"]["said"].get("天气", odd.strip()) == odd.strip()
    assert list(verify()) == []


def test_signs_that_no_file_holds_are_written_as_csv_too() -> None:
    table = bulk_rows._Lines(CountDelta)
    for category in ('bell \x07 "', "\\ \n null", "null"):
        table.add((None, None, None, category, None, None, 1))
    assert table.done() == [
        b'null,null,null,"bell \x07 \\"",null,null,1',
        b'null,null,null,"\\\\ \n null",null,null,1',
        b'null,null,null,"null",null,null,1',
    ]


def test_words_are_written_as_an_array() -> None:
    table = bulk_rows._Lines(SearchText)
    table.add((None, None, None, None, None, ["null", "nullx"]))
    assert table.done() == [b'null,null,null,null,null,"{\\"null\\",nullx}"']
    assert bulk_rows._Lines(SearchText).done() == []


def test_only_what_comes_in_as_history_is_packed(people: Cast) -> None:
    new = prepared(people, people.room)[0]
    new.values["past"] = False
    with pytest.raises(ValueError, match="history"):
        Packer().add(new)


def test_words_of_a_row_are_parted_by_one_blank() -> None:
    for odd in ("甲  乙", "甲\t乙", "甲\r\n乙", "甲\n乙", "甲\r乙", "甲 \t \n 乙"):
        assert interpreting._single_blanks(odd) == "甲 乙"
    assert interpreting._single_blanks("甲 乙\x1e丙") == "甲 乙\x1e丙"


def test_columns_are_written_as_the_database_reads_them_row_by_row() -> None:
    table = bulk_rows._Lines(StepBody)
    for salt in (b"\x01", None, b"\xff"):
        table.add((None, salt, "{}"))
    assert table.done() == [b'null,"\\\\x01","{}"', b'null,null,"{}"', b'null,"\\\\xff","{}"']
