"""The receipt for the finder and the notice that is posted, on paper."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.printing.document import document_pdf, documents_of
from tests.cast import Cast, actor, cast, do
from tests.lost_property.test_ledger import LOST, MORNING, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(MORNING):
        yield made


def printed(people: Cast, entry: Entry, name: str) -> list[str]:
    """The pages' text of a paper the matter gives now, without any space."""
    paper = next(one for one in documents_of(entry) if one.name == name)
    made = document_pdf(entry, paper, actor(people.li), {})
    if folder := os.environ.get("LINLI_SHOW"):
        Path(folder, f"lost-{name}.pdf").write_bytes(made)
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


def test_the_finder_gets_a_receipt(people: Cast) -> None:
    entry = take_in(people)
    assert [one.name for one in documents_of(entry)] == ["receipt"]
    pages = [page.replace("\u200b", "") for page in printed(people, entry, "receipt")]
    assert len(pages) == 2
    for said in ("拾得物品收据", "棕色长款钱包", "326.5", "梅苑小区东门", "中南路派出所"):
        assert said in pages[0], said
    assert "交拾得人" in pages[0] and "存档" in pages[1]


def test_the_notice_does_not_say_what_only_the_owner_knows(people: Cast) -> None:
    entry = take_in(people)
    do(LOST, "post_notice", people.chen, entry.id, notice_on="2026-11-24", notice_where="公告栏")
    [page] = printed(people, Entry.objects.get(id=entry.id), "notice")
    page = page.replace("\u200b", "")
    for said in ("失物招领公告", "钱包现金", "梅苑小区东门", "2027年11月24日", "第三百一十八条"):
        assert said in page, said
    for hidden in ("小孩照片", "棕色", "公交卡", "326", "张小花"):
        assert hidden not in page, hidden
