"""Which matter came from which: read for pages, print and programs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from linli.access import policy
from linli.access.actor import Actor
from linli.ledger.entries.models import Entry, EntryLink


@dataclass(frozen=True)
class Links:
    """The matters that one came from and those that it led to, as far as the reader may see them."""

    came_from: list[Entry]
    led_to: list[Entry]

    def __bool__(self) -> bool:
        return bool(self.came_from or self.led_to)


def of(actor: Actor, entry: UUID) -> Links:
    """The links of a matter, in the order they were made."""
    rows = list(EntryLink.objects.filter(Q(cause=entry) | Q(effect=entry)).order_by("at", "id"))
    if not rows:
        return Links([], [])
    wanted = {row.cause for row in rows} | {row.effect for row in rows}
    seen = {one.id: one for one in policy.visible(actor, Entry).filter(id__in=wanted - {entry})}
    return Links(
        [seen[row.cause] for row in rows if row.effect == entry and row.cause in seen],
        [seen[row.effect] for row in rows if row.cause == entry and row.effect in seen],
    )
