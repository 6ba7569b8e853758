"""A day in a part of a thing that runs out becomes a matter in good time: a licence is looked after
before it ends, not when somebody happens to open the card.

The program does the act `remind` on the thing; what matter follows is a reaction (linli/reactions.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import OperationalError

from linli.access.actor import system_actor
from linli.ground import clock, rules
from linli.ledger.acts.act import ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.declaration.thing import Thing, Watch
from linli.ledger.declaration.thing_actions import REMIND
from linli.ledger.entries.models import EntryLink

log = logging.getLogger(__name__)

MOST: Final = 2000  # things in one turn of the worker; the rest waits for the next
# What ran out longer ago than this came with an old list: it stands on the card, nobody is reminded.
LONG_AGO: Final = timedelta(days=366)


def remind() -> int:
    """Remind of every day that runs out soon; gives how many things. Safe to run twice: what has
    become a matter is not reminded of again."""
    done = 0
    for thing in registry.things():
        for watch in thing.watches:
            for id, room, district in _due(thing, watch, clock.today()):
                done += _reminded(thing, watch, id, room, district)
                if done >= MOST:
                    return done
    return done


def horizon(watch: Watch, today: date) -> date:
    """The last day that is reminded of on that day."""
    return today + rules.on(today).days(watch.before)


def item_of(part: Any, day: date | str) -> str:
    """What in the thing the matter comes from: the part and the day. Prolonged, it is another one."""
    return f"{part}/{day}"


def _due(thing: Thing, watch: Watch, today: date) -> Iterator[tuple[UUID, UUID, UUID]]:
    """(thing, room, district) of the standing things with a day that runs out and is no matter yet."""
    model: Any = thing.field(watch.field).part
    window = {f"{watch.day}__lte": horizon(watch, today), f"{watch.day}__gt": today - LONG_AGO}
    parts = list(model.objects.filter(**window).values_list("id", "owner", watch.day))
    owners = {owner for _id, owner, _day in parts}
    linked = set(EntryLink.objects.filter(cause__in=owners).values_list("cause", "item"))
    waiting = {
        owner for id, owner, day in parts if (owner, item_of(id, day.isoformat())) not in linked
    }
    standing = thing.model.objects.filter(thing.model.standing, id__in=waiting).order_by(
        "room", "id"
    )
    yield from standing.values_list("id", "room", "district")


def _reminded(thing: Thing, watch: Watch, id: UUID, room: UUID, district: UUID) -> int:
    act = ThingAct(thing, REMIND, system_actor("Linli"), {}, room=room, district=district, thing=id)
    try:
        carry_out([act])
    except OperationalError:  # the database itself: the next turn of the worker tries again
        raise
    except (ValidationError, PermissionDenied, ObjectDoesNotExist):
        log.warning("not reminded of %s of %s %s", watch.name, thing.code, id)
        return 0
    return 1
