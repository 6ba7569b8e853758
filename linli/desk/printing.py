"""Printed pages as PDF. Whoever prints is logged in the transaction that reads what is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import books
from linli.desk.requests import Asked, entry_or_404, ledger_or_404
from linli.desk.worklog import asked_day, one_or_404
from linli.duty import worklog
from linli.duty.day import CODE
from linli.duty.printing import log_pdf
from linli.ground import clock
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.book import AT_ONCE, book_pdf
from linli.ledger.printing.form import entry_pdf
from linli.ledger.reading import gaps, lists
from linli.org.tree import district_of, names

# What of an entry is on paper that may say something about a person.
_PERSONAL = ("place", "narrative", "people")


@needs("print")
def entry(request: Asked, entry: UUID) -> HttpResponse:
    """The form of one entry; a work log has a page of its own."""
    with transaction.atomic():
        found = entry_or_404(request.actor, entry)
        policy.require(request.actor, "print", found.ledger, found.room, found.district)
        if found.ledger == CODE:
            return HttpResponseRedirect(reverse("print:log", args=[entry]))
        note_print(request.actor, found.room, found.district, found.id, matter=serial_text(found))
        made = entry_pdf(found, request.actor)
    return answer_pdf(made, serial_text(found))


@needs("print")
def book(request: Asked, code: str) -> HttpResponse:
    """The register of a ledger: the list's filters, or `period` (day, week, month, year) around
    the day `on`; oldest first. A thick one is ordered (POST) and made in the background."""
    actor, ledger = request.actor, ledger_or_404(request.actor, code)
    if not actor.may("print", code):
        raise PermissionDenied(_("Your role does not allow this here."))
    filters = in_period(lists.Filters.from_query(request.GET), request.GET)
    with transaction.atomic():
        rows = lists.selected(actor, ledger, filters, "print").order_by("received_at", "id")
        found = list(rows[: AT_ONCE + 1])
        thick = len(found) > AT_ONCE
        if not thick:
            _note_book(actor, found, filters.as_words(ledger))
    room, period = _room_words(actor, filters, rows, found), _period_words(filters, ledger)
    if thick:
        return books.order(request, ledger, filters, room, period)
    missing = gaps.said(actor, ledger, filters, "print")
    made = book_pdf(ledger, found, room, period, actor, missing)
    return answer_pdf(made, books.name_of(ledger, filters))


def in_period(filters: lists.Filters, query: Mapping[str, Any]) -> lists.Filters:
    """The filters with the first and last day of the period asked for; unknown words are no period."""
    on = asked_day(query.get("on"))
    first: date | None = None
    match query.get("period"):
        case "day":
            first = last = on
        case "week":
            first = on - timedelta(days=on.weekday())
            last = first + timedelta(days=6)
        case "month":
            first = on.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        case "year":
            first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    if first is None:
        return filters
    return replace(filters, since=first.isoformat(), until=last.isoformat())


def _note_book(actor: Actor, entries: Sequence[Entry], words: str) -> None:
    """One line in the read log for each room whose matters are in the book."""
    homes = {entry.room: entry.district for entry in entries}
    for room, count in Counter(entry.room for entry in entries).items():
        note_print(actor, room, homes[room], None, words=words, count=count)


def note_print(
    actor: Actor,
    room: UUID,
    district: UUID,
    entry: UUID | None,
    *,
    matter: str = "",
    words: str = "",
    purpose: str = "",
    count: int = 1,
) -> None:
    """One line in the read log for what is printed."""
    fields = (*_PERSONAL, "files") if entry else _PERSONAL
    note_read(
        actor_id=actor.id, actor_name=actor.name, kind="print", room=room, district=district,
        entry=entry, fields=fields, matter=matter, words=words, purpose=purpose, count=count,
    )  # fmt: skip


def _room_words(
    actor: Actor, filters: lists.Filters, rows: QuerySet[Entry], found: Sequence[Entry]
) -> str:
    """The room on the head of the book, or the unit above where it spans several."""
    rooms = {entry.room for entry in found} or ({UUID(filters.room)} if filters.room else set())
    if len(found) > AT_ONCE and len(rooms) == 1:
        rooms = set(rows.order_by("room").values_list("room", flat=True).distinct()[:2])
    if len(rooms) == 1:
        room = next(iter(rooms))
        return names([room]).get(room, "")
    return actor.room_name


def _period_words(filters: lists.Filters, ledger: Any) -> str:
    if filters.since and filters.until:
        days = (
            filters.since
            if filters.since == filters.until
            else f"{filters.since} – {filters.until}"
        )
    elif filters.since:
        days = _("since %s") % filters.since
    elif filters.until:
        days = _("until %s") % filters.until
    else:
        days = _("all until %s") % clock.today().isoformat()
    others = replace(filters, since="", until="").as_words(ledger)
    return f"{days} · {others}" if others else days


@needs("print")
def own_log(request: Asked) -> HttpResponse:
    """One's own day, signed off or not yet."""
    actor = request.actor
    if actor.home_room is None:
        raise PermissionDenied(_("Work logs are kept by the people of a police room."))
    with transaction.atomic():
        shown = worklog.own(actor, asked_day(request.GET.get("day")))
        return _log(request, shown, shown.signed.room if shown.signed else actor.home_room)


@needs("print")
def log(request: Asked, entry: UUID) -> HttpResponse:
    """A signed log of anybody whose logs one may read."""
    with transaction.atomic():
        shown = one_or_404(request, entry)
        if shown.signed is None:
            raise PermissionDenied
        return _log(request, shown, shown.signed.room)


def _log(request: Asked, shown: worklog.Day, room: UUID) -> HttpResponse:
    actor, district = request.actor, district_of(room)
    policy.require(actor, "print", CODE, room, district)
    entry = shown.signed.id if shown.signed else None
    note_print(actor, room, district, entry, matter=shown.day.isoformat())
    called = names([shown.staff, room])
    name = called.get(shown.staff, actor.name)
    made = log_pdf(shown, name=name, room=called.get(room, ""), by=actor)
    return answer_pdf(made, f"{registry.get(CODE).book} {name} {shown.day}")


def answer_pdf(made: bytes, name: str) -> HttpResponse:
    """The PDF to be looked at in the browser, kept nowhere on the way."""
    return books.answer_file(made, f"{name.strip(' -')}.pdf", "application/pdf")
