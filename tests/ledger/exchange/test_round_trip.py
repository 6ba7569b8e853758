"""What is exported comes in again with the same content: every ledger, every form of file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from linli.ledger.custom import designs
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.exchange.runs import planning
from linli.ledger.exchange.runs.models import Status
from linli.ledger.verify import verify
from linli.org import actions
from linli.org.models import Role, Unit, UnitKind
from tests.cast import Cast, actor
from tests.ledger.custom import draft, field, published
from tests.ledger.exchange.conftest import counts
from tests.ledger.exchange.exported import FORMS, PROGRAM, bring_in, content, export, reasons
from tests.ledger.exchange.generating import Handling
from tests.ledger.sampler import registered

pytestmark = pytest.mark.django_db

CODES = [*(ledger.code for ledger in registry._ledgers.values() if not ledger.compose), "sampler"]
COMPOSED = [ledger.code for ledger in registry._ledgers.values() if ledger.compose]


@pytest.fixture(autouse=True)
def sampler() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture
def empty(people: Cast) -> dict[str, Unit]:
    """An empty room of the station for every form, where 李建国 and 王海涛 are known."""
    rooms = {
        form: actions.add_unit(
            kind=UnitKind.ROOM, code=f"420106018{number}", name=f"{form}警务室",
            parent=people.station, by=PROGRAM,
        )
        for number, form in enumerate(FORMS)
    }  # fmt: skip
    for staff in (people.li, people.wang):
        for room in rooms.values():
            actions.post(staff=staff, unit=room, role=Role.OFFICER, by=PROGRAM)
    return rooms


def made(people: Cast, ledger: Ledger) -> list[Entry]:
    """Matters of the ledger: just recorded, handled to the end in several ways, voided."""
    staff = [people.li, people.wang]
    entries = [Handling(ledger, PROGRAM, people.room, staff, 0).entry]
    entries += [
        Handling(ledger, PROGRAM, people.room, staff, seed).to_the_end() for seed in (1, 2, 3)
    ]
    if not ledger.frozen:
        entries.append(Handling(ledger, PROGRAM, people.room, staff, 4).void())
    return entries


def check_round_trip(
    empty: dict[str, Unit], ledger: Ledger, entries: list[Entry], warned: int = 0
) -> None:
    for form, language in FORMS.items():
        room = empty[form]
        file = export(form, ledger, entries, language)
        run = bring_in(room, ledger, file)
        assert run.status == Status.DONE, run.problem
        assert counts(run) == (len(entries) - warned, warned, 0, 0), (form, reasons(run))
        again = bring_in(room, ledger, file)
        assert counts(again) == (0, 0, len(entries), 0), form
        there = {
            one.data["past"]["number"]: one
            for one in Entry.objects.filter(room=room.pk, ledger=ledger.code)
        }
        for entry in entries:
            with translation.override(language if form != "jsonl" else "zh-hans"):
                back = there[serial_text(entry)]
            exact = form == "jsonl"
            assert content(back, exact=exact) == content(entry, exact=exact), form
            assert (back.past, back.due_at, back.import_run) == (True, None, run.pk)
    assert list(verify()) == []


@pytest.mark.parametrize("code", CODES)
def test_every_ledger_comes_in_as_it_went_out(
    people: Cast, empty: dict[str, Unit], code: str
) -> None:
    ledger = registry.get(code)
    entries = made(people, ledger)
    states = {entry.state for entry in entries}
    opened = {state.name for state in ledger.states if state.open}
    closed = {state.name for state in ledger.states if not state.open} - {"void"}
    assert not opened or states & opened, states
    assert states & closed, states
    check_round_trip(empty, ledger, entries)


ALIKE = (
    field("closed", "text", "状态"), field("serial2", "text", "编号"), field("responsible", "text", "责任人"),
    field("assisting", "text", "备注"), field("due", "text", "备注"), field("inner", "text", "面积（室内）"),
    field("outer", "decimal", "面积（室外）"), field("when", "moment", "时间"), field("day", "date", "日期"),
    field("shape", "choice", "形状", list="shapes"), field("shapes", "choices", "形状", list="shapes"),
    field("place", "place", "地点"), field("point", "point", "坐标"), field("who", "people", "有关人员"),
    field("long", "narrative", "经过"), field("count", "integer", "数量"),
    field("visits", "rows", "回访", fields=[
        field("on_day", "date", "日期"), field("form", "choice", "形状", list="shapes"),
        field("ok", "flag", "状态"), field("said", "narrative", "内容"),
    ]),
)  # fmt: skip
SHAPES = [
    {"code": "round", "title": {"zh": "圆", "en": "Round"}},
    {"code": "oval", "title": {"zh": "圆", "en": "Oval"}},
    {"code": "odd", "title": {"zh": "其他；见备注", "en": ""}},
]


def test_an_own_ledger_whose_titles_are_alike(people: Cast, empty: dict[str, Unit]) -> None:
    ledger = published(people.chief, people.station, *ALIKE, lists={"shapes": SHAPES})
    check_round_trip(empty, ledger, made(people, ledger))


def test_fields_of_an_older_version_of_the_form_are_not_lost(
    people: Cast, empty: dict[str, Unit]
) -> None:
    fields = (
        field("kept", title="留下的"),
        field("left", "integer", "去掉的"),
        field("turned", title="变了的"),
    )
    first = published(people.chief, people.station, *fields)
    old = Handling(first, PROGRAM, people.room, [people.li], 1).to_the_end()
    assert old.data["left"] is not None
    row = designs.next_version(by=actor(people.chief), code=first.code)
    fields = (
        field("kept", title="留下的"),
        field("turned", "date", "变了的"),
        field("new", title="新的"),
    )
    row = designs.change(by=actor(people.chief), draft=row, definition=draft(*fields))
    second = designs.publish(by=actor(people.chief), draft=row)
    new = Handling(registry.get(second.code), PROGRAM, people.room, [people.li], 2).entry
    assert (old.version, new.version) == (1, 2)
    check_round_trip(empty, registry.get(second.code), [old, new])


@pytest.mark.parametrize("code", COMPOSED)
def test_what_is_composed_and_signed_is_not_imported(people: Cast, code: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as caught:
        planning.open_book(b"a,b\n1,2", registry.get(code), people.room.pk)
    assert caught.value.error_list[0].code == "composed"
