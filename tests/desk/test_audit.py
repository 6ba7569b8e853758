"""The auditor sees reads and changes of the jurisdiction and can change nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.history.models import ReadLog, Step
from tests.cast import Cast, do, record, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(people: Cast) -> Client:
    return signed_in(Client(), people.auditor)


def test_a_reveal_is_seen_and_opens(li: Client, auditor: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room, visitors=[{"name": "张三丰"}]).entry
    li.post(f"/entries/{entry}/reveal/", {"purpose": "other", "words": "核对身份后联系其家属"})
    text = auditor.get("/audit/").content.decode()
    row = ReadLog.objects.get()
    assert "李建国" in text
    assert f"/audit/reads/{row.id}/" in text
    facts = auditor.get(f"/audit/reads/{row.id}/").content.decode()
    assert "核对身份后联系其家属" in facts
    assert "张三丰" not in facts


def test_a_correction_is_seen_by_its_fields_not_its_values(auditor: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room).entry
    do("visits", "correct", people.li, entry, "听错了", narrative="改过的秘密内容")
    text = auditor.get("/audit/?kind=correct").content.decode()
    assert "听错了" in text
    step = Step.objects.get(action="correct")
    facts = auditor.get(f"/audit/steps/{step.id}/").content.decode()
    assert "narrative" in facts
    assert "改过的秘密内容" not in facts


def test_other_jurisdictions_are_not_there(auditor: Client, people: Cast) -> None:
    entry = record("visits", people.outsider, people.other_room).entry
    step = Step.objects.get(subject=entry)
    assert str(step.id) not in auditor.get("/audit/?kind=changes").content.decode()
    assert auditor.get(f"/audit/steps/{step.id}/").status_code == 404


def test_only_auditors_see_it(li: Client, people: Cast) -> None:
    assert li.get("/audit/").status_code == 403
    for staff in (people.admin, people.analyst):
        assert signed_in(Client(), staff).get("/audit/").status_code == 404


def test_the_auditor_writes_nothing(auditor: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room).entry
    assert auditor.post("/ledgers/visits/new/", {}).status_code == 404
    assert auditor.post(f"/entries/{entry}/do/note/", {"note": "x"}).status_code == 404
    assert auditor.get(f"/entries/{entry}/").status_code == 404


def test_pages_of_fifty_go_on(auditor: Client, people: Cast) -> None:
    for _number in range(55):
        record("visits", people.li, people.room)
    first = auditor.get(f"/audit/?kind=changes&person={people.li.pk}")
    assert len(first.context["lines"]) == 50
    second = auditor.get("/audit/" + first.context["next_url"])
    shown = {line.url for line in first.context["lines"]}
    rest = {line.url for line in second.context["lines"]}
    assert len(rest) == 5
    assert not shown & rest


def test_narrowed_to_a_day(auditor: Client, people: Cast) -> None:
    record("visits", people.li, people.room)
    assert not auditor.get("/audit/?kind=changes&day=2001-01-01").context["lines"]
    assert auditor.get("/audit/?kind=changes&day=rubbish").status_code == 200
