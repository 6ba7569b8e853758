"""The files and rooms of the program, for the tests of the house."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "linli"
FOREIGN = ("vendor", "locale", "migrations", "data", "fonts", "__pycache__")


def ours(*suffixes: str) -> list[Path]:
    """Files of the program that we wrote, by suffix."""
    return sorted(
        path
        for path in PROGRAM.rglob("*")
        if path.suffix in suffixes and not set(path.relative_to(PROGRAM).parts) & set(FOREIGN)
    )


def rooms() -> list[Path]:
    """The folders of the program that are Python packages."""
    return sorted(path.parent for path in PROGRAM.glob("*/__init__.py"))
