"""The rectification notice on paper: what is wrong, by when, in two copies."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.printing.document import document_pdf, documents_of
from tests.cast import Cast, actor, cast, do
from tests.inspections.test_ledger import inspected


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def notice(people: Cast, entry: Entry) -> list[str]:
    """The pages' text."""
    [paper] = documents_of(entry)
    made = document_pdf(entry, paper, actor(people.li), {})
    if folder := os.environ.get("LINLI_SHOW"):
        Path(folder, "notice.pdf").write_bytes(made)
    return [
        page.extract_text().replace("\n", "").replace("\u200b", "")
        for page in PdfReader(io.BytesIO(made)).pages
    ]


def test_it_says_what_is_wrong_and_by_when(people: Cast) -> None:
    entry = inspected(people, "video", "exits", credit_code="91420106MA4KX12342")
    assert documents_of(entry) == []  # nothing is ordered yet
    day = clock.today() + timedelta(days=7)
    do(
        "inspections", "order", people.li, entry.id, due_on=day.isoformat(),
        items=[{"what": "后门无人值守", "demand": "安排专人或加装门禁"}],
        basis="《旅馆业治安管理办法》第三条",
    )  # fmt: skip
    entry.refresh_from_db()
    pages = notice(people, entry)
    assert len(pages) == 2
    for said in (
        "责令整改通知书", "梅苑快捷旅馆", "91420106MA4KX12342", "疏散通道", "已当场指出", "后门无人值守",
        "加装门禁", str(day.year),
        "《旅馆业治安管理办法》第三条", "李建国", "王海涛", "中南路派出所",
    ):  # fmt: skip
        assert said in pages[0].replace(" ", ""), said
    assert "交被检查单位" in pages[0] and "存档" in pages[1]
    assert "小时内报送" not in pages[0]  # what is in order is not on it


def test_an_order_without_a_legal_basis_names_none(people: Cast) -> None:
    entry = inspected(people, "video")
    due = (clock.today() + timedelta(days=3)).isoformat()
    do("inspections", "order", people.li, entry.id, due_on=due, notice_no="武公治整〔2026〕8号")
    entry.refresh_from_db()
    page = notice(people, entry)[0].replace(" ", "")
    assert "根据" not in page and "武公治整〔2026〕8号" in page
