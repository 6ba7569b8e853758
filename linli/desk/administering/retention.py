"""What is kept for how long, what was erased when, and what is held back: for auditors and
administrators. Nothing of it is content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.administering import rule_words
from linli.desk.administering.rules import span_words
from linli.desk.requests import Asked
from linli.ground import clock, rules
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.entries.serials import serial_text
from linli.ledger.retention import due, expiry, holding
from linli.ledger.retention.models import Hold, RetentionRun
from linli.org import tree

EVENTS = {
    "closed": pgettext_lazy("retention", "%(span)s after closing"),
    "received": pgettext_lazy("retention", "%(span)s after receipt"),
    "recorded": pgettext_lazy("retention", "%(span)s after recording"),
}
MOST_HOLDS = 100
RUNS = 10
LATEST = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One ledger: how long it keeps its entries from when, who says so, how many went, and when the
    next will (as of last night)."""

    title: str
    period: str
    source: str
    code: str
    erased: int
    following: str


@needs("retention")
def retention_page(request: Asked) -> HttpResponse:
    """Periods, the last nights, holds and the latest erasures."""
    actor, today = request.actor, clock.today()
    erased = policy.visible(actor, ErasedEntry, "retention")
    counts = _counts(erased)
    last = RetentionRun.objects.exclude(finished_at=None).order_by("-started_at").first()
    told: Mapping[str, Mapping[str, Any]] = last.ledgers if last else {}
    context = {
        "ledgers": [
            _shown(ledger, how, counts.get(ledger.code, 0), today, told.get(ledger.code, {}))
            for ledger, how in due.rules_of_ledgers(today)
        ],
        "runs": RetentionRun.objects.order_by("-started_at")[:RUNS],
        "holds": _holds(actor, today),
        "most_holds": MOST_HOLDS,
        "latest": [
            (serial_text(one), one, str(_why(one.rule)))
            for one in erased.order_by("-erased_at", "id")[:LATEST]
        ],
        "copies": rules.on(today).span("retention.backups").n,
    }
    return render(request, "desk/administer/retention.html", context)


def _counts(erased: QuerySet[ErasedEntry]) -> dict[str, int]:
    return dict(erased.order_by().values_list("ledger").annotate(n=Count("id")))


def _shown(
    ledger: Ledger,
    how: expiry.Kept | None,
    erased: int,
    today: date,
    told: Mapping[str, Any],
) -> Shown:
    title = str(ledger.title)
    if how is None:
        return Shown(title, _("no time is set: kept"), "", "", erased, "")
    in_force = rules.on(today)
    own = how.rule == expiry.OWN
    source = _("its own design") if own else rule_words.source(in_force.rule(how.rule).source)
    period = EVENTS[how.event] % {"span": span_words(how.span)}
    if how.open_too:
        period = _("%(period)s, also while open") % {"period": period}
    return Shown(title, period, source, "" if own else how.rule, erased, told.get("next", ""))


def _holds(actor: Actor, today: date) -> list[tuple[Hold, str, str]]:
    """The holds with room and serial of their matters: of those nothing else is read."""
    seen = policy.visible(actor, Hold, "retention")
    ids = holding.standing(today).values("id")
    rows = list(seen.filter(id__in=ids).order_by("-placed_at", "id")[:MOST_HOLDS])
    names = tree.names({hold.room for hold in rows})
    held = Entry.objects.filter(id__in=[hold.entry for hold in rows])
    serials = {
        one.id: serial_text(one) for one in held.only("id", "ledger", "serial_year", "serial_no")
    }
    return [(hold, names.get(hold.room, ""), serials.get(hold.entry, "")) for hold in rows]


_REASONS = {
    "request": gettext_lazy("by a decision of its own"),
    expiry.OWN: gettext_lazy("the ledger's own time"),
}


def _why(rule: str) -> Any:
    return _REASONS.get(rule) or rule_words.title(rule)
