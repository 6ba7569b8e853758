"""The agreement on paper: three copies, names in full for a purpose, and a trace of it."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from django.test import Client

from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing.book import book_pdf
from linli.ledger.printing.document import document_pdf, documents_of
from tests.cast import Cast, actor, record, signed_in
from tests.disputes.conftest import MONDAY
from tests.disputes.dispute import LEAK, SESSION, a_dispute, agreed, step

pytestmark = pytest.mark.django_db


def pages(made: bytes) -> list[str]:
    found = pypdf.PdfReader(io.BytesIO(made)).pages
    return ["".join(page.extract_text().replace("\u200b", "").split()) for page in found]


def fonts(made: bytes) -> set[str]:
    return {
        str(font["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(made)).pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }


@pytest.fixture
def entry(people: Cast) -> Entry:
    with clock.fixed(MONDAY + timedelta(days=3)):
        return Entry.objects.get(id=agreed(people))


def url(entry: Entry) -> str:
    return f"/entries/{entry.id}/documents/agreement/"


def test_three_copies_each_for_somebody(client: Client, people: Cast, entry: Entry) -> None:
    signed_in(client, people.li)
    asked = client.get(url(entry))
    assert asked.status_code == 200 and "张小花" not in asked.text
    answer = client.post(url(entry), {"purpose": "matter", "matter": "纠2026-1"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    found = pages(answer.content)
    assert len(found) == 3
    for number, (page, whom) in enumerate(
        zip(found, ("当事人甲存", "当事人乙存", "调解组织存档"), strict=True)
    ):
        assert f"第{'一二三'[number]}份，共三份" in page and whom in page
        for said in (
            "调解协议书", "张小花", "李大山", "王小河", "13800000011", "楼上漏水，泡坏楼下天花板",
            "赔偿张小花一千二百元", "2026年12月10日", "2026年11月26日", "李建国、刘调解",
            "社区调委会", "自协议生效之日起30日内", "本份第1页，共1页",
        ):  # fmt: skip
            assert said in page, said
    assert all("NotoSansSC" in name for name in fonts(answer.content))


def test_whoever_prints_says_why_and_leaves_a_trace(
    client: Client, people: Cast, entry: Entry
) -> None:
    signed_in(client, people.li)
    assert client.post(url(entry), {"purpose": ""}).status_code == 422
    assert not ReadLog.objects.filter(kind__in=("print", "reveal")).exists()
    client.post(url(entry), {"purpose": "matter", "matter": "纠2026-1"})
    read = ReadLog.objects.get(kind="print", entry=entry.id)
    assert (read.purpose, read.matter, read.actor_name) == ("matter", "纠2026-1", "李建国")
    assert ReadLog.objects.get(kind="reveal", entry=entry.id).count == 3


def test_who_may_not(client: Client, people: Cast, entry: Entry) -> None:
    for staff, status in (
        (people.chen, 403), (people.desk, 403), (people.neighbour, 404), (people.clerk, 404),
    ):  # fmt: skip
        for method in ("get", "post"):
            signed_in(client, staff)
            answer = getattr(client, method)(url(entry), {"purpose": "safety"})
            assert answer.status_code == status, (staff.name, method)
    assert not ReadLog.objects.filter(kind__in=("print", "reveal")).exists()


def test_the_list_and_the_book_say_where_it_came_from(client: Client, people: Cast) -> None:
    entry = Entry.objects.get(id=a_dispute(people))
    signed_in(client, people.li)
    page = client.get("/ledgers/disputes/?cols=serial,channel,state").text
    assert "楼长反映" in page and ">来源<" in page
    assert "楼长反映" in client.get("/ledgers/disputes/?channel=building_head").text
    assert str(entry.id) not in client.get("/ledgers/disputes/?channel=visit").text
    [book] = pages(book_pdf(registry.get("disputes"), [entry], "梅苑", "2026", actor(people.li)))
    assert "楼长反映" in book


def test_there_is_none_before_it_was_agreed(client: Client, people: Cast) -> None:
    entry = Entry.objects.get(id=a_dispute(people))
    signed_in(client, people.li)
    assert client.get(url(entry)).status_code == 404
    assert "documents/agreement" not in client.get(f"/entries/{entry.id}/").text


def test_the_page_offers_it_once_agreed(client: Client, people: Cast, entry: Entry) -> None:
    signed_in(client, people.li)
    assert "documents/agreement" in client.get(f"/entries/{entry.id}/").text
    assert client.get(f"/entries/{entry.id}/documents/nothing/").status_code == 404


def test_what_people_typed_is_text_and_long_terms_go_on(people: Cast) -> None:
    hostile = '#panic("no") $a^2$ \\ *b* _i_ @x <y> {days}'
    with clock.fixed(MONDAY + timedelta(days=3)):
        done = a_dispute(people)
        step(people, done, "mediate", **SESSION, outcome="agreed")
        entry = step(
            people, done, "settle", terms=hostile + "一、按时履行。\n" * 90, agreed_on="2026-11-26",
        )  # fmt: skip
    [paper] = documents_of(entry)
    found = pages(document_pdf(entry, paper, actor(people.li), {}))
    assert len(found) % 3 == 0 and len(found) > 3
    assert "".join(hostile.split()) in "".join(found)
    count = len(found) // 3
    assert [f"本份第{n % count + 1}页，共{count}页" in page for n, page in enumerate(found)] == [
        True
    ] * len(found)
    assert "张*138****0011" in found[0]  # nobody was opened: masked


def test_a_police_mediation_says_what_the_police_do(people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        done = a_dispute(people)
        police = {**SESSION, "form": "police", "nothing_excluded": "yes", "minors": "none"}
        step(people, done, "mediate", **police, outcome="agreed")
        entry = step(people, done, "settle", terms="道歉", agreed_on="2026-11-26")
    [paper] = documents_of(entry)
    [page, *_rest] = pages(document_pdf(entry, paper, actor(people.li), {}))
    assert "公安机关不予处罚" in page and "司法确认" not in page


def test_parties_who_were_not_recorded_are_written_in_by_hand(client: Client, people: Cast) -> None:
    with clock.fixed(MONDAY + timedelta(days=3)):
        nobody = record("disputes", people.li, people.room, **{**LEAK, "people": []}).entry
        step(people, nobody, "mediate", **SESSION, outcome="agreed")
        entry = step(people, nobody, "settle", terms="各自清理楼道", agreed_on="2026-11-26")
    signed_in(client, people.li)
    first = pages(client.get(url(entry)).content)[0]
    # In the table of the parties, at the top for whom the copy is, and where they sign.
    assert first.count("当事人甲") == 3 and first.count("当事人乙") == 2
    assert "（盖章）" in first
