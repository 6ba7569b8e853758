"""Lists of a ledger: filtered, sorted by time, fifty at a time, always the same cost."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock
from linli.ground.words import query_words
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry, SearchText
from linli.org.tree import names

COUNT_TO = 1000

Fetch = Callable[[QuerySet[Entry]], list[Any]]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything the actor may see."""

    state: str = ""
    category: str = ""
    channel: str = ""
    responsible: str = ""
    room: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    overdue: str = ""
    order: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Filters:
        """Read them from a URL's query; what is not understood is left out."""
        given = {f.name: str(query.get(f.name) or "").strip()[:80] for f in fields(cls)}
        filters = cls(**given)
        for name in ("since", "until"):
            if getattr(filters, name) and _day(getattr(filters, name)) is None:
                filters = replace(filters, **{name: ""})
        for name in ("responsible", "room"):
            if getattr(filters, name) and _uuid(getattr(filters, name)) is None:
                filters = replace(filters, **{name: ""})
        return filters

    def as_query(self, **changed: str) -> str:
        """The query string that keeps this list, with some filters changed."""
        now = replace(self, **changed)
        return urlencode({f.name: v for f in fields(now) if (v := getattr(now, f.name))})

    def as_words(self, ledger: Ledger) -> str:
        """What is filtered, in a sentence's parts: "open · Dispute · since 2026-11-01"."""
        parts = []
        if self.state:
            # "open" and "closed" mean all such states, also where a ledger has one of that name.
            either = {"open": _("open"), "closed": _("closed")}.get(self.state)
            state = ledger.state_by_name.get(self.state)
            parts.append(either or (str(state.title) if state else self.state))
        if self.category and ledger.categories:
            parts.append(ledger.categories.text(self.category))
        if self.channel and ledger.channel:
            parts.append(str(ledger.channel.choice_title(self.channel)))
        for unit in (self.room, self.responsible):
            if unit:
                parts.append(names([UUID(unit)]).get(UUID(unit), ""))
        if self.since:
            parts.append(_("since %s") % self.since)
        if self.until:
            parts.append(_("until %s") % self.until)
        if self.overdue:
            parts.append(_("overdue"))
        if self.words:
            parts.append(_("with “%s”") % self.words)
        return " · ".join(part for part in parts if part)

    def apply(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that fit. Only columns with an index or a small set behind them."""
        if self.state in ("open", "closed"):
            rows = rows.filter(is_open=self.state == "open")
        elif self.state:
            rows = rows.filter(state=self.state)
        if self.category:
            rows = rows.filter(
                Q(category=self.category) | Q(category__startswith=f"{self.category}.")
            )
        if self.channel:
            rows = rows.filter(channel=self.channel)
        if self.responsible:
            rows = rows.filter(responsible=UUID(self.responsible))
        if self.room:
            rows = rows.filter(room=UUID(self.room))
        if since := _day(self.since):
            rows = rows.filter(received_at__gte=_midnight(since))
        if until := _day(self.until):
            rows = rows.filter(received_at__lt=_midnight(until + timedelta(days=1)))
        if self.overdue:
            rows = rows.filter(is_open=True, due_at__lt=clock.now())
        return rows


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is exact up to COUNT_TO; beyond, `more` says so."""

    entries: list[Any]
    next: str | None
    previous: str | None
    count: int
    more: bool


ORDERS = {"": "received_at", "due": "due_at"}


def page(
    actor: Actor,
    ledger: Ledger,
    filters: Filters,
    cursor: str | None = None,
    size: int = 50,
    *,
    counted: bool = True,
    fetch: Fetch = list,
) -> Page:
    """A page of the entries that the actor may see, newest first (order "due": nearest first).

    `cursor` comes from an earlier page. One query for the rows, one for the count. With words among
    the filters it is a search, and logged as one.
    `fetch` runs the query of the rows; it may give dicts (with id and received_at), which is
    quicker than objects.
    """
    from linli.ledger.reading import search

    rows = selected(actor, ledger, filters)
    count = rows.order_by()[: COUNT_TO + 1].count() if counted else 0
    if filters.order == "due":
        entries, following, before = _by_due(rows, cursor, size, fetch)
    else:
        entries, following, before = _by_time(rows, cursor, size, fetch)
    if filters.words:
        search.trace(actor, filters.words, len(entries))
    return Page(entries, following, before, min(count, COUNT_TO), count > COUNT_TO)


def selected(
    actor: Actor, ledger: Ledger, filters: Filters, permission: str = "read"
) -> QuerySet[Entry]:
    """The entries that fit the filters and that the actor holds `permission` for, in no order."""
    rows = filters.apply(policy.visible(actor, Entry, permission, ledger.code))
    if filters.words:
        rows = rows.filter(id__in=matching(actor, ledger, filters.words))
    return rows


def matching(actor: Actor, ledger: Ledger, words: str, most: int = 5000) -> list[UUID]:
    """The newest entries whose text has the words (used as a filter beside others)."""
    from linli.ledger.reading.search import by_words, kind_of, rooms_only

    query = query_words(words)
    if not query or kind_of(words) in ("phone", "identity"):  # a person: asked for with a purpose
        return []
    texts = policy.visible(actor, SearchText, permission="search", ledger=ledger.code)
    return by_words(texts, query, most, rooms=rooms_only(actor, ledger.code))


def _by_time(
    rows: QuerySet[Entry], cursor: str | None, size: int, fetch: Fetch
) -> tuple[list[Any], str | None, str | None]:
    backwards, at, id = _read(cursor)
    if at is not None and not backwards:
        rows = rows.filter(received_at__lte=at).exclude(received_at=at, id__gte=id)
    elif at is not None:
        rows = rows.filter(received_at__gte=at).exclude(received_at=at, id__lte=id)
    order = ("received_at", "id") if backwards else ("-received_at", "-id")
    entries = fetch(rows.order_by(*order)[: size + 1])
    more, entries = len(entries) > size, entries[:size]
    if backwards:
        entries.reverse()
    following = _write(entries[-1], False) if entries and (more or backwards) else None
    before = (
        _write(entries[0], True) if entries and at is not None and (more or not backwards) else None
    )
    return entries, following, before


def _by_due(
    rows: QuerySet[Entry], cursor: str | None, size: int, fetch: Fetch
) -> tuple[list[Any], str | None, str | None]:
    """Open matters by deadline: few enough to page by position."""
    from linli.ledger.reading.search import position

    start = position(cursor)
    entries = fetch(
        rows.filter(due_at__isnull=False).order_by("due_at", "id")[start : start + size + 1]
    )
    following = str(start + size) if len(entries) > size else None
    return entries[:size], following, str(max(start - size, 0)) if start else None


def _write(entry: Entry | Mapping[str, Any], backwards: bool) -> str:
    values = entry if isinstance(entry, Mapping) else vars(entry)
    text = f"{'<' if backwards else '>'}{values['received_at'].isoformat()}|{values['id'].hex}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[bool, datetime | None, UUID | None]:
    """An unreadable cursor is the first page: URLs get cut when they are passed on."""
    if not cursor:
        return False, None, None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        said, id = text[1:].split("|")
        at = datetime.fromisoformat(said)
        if at.tzinfo is None or not 1900 <= at.year <= 2200:
            return False, None, None
        return text[0] == "<", at, UUID(id)
    except (ValueError, binascii.Error, IndexError):
        return False, None, None


def similar(actor: Actor, ledger: Ledger, place: str, words: str, most: int = 5) -> list[Entry]:
    """Open matters of the last 30 days at the same place or with much the same words: shown
    before a second one is made."""
    open_ones = policy.visible(actor, Entry, ledger=ledger.code).filter(
        is_open=True, received_at__gte=clock.now() - timedelta(days=30)
    )
    if actor.home_room:
        open_ones = open_ones.filter(room=actor.home_room)
    wanted = set(query_words(place).all_of) | set(query_words(words).all_of)
    if not wanted:
        return []
    scored = []
    for entry in open_ones.order_by("-received_at")[:200]:
        have = set(query_words(f"{entry.place} {entry.narrative}").all_of)
        score = len(wanted & have) / len(wanted)
        if (place and entry.place == place.strip()) or score >= 0.5:
            scored.append((score, entry))
    return [entry for _score, entry in sorted(scored, key=lambda pair: -pair[0])[:most]]
