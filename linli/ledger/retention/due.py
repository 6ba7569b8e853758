"""Which entries are due: closed long enough ago, and not held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from linli.ground import clock
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.retention import expiry, holding
from linli.ledger.retention.expiry import Kept


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would do in one ledger, over all rooms. `how` is None where nobody said how long it
    keeps its entries: they are kept."""

    ledger: Ledger
    how: Kept | None
    due: int
    held: int


def rules_of_ledgers(today: date) -> Iterator[tuple[Ledger, Kept | None]]:
    """Every ledger that may have entries, retired ones too, with how long it keeps them."""
    known = {ledger.code: ledger for ledger in registry.all_ledgers()}
    designed = LedgerDesign.objects.order_by().values_list("code", flat=True).distinct()
    for code in designed:
        if code and code not in known and registry.is_there(code):
            known[code] = registry.get(code)
    for ledger in known.values():
        yield ledger, expiry.kept(ledger, today)


def past_their_time(
    ledger: str, how: Kept, today: date, room: UUID | None = None
) -> QuerySet[Entry]:
    """The entries of a ledger (in a room) whose time is over, held or not."""
    before = datetime.combine(expiry.due_before(how, today), time(), clock.SHANGHAI)
    rows = Entry.objects.filter(ledger=ledger)
    if room is not None:
        rows = rows.filter(room=room)
    if not how.open_too:
        rows = rows.filter(is_open=False)
    if how.event == "received":
        return rows.filter(received_at__lt=before)
    if how.event == "recorded":
        return rows.filter(recorded_at__lt=before)
    closed = Q(closed_at__lt=before) | Q(is_open=False, closed_at=None, recorded_at__lt=before)
    return rows.filter(closed)


def due(ledger: str, how: Kept, today: date, room: UUID | None = None) -> QuerySet[Entry]:
    """The entries of a ledger (in a room) that are to be erased."""
    held = holding.standing(today, room).values("entry")
    return past_their_time(ledger, how, today, room).exclude(id__in=held)


def plan(today: date | None = None) -> list[Planned]:
    """What a run would do now."""
    day = today or clock.today()
    planned = []
    for ledger, how in rules_of_ledgers(day):
        over = past_their_time(ledger.code, how, day).count() if how else 0
        going = due(ledger.code, how, day).count() if how and over else 0
        planned.append(Planned(ledger, how, going, over - going))
    return planned


def next_days(today: date) -> dict[str, date]:
    """By ledger, the first day on which something of it will be due; those without anything that
    runs out are left out. One pass over all entries: for the night."""
    closed = Q(is_open=False)
    held = holding.standing(today).values("entry")
    rows = (
        Entry.objects.exclude(id__in=held)
        .order_by()
        .values("ledger")
        .annotate(
            closed=Min("closed_at", filter=closed),
            received=Min("received_at", filter=closed),
            received_open=Min("received_at"),
            recorded=Min("recorded_at", filter=closed),
        )
    )
    first = {row["ledger"]: row for row in rows}
    found = {}
    for ledger, how in rules_of_ledgers(today):
        row = first.get(ledger.code)
        if row is None or how is None:
            continue
        event = row["received_open" if how.open_too and how.event == "received" else how.event]
        if event is not None:
            found[ledger.code] = expiry.last_day(how, event) + timedelta(days=1)
    return found
