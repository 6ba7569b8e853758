"""Thick books made in the background: ordered, made, taken; each seen only by who ordered it.

A book that was stopped is made anew from its order, by any process.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor, actor_for
from linli.ground import clock, keyring
from linli.ground.ids import new_id
from linli.history.models import ReadLog
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.printing import bound_books
from linli.ledger.printing.book import MOST_ROWS, Head
from linli.ledger.printing.models import Book, BookStatus
from linli.ledger.reading import gaps, lists
from linli.org.models import Staff

log = logging.getLogger(__name__)

# A book whose process has said nothing for so long has lost it.
SILENT_FOR: Final = timedelta(seconds=60)
_SLICE: Final = 500
# What of a matter is in a book that may say something about a person.
PERSONAL: Final = ("place", "narrative", "people")


class TakenOver(Exception):
    """Another process makes this book."""


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
            by=actor.id, ledger=ledger.code, status__in=(BookStatus.WAITING, BookStatus.RUNNING)
        ):
            if book.query == query and not is_silent(book):
                return book
        return Book.objects.create(
            ledger=ledger.code, by=actor.id, by_name=actor.name[:60], query=query, rows=rows,
            room_name=room_name[:200], period=period[:400],
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )  # fmt: skip


def is_silent(book: Book) -> bool:
    """Whether a book that should be at work has lost its process."""
    last = book.progress_at or book.made_at
    return book.is_working and clock.now() - last > SILENT_FOR


def again(book: Book) -> None:
    """Mark a book that stopped, or whose process went away, as waiting."""
    Book.objects.filter(pk=book.pk).exclude(status=BookStatus.DONE).update(
        status=BookStatus.WAITING, progress_at=clock.now(), problem=""
    )


def make(book_id: UUID) -> Book:
    """Make a book that was ordered; gives it as done or stopped (`problem` says why).

    Raises TakenOver where another process has it, Book.DoesNotExist.
    """
    claim = new_id()
    claimed = Book.objects.filter(pk=book_id).exclude(status=BookStatus.DONE).update(
        status=BookStatus.RUNNING, claim=claim, progress_at=clock.now(), problem="", at_row=0
    )  # fmt: skip
    book = Book.objects.get(pk=book_id)
    if not claimed:
        return book
    with translation.override(book.language):
        try:
            _make(book, claim)
        except (ValidationError, OSError, RuntimeError, DatabaseError) as wrong:
            log.warning("book %s was stopped: %s", book.pk, wrong)
            _progress(claim, book.pk, status=BookStatus.STOPPED, problem=_why(wrong))
    book.refresh_from_db()
    return book


def _why(wrong: Exception) -> str:
    """What stopped it, for who ordered it; what only helps who runs the program is in the log."""
    if isinstance(wrong, ValidationError):
        return str(wrong.messages[0])
    if isinstance(wrong, OSError) and wrong.strerror:
        return _("The book could not be written: %s") % wrong.strerror
    return _("A part of the book could not be set. The log of the program says why.")


def _make(book: Book, claim: UUID) -> None:
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
    _progress(claim, book.pk, rows=len(found))
    made = bound_books.bind(
        ledger, head, _slices(actor, ledger, [one[0] for one in found]),
        lambda rows, pages: _progress(claim, book.pk, at_row=rows, pages=pages),
    )  # fmt: skip
    _keep(book, made)
    _progress(
        claim, book.pk, status=BookStatus.DONE, file=book.file, finished_at=clock.now(),
        at_row=len(found),
    )  # fmt: skip


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


def _progress(claim: UUID, book: UUID, **said: Any) -> None:
    told = Book.objects.filter(pk=book, claim=claim).update(progress_at=clock.now(), **said)
    if not told:
        raise TakenOver


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
    return Path(settings.HOME) / "files" / "books" / name


def _keep(book: Book, made: bytes) -> None:
    """Seal and store the pages; whole or not at all."""
    book.file = secrets.token_urlsafe(24)
    path = _path(book.file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    box = keyring.load(settings.HOME).seal_blob(made, _bound(book))
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(box)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def pages(book: Book) -> bytes:
    """The PDF of a book that is done. Raises FileNotFoundError, SealBroken."""
    if book.status != BookStatus.DONE or not book.file:
        raise FileNotFoundError(book.pk)
    return keyring.load(settings.HOME).open_blob(_path(book.file).read_bytes(), _bound(book))


def drop(book: Book) -> None:
    """Remove a book and its pages."""
    if book.file:
        _path(book.file).unlink(missing_ok=True)
    book.delete()


def forget(before: datetime) -> int:
    """Remove books made before that moment, and files no book knows; gives how many."""
    gone = 0
    for book in Book.objects.filter(made_at__lt=before):
        drop(book)
        gone += 1
    folder = _path("")
    known = set(Book.objects.exclude(file="").values_list("file", flat=True))
    for path in folder.iterdir() if folder.is_dir() else ():
        old = clock.written_at(path) < before
        if path.name not in known and old:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _bound(book: Book) -> bytes:
    return f"books/{book.pk}/{book.file}".encode()
