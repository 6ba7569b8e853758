"""To sign a day's log off: once, for oneself, and then it stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.duty.day import CODE, compose, of_room
from linli.ground import clock
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act, Done
from linli.ledger.declaration import registry
from linli.ledger.entries import rows
from linli.ledger.forms import drafts
from linli.org.tree import district_of

_FIRST_YEAR: Final = 1900  # before it even the sums of time zones fail
_LOGS: Final = UUID("6f1d2f0e-3b7c-5c61-9c0c-7e1f0a4f5b10")


def log_id(staff: UUID, day: date) -> UUID:
    """The id of the log of a member of staff for a day: always the same, so there is only one."""
    return uuid5(_LOGS, f"{staff}/{day.isoformat()}")


def sign_off(*, actor: Actor, day: date, remark: str) -> Done:
    """Freeze the actor's log of that day with a remark, and drop the draft of the remark.

    Raises ValidationError (signed before, a day to come), PermissionDenied (nobody's room).
    """
    room = _room(actor)
    act = Act(
        registry.get(CODE), "record", actor, {"day": day.isoformat(), "remark": remark},
        room=room, district=district_of(room),
    )  # fmt: skip
    with rows.writing():
        done = carrying_out.carry_out([act])[0]
        draft = drafts.about(actor, done.entry)
        if draft is not None:
            drafts.drop(actor, draft.id)
    return done


def composed(act: Act) -> Act:
    """The act of signing off, filled in from the day's steps (the ledger's `compose`)."""
    actor = act.actor
    if actor.id is None or act.past is not None:
        raise PermissionDenied(_("A work log is signed off by the person whose day it was."))
    if act.room != _room(actor):
        raise ValidationError(_("A work log belongs to the room you are posted at."), code="room")
    if set(act.data) - {"day", "remark"}:
        raise ValidationError(
            _("A work log takes a day and a remark; its lines are composed."), code="unknown"
        )
    day = _day(act.data.get("day"))
    log = of_room(compose(actor.id, day), _room(actor))
    data: dict[str, Any] = {**act.data, "day": day.isoformat(), "log": log.kept()}
    entry = log_id(actor.id, day)
    return replace(act, data=data, entry=entry, at=None, responsible=None, assisting=())


def _room(actor: Actor) -> UUID:
    if actor.home_room is None:
        raise PermissionDenied(_("Work logs are kept by the people of a police room."))
    return actor.home_room


def _day(said: Any) -> date:
    try:
        day = date.fromisoformat(str(said).strip())
    except ValueError:
        day = date.min
    if day.year < _FIRST_YEAR:
        problem = _("A day is written 2026-11-23.")
    elif day > clock.today():
        problem = _("This day has not come yet. Sign its log off when it is over.")
    else:
        return day
    raise ValidationError({"day": ValidationError(problem, code="day")})
