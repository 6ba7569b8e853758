"""The after-action report writes itself from the log."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from linli.emergencies.documents import course
from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing.document import document_pdf, documents_of
from tests.cast import Cast, actor, cast, do, record

LOG = "emergency_log"


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def entry(people: Cast) -> Entry:
    began = clock.now() - timedelta(minutes=50)
    done = record(
        LOG, people.li, people.room, category="fire", place="梅苑小区 5 栋", commander="孙立",
        narrative="四楼住户厨房起火，有浓烟", received_at=began.isoformat(),
    )  # fmt: skip
    do(LOG, "tick", people.li, done.entry, step="fire.call", remark="119 已出动两车")
    earlier = (began + timedelta(minutes=5)).isoformat()
    do(LOG, "log", people.chen, done.entry, what="物业切断电源", when=earlier)
    do(
        LOG,
        "report",
        people.li,
        done.entry,
        to="派出所值班室",
        how="phone",
        receipt="孙立",
        said="起火",
    )
    do(
        LOG, "end", people.li, done.entry, result="明火扑灭", evacuated=46,
        finished_at=clock.now().isoformat(),
    )  # fmt: skip
    return Entry.objects.get(id=done.entry)


def test_lines_stand_in_the_order_of_their_times(entry: Entry) -> None:
    lines = course(facts_of(registry.get(LOG), vars(entry)))
    assert lines[0]["what"][:4] == "物业切断"  # noted later, happened earlier
    assert [line["by"] for line in lines] == ["陈静", "李建国", "李建国"]


def test_the_report_on_paper(people: Cast, entry: Entry) -> None:
    [paper] = documents_of(entry)
    made = document_pdf(entry, paper, actor(people.li), {})
    if folder := os.environ.get("LINLI_SHOW"):
        Path(folder, "report.pdf").write_bytes(made)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    text = text.replace("\n", "").replace(" ", "")
    for said in (
        "突发事件处置总结报告",
        "四楼住户厨房起火",
        "119已出动两车",
        "物业切断电源",
        "46",
        "明火扑灭",
    ):
        assert said in text, said
