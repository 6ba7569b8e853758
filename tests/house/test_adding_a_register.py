"""Follows docs/adding-a-register.md: what it shows makes a register of things that works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from linli.ledger.acts.act import ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.reading import entry_view, things
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import actor, cast
from tests.house.source import ROOT

RECIPE = (ROOT / "docs" / "adding-a-register.md").read_text("utf-8")


def block(beginning: str) -> str:
    """The code block of the recipe that has these words."""
    blocks = re.findall(r"```python\n(.*?)```", RECIPE, re.DOTALL)
    return next(code for code in blocks if beginning in code)


@pytest.fixture
def register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[ModuleType]:
    """The recipe's folder, as a package of its own beside the program, with its tables."""
    folder = tmp_path / "benches"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "models.py").write_text(block("class Bench("), "utf-8")
    (folder / "register.py").write_text(block("BENCHES = Thing("), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    models: Any = import_module("benches.models")
    module = import_module("benches.register")
    with connection.schema_editor() as editor:
        editor.create_model(models.Bench)
        editor.create_model(models.Coat)
    registry.register_thing(module.BENCHES)
    yield module
    registry._things.pop("benches")
    with connection.schema_editor() as editor:
        editor.delete_model(models.Coat)
        editor.delete_model(models.Bench)
    from django.apps import apps

    apps.all_models.pop("benches", None)
    apps.clear_cache()
    for name in ("benches", "benches.models", "benches.register"):
        sys.modules.pop(name)


def test_the_recipe_makes_a_register(register: ModuleType) -> None:
    people = cast()
    example: dict[str, Any] = {}
    exec(block("def put_up_and_paint"), example)
    room, district = people.room.pk, tree.district_of(people.room.pk)
    bench = example["put_up_and_paint"](actor(people.li), room, district)
    row = things.fetch(actor(people.li), register.BENCHES, bench)
    assert things.title_of(register.BENCHES, row) == "东门长椅"
    assert [step.action for step in entry_view.timeline_of(register.BENCHES, bench)] == [
        "change",
        "add",
    ]
    filters = things.Filters.from_query(register.BENCHES, {"tag": "B-"})
    assert [one.id for one in things.page(actor(people.li), register.BENCHES, filters).rows] == [
        bench
    ]
    again = ThingAct(
        register.BENCHES, "add", actor(people.li), {"name": "西门长椅", "tag": "B-7"},
        room=room, district=district,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        carry_out([again])
    assert set(refused.value.error_dict) == {"tag"}
    assert [found for found in verify() if found.wrong] == []
