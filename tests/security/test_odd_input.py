"""What nobody types but somebody sends: an answer, never an error page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.access import tokens
from linli.ledger.declaration import row_fields
from linli.ledger.declaration.expressions.patterns import RefusedPatternError, compile_pattern
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import entry_view
from tests.cast import cast, do, record, signed_in
from tests.ledger.custom import field, published

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/ledgers/visits/?since=0001-01-01",
    "/ledgers/visits/?until=9999-12-31",
    "/ledgers/visits/?order=due&cursor=%C2%B2",
    "/ledgers/visits/?order=due&cursor=" + "9" * 40,
    "/ledgers/visits/?category=%00",
    "/ledgers/visits/?words=%00%00",
    "/ledgers/visits/?cursor=PjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDB8MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA",
    "/find/?q=%E7%94%B5%E7%93%B6&cursor=%C2%B2",
    "/find/?q=%E7%94%B5%E7%93%B6&cursor=" + "9" * 40,
    "/find/?q=ab%00cd",
    "/worklog/?day=0001-01-01",
    "/worklog/?day=9999-12-31",
    "/ledgers/visits/print/?period=day&on=0001-01-01",
    "/suggest/place/?q=%00",
    "/suggest/category/visits/?q=%00",
    "/report/?q=%00%00%00",
    "/r/%00/",
    "/ledgers/visits/?since=2026-01-01%00",
)
API = (
    "/api/v1/ledgers/visits/entries?words=%00",
    "/api/v1/ledgers/visits/entries?since=0001-01-01&until=9999-12-31",
    "/api/v1/ledgers/visits/entries?order=due&cursor=%C2%B2",
    "/api/v1/ledgers/%00/entries",
    "/api/v1/find?q=ab%00cd",
    "/api/v1/find?q=%E7%94%B5%E7%93%B6&cursor=" + "9" * 40,
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_odd_queries_are_answered(client: Client, address: str) -> None:
    people = cast()
    record("visits", people.li, people.room)
    assert signed_in(client, people.li).get(address).status_code < 500


@pytest.mark.parametrize("address", API)
def test_odd_requests_of_programs_are_answered(client: Client, address: str) -> None:
    people = cast()
    headers = {"Authorization": f"Bearer {tokens.create(people.li, 'test')}"}
    assert client.get(address, headers=headers).status_code < 500


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-10:00"])
@pytest.mark.parametrize("ledger", ["visits", "worklogs"])
def test_a_program_sends_an_odd_moment(client: Client, ledger: str, moment: str) -> None:
    people = cast()
    answer = client.post(
        f"/api/v1/ledgers/{ledger}/entries",
        {
            "data": {"category": "help", "narrative": "问路", "received_at": moment}
            if ledger == "visits"
            else {"day": moment[:10]}
        },
        content_type="application/json",
        headers={"Authorization": f"Bearer {tokens.create(people.li, 'test')}"},
    )
    assert answer.status_code == 422


def test_an_officer_signs_an_odd_day(client: Client) -> None:
    people = cast()
    page = signed_in(client, people.li).post("/worklog/", {"day": "0001-01-01", "remark": ""})
    assert page.status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_an_auditor_asks_for_an_odd_day(client: Client, day: str) -> None:
    people = cast()
    assert signed_in(client, people.auditor).get(f"/audit/?day={day}").status_code == 200


@pytest.mark.parametrize("rev", ["²", "9" * 5000])
def test_a_revision_of_odd_digits(client: Client, rev: str) -> None:
    people = cast()
    entry = record("visits", people.li, people.room).entry
    li = signed_in(client, people.li)
    sent = {"note": "看过", "rev": rev, "draft": str(entry)}
    assert li.post(f"/entries/{entry}/do/note/", sent).status_code < 500
    assert li.post(f"/drafts/save/visits/note/?entry={entry}", sent).status_code < 500


def test_a_program_sends_an_odd_revision(client: Client) -> None:
    people = cast()
    entry = record("visits", people.li, people.room).entry
    answer = client.post(
        f"/api/v1/entries/{entry}/actions/note",
        f'{{"data": {{"note": "x"}}, "rev": {10**30}}}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {tokens.create(people.li, 'test')}"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("page", ["staff/", "units/", "workdays/"])
def test_an_administrator_asks_for_an_odd_page(client: Client, page: str) -> None:
    people = cast()
    asked = {"page": "9" * 5000, "year": "9" * 5000}
    assert signed_in(client, people.admin).get(f"/administer/{page}", asked).status_code == 200


@pytest.mark.parametrize("part", ['"linli": "²"', '"version": "' + "9" * 5000 + '"'])
def test_an_odd_line_is_previewed(client: Client, part: str) -> None:
    people = cast()
    told = '{"narrative": "问路", "category": "help"}'
    line = (
        '{"linli": 1, "ledger": "visits", "version": 1, "state": "open", '
        f'"received_at": "2026-10-01T01:00:00Z", {part}, "fields": {told}}}'
    )
    file = SimpleUploadedFile("x.jsonl", line.encode())
    li = signed_in(client, people.li)
    sent = li.post("/ledgers/visits/import/", {"file": file, "room": str(people.room.pk)})
    assert sent.status_code == 302
    assert li.get(sent["Location"]).status_code == 200


def test_a_field_of_ones_own_may_have_any_name(client: Client) -> None:
    people = cast()
    own = published(people.head, people.room, field("channel"), field("responsible"))
    assert signed_in(client, people.head).get(f"/ledgers/{own.code}/new/").status_code == 200


@pytest.mark.parametrize("times", ["{2,²}", "{²}", "{2,٣}"])
def test_odd_digits_in_a_pattern_are_refused(times: str) -> None:
    with pytest.raises(RefusedPatternError):
        compile_pattern(f"a{times}")


def test_nul_in_a_reason(client: Client) -> None:
    people = cast()
    entry = record("visits", people.li, people.room).entry
    page = signed_in(client, people.li).post(
        f"/entries/{entry}/do/void/", {"reason": "录错\x00了", "rev": "1"}
    )
    assert page.status_code < 500


def test_nul_in_a_name(client: Client) -> None:
    people = cast()
    done = record(
        "visits", people.li, people.room, visitors=[{"name": "张\x00三", "role": "visitor"}]
    )
    do("visits", "note", people.li, done.entry, note="看过\x00")
    assert EntryPerson.objects.get(entry=done.entry).name_mask == "张*"
    said = entry_view.timeline(Entry.objects.get(id=done.entry))[0].said
    assert [text for _title, text in said] == ["看过"]


def test_a_row_is_signed_no_oftener_than_somebody_signed_it() -> None:
    there = {"at": "2026-11-19T02:14:00+00:00", "by": "李建国", "course": "当面调解"}
    typed = {**there, "course": "另一次"}
    unsigned = {"course": "另一次"}
    assert row_fields.own([there, typed], [there]) == [there, unsigned]
    assert row_fields.own([typed], [there]) == [typed]
    assert row_fields.own([unsigned, unsigned], [unsigned]) == [unsigned, unsigned]
