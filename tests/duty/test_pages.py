"""The pages of the work log, and what is printed from the desk."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pypdf
import pytest
from django.test import Client

from linli.duty.signing import log_id, sign_off
from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.entries.models import Draft, Entry
from linli.ledger.forms import drafts
from tests.cast import Cast, actor, cast, record, signed_in

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DAY = "/worklog/?day=2026-11-23"


@pytest.fixture
def people() -> Iterator[Cast]:
    made = cast()
    with clock.fixed(datetime(2026, 11, 23, 17, 30, tzinfo=clock.SHANGHAI)):
        yield made


@pytest.fixture
def li(people: Cast, client: Client) -> Client:
    return signed_in(client, people.li)


def text(page: Any) -> str:
    return str(page.content.decode())


def printed(page: Any) -> str:
    """The text of a PDF answer."""
    assert page["Content-Type"] == "application/pdf"
    assert page["Cache-Control"] == "no-store"
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(page.content)).pages)


def test_an_empty_day_is_a_sentence(li: Client) -> None:
    page = text(li.get(DAY, headers={"accept-language": "en"}))
    assert "Nothing has been done in the ledgers today." in page
    assert "<table" not in page


def test_the_day_is_signed_in_the_browser(people: Cast, li: Client) -> None:
    done = record("visits", people.li, people.room)
    page = text(li.get(DAY))
    assert f"/entries/{done.entry}/" in page
    answer = li.post("/worklog/", {"day": "2026-11-23", "remark": "<b>走访</b>"})
    assert answer["Location"] == DAY
    page = text(li.get(DAY))
    assert "&lt;b&gt;走访" in page
    assert 'name="remark"' not in page
    assert Entry.objects.get(id=log_id(people.li.pk, MONDAY)).narrative == "<b>走访</b>"
    # sent twice (a double click, two windows): the first one counted
    assert li.post("/worklog/", {"day": "2026-11-23", "remark": "2"})["Location"] == DAY
    assert Entry.objects.filter(ledger="worklogs").count() == 1


def test_a_wrong_remark_is_told_and_stays(people: Cast, li: Client) -> None:
    long = "长" * 10_001
    answer = li.post("/worklog/", {"day": "2026-11-23", "remark": long})
    assert answer.status_code == 422
    assert long in text(answer)
    answer = li.post("/worklog/", {"day": "2026-11-24", "remark": "明天"})
    assert answer.status_code == 422
    assert not Entry.objects.filter(ledger="worklogs").exists()


def test_the_remark_is_kept_while_it_is_typed(people: Cast, li: Client) -> None:
    for words in ("上午", "上午走访三户"):
        answer = li.post("/worklog/draft/", {"day": "2026-11-23", "remark": words})
        assert answer.status_code == 200
    kept = Draft.objects.get()
    assert drafts.open_draft(actor(people.li), kept.id)[1]["remark"] == "上午走访三户"
    assert "上午走访三户" in text(li.get(DAY))
    assert "上午走访三户" not in text(li.get("/worklog/?day=2026-11-22"))
    assert li.get(f"/worklog/draft/{kept.id}/")["Location"] == DAY
    assert signed_in(Client(), people.wang).get(f"/worklog/draft/{kept.id}/").status_code == 404
    sign_off(actor=actor(people.li), day=MONDAY, remark="")
    late = li.post("/worklog/draft/", {"day": "2026-11-23", "remark": "again"})
    assert late.status_code == 409


def test_what_is_typed_survives_a_lapsed_session(people: Cast, client: Client) -> None:
    answer = client.post("/worklog/", {"day": "2026-11-20", "remark": "值班"})
    assert answer["Location"].startswith("/sign-in/")
    back = answer["Location"].split("next=")[1]
    from urllib.parse import unquote

    page = text(signed_in(client, people.li).get(unquote(back)))
    assert "值班" in page
    assert 'value="2026-11-20"' in page


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "", "2027-01-01"])
def test_a_day_that_is_none_is_today(li: Client, day: str) -> None:
    assert 'value="2026-11-23"' in text(li.get(f"/worklog/?day={day}"))


def test_head_and_chief_see_who_has_signed(people: Cast, client: Client) -> None:
    record("visits", people.li, people.room)
    record("visits", people.wang, people.room)
    entry = sign_off(actor=actor(people.li), day=MONDAY, remark="给所长看").entry
    for staff in (people.head, people.chief):
        page = text(signed_in(client, staff).get("/worklog/rooms/?day=2026-11-23"))
        assert f"/worklog/{entry}/" in page
        assert "王海涛" in page
        assert "给所长看" in text(client.get(f"/worklog/{entry}/"))
    assert signed_in(client, people.chief).get("/worklog/")["Location"] == "/worklog/rooms/"
    assert signed_in(client, people.li).get("/worklog/rooms/").status_code == 403


def test_outsiders_find_nothing(people: Cast, client: Client) -> None:
    entry = sign_off(actor=actor(people.li), day=MONDAY, remark="").entry
    for staff in (people.outsider, people.neighbour, people.far_chief, people.clerk, people.admin):
        signed_in(client, staff)
        assert client.get(f"/worklog/{entry}/").status_code == 404
        assert client.get(f"/worklog/{entry}/print/").status_code in (403, 404)
        assert client.get(f"/entries/{entry}/print/").status_code in (403, 404)
    assert not ReadLog.objects.filter(kind="print").exists()


def test_the_log_is_printed_and_the_print_is_logged(people: Cast, li: Client) -> None:
    record("visits", people.li, people.room, place="梅苑小区 3 栋")
    paper = printed(li.get("/worklog/print/?day=2026-11-23"))
    assert "李建国" in paper
    assert "梅苑小区 3 栋" in paper
    entry = sign_off(actor=actor(people.li), day=MONDAY, remark="明日走访").entry
    assert "明日走访" in printed(signed_in(li, people.head).get(f"/worklog/{entry}/print/"))
    assert li.get(f"/entries/{entry}/print/")["Location"] == f"/worklog/{entry}/print/"
    reads = ReadLog.objects.filter(kind="print").order_by("id")
    assert [(one.actor, one.entry) for one in reads] == [
        (people.li.pk, None), (people.head.pk, entry),
    ]  # fmt: skip


def test_an_entry_is_printed_masked_and_logged(people: Cast, li: Client) -> None:
    visitors = [{"name": "张伟", "phone": "13800001234"}]
    done = record("visits", people.li, people.room, visitors=visitors)
    paper = printed(li.get(f"/entries/{done.entry}/print/"))
    assert "138****1234" in paper
    assert "13800001234" not in paper
    assert "张伟" not in paper
    read = ReadLog.objects.get(kind="print")
    assert (read.entry, read.room, read.count) == (done.entry, people.room.pk, 1)
    auxiliary = signed_in(Client(), people.chen)
    assert auxiliary.get(f"/entries/{done.entry}/print/").status_code == 403
    assert ReadLog.objects.filter(kind="print").count() == 1


def test_a_book_has_the_lists_filters_and_one_read_for_each_room(
    people: Cast, client: Client
) -> None:
    record("visits", people.li, people.room, narrative="本月的来访")
    record("visits", people.neighbour, people.next_room, narrative="隔壁的来访")
    with clock.fixed(datetime(2026, 10, 25, 9, tzinfo=clock.SHANGHAI)):
        record("visits", people.li, people.room, narrative="上月的来访")
    chief = signed_in(client, people.chief)
    paper = printed(chief.get("/ledgers/visits/print/?period=month&on=2026-11-23"))
    assert "本月的来访" in paper
    assert "隔壁的来访" in paper
    assert "上月的来访" not in paper
    assert "2026-11-01 – 2026-11-30" in paper
    reads = ReadLog.objects.filter(kind="print")
    assert {(read.room, read.count) for read in reads} == {
        (people.room.pk, 1), (people.next_room.pk, 1),
    }  # fmt: skip
    of_one = printed(chief.get(f"/ledgers/visits/print/?room={people.room.pk}"))
    assert "上月的来访" in of_one
    assert "隔壁的来访" not in of_one


def test_too_much_for_one_book_is_said(
    people: Cast, li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.desk.printing.AT_ONCE", 1)
    monkeypatch.setattr("linli.desk.books.MOST_ROWS", 1)
    for _ in range(2):
        record("visits", people.li, people.room)
    page = li.get("/ledgers/visits/print/", headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "A book holds at most 1 matters." in text(page)
    assert not ReadLog.objects.filter(kind="print").exists()


def test_without_a_trace_nothing_is_printed(
    people: Cast, li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = record("visits", people.li, people.room)

    def broken(**_facts: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("linli.desk.printing.note_read", broken)
    with pytest.raises(OSError, match="disk full"):
        li.get(f"/entries/{done.entry}/print/")
