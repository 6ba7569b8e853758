"""What linli/reactions.py says, tried with the real ledgers: short causes, full causes, twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.access import tokens
from linli.ground import clock
from linli.ground.ids import new_id
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryLink, EntryPerson
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.form import entry_pdf
from linli.ledger.verify import verify
from linli.reactions import ASKED_AFTERWARDS, REACTIONS
from tests.cast import Cast, actor, cast, do, record, signed_in
from tests.ledger.exchange.conftest import bring, csv_of


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def of(ledger: str) -> list[Entry]:
    return list(Entry.objects.filter(ledger=ledger).order_by("serial_no"))


def sound() -> bool:
    return [finding for finding in verify() if finding.wrong] == []


@pytest.mark.parametrize("reaction", REACTIONS, ids=lambda one: one.name)
def test_every_reaction_names_what_there_is(reaction: Any) -> None:
    ledger = registry.register_of(reaction.cause)
    assert set(reaction.actions) <= set(ledger.all_actions)
    assert len(reaction.name) <= 40


def test_who_is_asked_afterwards_can_have_a_receipt() -> None:
    for code in ASKED_AFTERWARDS:
        assert "answer" in registry.get(code).all_actions


def test_an_incident_of_kind_dispute_opens_a_dispute(people: Cast) -> None:
    done = record(
        "incidents", people.wang, people.room, category="dispute.neighbours",
        narrative="楼上装修噪音，双方争吵", point="114.33,30.54",
        people=[{"role": "party", "name": "张小花", "phone": "13800001234"}],
    )  # fmt: skip
    [dispute] = of("disputes")
    assert (dispute.category, dispute.channel) == ("neighbours", "incident")
    assert dispute.narrative == "楼上装修噪音，双方争吵"
    assert dispute.responsible == people.wang.pk and dispute.state == "open"
    assert dispute.due_at is not None and dispute.lon is not None
    assert not EntryPerson.objects.filter(entry=dispute.id).exists()
    assert EntryLink.objects.get().cause == done.entry
    assert sound()


def test_an_incident_of_every_kind_of_dispute_finds_its_kind(people: Cast) -> None:
    tree = registry.get("incidents").categories
    assert tree
    kinds = [node.code for node in tree.walk() if node.code.startswith("dispute")]
    for kind in kinds:
        record("incidents", people.li, people.room, category=kind)
    known = registry.get("disputes").categories
    assert known and len(of("disputes")) == len(kinds)
    assert all(entry.category in known.by_code for entry in of("disputes"))


def test_both_pages_paper_and_programs_show_the_link(people: Cast, client: Client) -> None:
    done = record("incidents", people.li, people.room, category="dispute.family")
    [dispute] = of("disputes")
    incident = Entry.objects.get(id=done.entry)
    li = signed_in(client, people.li)
    for one, other in ((incident, dispute), (dispute, incident)):
        text = li.get(f"/entries/{one.id}/").content.decode()
        linked = text[text.index('id="linked"') :]
        assert f"/entries/{other.id}/" in linked and serial_text(other) in linked
        state = registry.get(other.ledger).state_by_name[other.state].title
        assert str(state) in linked
        made = entry_pdf(one, actor(people.li))
        assert serial_text(other) in _text(made)
        token = tokens.create(people.li, "test")
        answer = client.get(
            f"/api/v1/entries/{one.id}/links", headers={"Authorization": f"Bearer {token}"}
        ).json()
        side = "led_to" if one is incident else "came_from"
        assert [found["id"] for found in answer[side]] == [str(other.id)]


def _text(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_patrol_leaves_no_finding_in_its_book(people: Cast) -> None:
    done = record("patrols", people.chen, people.room, category="routine", place="梅苑小区")
    do("patrols", "start", people.chen, done.entry, started_at=clock.now().isoformat())
    for kind, what in (
        ("hazard", "3 栋楼道堵塞消防通道，堆放电动车"),
        ("other", "路灯下有人下棋"),
        ("incident", "发现车窗被砸"),
    ):
        do("patrols", "find", people.chen, done.entry, kind=kind, where="梅苑 3 栋", what=what)
    [hazard] = of("hazards")
    assert (hazard.place, hazard.channel, hazard.responsible) == (
        "梅苑 3 栋", "patrol", people.chen.pk,
    )  # fmt: skip
    assert hazard.category != "other"
    [incident] = of("incidents")
    assert (incident.channel, incident.narrative) == ("patrol", "发现车窗被砸")
    do(
        "patrols", "finish", people.chen, done.entry, narrative="正常",
        finished_at=clock.now().isoformat(),
    )  # fmt: skip
    # Somebody remembers one more when they are back.
    do("patrols", "find", people.chen, done.entry, kind="hazard", where="北门", what="门禁坏了")
    assert [one.place for one in of("hazards")] == ["梅苑 3 栋", "北门"]
    assert len(of("incidents")) == 1
    assert sound()


def test_what_an_inspection_orders_becomes_hazards_with_its_day(people: Cast) -> None:
    lists = registry.get("inspections").by_name["checklist"].checklists
    assert lists
    hotel = lists.by_code["hotel"]
    answers = {item.code: "ok" for item in hotel.items} | {"exits": "bad", "fire": "bad"}
    checklist = {"list": "hotel", "answers": answers, "notes": {"exits": "二楼出口上锁"}}
    done = record(
        "inspections", people.li, people.room, category="hotel", subject="梅苑宾馆",
        place="梅苑路 8 号", checklist=checklist, second=str(people.wang.pk),
    )  # fmt: skip
    assert of("hazards") == []  # nothing is ordered yet
    due = clock.today() + timedelta(days=10)
    do(
        "inspections", "order", people.li, done.entry, due_on=due.isoformat(),
        items=[{"what": "前台无值班", "demand": "安排值班"}],
    )  # fmt: skip
    first, second, third = of("hazards")
    assert first.narrative.startswith("梅苑宾馆：二楼出口上锁；不符合：")
    assert third.narrative == "梅苑宾馆：前台无值班；安排值班"
    for hazard in (first, second, third):
        assert hazard.data["due_on"] == due.isoformat()
        assert (hazard.place, hazard.channel) == ("梅苑路 8 号", "inspection")
        assert hazard.data["responsible_body"] == "梅苑宾馆"
    assert EntryLink.objects.filter(cause=done.entry).count() == 3
    assert sound()


def _meeting(people: Cast, **data: Any) -> Any:
    """A meeting that was called and held today."""
    done = record(
        "meetings", people.li, people.room, category="representatives", narrative="居民代表会",
        place="社区活动室",
    )  # fmt: skip
    told = {"held_at": clock.now().isoformat(), "present_count": "20", "minutes": "通报警情"}
    do("meetings", "hold", people.li, done.entry, **{**told, **data})
    return done


HAZARD_RAISED = {
    "raised_by": "representative", "about": "hazard", "what": "东门路灯不亮", "where": "梅苑小区东门",
}  # fmt: skip
SERVICE_RAISED = {"raised_by": "unit", "about": "service", "what": "希望多讲防诈骗"}


def test_an_opinion_raised_in_a_meeting_becomes_a_matter(people: Cast) -> None:
    done = _meeting(people, opinions=[HAZARD_RAISED, SERVICE_RAISED])
    [hazard], [visit] = of("hazards"), of("visits")
    assert (hazard.place, hazard.channel, hazard.category) == (
        "梅苑小区东门",
        "meeting",
        "lighting",
    )
    assert (visit.place, visit.channel, visit.category) == ("社区活动室", "meeting", "suggestion")
    assert (hazard.narrative, visit.narrative) == ("东门路灯不亮", "希望多讲防诈骗")
    assert {hazard.responsible, visit.responsible} == {people.li.pk}
    # The visit has as long as the meeting has to answer, not the three days at the counter.
    meeting = Entry.objects.get(id=done.entry)
    day = meeting.deadlines["answered"]["due"][:10]
    assert visit.deadlines["answered"]["due"][:10] == day
    links = {(link.reason, link.item, link.effect) for link in EntryLink.objects.all()}
    assert links == {("meeting_hazard", "1", hazard.id), ("meeting_service", "2", visit.id)}
    # One more is raised later; answering and filing cause nothing.
    do(
        "meetings",
        "raise_opinion",
        people.wang,
        done.entry,
        **{**HAZARD_RAISED, "what": "井盖松动"},
    )
    assert [one.narrative for one in of("hazards")] == ["东门路灯不亮", "井盖松动"]
    assert of("hazards")[1].responsible == people.wang.pk
    for number in "123":
        do(
            "meetings", "answer_opinion", people.li, done.entry, opinion=number,
            answered_by="警务室", answer="已联系路灯所",
        )  # fmt: skip
    do("meetings", "close", people.li, done.entry)
    assert len(of("hazards")) == 2 and len(of("visits")) == 1
    assert sound()


def test_the_shortest_opinions_are_enough(people: Cast) -> None:
    done = _meeting(people)
    do("meetings", "raise_opinion", people.chen, done.entry, **{**HAZARD_RAISED, "what": "堵"})
    do("meetings", "raise_opinion", people.chen, done.entry, **{**SERVICE_RAISED, "what": "好"})
    assert [one.narrative for one in (*of("hazards"), *of("visits"))] == ["堵", "好"]
    assert of("hazards")[0].responsible == people.chen.pk
    assert sound()


def test_a_meeting_and_its_opinion_show_each_other(people: Cast, client: Client) -> None:
    done = _meeting(people, opinions=[HAZARD_RAISED])
    [hazard] = of("hazards")
    meeting = Entry.objects.get(id=done.entry)
    li = signed_in(client, people.li)
    for one, other in ((meeting, hazard), (hazard, meeting)):
        text = li.get(f"/entries/{one.id}/").content.decode()
        assert serial_text(other) in text[text.index('id="linked"') :]


def test_an_opinion_that_cannot_become_a_matter_is_not_raised(people: Cast) -> None:
    done = _meeting(people)
    before = Entry.objects.get(id=done.entry).rev
    with pytest.raises(ValidationError):
        do("meetings", "raise_opinion", people.li, done.entry, **{**HAZARD_RAISED, "where": ""})
    assert (of("hazards"), Entry.objects.get(id=done.entry).rev) == ([], before)


def test_a_meeting_from_a_spreadsheet_causes_nothing_but_what_is_raised_since(people: Cast) -> None:
    content = csv_of(
        "会议时间,会议类型,议题,群众意见,意见性质,备注,民警",
        "2025-03-03 14:30,居民代表会,一季度通报,路灯不亮,隐患,待答复,李建国",
        "2025-03-04 14:30,居民代表会,一季度通报二,希望加强巡逻,,待答复,李建国",
    )
    assert bring(people, "meetings", content, year=None).imported == 2
    first, second = of("meetings")
    assert (of("hazards"), of("visits"), first.state) == ([], [], "held")
    # The old book has no place: what is raised now is found all the same.
    do("meetings", "raise_opinion", people.li, first.id, **SERVICE_RAISED)
    [visit] = of("visits")
    assert visit.narrative == "希望多讲防诈骗" and visit.place
    # A correction of the old rows causes nothing, a row it adds does.
    row = {"what": "希望加强巡逻", "about": "hazard"}
    more = {"what": "门禁坏了", "about": "hazard", "raised_by": "cadre"}
    do("meetings", "correct", people.li, second.id, reason="补记", opinions=[row, more])
    assert [one.narrative for one in of("hazards")] == ["希望加强巡逻", "门禁坏了"]
    assert all(one.place for one in of("hazards"))
    assert EntryLink.objects.filter(cause=first.id).count() == 1
    assert sound()


def test_a_meeting_written_down_in_one_go_raises_its_opinions(people: Cast) -> None:
    """As the form does where it was held already: recorded and held in one transaction."""
    ledger, entry = registry.get("meetings"), new_id()
    both = [
        Act(
            ledger, "record", actor(people.li), room=people.room.pk, district=people.branch.pk,
            entry=entry, data={"category": "units", "narrative": "内保会", "place": "派出所"},
        ),
        Act(
            ledger, "hold", actor(people.li), entry=entry, room=people.room.pk,
            district=people.branch.pk,
            data={
                "held_at": clock.now().isoformat(), "present_count": "9", "minutes": "部署检查",
                "opinions": [HAZARD_RAISED, SERVICE_RAISED],
            },
        ),
    ]  # fmt: skip
    carrying_out.carry_out(both)
    assert len(of("hazards")) == 1 and len(of("visits")) == 1
    assert EntryLink.objects.filter(cause=entry).count() == 2
    assert sound()
