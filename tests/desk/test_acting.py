"""Actions on a matter: handing over, correcting, being second."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import entry_view
from tests.cast import Cast, actor, do, record

pytestmark = pytest.mark.django_db


def url(entry: UUID, action: str) -> str:
    return f"/entries/{entry}/do/{action}/"


@pytest.fixture
def visit(people: Cast) -> UUID:
    return record(
        "visits", people.li, people.room,
        visitors=[
            {"role": "visitor", "name": "张三丰", "phone": "13800000001"},
            {"role": "companion", "name": "李小龙", "phone": "13800000002"},
        ],
    ).entry  # fmt: skip


def test_handed_over_and_accepted(li: Client, wang: Client, people: Cast, visit: UUID) -> None:
    form = li.get(url(visit, "hand_over")).content.decode()
    assert "王海涛" in form
    assert people.outsider.name not in form
    li.post(url(visit, "hand_over"), {"hand_to": str(people.wang.pk), "reason": "休假"})
    desk = wang.get("/").content.decode()
    assert "休假" in desk
    assert Entry.objects.get(pk=visit).responsible == people.li.pk
    back = wang.post(url(visit, "accept"), {"back": "/"})
    assert back["Location"] == "/"
    assert Entry.objects.get(pk=visit).responsible == people.wang.pk


def test_returned_with_a_reason(li: Client, wang: Client, people: Cast, visit: UUID) -> None:
    do("visits", "hand_over", people.li, visit, "休假", hand_to=str(people.wang.pk))
    assert wang.post(url(visit, "refuse"), {"reason": ""}).status_code == 422
    wang.post(url(visit, "refuse"), {"reason": "不属本室"})
    assert Entry.objects.get(pk=visit).offered_to is None
    assert "不属本室" in li.get(f"/entries/{visit}/").content.decode()


def test_a_page_elsewhere_is_not_gone_to(wang: Client, people: Cast, visit: UUID) -> None:
    do("visits", "hand_over", people.li, visit, "休假", hand_to=str(people.wang.pk))
    page = wang.post(url(visit, "accept"), {"back": "https://example.com/"})
    assert page["Location"] == f"/entries/{visit}/"


def test_the_second_sees_what_changed_and_what_they_typed(
    li: Client, wang: Client, people: Cast, visit: UUID
) -> None:
    do("visits", "correct", people.li, visit, "写错了", place="四清里 8 号")
    page = wang.post(url(visit, "handle"), {"rev": "1", "result": "我写的结果"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "四清里 8 号" in text
    assert "我写的结果" in text
    assert 'name="rev" value="2"' in text
    assert Entry.objects.get(pk=visit).state == "open"
    assert wang.post(url(visit, "handle"), {"rev": "2", "result": "我写的结果"}).status_code == 302
    assert Entry.objects.get(pk=visit).state == "handled"


def _shown_form(client: Client, visit: UUID) -> dict[str, str]:
    form = client.get(url(visit, "correct")).context["form"]
    sent: dict[str, str] = {"rev": "1"}
    for bound in form:
        value = bound.value()
        if isinstance(value, list):
            for number, row in enumerate(value):
                sent |= {
                    f"{bound.name}-{number}-id": row["id"],
                    f"{bound.name}-{number}-role": row["role"],
                }
        elif value is not None:
            sent[bound.name] = value
    return sent


def test_a_correction_changes_only_what_was_changed(li: Client, visit: UUID, people: Cast) -> None:
    before = Entry.objects.get(pk=visit)
    sent = _shown_form(li, visit)
    page = li.post(url(visit, "correct"), {**sent, "place": "四清里 9 号", "reason": "写错"})
    assert page.status_code == 302, page.content.decode()
    after = Entry.objects.get(pk=visit)
    assert (after.place, after.received_at) == ("四清里 9 号", before.received_at)
    line = entry_view.timeline(after)[0]
    assert [(c.title, c.new) for c in line.changes] == [("地点", "四清里 9 号")]
    assert EntryPerson.objects.filter(entry=visit, ended=False).count() == 2


def test_an_untouched_correction_is_refused(li: Client, visit: UUID) -> None:
    page = li.post(url(visit, "correct"), {**_shown_form(li, visit), "reason": "没改"})
    assert page.status_code == 422
    assert Entry.objects.get(pk=visit).rev == 1


def test_one_person_is_corrected_the_other_stays(li: Client, people: Cast, visit: UUID) -> None:
    sent = _shown_form(li, visit) | {"visitors-0-phone": "13900000009", "reason": "换号"}
    assert li.post(url(visit, "correct"), sent).status_code == 302
    entry = Entry.objects.get(pk=visit)
    rows = entry_view.people_of(entry)
    assert [(p.name_mask, p.phone_mask) for p in rows] == [
        ("张*", "139****0009"),
        ("李*", "138****0002"),
    ]
    opened = entry_view.reveal(actor=actor(people.li), entry=entry, purpose="matter")
    assert {values["name"] for values in opened.values()} == {"张三丰", "李小龙"}


def test_a_person_who_does_not_belong_is_taken_away(li: Client, visit: UUID) -> None:
    sent = _shown_form(li, visit) | {"visitors-1-DELETE": "1", "reason": "无关"}
    assert li.post(url(visit, "correct"), sent).status_code == 302
    rows = entry_view.people_of(Entry.objects.get(pk=visit))
    assert [p.name_mask for p in rows] == ["张*"]


def test_void_asks_for_a_reason_and_keeps_the_matter(li: Client, visit: UUID) -> None:
    assert li.post(url(visit, "void"), {"reason": " "}).status_code == 422
    li.post(url(visit, "void"), {"reason": "重复登记"})
    page = li.get(f"/entries/{visit}/").content.decode()
    assert "作废" in page
    assert "重复登记" in page


def test_what_is_not_possible_any_more_says_so(li: Client, people: Cast, visit: UUID) -> None:
    do("visits", "handle", people.li, visit, result="好了")
    assert li.get(url(visit, "handle"))["Location"] == f"/entries/{visit}/"
    page = li.post(url(visit, "handle"), {"result": "再来一次"})
    assert page.status_code == 422
    assert "再来一次" in page.content.decode()


def test_an_auxiliary_does_not_close(people: Cast, visit: UUID) -> None:
    from tests.cast import signed_in

    chen = signed_in(Client(), people.chen)
    assert chen.get(url(visit, "handle")).status_code == 403
    assert chen.post(url(visit, "handle"), {"result": "x"}).status_code == 403
    assert chen.get(url(visit, "refer")).status_code == 200
