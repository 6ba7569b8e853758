"""The first thing a process of the pool runs: nothing of Django is imported before it."""

from __future__ import annotations


def start() -> None:
    """Set Django up, and load what reads rows."""
    import django

    django.setup()
    from linli.ground.words import name_pinyin
    from linli.ledger.exchange.runs import row_pool  # noqa: F401 - the first row need not wait for it

    name_pinyin(chr(0x4E00))  # reads the table of pinyin


def started() -> None:
    """Something to do, so that the pool starts a process."""
