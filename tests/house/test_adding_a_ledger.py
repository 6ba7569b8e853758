"""Follows docs/adding-a-ledger.md: what it shows makes a ledger that works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.core.exceptions import ValidationError

from linli.ground import rules
from linli.ground.clock import today
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.declaration import registry
from linli.ledger.forms import forms
from linli.ledger.reading import search
from linli.ledger.verify import verify
from tests.cast import Cast, actor, cast
from tests.house.source import ROOT

RECIPE = (ROOT / "docs" / "adding-a-ledger.md").read_text("utf-8")


def block(language: str, beginning: str) -> str:
    """The code block of the recipe that has these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", RECIPE, re.DOTALL)
    return next(code for code in blocks if beginning in code)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The recipe's folder, as a package of its own beside the program."""
    folder = tmp_path / "umbrellas"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "categories.toml").write_text(block("toml", "[[category]]"), "utf-8")
    (folder / "ledger.py").write_text(block("python", "UMBRELLAS = Ledger("), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    from importlib import import_module

    module = import_module("umbrellas.ledger")
    registry.register(module.UMBRELLAS)
    yield module
    registry._ledgers.pop("umbrellas")
    for name in ("umbrellas", "umbrellas.ledger"):
        sys.modules.pop(name)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def test_the_recipe_makes_a_ledger_that_records_and_handles(
    ledger: ModuleType, people: Cast
) -> None:
    space: dict[str, object] = {}
    exec(block("python", "def lend_and_bring_back"), space)
    who = actor(people.li)
    entry = space["lend_and_bring_back"](who, people.room.pk, people.branch.pk)  # type: ignore[operator]
    assert entry.state == "back"
    assert entry.closed_at is not None
    assert "answered" in entry.deadlines
    assert (entry.serial_no, entry.responsible) == (1, people.li.pk)
    assert [found for found in verify() if found.wrong] == []
    assert [e.id for e in search.find(who, "折叠伞").entries] == [entry.id]


def test_its_form_comes_from_the_declaration(ledger: ModuleType, people: Cast) -> None:
    form = forms.form_class(ledger.UMBRELLAS, "record")()
    assert {"category", "narrative", "place"} <= set(form.fields)


def test_its_check_holds(ledger: ModuleType, people: Cast) -> None:
    act = Act(
        ledger.UMBRELLAS, "record", actor(people.li), room=people.room.pk,
        district=people.branch.pk, data={"category": "folding", "narrative": "雨伞"},
    )  # fmt: skip
    [done] = carrying_out.carry_out([act])
    back = Act(
        ledger.UMBRELLAS, "bring_back", actor(people.li), entry=done.entry,
        data={"brought_back_at": "2020-01-01 10:00"},
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        carrying_out.carry_out([back])
    assert set(refused.value.error_dict) == {"brought_back_at"}


def test_what_the_recipe_names_is_there(ledger: ModuleType) -> None:
    now = rules.on(today())
    assert ledger.UMBRELLAS.retention in now
    assert ledger.answered_by({}) in now
    for path in re.findall(r"`((?:linli|tests)/[\w/.]+)`", RECIPE):
        if "umbrellas" not in path:
            assert (ROOT / path).exists(), path
