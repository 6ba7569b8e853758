"""Prints the floors of the engine: `python -m tools.floors` (or `make floors`).

A line a folder, from the top down, with its files and lines; then the circles of files, counting
imports inside functions and those for types alone as well. The direction of the imports is held by
import-linter (`make lint`).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "linli.ledger"
FLOORS = (
    ("verify", "verified_things", "verified_steps"), ("retention",), ("exports",), ("custom", "printing"),
    ("exchange", "forms"), ("reading",), ("acts",), ("files",), ("entries",), ("declaration", "runs"),
)  # fmt: skip


def modules() -> dict[str, Path]:
    """The modules of the engine by name, migrations aside."""
    folder = ROOT / "linli" / "ledger"
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
    }


def imports(path: Path, known: dict[str, Path], *, types: bool) -> Iterator[str]:
    """The modules of the engine that a file imports, wherever in the file; `types`: also for types."""
    tree = ast.parse(path.read_text("utf-8"))
    aside: set[ast.AST] = set()
    if not types:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                aside |= set(ast.walk(node))
    for node in ast.walk(tree):
        if node in aside:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def circles(*, types: bool) -> list[list[str]]:
    """The groups of files that import each other, directly or round a corner."""
    known = modules()
    graph = {
        name: {one for one in imports(path, known, types=types) if one in known and one != name}
        for name, path in known.items()
    }
    reach: dict[str, set[str]] = {}
    for name in graph:
        seen: set[str] = set()
        waiting = list(graph[name])
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += graph[one]
        reach[name] = seen
    found: list[list[str]] = []
    for name in graph:
        if name in reach[name] and not any(name in circle for circle in found):
            found.append(sorted(one for one in reach[name] if name in reach[one]))
    return found


def main() -> int:
    known = modules()
    for floor in FLOORS:
        for room in floor:
            paths = [
                p
                for n, p in known.items()
                if n.startswith(f"{ENGINE}.{room}.") or n == f"{ENGINE}.{room}"
            ]
            lines = sum(len(path.read_text("utf-8").splitlines()) for path in paths)
            print(f"{room:18}{len(paths):4} files {lines:6} lines")
        print()
    for types, words in ((False, "circles of files"), (True, "with those for types alone")):
        found = circles(types=types)
        print(f"{words}: {len(found)}")
        for circle in found:
            print("  " + ", ".join(name.removeprefix(f"{ENGINE}.") for name in circle))
    return 0


if __name__ == "__main__":
    sys.exit(main())
