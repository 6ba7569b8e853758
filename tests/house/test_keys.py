"""Tests with a browser press no key before its target has the focus: "loaded" does not mean that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT

FILES = [*sorted((ROOT / "tests/browser").glob("test_*.py")), ROOT / "tests/design/test_scripts.py"]
# Keys that go where the focus is; single letters and Ctrl+Enter are the whole page's.
NEED_FOCUS = {"Enter", "Space", "Tab", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"}
MOVES = {"goto", "reload", "wait_for_url", "wait_for_load_state", "click", "desk"}


def _calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else ast.unparse(one.func)
            yield name, one


def types(statement: ast.stmt) -> bool:
    """Does it begin by pressing keys that go to whatever has the focus?"""
    for name, call in _calls(statement):
        said = [one.value for one in call.args if isinstance(one, ast.Constant)]
        if name == "choose_category":
            return True
        if ast.unparse(call.func).endswith("keyboard.type"):
            return True
        if ast.unparse(call.func).endswith("keyboard.press") or name == "keys":
            first = str(said[0]) if said else ""
            return first in NEED_FOCUS or first.startswith(":")
    return False


def moves(statement: ast.stmt) -> bool:
    """Does it end with a page, or a place on it, that is only just coming?"""
    if isinstance(statement, ast.With):
        return any(name == "arrives" for item in statement.items for name, _ in _calls(item))
    if isinstance(statement, ast.Expr | ast.Assign):
        value = statement.value
        return isinstance(value, ast.Call) and next(_calls(value))[0] in MOVES
    return False


def too_early(body: list[ast.stmt], before: ast.stmt | None = None) -> Iterator[int]:
    """The lines of statements that press keys right behind one that brings a page."""
    for statement in body:
        if isinstance(statement, ast.Expr) and next(_calls(statement), ("", None))[0] == "shot":
            continue
        inner = getattr(statement, "body", None)
        if inner and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield from too_early(inner, before)
        elif inner:
            yield from too_early(inner)
        elif before is not None and moves(before) and types(statement):
            yield statement.lineno
        before = statement


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_keys_wait_for_the_focus(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert [f"{path.name}:{line}" for line in too_early(tree.body)] == []


@pytest.mark.parametrize(
    "text",
    [
        "with arrives(page):\n    button.click()\nwith arrives(page):\n    page.keyboard.press('Enter')",
        "page.goto('/')\nshot(page, 'x')\nkeys(page, ':words')",
        "page.click('#find')\nkeys(page, ':words', 'Enter')",
        "page.wait_for_url('**/new/')\nchoose_category(page, 'qz')",
        "page = room.desk(people.li)\npage.keyboard.type('x')",
    ],
)
def test_a_key_too_early_is_found(text: str) -> None:
    assert list(too_early(ast.parse(text).body))


@pytest.mark.parametrize(
    "text",
    [
        "with arrives(page):\n    button.click()\ntakes_keys(one)\npage.keyboard.press('Enter')",
        "page.goto('/')\npage.keyboard.press('v')",
        "page.goto('/')\nfocused(page)\nkeys(page, ':words')",
    ],
)
def test_a_key_that_waits_is_right(text: str) -> None:
    assert not list(too_early(ast.parse(text).body))
