"""Serials whose matters were erased, in words: a gap in a register is explained where it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries import serials
from linli.ledger.entries.models import ErasedEntry
from linli.ledger.entries.serials import written
from linli.ledger.reading.lists import Filters

# What a stub still knows of its matter; narrowed by anything else, nobody can say what is missing.
_KNOWN = ("room", "since", "until", "order")
_MOST = 40


def said(actor: Actor, ledger: Ledger, filters: Filters, permission: str = "read") -> list[str]:
    """One line for each year and rule: from which to which serial how many matters were erased."""
    asked = {name for name, value in vars(filters).items() if value}
    if asked - set(_KNOWN):
        return []
    rows = policy.visible(actor, ErasedEntry, permission, ledger.code)
    if filters.room:
        rows = rows.filter(room=filters.room)
    if filters.since:
        rows = rows.filter(received_on__gte=filters.since)
    if filters.until:
        rows = rows.filter(received_on__lte=filters.until)
    groups = (
        rows.order_by("serial_year", "rule")
        .values("serial_year", "rule")
        .annotate(first=Min("serial_no"), last=Max("serial_no"), n=Count("id"), at=Max("erased_at"))
    )
    return [_line(str(ledger.letter), group) for group in groups[:_MOST]]


def by_serial(actor: Actor, typed: str) -> UUID | None:
    """The erased matter of a serial as typed, where the actor could read it and it is the only one."""
    asked = serials.parse(typed)
    if asked is None or not asked.ledgers:
        return None
    rows = policy.visible(actor, ErasedEntry).filter(
        ledger__in=asked.ledgers, serial_no=asked.number
    )
    if asked.year:
        rows = rows.filter(serial_year=asked.year)
    found = list(rows.values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def _line(letter: str, group: Mapping[str, Any]) -> str:
    year, n = group["serial_year"], group["n"]
    first, last = (written(letter, year, group[end]) for end in ("first", "last"))
    serials = (
        first if first == last else _("%(first)s up to %(last)s") % {"first": first, "last": last}
    )
    told = ngettext(
        "%(serials)s: %(n)d matter erased up to %(day)s under %(rule)s",
        "%(serials)s: %(n)d matters erased up to %(day)s under %(rule)s",
        n,
    )
    day = f"{clock.local(group['at']):%Y-%m-%d}"
    return told % {"serials": serials, "n": n, "day": day, "rule": group["rule"]}
