"""Thick books made in the background: ordered, made, taken; each seen only by who ordered it.

A book that was stopped is made anew from its order, by any process.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access import policy
from linli.access.actor import Actor, actor_for
from linli.ground import clock, rules
from linli.history.models import ReadLog
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.printing import bound_books
from linli.ledger.printing.book import MOST_ROWS, Head
from linli.ledger.printing.models import Book
from linli.ledger.reading import gaps, lists
from linli.ledger.runs import doing, kept_files
from linli.ledger.runs.claiming import is_silent
from linli.ledger.runs.lease import Lease
from linli.ledger.runs.long_work import Files, LongWork, Told, declare
from linli.ledger.runs.run import State
from linli.org.models import Staff

log = logging.getLogger(__name__)

KEPT: Final = Files(folder="books", column="file")
_SLICE: Final = 500
# What of a matter is in a book that may say something about a person.
PERSONAL: Final = ("place", "narrative", "people")


def of(actor: Actor, book: UUID) -> Book:
    """A book this person ordered; Book.DoesNotExist."""
    return _of(actor).get(pk=book)


def lately(actor: Actor, most: int = 5) -> list[Book]:
    """The books this person ordered last."""
    return list(_of(actor).order_by("-made_at")[:most])


def _of(actor: Actor) -> QuerySet[Book]:
    return Book.objects.none() if actor.id is None else Book.objects.filter(by=actor.id)


def order(
    *, actor: Actor, ledger: Ledger, filters: lists.Filters, room_name: str, period: str
) -> Book:
    """Write an order down; the caller sends it to work. The same book at work already is that one.

    Raises ValidationError where it would hold too many matters.
    """
    if actor.id is None:
        raise ValidationError(_("Only somebody with an account orders a book."))
    rows = lists.selected(actor, ledger, filters, "print").order_by()[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        raise ValidationError(_("A book holds at most %d matters.") % MOST_ROWS)
    query = asdict(filters)
    with transaction.atomic():
        for book in Book.objects.filter(
            by=actor.id, ledger=ledger.code, status__in=BOOK.states.at_work
        ):
            if book.query == query and not is_silent(book):
                return book
        return Book.objects.create(
            ledger=ledger.code, by=actor.id, by_name=actor.name[:60], query=query, rows=rows,
            room_name=room_name[:200], period=period[:400],
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )  # fmt: skip


def make(book_id: UUID) -> Book:
    """Make a book that was ordered; gives it as done or stopped (`problem` says why).

    Raises TakenOver where another process has it, Book.DoesNotExist.
    """
    return doing.carry_out(BOOK, book_id)


def _make(lease: Lease[Book]) -> None:
    book = lease.run
    lease.beat(at_row=0)
    actor = actor_for(Staff.objects.get(pk=book.by), via="web")
    ledger = registry.get(book.ledger)
    if not actor.may("print", ledger.code):
        raise ValidationError(_("This account may not print this register any more."))
    filters = lists.Filters(**book.query)
    with transaction.atomic():
        found = list(
            lists.selected(actor, ledger, filters, "print")
            .order_by("received_at", "id")
            .values_list("id", "room", "district", "state")[: MOST_ROWS + 1]
        )
        if len(found) > MOST_ROWS:
            raise ValidationError(_("A book holds at most %d matters.") % MOST_ROWS)
        _note(actor, found, filters.as_words(ledger))
    voided = sum(state == VOID for _id, _room, _district, state in found)
    missing = tuple(gaps.said(actor, ledger, filters, "print"))
    head = Head(book.room_name, book.period, book.by_name, len(found), voided, missing)
    lease.beat(rows=len(found))
    try:
        made = bound_books.bind(
            ledger, head, _slices(actor, ledger, [one[0] for one in found]),
            lambda rows, pages: lease.beat(at_row=rows, pages=pages),
        )  # fmt: skip
    except RuntimeError as wrong:
        log.warning("book %s was stopped: %s", book.pk, wrong)
        raise ValidationError(_BROKEN) from wrong
    _keep(book, made)
    lease.end(file=book.file, at_row=len(found))


def _note(actor: Actor, found: list[tuple[UUID, UUID, UUID, str]], words: str) -> None:
    """One line in the read log for each room whose matters are in the book, before they are read."""
    homes = {room: district for _id, room, district, _state in found}
    for room, count in Counter(one[1] for one in found).items():
        note_read(
            actor_id=actor.id, actor_name=actor.name, kind="print", room=room, district=homes[room],
            fields=PERSONAL, words=words, count=count,
        )  # fmt: skip


def _slices(actor: Actor, ledger: Ledger, ids: list[UUID]) -> Iterator[list[Entry]]:
    rows = policy.visible(actor, Entry, "print", ledger.code)
    for start in range(0, len(ids), _SLICE):
        yield list(rows.filter(id__in=ids[start : start + _SLICE]).order_by("received_at", "id"))


# The pages


def may_take(actor: Actor, book: Book) -> bool:
    """Whether who ordered a book may still print all the rooms in it, as its trace names them."""
    looks = ReadLog.objects.filter(
        actor=book.by, kind="print", entry=None, at__gte=book.made_at, at__lte=book.finished_at
    )
    rooms = looks.values_list("room", "district").distinct()
    return actor.may("print", book.ledger) and all(
        actor.may("print", book.ledger, *place) for place in rooms
    )


def _path(name: str) -> Path:
    return kept_files.folder(KEPT) / name


def _keep(book: Book, made: bytes) -> None:
    """Seal and store the pages; whole or not at all."""
    book.file = secrets.token_urlsafe(24)
    kept_files.put(_path(book.file), made, _bound(book))


def pages(book: Book) -> bytes:
    """The PDF of a book that is done. Raises FileNotFoundError, SealBroken."""
    if book.status != State.DONE or not book.file:
        raise FileNotFoundError(book.pk)
    return kept_files.get(_path(book.file), _bound(book))


def drop(book: Book) -> None:
    """Remove a book and its pages."""
    kept_files.throw_away(book, KEPT)


def past(now: datetime) -> Q:
    """The books that were ordered longer ago than a draft is kept, taken or not."""
    return Q(made_at__lt=now - rules.on(clock.local(now).date()).days("retention.drafts"))


def _bound(book: Book) -> bytes:
    return f"books/{book.pk}/{book.file}".encode()


_BROKEN = gettext_lazy("A part of the book could not be set. The log of the program says why.")
BOOK: Final = declare(
    LongWork(
        code="book",
        model=Book,
        do=_make,
        told=Told(
            denied=gettext_lazy("This account may not print this register any more."),
            unwritten=gettext_lazy("The book could not be written: %s"),
            database=_BROKEN,
            stopped=_BROKEN,
        ),
        files=KEPT,
        past=past,
    )
)
