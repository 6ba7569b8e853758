"""Figures for whoever sees no matter: how many each ledger received and closed, from the daily
counts of the units the role covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from linli.access import policy
from linli.access.actor import Actor
from linli.ledger.declaration import registry
from linli.ledger.entries.models import DailyCount


@dataclass(frozen=True)
class OfLedger:
    """One ledger: received this month, last month, this year; closed this year."""

    title: str
    month: int
    last_month: int
    year: int
    closed: int


def of_ledgers(actor: Actor, today: date) -> list[OfLedger]:
    """The figures of every ledger that has any, in one statement; up to the last fold of the counts
    (some seconds ago)."""
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    year = today.replace(month=1, day=1)
    received, closed = Q(measure="received"), Q(measure="closed")
    rows = (
        policy.visible(actor, DailyCount, "figures")
        .filter(day__gte=min(year, last_month), day__lte=today)
        .values("ledger")
        .annotate(
            month=Sum("n", filter=received & Q(day__gte=month), default=0),
            last_month=Sum("n", filter=received & Q(day__gte=last_month, day__lt=month), default=0),
            year=Sum("n", filter=received & Q(day__gte=year), default=0),
            closed=Sum("n", filter=closed & Q(day__gte=year), default=0),
        )
    )
    found = {row["ledger"]: row for row in rows}
    return [
        OfLedger(str(one.title), row["month"], row["last_month"], row["year"], row["closed"])
        for one in registry.all_ledgers()
        if (row := found.get(one.code))
    ]
