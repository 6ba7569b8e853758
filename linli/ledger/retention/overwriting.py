"""SQLite: what was deleted shall not be left in its files either. (PostgreSQL reuses the space by itself,
see docs/security.md.)"""

from __future__ import annotations

from typing import Final

from django.db import connection

from linli.ledger.entries.rows import writing

_PAGES: Final = 500  # merged in one transaction: some milliseconds
_MOST_TURNS: Final = 10_000


def wipe() -> None:
    """The index of words keeps a deleted word until its pieces are merged; what was overwritten in the
    log beside the database reaches the database when the log is cut."""
    if connection.vendor != "sqlite":
        return
    _merge(-_PAGES)
    for _turn in range(_MOST_TURNS):
        if _merge(_PAGES) < 2:  # nothing was left to merge
            break
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _merge(pages: int) -> int:
    """Merge some pages of the index; gives how many rows that changed."""
    with writing(), connection.cursor() as cursor:
        raw = connection.connection
        before = int(raw.total_changes)
        cursor.execute("INSERT INTO ledger_words(ledger_words, rank) VALUES ('merge', %s)", [pages])
        return int(raw.total_changes) - before
