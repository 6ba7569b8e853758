"""Books in the background."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from linli.ledger.papers import Book
from linli.ledger.printing import orders


@task()
def make_book(book: str) -> None:
    """Make a book that was ordered; its row tells how far it is."""
    try:
        orders.make(UUID(book))
    except (orders.TakenOver, Book.DoesNotExist):
        return
