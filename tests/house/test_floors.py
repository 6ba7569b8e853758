"""A module imports only from floors below it (the contracts are in pyproject.toml)."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.source import ROOT, rooms
from tools import floors


def test_import_linter_keeps_the_contracts() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]


def test_every_room_stands_on_a_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = " | ".join(contracts["contracts"][0]["layers"])
    named = {name.strip(" ()") for name in layers.split("|")}
    assert {room.name for room in rooms()} - named == {"design"}


def test_few_files_of_the_engine_lie_loose() -> None:
    loose = {path.name for path in (ROOT / "linli" / "ledger").glob("*.py")} - {"__init__.py"}
    assert len(loose) <= 6, sorted(loose)


def test_circles_of_files_grow_fewer() -> None:
    """What is still tied together (`python -m tools.floors`); the numbers may only fall."""
    found = floors.circles(types=False)
    assert len(found) <= 4
    assert sum(map(len, found)) <= 12
