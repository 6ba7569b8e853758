from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from linli.ground import clock, rules
from linli.history.models import Step, StepBody
from linli.ledger.entries import receipts
from linli.ledger.entries.models import Entry, EntryPerson, Receipt
from linli.org.models import Posting
from linli.publicsite import reporting, texts, tokens
from tests.cast import Cast, cast
from tests.publicsite.conftest import FILLED, MORNING, code_of, hidden

Send = Callable[..., HttpResponse]


def test_an_unnamed_report_is_an_entry_of_the_room(people: Cast, send: Send) -> None:
    page = send(people.room.code, when="昨晚十点左右")
    assert page.status_code == 200
    entry = Entry.objects.get()
    assert (entry.ledger, entry.category, entry.channel) == ("visits", "help", "online")
    assert (entry.room, entry.state, entry.recorded_by) == (people.room.pk, "open", None)
    assert entry.responsible in (people.li.pk, people.wang.pk)
    assert entry.narrative == "楼道灯坏了，老人上下楼不方便\n居民所说的时间：昨晚十点左右"
    assert entry.due_at is not None
    assert not EntryPerson.objects.exists()


def test_a_named_report_keeps_name_and_number_sealed(people: Cast, send: Send) -> None:
    send(people.room.code, kind="safety", name="欧阳小明", phone="138 0000 1234")
    entry = Entry.objects.get()
    assert entry.ledger == "incidents"
    person = EntryPerson.objects.get(entry=entry.id)
    assert (person.role, person.name_mask, person.phone_mask) == (
        "reporter", "欧阳*", "138****1234",
    )  # fmt: skip
    assert "13800001234" not in everything_stored()
    assert "小明" not in everything_stored()


def test_something_broken_is_a_hazard_with_its_deadline(people: Cast, send: Send) -> None:
    page = send(people.room.code, kind="hazard", place="", what="三栋门口井盖破了")
    assert page.status_code == 422  # somebody must find it
    send(people.room.code, kind="hazard", place="三栋门口", what="三栋门口井盖破了", name="张小花")
    entry = Entry.objects.get()
    assert (entry.ledger, entry.channel, entry.state) == ("hazards", "online", "open")
    assert "put_right" in entry.deadlines
    assert EntryPerson.objects.get(entry=entry.id).role == "reporter"


def everything_stored() -> str:
    """Every value of every row of the database as text, bytes also in hex."""
    stored = []
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            for value in row:
                if isinstance(value, (bytes, memoryview)):
                    raw = bytes(value)
                    stored += [raw.decode("latin-1"), raw.hex()]
                else:
                    stored.append(str(value))
    return "\n".join(stored)


def test_the_code_is_shown_once_and_only_its_hash_is_stored(
    people: Cast, send: Send, home: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = send(people.room.code)
    shown = code_of(page)
    plain = shown.replace("-", "")
    assert len(plain) == 16
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert page.headers["Cache-Control"] == "no-store"
    stored = everything_stored()
    assert "楼道灯坏了" in stored  # the search does see what is stored
    for form in (plain, shown, plain.encode().hex(), plain.lower()):
        assert form not in stored
        assert form not in caplog.text
    receipt = Receipt.objects.get()
    assert receipts.find(shown) == receipt
    assert receipt.entry == Entry.objects.get().id


def test_nothing_of_who_sent_it_is_kept(people: Cast, resident: Client, send: Send) -> None:
    with clock.fixed(MORNING):
        token = hidden(resident.get(f"/r/{people.room.code}/report/"), "token")
    with clock.fixed(MORNING + timedelta(seconds=9)):
        page = resident.post(
            f"/r/{people.room.code}/report/",
            {**FILLED, "token": token},
            REMOTE_ADDR="203.0.113.77",
            HTTP_USER_AGENT="Telltale/9.9",
            HTTP_X_FORWARDED_FOR="203.0.113.78",
        )
    assert page.status_code == 200
    stored = everything_stored()
    for trace in ("203.0.113", "Telltale"):
        assert trace not in stored
    assert not resident.cookies


def test_sent_twice_it_is_one_matter_and_the_code_on_the_screen_works(
    people: Cast, resident: Client
) -> None:
    address = f"/r/{people.room.code}/report/"
    with clock.fixed(MORNING):
        filled = {**FILLED, "token": hidden(resident.get(address), "token")}
    with clock.fixed(MORNING + timedelta(seconds=30)):
        codes = [code_of(resident.post(address, filled)) for _time in range(2)]
    assert Entry.objects.count() == 1
    assert Step.objects.filter(action="record").count() == 1
    for code in codes:
        found = receipts.find(code)
        assert found is not None
        assert found.entry == Entry.objects.get().id
    with clock.fixed(MORNING + timedelta(minutes=10)):
        later = resident.post(address, filled)
    assert later.status_code == 409
    assert 'class="code"' not in later.content.decode()
    assert (Entry.objects.count(), Receipt.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_the_same_moment_it_is_one_matter() -> None:
    people = cast()
    page = Client().get(f"/r/{people.room.code}/report/")
    note = tokens.read("report", hidden(page, "token"))
    assert note is not None
    from uuid import UUID

    entry, gate, codes = UUID(note.said["entry"]), Barrier(4), []

    def one() -> None:
        gate.wait()
        try:
            report = reporting.Report(texts.kinds()["help"], "同一张表")
            codes.append(reporting.submit(entry=entry, room=people.room, report=report))
        finally:
            connection.close()

    threads = [Thread(target=one) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(codes)) == 4
    assert Entry.objects.count() == 1


def test_a_complaint_goes_to_the_chief(people: Cast, send: Send) -> None:
    send(people.room.code, kind="complaint")
    entry = Entry.objects.get()
    assert entry.responsible == people.chief.pk
    assert "noticed" in entry.deadlines


def test_errors_keep_what_was_typed(people: Cast, send: Send) -> None:
    page = send(people.room.code, kind="safety", place="", name="王芳", phone="12345")
    text = page.content.decode()
    assert page.status_code == 422
    assert "楼道灯坏了，老人上下楼不方便" in text
    assert 'value="王芳"' in text
    assert 'value="12345"' in text
    assert "请写在哪里，民警才能去看。" in text
    assert 'href="#id_phone"' in text
    assert not Entry.objects.exists()


def test_what_the_ledger_refuses_is_said_at_the_field(people: Cast, send: Send) -> None:
    refused = ValidationError({"narrative": ValidationError("太长了")})
    with patch.object(reporting, "carry_out", side_effect=refused):
        page = send(people.room.code)
    assert page.status_code == 422
    assert "太长了" in page.content.decode()
    assert not Receipt.objects.exists()


def test_too_long_a_text_is_refused_and_kept(people: Cast, send: Send) -> None:
    page = send(people.room.code, what="灯" * 4001)
    assert page.status_code == 422
    assert "灯" * 4001 in page.content.decode()


@pytest.mark.parametrize(
    ("wait", "ok"), [(1, False), (3, True), (11 * 3600, True), (13 * 3600, False)]
)
def test_a_form_has_its_time(people: Cast, send: Send, wait: float, ok: bool) -> None:
    page = send(people.room.code, wait=wait)
    assert page.status_code == (200 if ok else 422)
    assert Entry.objects.count() == int(ok)
    if not ok:
        assert FILLED["what"] in page.content.decode()


def test_after_an_old_form_the_fresh_one_is_taken(
    people: Cast, resident: Client, send: Send
) -> None:
    old = send(people.room.code, wait=13 * 3600)
    later = MORNING + timedelta(hours=13, minutes=1)
    with clock.fixed(later):
        page = resident.post(
            f"/r/{people.room.code}/report/", {**FILLED, "token": hidden(old, "token")}
        )
    assert page.status_code == 200
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("token", ["", "nonsense", "e30:abc"])
def test_a_form_without_our_token_is_not_taken(people: Cast, send: Send, token: str) -> None:
    assert send(people.room.code, token=token).status_code == 422
    assert not Entry.objects.exists()


def test_the_token_of_one_room_is_not_for_another(people: Cast, resident: Client) -> None:
    with clock.fixed(MORNING):
        token = hidden(resident.get(f"/r/{people.room.code}/report/"), "token")
    with clock.fixed(MORNING + timedelta(seconds=9)):
        page = resident.post(f"/r/{people.next_room.code}/report/", {**FILLED, "token": token})
    assert page.status_code == 422
    assert not Entry.objects.exists()


def test_the_trap_catches_and_explains(people: Cast, send: Send) -> None:
    page = send(people.room.code, website="http://spam.example")
    assert page.status_code == 422
    assert "http://spam.example" not in page.content.decode()
    assert FILLED["what"] in page.content.decode()
    assert not Entry.objects.exists()


def test_a_room_takes_so_many_reports_an_hour(people: Cast, send: Send) -> None:
    most = rules.on(MORNING.date()).int("limit.reports.room_hour")
    for number in range(most):
        at = MORNING + timedelta(seconds=number)
        assert send(people.room.code, at=at).status_code == 200
    full = send(people.room.code, at=MORNING + timedelta(minutes=5))
    assert full.status_code == 429
    assert FILLED["what"] in full.content.decode()
    assert "您的这份没有收下" in full.content.decode()
    assert send(people.next_room.code, at=MORNING + timedelta(minutes=5)).status_code == 200
    assert send(people.room.code, at=MORNING + timedelta(hours=2)).status_code == 200
    assert Entry.objects.filter(room=people.room.pk).count() == most + 1


def test_a_room_without_anybody_takes_no_reports(people: Cast, resident: Client) -> None:
    address = f"/r/{people.room.code}/report/"
    with clock.fixed(MORNING):
        token = hidden(resident.get(address), "token")
    Posting.objects.filter(unit__in=(people.room, people.station)).update(
        until="2020-01-01", since="2019-01-01"
    )
    page = resident.get(address)
    assert page.status_code == 200
    assert "中南路派出所" in page.content.decode()
    assert "<textarea" not in page.content.decode()
    with clock.fixed(MORNING + timedelta(seconds=20)):
        sent = resident.post(address, {**FILLED, "token": token})
    assert sent.status_code == 409
    assert not Entry.objects.exists()


def test_the_form_speaks_english(people: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    with clock.fixed(MORNING):
        form = client.get(f"/r/{people.room.code}/report/")
    text = form.content.decode()
    assert '<html lang="en">' in text
    assert "What happened, or what you need" in text
    with clock.fixed(MORNING + timedelta(seconds=9)):
        page = client.post(
            f"/r/{people.room.code}/report/",
            {"kind": "question", "what": "Where do I register?", "token": hidden(form, "token")},
        )
    assert "We have received it" in page.content.decode()
    # What is kept is in the officers' language.
    assert (
        '"by":"居民（网上）"'
        in StepBody.objects.get(step=Step.objects.get(action="record").id).text
    )
