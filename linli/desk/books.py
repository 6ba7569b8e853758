"""Thick registers: ordered, watched while they are made in the background, taken."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from linli.access.routes import needs
from linli.desk.requests import Asked
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.printing import ordered_books
from linli.ledger.printing.book import MOST_ROWS
from linli.ledger.printing.models import Book
from linli.ledger.reading import lists, search
from linli.ledger.runs.claiming import is_silent, take_over
from linli.ledger.runs.run import State
from linli.ledger.runs.tasks import send

_TONES = {State.DONE: "done", State.STOPPED: "late"}


def order(
    request: Asked, ledger: Ledger, filters: lists.Filters, room: str, period: str
) -> HttpResponse:
    """Say that this takes a while and ask (GET); write the order down and show it (POST)."""
    context: dict[str, Any] = {"ledger": ledger, "query": filters.as_query(), "period": period}
    rows = lists.selected(request.actor, ledger, filters, "print").order_by()
    context["count"] = rows[: MOST_ROWS + 1].count()
    if filters.words:
        search.trace(request.actor, filters.words, context["count"])
    if context["count"] > MOST_ROWS:
        return _too_many(request, context)
    if request.method != "POST":
        context["lately"] = [_shown(book) for book in ordered_books.lately(request.actor)]
        return _no_store(render(request, "desk/book/order.html", context))
    try:
        book = ordered_books.order(
            actor=request.actor, ledger=ledger, filters=filters, room_name=room, period=period
        )
    except ValidationError:
        return _too_many(request, context)
    send(book)
    return redirect("print:book_run", book.pk)


def _too_many(request: Asked, context: dict[str, Any]) -> HttpResponse:
    context["most"] = MOST_ROWS
    return render(request, "desk/print_too_many.html", context, status=422)


def _own_or_404(request: Asked, run: UUID) -> Book:
    try:
        return ordered_books.of(request.actor, run)
    except Book.DoesNotExist:
        raise Http404 from None


@needs("print")
@require_safe
def page(request: Asked, run: UUID) -> HttpResponse:
    """A book where it stands: being made, done, or stopped and why."""
    context = _context(_own_or_404(request, run))
    return _no_store(render(request, "desk/book/run.html", context))


@needs("print")
@require_safe
def progress(request: Asked, run: UUID) -> HttpResponse:
    """The progress bar, asked for again and again."""
    context = _context(_own_or_404(request, run))
    return _no_store(render(request, "desk/book/progress.html", context))


@needs("print")
@require_safe
def file(request: Asked, run: UUID) -> HttpResponse:
    """The PDF of a book, to who ordered it. That it is printed was logged when it was made."""
    book = _own_or_404(request, run)
    ledger = registry.get(book.ledger)
    try:
        made = ordered_books.pages(book)
    except FileNotFoundError:
        raise Http404 from None
    if not ordered_books.may_take(request.actor, book):
        raise Http404
    name = name_of(ledger, lists.Filters(**book.query))
    return answer_file(made, f"{name.strip(' -')}.pdf", "application/pdf")


@needs("print")
@require_POST
def again(request: Asked, run: UUID) -> HttpResponse:
    """Make a book anew that was stopped, or whose process went away."""
    book = _own_or_404(request, run)
    if take_over(book):
        send(book)
    return redirect("print:book_run", book.pk)


def _context(book: Book) -> dict[str, Any]:
    return {
        "ledger": registry.get(book.ledger),
        "silent": is_silent(book),
        "working": book.status in ordered_books.BOOK.states.at_work,
        "query": lists.Filters(**book.query).as_query(),
        **_shown(book),
    }


def _shown(book: Book) -> dict[str, Any]:
    tone = _TONES.get(State(book.status), "doing")
    return {"book": book, "state": {"title": book.get_status_display(), "tone": tone}}


def name_of(ledger: Ledger, filters: lists.Filters) -> str:
    """What the file of a book is called."""
    told = asdict(filters)
    return f"{ledger.book or ledger.title} {told['since']}-{told['until']}"


def answer_file(made: bytes, name: str, kind: str) -> HttpResponse:
    """A file kept nowhere on the way: a PDF to be looked at in the browser, others to be saved."""
    to_save = kind != "application/pdf"
    headers = {
        "Content-Disposition": content_disposition_header(to_save, name) or "",
        "Cache-Control": "no-store",
    }
    return HttpResponse(made, content_type=kind, headers=headers)


def _no_store(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
