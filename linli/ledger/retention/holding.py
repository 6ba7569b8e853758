"""Holds: what stops the clock of an entry, who says so and why, and how it ends.

A hold is a thing of its own beside the entry: its steps are chained in the entry's room under the id
of the hold, and the entry itself is not changed by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor
from linli.ground import clock
from linli.history import chain
from linli.ledger.entries.models import Entry
from linli.ledger.entries.rows import writing
from linli.ledger.retention.models import Hold

PLACED: Final = "hold_placed"
RELEASED: Final = "hold_released"
LONGEST: Final = 300  # signs of a reason


def standing(today: date, room: UUID | None = None) -> QuerySet[Hold]:
    """The holds that stop a clock today (of one room)."""
    holds = Hold.objects.filter(Q(until=None) | Q(until__gte=today), released_at=None)
    return holds if room is None else holds.filter(room=room)


def of_entry(entry: UUID) -> list[Hold]:
    """The holds that stop the clock of an entry today, the oldest first."""
    return list(standing(clock.today()).filter(entry=entry).order_by("placed_at", "id"))


def held(entries: Iterable[UUID]) -> set[UUID]:
    """Of these entries the ones that are held today."""
    found = standing(clock.today()).filter(entry__in=list(entries))
    return set(found.values_list("entry", flat=True))


def place(entry: Entry, *, by: Actor, reason: str, until: date | None = None) -> Hold:
    """Stop the clock of an entry. Raises ValidationError; Entry.DoesNotExist where it was erased
    meanwhile."""
    reason = _said(reason)
    if until is not None and until < clock.today():
        raise ValidationError({"until": ValidationError(_("This day is over."), code="past")})
    with writing():
        chain.lock({entry.room: entry.district})
        Entry.objects.get(id=entry.id)
        hold = Hold.objects.create(
            district=entry.district, room=entry.room, ledger=entry.ledger, entry=entry.id,
            reason=reason, until=until, placed_at=clock.now(), placed_by=by.id,
            placed_by_name=by.name,
        )  # fmt: skip
        _note(hold, PLACED, by, {"reason": reason, "until": until})
    return hold


def release(hold: Hold, *, by: Actor, reason: str) -> bool:
    """End a hold; False where somebody else was quicker. Raises ValidationError."""
    reason = _said(reason)
    with writing():
        chain.lock({hold.room: hold.district})
        done = Hold.objects.filter(id=hold.id, released_at=None).update(
            released_at=clock.now(), released_by_name=by.name, release_reason=reason
        )
        if done:
            _note(hold, RELEASED, by, {"reason": reason})
    return bool(done)


def _said(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": ValidationError(_("Give the reason."), code="required")})
    if len(reason) > LONGEST:
        problem = _("At most %(most)d signs.")
        raise ValidationError({"reason": ValidationError(problem, params={"most": LONGEST})})
    return reason


def _note(hold: Hold, action: str, by: Actor, said: dict[str, object]) -> None:
    chain.note_change(
        district=hold.district, room=hold.room, subject=hold.id, action=action, actor_id=by.id,
        actor_name=by.name, body={"entry": hold.entry, **said},
    )  # fmt: skip
