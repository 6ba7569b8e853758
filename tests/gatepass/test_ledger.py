"""The gate: in, on a pass, to somebody; out again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.ground import clock, rules
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast, do, record

GATE = "gate_passes"


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def let_in(people: Cast, **data: Any) -> Entry:
    told = {"category": "vehicle", "plate": "鄂A·12345", "place": "5 栋 302"}
    return Entry.objects.get(id=record(GATE, people.chen, people.room, **{**told, **data}).entry)


def test_in_and_out(people: Cast) -> None:
    entry = let_in(
        people, pass_no="临 017", people_count=2,
        visitors=[{"role": "visitor", "name": "张小花", "phone": "13800001234"}],
    )  # fmt: skip
    assert entry.data["plate"] == "鄂A12345"
    assert set(entry.deadlines) == {"out"}
    done = do(
        GATE, "leave", people.chen, entry.id, finished_at=clock.now().isoformat(), pass_back="1"
    )
    assert done.state == "out"  # by an auxiliary at the gate
    assert [e.id for e in search.find(actor(people.li), "鄂A12345").entries] == [entry.id]
    assert [found for found in verify() if found.wrong] == []


def test_only_two_things_must_be_typed(people: Cast) -> None:
    entry = let_in(people, category="visitor", plate="")
    assert entry.state == "open"
    ledger = registry.get(GATE)
    needed = [ask.name for ask in ledger.all_actions["record"].asks if ask.required]
    assert needed == ["category", "place"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("鄂a 12345", "鄂A12345"), ("鄂ＡＤ１２３４５", "鄂AD12345"), ("武汉A12345", "武汉A12345"),
        ("WJ 鄂1234X", "WJ鄂1234X"), ("粤Z1234港", "粤Z1234港"), ("没有牌", None), ("12", None),
    ],
)  # fmt: skip
def test_plates(people: Cast, typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(ValidationError) as error:
            let_in(people, plate=typed)
        assert set(error.value.error_dict) == {"plate"}
    else:
        assert let_in(people, plate=typed).data["plate"] == kept


def test_nobody_leaves_before_coming(people: Cast) -> None:
    entry = let_in(people)
    with pytest.raises(ValidationError) as error:
        before = clock.now() - timedelta(hours=1)
        do(GATE, "leave", people.chen, entry.id, finished_at=before.isoformat())
    assert set(error.value.error_dict) == {"finished_at"}


def test_it_is_erased_after_thirty_days() -> None:
    span = rules.on(clock.today()).span(registry.get(GATE).retention)
    assert (span.n, span.unit) == (30, "days")
