"""Categories of a ledger as a tree in data: a default tree is shipped, a city loads its own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from linli.ground.words import initials, pinyin


@dataclass(frozen=True)
class Category:
    """One node. `words` are other names that files and people use; `emergency` tightens deadlines."""

    code: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    emergency: bool = False
    children: tuple[Category, ...] = ()

    @property
    def title(self) -> str:
        return self.en if (translation.get_language() or "zh").startswith("en") else self.zh


@dataclass(frozen=True)
class CategoryTree:
    """The tree of one ledger. `file` is the shipped TOML; `LINLI_HOME/categories/<name>` wins."""

    file: Path

    @cached_property
    def roots(self) -> tuple[Category, ...]:
        own = Path(settings.HOME) / "categories" / f"{self.file.parent.name}.toml"
        with (own if own.exists() else self.file).open("rb") as opened:
            return tuple(_node(raw, "") for raw in tomllib.load(opened)["category"])

    @cached_property
    def by_code(self) -> dict[str, Category]:
        return {node.code: node for node in self.walk()}

    def walk(self) -> Iterator[Category]:
        stack = list(reversed(self.roots))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def path(self, code: str) -> tuple[Category, ...]:
        """From the root to the node; empty for an unknown code."""
        parts = code.split(".")
        nodes = (self.by_code.get(".".join(parts[: i + 1])) for i in range(len(parts)))
        return tuple(node for node in nodes if node)

    def text(self, code: str) -> str:
        """ "Dispute › Neighbours", or the code itself where the tree no longer has it."""
        return " › ".join(node.title for node in self.path(code)) or code

    @cached_property
    def _named(self) -> dict[str, str]:
        # A code is what it is: the title of another category ("Other") does not take it away.
        named = {node.code: node.code for node in self.walk()}
        for node in self.walk():
            for word in (node.zh, node.en.lower(), *node.words):
                named.setdefault(word, node.code)
        return named

    def find(self, said: str) -> str | None:
        """The code of a category by its code, title or another name; None when not known."""
        text = said.strip()
        return self._named.get(text) or self._named.get(text.lower())

    @cached_property
    def search_text(self) -> dict[str, str]:
        """By code, everything a category can be found by while typing, in both languages."""
        return {node.code: " ".join(self._forms(node)) for node in self.walk()}

    def suggest(self, typed: str, limit: int = 12) -> list[tuple[str, str]]:
        """(code, path in words) of the categories that what was typed may mean: Chinese, English,
        pinyin or initials."""
        wanted = typed.strip().lower()
        found = [
            (node.code, self.text(node.code))
            for node in self.walk()
            if any(wanted in form for form in self._forms(node))
        ]
        return found[:limit]

    @staticmethod
    def _forms(node: Category) -> tuple[str, ...]:
        return (node.zh, node.en.lower(), pinyin(node.zh), initials(node.zh), *node.words)


def _node(raw: dict[str, Any], parent: str) -> Category:
    code = f"{parent}.{raw['code']}" if parent else str(raw["code"])
    return Category(
        code=code,
        zh=raw["zh"],
        en=raw["en"],
        words=tuple(raw.get("words", ())),
        emergency=bool(raw.get("emergency", False)),
        children=tuple(_node(child, code) for child in raw.get("category", ())),
    )
