"""The kinds of hazards; those that are serious by themselves are marked as emergencies."""

from __future__ import annotations

from pathlib import Path

from linli.ledger.declaration.categories import CategoryTree

CATEGORIES = CategoryTree(Path(__file__).parent / "categories.toml")
