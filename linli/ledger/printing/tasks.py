"""Books in the background."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from linli.ledger.printing import ordered_books
from linli.ledger.printing.models import Book


@task()
def make_book(book: str) -> None:
    """Make a book that was ordered; its row tells how far it is."""
    try:
        ordered_books.make(UUID(book))
    except (ordered_books.TakenOver, Book.DoesNotExist):
        return
