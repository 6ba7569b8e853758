"""One search: a serial, two Chinese characters, pinyin; a phone or identity number only with a
purpose. Every search leaves a trace."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from linli.access import limits, policy
from linli.access.actor import Actor
from linli.access.purposes import check_purpose
from linli.ground import codes, keyring
from linli.ground.words import Query, query_words
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.entries import serials
from linli.ledger.entries.models import Entry, EntryPerson, SearchText
from linli.ledger.reading import word_query
from linli.ledger.reading.lists import Fetch


@dataclass(frozen=True)
class Found:
    """`how`: serial, words, phone or identity (ask for a purpose), too_short (nothing searched)."""

    entries: list[Any]
    how: str
    query: str = ""
    next: str | None = None
    words: list[str] = field(default_factory=list)


_NUMBERS = re.compile(r"^[\d\s\-xX+()（）]+$")


def kind_of(query: str) -> str:
    """What was typed: "serial", "identity", "phone", "words" or "too_short"."""
    text = codes.halfwidth(query).strip()
    if serials.parse(text):
        return "serial"
    if _NUMBERS.match(text):
        digits = re.sub(r"\D", "", text)
        if len(digits) >= 15:
            return "identity"
        return "phone" if len(digits) >= 7 else "too_short"
    if inside := codes.number_in(text):  # words around a number make it no less a person
        return inside[0]
    return "words" if query_words(text) else "too_short"


def find(
    actor: Actor,
    query: str,
    ledger: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    *,
    fetch: Fetch = list,
) -> Found:
    """Search what the actor may search: the matter of that serial first, then the newest with all
    of the words. `fetch` runs the query of what was found by words; see lists.page."""
    query = query.strip()[:100]
    how = kind_of(query)
    if how not in ("serial", "words"):
        return Found([], how, query)
    exact = _by_serial(actor, query, ledger, limit) if how == "serial" else []
    cut = query_words(query)
    if how == "serial" and not (_is_a_number(query) and cut):
        return Found(exact, how, query)
    start = position(cursor)
    with transaction.atomic():
        texts = policy.visible(actor, SearchText, "search", ledger)
        if ledger is None:
            texts = texts.exclude(ledger__in=registry.sealed_codes())
        ids = by_words(texts, cut, limit + 1, start, rooms_only(actor, ledger))
        trace(actor, query, min(len(ids), limit))
        rows = fetch(Entry.objects.filter(id__in=ids[:limit]))
        entries = {row["id"] if isinstance(row, dict) else row.id: row for row in rows}
    following = str(start + limit) if len(ids) > limit else None
    by_number = [] if start else exact
    before = {one.id for one in exact}
    by_text = [entries[i] for i in ids[:limit] if i in entries and i not in before]
    return Found([*by_number, *by_text], how, query, following, _marks(cut, query))


TALLIED: Final = 200  # as many of the newest hits are counted by ledger


def tally(actor: Actor, query: str) -> tuple[dict[str, int], bool]:
    """How many of the newest hits by words each ledger has, and whether there are more hits than
    were counted. Part of a search by `find`, which leaves the trace."""
    if kind_of(query) != "words":
        return {}, False
    texts = policy.visible(actor, SearchText, "search").exclude(ledger__in=registry.sealed_codes())
    ids = by_words(texts, query_words(query), TALLIED, 0, rooms_only(actor, None))
    ledgers = Entry.objects.filter(id__in=ids).values_list("ledger", flat=True)
    return dict(Counter(ledgers).most_common()), len(ids) == TALLIED


def _is_a_number(query: str) -> bool:
    """Whether a serial was typed as a bare number: it may as well stand in a text (110)."""
    return codes.halfwidth(query).strip().isdecimal()


def position(cursor: str | None) -> int:
    """The row that a cursor by position begins with; 0 for what is not understood."""
    text = cursor or ""
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _marks(cut: Query, query: str) -> list[str]:
    return query.split()


def trace(actor: Actor, query: str, count: int) -> None:
    """Log a search by words; call it wherever words narrow what is shown."""
    home = actor.posts[0] if actor.posts else None
    note_read(
        actor_id=actor.id, actor_name=actor.name, kind="search", words=query, count=count,
        room=actor.home_room,
        district=next(iter(home.districts), None) if home else None,
    )  # fmt: skip


def rooms_only(actor: Actor, ledger: str | None) -> frozenset[UUID]:
    """The rooms that an actor searches in; empty for somebody who searches more than rooms."""
    reach = actor.reach("search", ledger)
    return frozenset() if reach.everywhere or reach.whole else reach.rooms


def by_words(
    texts: QuerySet[SearchText],
    query: Query,
    limit: int,
    start: int = 0,
    rooms: frozenset[UUID] = frozenset(),
) -> list[UUID]:
    """Entries whose words include the query's, the newest first. `rooms`: where these are all."""
    if connection.vendor == "postgresql":
        return word_query.newest_with(texts, query, limit, start, rooms)
    match = RawSQL("SELECT rowid FROM ledger_words WHERE ledger_words MATCH %s", [_fts(query)])
    rows = texts.filter(id__in=match).order_by(F("received_at").desc())
    return list(rows.values_list("entry", flat=True)[start : start + limit])


def _fts(query: Query) -> str:
    """The same for FTS5: quoted words joined by AND, alternatives by OR."""

    def all_of(words: list[str]) -> str:
        return " AND ".join('"' + word.replace('"', '""') + '"' for word in words)

    parts = [all_of(query.all_of)] if query.all_of else []
    if query.any_of:
        parts.append("(" + " OR ".join(f"({all_of(words)})" for words in query.any_of) + ")")
    return " AND ".join(parts)


def _by_serial(actor: Actor, query: str, ledger: str | None, limit: int) -> list[Entry]:
    asked = serials.parse(query)
    if asked is None:
        return []
    rows = policy.visible(actor, Entry, ledger=ledger).filter(serial_no=asked.number)
    if asked.ledgers:
        rows = rows.filter(ledger__in=asked.ledgers)
    if asked.year:
        rows = rows.filter(serial_year=asked.year)
    return list(rows.order_by("-received_at")[:limit])


_CLEAN = {"phone": codes.phone, "identity": codes.identity_number}
_COLUMN = {
    "phone": "phone_hash", "identity": "id_hash", "name": "name_hash", "pinyin": "pinyin_hash",
}  # fmt: skip


def find_person(
    actor: Actor, *, kind: str, value: str, purpose: str, matter: str = "", words: str = ""
) -> list[tuple[Entry, EntryPerson]]:
    """The matters a person appears in, within the actor's jurisdiction, people masked. Those of a
    sealed ledger only for somebody who handles a matter of it.

    `kind`: phone, identity, name (exact) or pinyin. Logged as a look-up in the same transaction.
    Raises PermissionDenied, ValidationError (purpose), codes.Refused (a wrong number), LimitReached.
    """
    policy.require(actor, "lookup")
    check_purpose(purpose, matter, words)
    clean = _CLEAN[kind](value) if kind in _CLEAN else value.strip()
    if kind == "pinyin":
        clean = "".join(clean.lower().split())
    ring = keyring.load(settings.HOME)
    digest = ring.lookup(kind, clean)
    with transaction.atomic():
        limits.check_limit(actor, "lookup")
        people = list(
            policy.visible(actor, EntryPerson, "lookup")
            .filter(**{_COLUMN[kind]: digest}, ended=False)
            .order_by("-id")[:100]
        )
        home = actor.posts[0] if actor.posts else None
        note_read(
            actor_id=actor.id, actor_name=actor.name, kind="lookup", purpose=purpose,
            matter=matter, words=words, fields=[kind, digest.hex(), str(len(people))],
            room=actor.home_room,
            district=next(iter(home.districts), None) if home else None,
        )  # fmt: skip
        visible = policy.visible(actor, Entry, "lookup")
        if purpose != "matter" or not any(
            one.ledger in registry.sealed_codes() for one in _by_serial(actor, matter, None, 2)
        ):
            visible = visible.exclude(ledger__in=registry.sealed_codes())
        entries = {e.id: e for e in visible.filter(id__in=[p.entry for p in people])}
    return [(entries[p.entry], p) for p in people if p.entry in entries]
