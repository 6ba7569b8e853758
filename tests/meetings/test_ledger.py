"""Meetings: called, held, opinions raised and answered, filed; who came; the papers; old books."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from linli.ground import clock
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryLink
from linli.ledger.exchange.words import headings
from linli.ledger.printing.document import document_pdf, documents_of
from linli.ledger.printing.form import entry_pdf
from linli.ledger.reading import search
from linli.ledger.verify import verify
from linli.meetings import rules
from linli.org import tree
from tests.cast import Cast, actor, cast, do, record, signed_in
from tests.ledger.exchange.conftest import bring, counts, csv_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)
HELD = MONDAY + timedelta(days=2, hours=6)  # Wednesday, 15:00
CALL: dict[str, Any] = {
    "category": "representatives", "narrative": "第四季度居民代表会", "place": "社区活动室",
    "starts_at": "2026-11-25 14:00", "agenda": "通报警情\n评议警务室\n征求意见",
    "chair": "社区民警",
    "invited": [
        {"who": "representative", "of": "梅苑小区各楼栋", "number": "12"},
        {"who": "unit", "of": "东湖超市"},
    ],
}  # fmt: skip
HOLD: dict[str, Any] = {
    "held_at": "2026-11-25 14:00", "minutes": "通报三季度警情，提醒冬季防火。",
    "decisions": "增加夜间巡逻。",
    "present": [
        {"who": "representative", "of": "梅苑小区", "number": "10"},
        {"who": "unit", "of": "东湖超市", "office_holder": "刘志强"},
    ],
    "opinions": [
        {"raised_by": "representative", "about": "hazard", "what": "3 栋楼道堵塞消防通道", "where": "梅苑 3 栋"},
        {"raised_by": "unit", "about": "service", "what": "希望多讲防诈骗", "asked_of": "警务室"},
    ],
}  # fmt: skip
ANSWER = {"answered_by": "警务室", "answer": "已安排，十二月进单位宣讲一次。", "accepted": "yes"}
LATE = {"raised_by": "cadre", "about": "service", "what": "希望公布民警电话"}


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with clock.fixed(datetime(2024, 1, 8, 8, tzinfo=clock.SHANGHAI)):
        made = cast()
    tree.forget()
    with clock.fixed(MONDAY):
        yield made


def called(people: Cast, **data: Any) -> Entry:
    done = record("meetings", people.li, people.room, **{**CALL, **data})
    return Entry.objects.get(id=done.entry)


def held(people: Cast, **data: Any) -> Entry:
    entry = called(people)
    with clock.fixed(HELD):
        do("meetings", "hold", people.li, entry.id, **{**HOLD, **data})
    return Entry.objects.get(id=entry.id)


def now(entry: Entry) -> Entry:
    return Entry.objects.get(id=entry.id)


def offered(people: Cast, entry: Entry) -> set[str]:
    return {one.name for one in actions_for(actor(people.li), now(entry))}


def running(entry: Entry) -> dict[str, str]:
    """The deadlines that run, by their day."""
    return {
        name: f"{clock.local(datetime.fromisoformat(kept['due'])):%Y-%m-%d}"
        for name, kept in now(entry).deadlines.items()
        if "met" not in kept
    }


def test_from_the_call_to_the_file(people: Cast) -> None:
    entry = called(people)
    assert (entry.state, running(entry)) == ("planned", {"held": "2026-11-26"})
    do("meetings", "invite", people.li, entry.id, invited_on="2026-11-23", invited_by=["group"])
    with clock.fixed(HELD):
        do("meetings", "hold", people.li, entry.id, **HOLD)
        # Twenty working days from the meeting; the minutes wait for the answers.
        assert running(entry) == {"answered": "2026-12-23"}
        assert "close" not in offered(people, entry)
        do("meetings", "answer_opinion", people.li, entry.id, opinion="2", **ANSWER)
        assert running(entry) == {"answered": "2026-12-23"}
        assert rules.unanswered({"opinions": [{}, {}], "answers": [{"opinion": 2}]}) == [1]
        do("meetings", "answer_opinion", people.li, entry.id, opinion="1", **ANSWER)
        assert running(entry) == {"filed": "2026-12-02"}
        assert "answer_opinion" not in offered(people, entry)
        do(
            "meetings", "appraise", people.li, entry.id, votes_satisfied="9", votes_fair="2",
            votes_dissatisfied="1", appraisal="工作扎实，夜间巡逻可再加强。",
        )  # fmt: skip
        do("meetings", "close", people.li, entry.id, result="已送社区存档")
    entry = now(entry)
    assert (entry.state, entry.is_open, running(entry)) == ("closed", False, {})
    assert [row["by"] for row in entry.data["answers"]] == ["李建国", "李建国"]
    said = dict(rules.told(_facts(entry)))
    assert len(said) == 3 and any(text.startswith("75%") for text in said.values())
    assert "12" in said.values() or "11" in said.values()
    assert [e.id for e in search.find(actor(people.li), "防诈骗").entries if e.ledger == "meetings"]
    assert [found for found in verify() if found.wrong] == []


def _facts(entry: Entry) -> dict[str, Any]:
    from linli.ledger.acts.cleaning import facts_of

    return dict(facts_of(registry.get("meetings"), vars(entry)))


def test_without_opinions_it_is_filed_at_once(people: Cast) -> None:
    entry = held(people, opinions=[])
    assert running(entry) == {"filed": "2026-12-02"}
    with clock.fixed(HELD + timedelta(days=1)):
        do("meetings", "raise_opinion", people.chen, entry.id, **LATE)
        assert running(entry) == {"answered": "2026-12-23"}
        do("meetings", "answer_opinion", people.chen, entry.id, opinion="1", **ANSWER)
        assert running(entry) == {"filed": "2026-12-03"}
        with pytest.raises(PermissionDenied):
            do("meetings", "close", people.chen, entry.id)
        do("meetings", "close", people.li, entry.id)
        do("meetings", "reopen", people.li, entry.id, reason="漏记一条意见")
        do("meetings", "raise_opinion", people.li, entry.id, **LATE)
    assert set(running(entry)) == {"answered"}


def test_an_opinion_that_a_correction_adds_is_waited_for(people: Cast) -> None:
    entry = held(people, opinions=[])
    do_at = HELD + timedelta(hours=1)
    with clock.fixed(do_at):
        do("meetings", "correct", people.li, entry.id, reason="漏记", opinions=[LATE])
    assert running(entry)["answered"] == "2026-12-23"


def test_it_can_be_called_off(people: Cast) -> None:
    entry = called(people)
    with pytest.raises(ValidationError):
        do("meetings", "cancel", people.li, entry.id)
    do("meetings", "cancel", people.li, entry.id, reason="场地停电")
    assert (now(entry).state, running(entry)) == ("cancelled", {})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"held_at": "2026-11-26 14:00"}, "held_at"),
        ({"present": []}, "present_count"),
        ({"present": [], "present_count": "0"}, "present_count"),
        ({"minutes": " "}, "minutes"),
        ({"opinions": [{"raised_by": "unit", "about": "hazard", "what": "井盖松动"}]}, "opinions"),
        ({"opinions": [{"about": "service", "what": "多巡逻"}]}, "opinions"),
    ],
)
def test_what_is_refused(people: Cast, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        held(people, **given)
    assert set(refused.value.error_dict) == {wrong}
    assert not EntryLink.objects.exists()


@pytest.mark.parametrize("number", ["3", "0"])
def test_an_answer_belongs_to_an_opinion(people: Cast, number: str) -> None:
    entry = held(people)
    with clock.fixed(HELD), pytest.raises(ValidationError) as refused:
        do("meetings", "answer_opinion", people.li, entry.id, opinion=number, **ANSWER)
    assert set(refused.value.error_dict) == {"opinion"}


def test_nothing_is_answered_twice_and_a_hazard_says_where(people: Cast) -> None:
    entry = held(people)
    with clock.fixed(HELD):
        do("meetings", "answer_opinion", people.li, entry.id, opinion="1", **ANSWER)
        with pytest.raises(ValidationError) as refused:
            do("meetings", "answer_opinion", people.li, entry.id, opinion="1", **ANSWER)
        assert set(refused.value.error_dict) == {"opinion"}
        with pytest.raises(ValidationError) as refused:
            do("meetings", "raise_opinion", people.li, entry.id, **{**LATE, "about": "hazard"})
        assert set(refused.value.error_dict) >= {"where"}


def paper(people: Cast, entry: Entry, name: str) -> list[str]:
    """The text of the pages of a paper."""
    one = next(one for one in documents_of(entry) if one.name == name)
    made = document_pdf(entry, one, actor(people.li), {})
    if folder := os.environ.get("LINLI_SHOW"):
        Path(folder, f"{name}.pdf").write_bytes(made)
    return [
        "".join(page.extract_text().replace("\u200b", "").split())
        for page in PdfReader(io.BytesIO(made)).pages
    ]


def test_the_notice_calls_and_has_a_list_to_sign_in(people: Cast) -> None:
    first, second, *_rest = paper(people, called(people), "notice")
    for said in ("会议通知", "第四季度居民代表会", "2026年11月25日14:00", "社区活动室", "通报警情"):
        assert said in first, said
    for said in ("签到表", "梅苑小区各楼栋", "东湖超市", "签字", "20"):
        assert said in second, said
    assert second.count("梅苑小区各楼栋") == 12  # each of a group signs for themselves


def test_the_minutes_have_opinions_answers_and_a_column_to_sign(people: Cast) -> None:
    entry = held(people)
    with clock.fixed(HELD):
        do("meetings", "answer_opinion", people.li, entry.id, opinion="2", **ANSWER)
        do(
            "meetings", "appraise", people.li, entry.id, votes_satisfied="9", votes_fair="2",
            votes_dissatisfied="1", appraisal="工作扎实。",
        )  # fmt: skip
        whole = "".join(paper(people, now(entry), "minutes"))
    for said in (
        "会议纪要", "2026年第4季度", "梅苑社区警务室", "第四季度居民代表会", "冬季防火", "增加夜间巡逻",
        "3栋楼道堵塞消防通道", "梅苑3栋", "希望多讲防诈骗", "十二月进单位宣讲一次", "待答复",
        "满意9票", "到会11人", "刘志强", "签字", "主持人（签字）",
    ):  # fmt: skip
        assert said in whole, said
    assert whole.index("希望多讲防诈骗") < whole.index("十二月进单位宣讲一次")


def test_an_old_meeting_without_anything_prints_too(people: Cast) -> None:
    run = bring(
        people, "meetings", csv_of("会议时间,会议主题", "2025-03-03 09:00,治安例会"), year=None
    )
    assert sum(counts(run)[:2]) == 1
    whole = "".join(paper(people, Entry.objects.get(ledger="meetings"), "minutes"))
    assert "到会0人" not in whole
    assert "治安例会" in whole and "2025年3月3日" in whole and "会上没有提出意见" in whole


def test_the_form_of_an_answer_says_what_still_waits(people: Cast, client: Client) -> None:
    entry = held(people)
    with clock.fixed(HELD):
        page = signed_in(client, people.li).get(f"/entries/{entry.id}/do/answer_opinion/")
        assert "3 栋楼道堵塞消防通道" in page.text and "希望多讲防诈骗" in page.text
        do("meetings", "answer_opinion", people.li, entry.id, opinion="1", **ANSWER)
        page = client.get(f"/entries/{entry.id}/do/answer_opinion/")
    assert "3 栋楼道堵塞消防通道" not in page.text and "希望多讲防诈骗" in page.text


def test_the_book_prints(people: Cast) -> None:
    held(people)
    ledger = registry.get("meetings")
    with clock.fixed(HELD):
        query = Entry.objects.filter(ledger="meetings")
        assert entry_pdf(query.get(), actor(people.li))[:4] == b"%PDF"
    assert ledger.retention == "retention.meetings"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", ["meetings", "publicity", "training"])
def test_every_field_is_known_by_its_own_title(code: str, language: str) -> None:
    ledger = registry.get(code)
    known = headings.words(ledger).columns
    with translation.override(language):
        for field in ledger.fields:
            if field.kind.code != "files":
                target = known.get(headings.plain(str(field.title)), "")
                assert target.split("[")[0] == field.name, (field.name, str(field.title), target)


def test_an_old_book_comes_in(people: Cast) -> None:
    content = csv_of(
        "序号,会议时间,会议类型,议题,地点,主持人,参加人员,参会人数,会议内容,群众意见,提出人,意见性质,落实情况,备注,民警",
        "1,2025-03-03 14:30,居民代表会议,一季度治安通报,社区会议室,主任,居民代表和楼长,２３,通报警情,路灯不亮,楼长,隐患,已联系路灯所修复,已答复,李建国",
        "2,2025-06-05 09:00,内保单位会,安全生产月部署,派出所,所长,各单位负责人,15人,部署检查,无,,,,,李建国",
        "3,2025-09-10 15:00,征求意见,征求物业意见,物业办公室,,,,听取意见,希望加强巡逻,物业,建议,,待答复,李建国",
    )
    run = bring(people, "meetings", content, year=None)
    assert sum(counts(run)[:2]) == 3
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="meetings")}
    assert [found[n].category for n in "123"] == ["representatives", "units", "opinions"]
    assert [found[n].state for n in "123"] == ["closed", "closed", "held"]
    assert found["1"].data["present_count"] == 23 and found["2"].data["present_count"] == 15
    assert found["1"].data["opinions"] == [
        {"raised_by": "building_head", "about": "hazard", "what": "路灯不亮"}
    ]
    assert found["1"].data["answers"] == [{"answer": "已联系路灯所修复"}]
    assert "opinions" not in found["2"].data
    assert [one for one in verify() if one.wrong] == []
