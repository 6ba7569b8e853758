"""Ledgers that a community designs for itself: what they are to the engine, to roles and rooms."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from linli.access import policy
from linli.access.actor import system_actor
from linli.history.models import Step
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.custom import designs, drafting, published_designs
from linli.ledger.custom.definition import check
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from linli.org import tree
from linli.org.models import Staff, Unit
from tests.cast import Cast, actor, cast
from tests.ledger.custom import draft, field, published, sample


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def enter(ledger: Any, staff: Staff, room: Unit, **data: Any) -> Entry:
    act = Act(
        ledger, "record", actor(staff), data, room=room.pk, district=tree.district_of(room.pk)
    )
    return Entry.objects.get(id=carrying_out.carry_out([act])[0].entry)


def do(entry: Entry, action: str, staff: Staff, reason: str = "", **data: Any) -> Entry:
    carrying_out.carry_out(
        [Act(registry.of(entry), action, actor(staff), data, entry=entry.id, reason=reason)]
    )
    return Entry.objects.get(id=entry.id)


GOOD = {
    "checked_on": "2026-01-05", "building": "3栋2单元", "place": "楼道", "bikes": "12",
    "problems": "飞线充电；其他", "other_problem": "灭火器过期", "cable_m": "2.5", "fixed": "no",
    "due": "2026-01-20",
}  # fmt: skip


def test_the_sample_is_a_ledger(people: Cast) -> None:
    ledger = sample(people.head, people.room)
    assert (ledger.code, str(ledger.title), ledger.version) == (
        "ebike_charging", "电动车充电安全排查", 1,
    )  # fmt: skip
    entry = enter(ledger, people.li, people.room, **GOOD)
    assert entry.data == {
        "checked_on": "2026-01-05", "building": "3栋2单元", "place": "hall", "bikes": 12,
        "problems": ["cable", "other"], "cable_m": 2.5, "fixed": "no", "due": "2026-01-20",
    }  # fmt: skip
    assert entry.narrative == "灭火器过期"  # the first long text has the column for it
    assert (entry.state, entry.version, entry.serial_no) == ("open", 1, 1)
    shown = {about.name: text for about, text in entry_view.facts_shown(entry)}
    assert shown["place"] == "楼道" and shown["fixed"] == "否"
    with translation.override("en"):
        shown = {str(about.title): text for about, text in entry_view.facts_shown(entry)}
    assert shown["Charging place"] == "Hallway"
    done = do(entry, "close", people.li, result="已整改")
    assert (done.state, done.data["result"]) == ("closed", "已整改")
    assert do(done, "reopen", people.li, reason="复查又发现").state == "open"
    assert [found for found in verify() if found.wrong] == []


WRONG = [
    ({"checked_on": "2099-01-01"}, {"checked_on": "不能晚于今天"}),
    ({"bikes": "201"}, {"bikes": "0到200之间"}),
    ({"cable_m": "0"}, {"cable_m": "须大于0"}),
    ({"due": "2026-01-01"}, {"due": "不早于排查日期"}),
    ({"other_problem": ""}, {"other_problem": "请填写。"}),
    ({"due": ""}, {"due": "请填写。"}),
    ({"place": "天台"}, {"place": "天台"}),
    ({"fixed": ""}, {"fixed": "请填写。"}),
]


@pytest.mark.parametrize(("typed", "told"), WRONG)
def test_its_constraints_refuse_in_the_words_of_the_file(
    people: Cast, typed: dict[str, str], told: dict[str, str]
) -> None:
    ledger = sample(people.head, people.room)
    with pytest.raises(ValidationError) as refused:
        enter(ledger, people.li, people.room, **{**GOOD, **typed})
    said = refused.value.message_dict
    assert set(said) == set(told)
    for name, words in told.items():
        assert words in said[name][0]


def test_what_does_not_apply_is_not_asked_and_not_kept(people: Cast) -> None:
    ledger = sample(people.head, people.room)
    typed = {**GOOD, "problems": "", "fixed": "yes", "due": "1999-01-01", "other_problem": "x" * 9}
    entry = enter(ledger, people.li, people.room, **typed)
    assert not {"problems", "other_problem", "cable_m", "due"} & set(entry.data)


def test_a_correction_brings_conditions_with_it(people: Cast) -> None:
    ledger = sample(people.head, people.room)
    entry = enter(ledger, people.li, people.room, **GOOD)
    with pytest.raises(ValidationError) as refused:
        do(entry, "correct", people.li, "更正", due="2026-01-01")
    assert set(refused.value.message_dict) == {"due"}
    fixed = do(entry, "correct", people.li, "当场改好", fixed="yes")
    assert "due" not in fixed.data and fixed.data["building"] == "3栋2单元"
    with pytest.raises(ValidationError) as refused:
        do(fixed, "correct", people.li, "没有", fixed="no")
    assert set(refused.value.message_dict) == {"due"}
    assert do(fixed, "correct", people.li, "没有", fixed="no", due="2026-02-01").data["due"]
    assert [found for found in verify() if found.wrong] == []


def test_calculations_and_rows(people: Cast) -> None:
    ledger = published(
        people.head, people.room,
        field("day", "date", required=True),
        field("until", "date", calculate="${day} + ${days}"),
        field("days", "integer", required=True),
        field("level", calculate="if(${days} > 30, '长期', '短期')"),
        field("goods", "rows", fields=[
            field("what", required=True), field("n", "integer", constraint=". > 0"),
            field("price", "decimal"), field("sum", "decimal", calculate="${n} * ${price}"),
            field("why", shown_if="${sum} > 100", required=True),
        ]),
    )  # fmt: skip
    rows = [{"what": "锁", "n": "2", "price": "60.5", "why": "换锁"}, {"what": "灯", "n": "1"}]
    entry = enter(ledger, people.li, people.room, day="2026-02-20", days="10", goods=rows)
    assert entry.data["until"] == "2026-03-02" and entry.data["level"] == "短期"
    assert entry.data["goods"] == [
        {"what": "锁", "n": 2, "price": 60.5, "sum": 121, "why": "换锁"}, {"what": "灯", "n": 1},
    ]  # fmt: skip
    rows[0]["why"], rows[1]["n"] = "", "0"
    with pytest.raises(ValidationError) as refused:
        enter(ledger, people.li, people.room, day="2026-02-20", days="10", goods=rows)
    said = refused.value.message_dict["goods"]
    assert said == ["第1行“why”：请填写。", "第2行“n”：不符合这一项的规定。"]
    later = do(entry, "correct", people.li, "延长", days="40")
    assert later.data["until"] == "2026-04-01" and later.data["level"] == "长期"
    assert [found for found in verify() if found.wrong] == []


def test_an_entry_keeps_the_form_it_was_made_with(people: Cast) -> None:
    first = published(people.head, people.room, field("old", required=True))
    entry = enter(first, people.li, people.room, old="一")
    row = designs.next_version(
        by=actor(people.head), code=first.code, definition=draft(field("new", required=True))
    )
    second_version = designs.publish(by=actor(people.head), draft=row)
    second = registry.get(first.code)
    assert (second_version.version, second.version) == (2, 2)
    assert [a.name for a, _t in entry_view.facts_shown(entry) if not a.column] == ["old"]
    # A form that was opened before the second version is taken as what it was.
    late = enter(registry.get(first.code, 1), people.li, people.room, old="二")
    assert (late.version, late.serial_no) == (1, 2)
    assert enter(second, people.li, people.room, new="三").version == 2
    # Whatever ledger the caller has in hand: an entry is changed by its own form.
    changed = Act(second, "correct", actor(people.li), {"old": "四"}, entry=entry.id, reason="x")
    carrying_out.carry_out([changed])
    assert Entry.objects.get(id=entry.id).data == {"old": "四"}
    with pytest.raises(registry.UnknownLedger):
        registry.get(first.code, 3)
    assert [found for found in verify() if found.wrong] == []


def test_a_published_version_never_changes(people: Cast) -> None:
    ledger = published(people.head, people.room, field("a"))
    row = LedgerDesign.objects.get(code=ledger.code)
    for change in (designs.change, designs.publish):
        more = {"definition": draft(field("b"))} if change is designs.change else {}
        with pytest.raises(ValidationError):
            change(by=actor(people.head), draft=row, **more)
    with pytest.raises(TypeError):
        row.save()


def test_it_is_offered_in_the_rooms_of_its_unit_only(people: Cast) -> None:
    own = published(people.head, people.room, field("a"))
    station = published(people.chief, people.station, field("a"), title="全所登记")
    li, wang, neighbour, far = map(
        actor, (people.li, people.wang, people.neighbour, people.far_officer)
    )
    assert li.may("record", own.code) and wang.may("record", own.code, people.room.pk)
    assert not neighbour.may("read", own.code) and not far.may("read", own.code)
    assert neighbour.may("record", station.code, people.next_room.pk, people.branch.pk)
    assert not far.may("record", station.code)
    assert actor(people.chief).may("close", own.code, people.room.pk, people.branch.pk)
    assert actor(people.desk).may("read", own.code)
    assert own.code not in {one.code for one in registry.open_to(neighbour)}
    assert station.code in {one.code for one in registry.open_to(neighbour)}
    entry = enter(own, people.li, people.room, a="一")
    assert policy.visible(li, Entry).filter(id=entry.id).exists()
    with pytest.raises(PermissionDenied):
        enter(own, people.neighbour, people.next_room, a="二")
    with pytest.raises(ValidationError):  # nor by a command, which no role narrows
        carrying_out.carry_out(
            [Act(own, "record", system_actor("x"), {"a": "二"}, room=people.next_room.pk,
                      district=people.branch.pk, responsible=people.neighbour.pk)]
        )  # fmt: skip


def test_roles_see_it_as_the_design_says(people: Cast) -> None:
    usual = published(people.head, people.room, field("a"))
    closed = published(people.head, people.room, field("a"), title="内部登记", roles=["clerk"])
    chen, clerk = actor(people.chen), actor(people.clerk)
    assert chen.may("record", usual.code) and not chen.may("close", usual.code)
    assert not chen.may("read", closed.code) and not clerk.may("read", usual.code)
    assert clerk.may("record", closed.code) and not clerk.may("export", closed.code)
    assert not actor(people.desk).may("read", closed.code)
    inside = enter(closed, people.li, people.room, a="一")
    outside = enter(usual, people.li, people.room, a="二")
    seen = {who: set(policy.visible(actor(getattr(people, who)), Entry).values_list("id", flat=True))
            for who in ("li", "chen", "clerk", "desk", "chief")}  # fmt: skip
    assert seen["li"] == seen["chief"] == {inside.id, outside.id}
    assert seen["chen"] == seen["desk"] == {outside.id} and seen["clerk"] == {inside.id}


def test_deadline_letters_and_what_is_done_at_once(people: Cast) -> None:
    ledger = published(people.head, people.room, field("a"), days=7)
    entry = enter(ledger, people.li, people.room, a="一")
    assert (entry.due_at - entry.received_at).days in range(6, 17) and "handled" in entry.deadlines
    assert "met" in do(entry, "close", people.li).deadlines["handled"]
    again = published(people.head, people.room, field("a"), title="便民服务", follow_up=False)
    assert enter(again, people.li, people.room, a="一").state == "closed"
    letters = {str(one.letter) for one in (ledger, again)}
    assert len(letters) == 2 and not letters & {"访", "警"}
    with pytest.raises(designs.UnfinishedError) as refused:
        published(people.head, people.room, field("a"), title="三", letter={"zh": "访", "en": "Q"})
    assert refused.value.problems[0].part == "letter"


def test_a_retired_ledger_stays_readable_and_takes_nothing_new(people: Cast) -> None:
    ledger = published(people.head, people.room, field("a"))
    entry = enter(ledger, people.li, people.room, a="一")
    with pytest.raises(ValidationError):
        designs.retire(by=actor(people.head), code=ledger.code, reason=" ")
    designs.retire(by=actor(people.head), code=ledger.code, reason="并入新台账")
    with pytest.raises(ValidationError):
        enter(ledger, people.li, people.room, a="二")
    assert do(entry, "close", people.li).state == "closed"
    assert ledger.code not in {one.code for one in registry.all_ledgers()}
    designs.publish(
        by=actor(people.head), draft=designs.next_version(by=actor(people.head), code=ledger.code)
    )
    assert enter(registry.get(ledger.code), people.li, people.room, a="三").version == 2


def test_only_who_may_design_does_and_every_change_is_a_step(people: Cast) -> None:
    for who in (people.li, people.chen, people.neighbour, people.outsider, people.admin):
        with pytest.raises(PermissionDenied):
            designs.begin(by=actor(who), unit=people.room, definition=draft(field("a")))
    with pytest.raises(PermissionDenied):
        designs.begin(by=actor(people.head), unit=people.station, definition=draft(field("a")))
    row = designs.begin(by=actor(people.chief), unit=people.room, definition=draft(field("a")))
    row = designs.change(by=actor(people.head), draft=row, definition=draft(field("b")))
    designs.publish(by=actor(people.head), draft=row)
    designs.drop(
        by=actor(people.head), draft=designs.next_version(by=actor(people.head), code=row.code)
    )
    assert list(Step.objects.filter(action__startswith="design.").order_by("seq").values_list("action", flat=True)) == [
        "design.begin", "design.change", "design.publish", "design.begin", "design.drop",
    ]  # fmt: skip
    assert [found for found in verify() if found.wrong] == []


def test_another_process_sees_it_within_two_seconds(people: Cast) -> None:
    ledger = published(people.head, people.room, field("a"))
    registry.get(ledger.code)
    held = published_designs._shelf
    row = designs.next_version(by=actor(people.head), code=ledger.code)
    designs.publish(by=actor(people.head), draft=row)
    published_designs._shelf = held  # as if another process had published
    held.asked_at = -1e9
    assert registry.get(ledger.code).version == 2


BAD = [
    (draft(title=""), "title"),
    (draft(field("a"), field("a")), "name"),
    (draft(field("2a")), "name"),
    (draft(field("state")), "name"),
    (draft(field("a", "nonsense")), "kind"),
    (draft(field("a", "choice")), "list"),
    (draft(field("a", shown_if="${b} = 1")), "shown_if"),
    (draft(field("a", shown_if=". = 1")), "shown_if"),
    (draft(field("a", constraint="coalesce(., 1)")), "constraint"),
    (draft(field("a", calculate="${b}"), field("b", calculate="${a}"), field("c")), "calculate"),
    (draft(field("a", shown_if="${b} = 1"), field("b", shown_if="${a} = 1")), "shown_if"),
    (draft(field("a", "rows")), "kind"),
    (draft(field("a", "rows", fields=[field("b", "files")])), "kind"),
    (draft(field("a", "rows", fields=[field("b")]), field("c", shown_if="${b} = 1")), "shown_if"),
    (draft(field("a", "people"), field("b", "people")), "kind"),
    (draft(field("a"), days=0), "days"),
    (draft(field("a"), keep={"months": 0, "after": "closed"}), "months"),
    (draft(field("a"), letter={"zh": "一二三", "en": ""}), "letter"),
    (draft(field("a", calculate="1")), "fields"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "part"), BAD)
def test_what_cannot_work_is_told(told: dict[str, Any], part: str) -> None:
    assert part in {problem.part for problem in check(told).problems}


def test_a_file_with_its_titles_is_imported(people: Cast) -> None:
    from linli.ledger.exchange.runs import planning

    ledger = sample(people.head, people.room)
    table = (
        "排查日期,楼栋,充电位置,电动车数量,发现问题,其他问题说明,Fixed at once,整改期限,登记时间\n"
        "2026-01-05,3栋,楼道,12,飞线充电；其他,灭火器过期,否,2026-01-20,2026-01-05 10:00\n"
        "2026-01-06,5栋,入户,300,,,是,,2026-01-06 10:00\n"
    ).encode()
    made = planning.plan(
        table, ledger=ledger, room=people.room, actor=actor(people.li), most=None,
        settings=planning.Settings(year=2026),
    )  # fmt: skip
    assert made.columns["Fixed at once"] == "fixed" and "" not in made.columns.values()
    assert sum(made.counts.values()) == 2
    assert dict(made.reasons) == {"电动车数量: 0到200之间": 1}  # said in the words of the workbook


def test_numbers_of_own_ledgers_are_found(people: Cast) -> None:
    from linli.ledger.reading import search

    ledger = published(people.head, people.room, field("a"))
    other = published(people.far_chief, people.far_room, field("a"))  # far away: the same letter
    entry = enter(ledger, people.li, people.room, a="一")
    enter(other, people.far_officer, people.far_room, a="二")
    assert str(ledger.letter) == str(other.letter)
    found = search.find(actor(people.li), f"{ledger.letter}-{entry.serial_year}-0001")
    assert [one.id for one in found.entries] == [entry.id]


def test_a_renamed_field_is_renamed_wherever_it_is_referred_to() -> None:
    note = {"title": {"zh": "请复查", "en": ""}, "shown_if": {"text": "${found} = 'yes'"}}
    told = draft(field("found"), field("what", shown_if="${ found } != ''"), below=[note])
    new = drafting.put(told, field("seen"), was="found")
    assert new["fields"][1]["shown_if"]["text"] == "${seen} != ''"
    assert new["below"][0]["shown_if"]["text"] == "${seen} = 'yes'"
    assert told["below"][0]["shown_if"]["text"] == "${found} = 'yes'"
