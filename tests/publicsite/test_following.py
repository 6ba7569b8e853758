from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.ground import clock, rules
from linli.history.models import Step
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from tests.cast import Cast, do
from tests.publicsite.conftest import MORNING, code_of, hidden

Send = Callable[..., HttpResponse]


@pytest.fixture
def code(people: Cast, send: Send) -> str:
    return code_of(send(people.room.code, name="王芳", phone="13800001234"))


@pytest.fixture
def entry(code: str) -> UUID:
    return Entry.objects.get().id


def look(resident: Client, code: str) -> HttpResponse:
    return resident.post("/receipt/", {"code": code})


def test_the_code_opens_the_matter_as_typed(resident: Client, code: str) -> None:
    for typed in (code, code.replace("-", ""), code.lower().replace("-", " ")):
        page = look(resident, typed)
        assert page.status_code == 200
        text = page.content.decode()
        assert "办理经过" in text
        assert "已收到" in text
        assert serial_text(Entry.objects.get()) in text


def test_nothing_the_reporter_wrote_and_no_code_is_on_the_page(resident: Client, code: str) -> None:
    page = look(resident, code)
    text = page.content.decode()
    for secret in ("楼道灯坏了", "王芳", "王*", "1234", code, code.replace("-", "")):
        assert secret not in text
    assert page.headers["Cache-Control"] == "no-store"
    assert not resident.cookies


def test_the_reporter_sees_what_is_for_them_and_no_more(
    people: Cast, resident: Client, code: str, entry: UUID
) -> None:
    do("visits", "note", people.li, entry, note="内部：此人常来")
    do("visits", "notice", people.li, entry)
    do("visits", "hand_over", people.li, entry, "李建国休假", hand_to=str(people.wang.pk))
    do("visits", "refer", people.li, entry, referred_to="物业公司", result="已请物业换灯")
    do("visits", "handle", people.li, entry, result="灯已换好，420106199001011234 请核对")
    text = look(resident, code).content.decode()
    for shown in ("已受理", "物业公司", "已请物业换灯", "灯已换好", "已办理", "李建国 负责"):
        assert shown in text
    for hidden_words in ("此人常来", "休假", "移交", "420106199001011234"):
        assert hidden_words not in text


def test_the_outcome_of_an_incident_is_told_with_its_result(
    people: Cast, resident: Client, send: Send
) -> None:
    code = code_of(send(people.room.code, kind="safety"))
    entry = Entry.objects.get(ledger="incidents").id
    do("incidents", "finish", people.li, entry, result="已劝离，现场平静", handling="盘问两人")
    assert "已劝离" not in look(resident, code).content.decode()
    do("incidents", "tell", people.li, entry, told_how="凭回执码告知")
    text = look(resident, code).content.decode()
    assert "已劝离，现场平静" in text
    assert "盘问" not in text


def test_question_and_answer(people: Cast, resident: Client, code: str, entry: UUID) -> None:
    do("visits", "ask", people.li, entry, question="是哪个单元的灯？")
    page = look(resident, code)
    assert "是哪个单元的灯？" in page.content.decode()
    assert "民警有问题要问您" in page.content.decode()
    token = hidden(page, "token")
    for _time in range(2):  # pressed twice: kept once
        sent = resident.post("/receipt/", {"token": token, "text": "二单元三楼"})
        assert sent.status_code == 200
    assert "民警有问题要问您" not in sent.content.decode()
    assert "二单元三楼" not in sent.content.decode()
    assert Step.objects.filter(subject=entry, action="answer").count() == 1
    from linli.ledger.reading import entry_view

    line = entry_view.timeline(Entry.objects.get(id=entry))[0]
    assert line.said[0][1] == "二单元三楼"
    again = resident.post("/receipt/", {"token": hidden(sent, "token"), "text": "还有楼梯扶手"})
    assert again.status_code == 200
    assert Step.objects.filter(subject=entry, action="answer").count() == 2


def test_an_empty_message_is_not_sent(resident: Client, code: str, entry: UUID) -> None:
    token = hidden(look(resident, code), "token")
    page = resident.post("/receipt/", {"token": token, "text": "  "})
    assert page.status_code == 422
    assert "请先写点什么" in page.content.decode()
    assert not Step.objects.filter(action="answer").exists()


def test_a_voided_matter_takes_no_messages(
    people: Cast, resident: Client, code: str, entry: UUID
) -> None:
    token = hidden(look(resident, code), "token")
    do("visits", "void", people.li, entry, "误录")
    page = resident.post("/receipt/", {"token": token, "text": "还在吗"})
    assert page.status_code == 409
    text = look(resident, code).content.decode()
    assert "已撤下" in text
    assert "误录" not in text
    assert "<textarea" not in text


def test_messages_have_a_limit(resident: Client, code: str, entry: UUID) -> None:
    most = rules.on(MORNING.date()).int("limit.reports.room_hour")
    with clock.fixed(MORNING + timedelta(hours=1)):
        page = look(resident, code)
        for number in range(most):
            page = resident.post(
                "/receipt/", {"token": hidden(page, "token"), "text": f"第{number}条"}
            )
        full = resident.post("/receipt/", {"token": hidden(page, "token"), "text": "再一条"})
    assert full.status_code == 429
    assert "再一条" in full.content.decode()
    assert Step.objects.filter(subject=entry, action="answer").count() == most


def test_a_page_left_open_asks_for_the_code_and_keeps_what_was_written(
    resident: Client, code: str
) -> None:
    with clock.fixed(MORNING):
        token = hidden(look(resident, code), "token")
    with clock.fixed(MORNING + timedelta(hours=1)):
        page = resident.post("/receipt/", {"token": token, "text": "写了很久的话"})
    assert page.status_code == 422
    assert "写了很久的话" in page.content.decode()
    assert not Step.objects.filter(action="answer").exists()


@pytest.mark.parametrize("token", ["x", "", "e30:sig"])
def test_a_made_up_note_opens_nothing(resident: Client, code: str, token: str) -> None:
    page = resident.post("/receipt/", {"token": token, "text": "我是别人"})
    assert page.status_code == 422
    assert "办理经过" not in page.content.decode()


def test_the_note_of_a_report_form_opens_no_matter(
    people: Cast, resident: Client, send: Send
) -> None:
    with clock.fixed(MORNING):
        token = hidden(resident.get(f"/r/{people.room.code}/report/"), "token")
        page = resident.post("/receipt/", {"token": token})
    assert page.status_code == 422


def test_wrong_codes_are_answered_with_the_same_words(resident: Client, code: str) -> None:
    wrong = ("0000-0000-0000-0000", "短", code[:-1] + ("0" if code[-1] != "0" else "1"))
    for typed in wrong:
        page = look(resident, typed)
        assert page.status_code == 422
        assert "没有这个回执码" in page.content.decode()


def test_many_wrong_codes_are_slowed_and_the_right_one_still_opens(
    resident: Client, code: str
) -> None:
    most = rules.on(MORNING.date()).int("limit.receipt_tries.minute")
    with clock.fixed(MORNING):
        for _number in range(most):
            assert look(resident, "0000-0000-0000-0000").status_code == 422
        assert look(resident, "0000-0000-0000-0000").status_code == 429
        assert look(resident, code).status_code == 200
    with clock.fixed(MORNING + timedelta(minutes=2)):
        assert look(resident, "0000-0000-0000-0000").status_code == 422


def test_a_code_in_the_address_goes_no_further(
    resident: Client, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    page = resident.get(f"/receipt/{code}")
    assert page.status_code == 302
    assert page.headers["Location"] == "/receipt/"
    assert code not in caplog.text
    assert "办理经过" not in resident.get(f"/receipt/?code={code}").content.decode()


def test_a_report_of_one_is_not_opened_by_the_code_of_another(
    people: Cast, resident: Client, send: Send, code: str
) -> None:
    other = code_of(send(people.next_room.code))
    assert "梅苑社区警务室" in look(resident, code).content.decode()
    assert "百瑞景社区警务室" in look(resident, other).content.decode()
