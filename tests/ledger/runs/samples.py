"""A run of each kind of long work, asked for and ready to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linli.ledger.declaration import registry
from linli.ledger.exchange.runs import running, undoing
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exports import asking
from linli.ledger.exports.models import ExportRun
from linli.ledger.printing import ordered_books
from linli.ledger.printing.models import Book
from linli.ledger.reading.lists import Filters
from tests.cast import Cast, actor, record
from tests.ledger.exchange.conftest import csv_of

ROWS = 3


def _import(people: Cast) -> ImportRun:
    rows = (f"2025-1-{n + 1} 8:00,求助,路{n}号,事{n}" for n in range(ROWS))
    run = running.receive(
        actor=actor(people.li), ledger=registry.get("incidents"), room=people.room, name="f.csv",
        content=csv_of("报警时间,警情类别,地点,简要警情", *rows), year=2025, language="en",
    )  # fmt: skip
    running.prepare(run, columns={}, year=2025)
    return run


def _undo(people: Cast) -> ImportRun:
    run = running.carry_on(_import(people).pk)
    undoing.begin_undo(run, actor(people.li))
    return run


def _export(people: Cast) -> ExportRun:
    record("visits", people.li, people.room)
    return asking.ask(
        actor=actor(people.li), ledger=registry.get("visits"), filters=Filters(), form="csv"
    )


def _book(people: Cast) -> Book:
    record("visits", people.li, people.room)
    return ordered_books.order(
        actor=actor(people.li), ledger=registry.get("visits"), filters=Filters(),
        room_name="梅苑社区警务室", period="2026-11",
    )  # fmt: skip


ASKED_FOR: dict[str, Callable[[Cast], Any]] = {
    "import": _import, "undo": _undo, "export": _export, "book": _book,
}  # fmt: skip
