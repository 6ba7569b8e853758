"""Files on the disk in which erased entries stood: their own, and those where they stood beside others
(imports, exports, thick books). All of the latter can be made anew without them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs import files as import_files
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exports.models import ExportRun
from linli.ledger.exports.sealed_files import KEPT
from linli.ledger.files import storage
from linli.ledger.printing import ordered_books
from linli.ledger.printing.models import Book
from linli.ledger.runs import kept_files

log = logging.getLogger(__name__)


def drop_contents(files: Sequence[Mapping[str, Any]]) -> None:
    """Remove the contents of erased attachments."""
    for row in files:
        storage.drop(row["stored"], row["thumbnail"])


def drop_copies(room: UUID, entries: Sequence[Mapping[str, Any]]) -> None:
    """Remove the files of imports with their results, exports of the room, and books of the days.

    The entries are gone already: what cannot be removed now goes with its own time.
    """
    _quietly(_drop_imports, {entry["import_run"] for entry in entries} - {None})
    _quietly(_drop_exports, room, {entry["ledger"] for entry in entries})
    _quietly(_drop_books, room, entries)


def _quietly(do: Callable[..., None], *what: Any) -> None:
    try:
        do(*what)
    except OSError:
        log.exception("retention: copies of erased entries are left")


def _drop_imports(runs: set[UUID]) -> None:
    at_work = (Status.WAITING, Status.RUNNING, Status.UNDOING)
    for run in ImportRun.objects.filter(id__in=runs).exclude(status__in=at_work):
        import_files.drop(run)
        if not Entry.objects.filter(import_run=run.id).exists():
            ImportRun.objects.filter(id=run.id).update(file_name="", problem="", columns={})


def _drop_exports(room: UUID, ledgers: set[str]) -> None:
    made = ExportRun.objects.filter(ledger__in=[*ledgers, ""], rooms__has_key=str(room))
    for run in made.exclude(stored=""):
        kept_files.drop(run, KEPT)


def _drop_books(room: UUID, entries: Sequence[Mapping[str, Any]]) -> None:
    """Books that nobody took yet, where one of the entries may stand in them."""
    days: dict[str, set[str]] = {}
    for entry in entries:
        day = clock.local(entry["received_at"]).date().isoformat()
        days.setdefault(entry["ledger"], set()).add(day)
    for book in Book.objects.filter(ledger__in=days).exclude(file=""):
        first, last = book.query.get("since") or "", book.query.get("until") or "9999"
        here = book.query.get("room") in (None, "", str(room))
        if here and any(first <= day <= last for day in days[book.ledger]):
            ordered_books.drop(book)
