"""Who came with a matter says how it went: once, anonymously, and shown as figures only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from linli.access import policy, tokens
from linli.ground import clock
from linli.history.models import Step, StepBody
from linli.ledger.declaration import registry
from linli.ledger.entries import receipts
from linli.ledger.entries.models import Entry, EntryLink, EntryPerson, Receipt, SearchText
from linli.ledger.reading import search, todo
from linli.ledger.verify import verify
from linli.surveys import answering, figures
from tests.cast import Cast, actor, cast, do, record, signed_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def closed_with_receipt(people: Cast) -> tuple[UUID, str]:
    done = record(
        "visits", people.li, people.room, category="consultation",
        visitors=[{"role": "visitor", "name": "张小花", "phone": "13800001234"}],
    )  # fmt: skip
    code = receipts.issue(done.entry, people.room.pk, people.branch.pk)
    do("visits", "handle", people.li, done.entry, result="已办好")
    return done.entry, code


def opened(client: Client, code: str) -> tuple[str, str]:
    """The page behind the code, and the note in its form."""
    text = client.post("/receipt/", {"code": code}).content.decode()
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found
    return text, found[1]


def answers() -> list[Entry]:
    return list(Entry.objects.filter(ledger="surveys").order_by("serial_no"))


def say(people: Cast, n: int, satisfaction: str = "5", **more: Any) -> None:
    for _n in range(n):
        entry, _code = closed_with_receipt(people)
        answering.answer(Entry.objects.get(id=entry), {"satisfaction": satisfaction, **more})


def test_a_closed_matter_asks_behind_its_receipt(people: Cast, client: Client) -> None:
    done = record("visits", people.li, people.room)
    code = receipts.issue(done.entry, people.room.pk, people.branch.pk)
    assert 'id="survey"' not in opened(client, code)[0]
    do("visits", "handle", people.li, done.entry, result="已办好")
    text, token = opened(client, code)
    assert 'id="survey"' in text
    nothing = client.post("/receipt/", {"token": token, "survey": "1"})
    assert nothing.status_code == 422 and "请选择满意程度" in nothing.content.decode()
    sent = {
        "token": token, "survey": "1", "satisfaction": "4", "attitude": "5", "speed": "",
        "narrative": "民警很耐心，我的电话 138 0000 1234",
    }  # fmt: skip
    thanks = client.post("/receipt/", sent).content.decode()
    assert "谢谢" in thanks and 'id="survey"' not in thanks
    [answer] = answers()
    assert answer.data["satisfaction"] == "4" and "speed" not in answer.data
    assert answer.narrative == "民警很耐心，我的电话 ***"
    client.post("/receipt/", sent)  # twice is once
    assert len(answers()) == 1
    assert 'id="survey"' not in opened(client, code)[0]
    assert [finding for finding in verify() if finding.wrong] == []


def test_an_answer_leads_to_nobody(people: Cast) -> None:
    entry, _code = closed_with_receipt(people)
    answering.answer(Entry.objects.get(id=entry), {"satisfaction": "1", "narrative": "态度差"})
    [answer] = answers()
    assert not EntryLink.objects.exists() and not EntryPerson.objects.filter(entry=answer.id)
    assert answer.data == {
        "satisfaction": "1", "about_ledger": "visits", "about_category": "consultation",
        "about_month": f"{clock.local(clock.now()):%Y-%m}",
    }  # fmt: skip
    assert clock.local(answer.received_at).time().isoformat() == "00:00:00"
    assert answer.recorded_by is None
    step = Step.objects.get(subject=answer.id)
    said = orjson.loads(StepBody.objects.get(step=step.id).text)
    everything = str(said) + str(vars(answer))
    receipt = Receipt.objects.get()
    for trace in (str(entry), entry.hex, "张小花", bytes(receipt.code_hash).hex()):
        assert trace not in everything
    # The receipt says that, and not when or what.
    assert {f.name for f in Receipt._meta.fields} == {
        "code_hash", "district", "room", "entry", "made_on", "answered",
    }  # fmt: skip
    assert not SearchText.objects.filter(entry=answer.id).exists()


def test_once_per_matter_however_many_receipts(people: Cast) -> None:
    entry, _code = closed_with_receipt(people)
    receipts.issue(entry, people.room.pk, people.branch.pk)
    matter = Entry.objects.get(id=entry)
    answering.answer(matter, {"satisfaction": "5"})
    with pytest.raises(answering.AnsweredBefore):
        answering.answer(matter, {"satisfaction": "1"})
    receipts.issue(entry, people.room.pk, people.branch.pk)
    assert not answering.is_asked(matter, ("visits",))
    with pytest.raises(answering.AnsweredBefore):
        answering.answer(matter, {"satisfaction": "1"})
    assert len(answers()) == 1


def test_who_is_not_asked(people: Cast) -> None:
    entry, _code = closed_with_receipt(people)
    matter = Entry.objects.get(id=entry)
    assert answering.is_asked(matter, ("visits",))
    assert not answering.is_asked(matter, ("incidents",))
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert not answering.is_asked(matter, ("visits",))
    do("visits", "void", people.li, entry, "误登")
    assert not answering.is_asked(Entry.objects.get(id=entry), ("visits",))


def test_single_answers_are_read_by_nobody(people: Cast, client: Client) -> None:
    say(people, 1, narrative="说得很清楚")
    [answer] = answers()
    for staff in people.everybody:
        who = actor(staff)
        assert not policy.visible(who, Entry).filter(ledger="surveys").exists(), staff.name
        for permission in ("read", "record", "correct", "search", "export", "print", "reveal"):
            assert not who.may(permission, "surveys"), (staff.name, permission)
    li = signed_in(client, people.li)
    assert li.get("/ledgers/surveys/").status_code == 404
    assert li.get(f"/entries/{answer.id}/").status_code == 404
    assert not search.find(actor(people.li), "清楚").entries
    came = todo.came_in(actor(people.head), clock.now() - timedelta(days=1))
    assert {entry.ledger for entry in came} == {"visits"}
    headers = {"Authorization": f"Bearer {tokens.create(people.chief, 'test')}"}
    assert client.get(f"/api/v1/entries/{answer.id}", headers=headers).status_code == 404
    listed = client.get("/api/v1/ledgers/surveys/entries", headers=headers)
    assert listed.json().get("entries", []) == []


def test_officers_do_not_write_answers(people: Cast) -> None:
    from linli.ledger.acts.act import Act
    from linli.ledger.acts.carrying_out import carry_out

    data = {"satisfaction": "5", "about_ledger": "visits", "about_month": "2026-11"}
    act = Act(
        registry.get("surveys"), "record", actor(people.chief), data,
        room=people.room.pk, district=people.branch.pk,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        carry_out([act])


def test_figures_from_five_answers_on_and_in_steps_of_five(people: Cast, client: Client) -> None:
    year = clock.today().year

    def cell(staff: Any) -> figures.Cell:
        [found] = figures.of_year(actor(staff), year)
        return found

    say(people, 4, "5", narrative="第一条")
    assert cell(people.li) == figures.Cell(people.room.pk, "visits", 0)
    page = signed_in(client, people.li).get("/surveys/").content.decode()
    assert "不足 5 份" in page and "第一条" not in page
    say(people, 1, "1", attitude="1")
    shown = cell(people.li)
    assert (shown.shown, shown.satisfied, shown.attitude) == (5, 80, None)
    say(people, 4, "1")
    assert cell(people.li) == shown  # nobody is known by the difference of two looks
    say(people, 1, "1")
    assert (cell(people.chief).shown, cell(people.chief).satisfied) == (10, 40)
    page = client.get("/surveys/").content.decode()
    assert "40 %" in page and "第一条" in page
    assert figures.of_year(actor(people.neighbour), year) == []
    assert figures.of_year(actor(people.outsider), year) == []
    assert client.get("/surveys/?year=2019").status_code == 200
    assert client.get("/surveys/?year=nonsense").status_code == 200
