"""What waits for a person: the questions the desk asks."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.acts.overdue import levels_reached
from linli.ledger.declaration.registry import all_ledgers
from linli.ledger.entries.models import Entry


def due(actor: Actor, limit: int = 50) -> list[Entry]:
    """Open matters I answer for, the nearest deadline first."""
    if actor.id is None:
        return []
    return list(
        policy.visible(actor, Entry)
        .filter(responsible=actor.id, is_open=True, due_at__isnull=False)
        .order_by("due_at", "id")[:limit]
    )


def overdue(actor: Actor, limit: int = 200) -> list[Entry]:
    """What is overdue in the rooms I lead, the longest first: the head of a room sees it when it
    is due, the chief of the station when it has gone up to them (acts/overdue.py)."""
    now = clock.now()
    posts = [post for post in actor.holders("assign") if post.unit_kind in ("room", "station")]
    if not posts:
        return []
    headed = {post.unit for post in posts if post.unit_kind == "room"}
    late = (
        policy.visible(actor, Entry)
        .filter(reduce(or_, (post.reach.q() for post in posts)))
        .filter(is_open=True, due_at__lt=now)
        .order_by("due_at", "id")
    )
    return [
        entry for entry in late[: 2 * limit] if entry.room in headed or _known_to_chief(entry, now)
    ][:limit]


def _known_to_chief(entry: Entry, now: datetime) -> bool:
    return entry.due_at is not None and "chief" in levels_reached(entry.due_at, entry.district, now)


def to_accept(actor: Actor) -> list[Entry]:
    """Matters a colleague wants to hand to me, the longest waiting first."""
    if actor.id is None:
        return []
    return list(
        policy.visible(actor, Entry).filter(offered_to=actor.id).order_by("offered_at")[:50]
    )


def came_in(actor: Actor, since: datetime, limit: int = 30) -> list[Entry]:
    """What reached my rooms since then by others' hands (residents' reports, 110, colleagues)."""
    return list(
        policy.visible(actor, Entry)
        .filter(past=False, recorded_at__gte=since, received_at__gte=since)
        .exclude(recorded_by=actor.id)
        .exclude(ledger__in=[one.code for one in all_ledgers() if one.frozen or one.sealed])
        .order_by("-received_at")[:limit]
    )
