"""A thing is given to another room: it ends here and begins there, and each names the other."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.ground.ids import new_id
from linli.history import chain
from linli.ledger.acts.act import ThingAct
from linli.ledger.acts.correcting import key_of
from linli.ledger.acts.thing_values import columns_of, part_row, recount
from linli.ledger.acts.turn import Turn, WorkingThing
from linli.ledger.declaration.thing_actions import ADD
from linli.ledger.entries import people
from linli.ledger.entries.models import EntryPerson, Sealed
from linli.ledger.entries.opening import opened
from linli.ledger.entries.people import people_in_body, seal_row
from linli.org.models import Unit, UnitKind
from linli.org.tree import district_of


def receiver(act: ThingAct) -> tuple[UUID, UUID] | None:
    """(room, district) that an act gives its thing to; None where it names no room."""
    try:
        id = UUID(str(act.data.get("to_room") or ""))
    except ValueError:
        return None
    room = Unit.objects.filter(pk=id, kind=UnitKind.ROOM, until=None).first()
    return None if room is None else (room.pk, district_of(room.pk))


def move(turn: Turn, work: WorkingThing, act: ThingAct, body: dict[str, Any]) -> date:
    """Begin the thing in the room that takes it over; gives the day on which it ends here.

    Whoever gives it answers for it in both rooms, or is their chief: PermissionDenied otherwise.
    Its files stay where they are: they belong to what was seen here.
    """
    to = receiver(act)
    if to is None or to[0] == work.values["room"] or to[0] not in turn.tails:
        raise ValidationError({"to_room": _("Choose another room.")})
    room, district = to
    if not act.actor.may("correct", act.register.code, room, district):
        raise PermissionDenied(_("Only who works for both rooms gives it over: ask your chief."))
    today = clock.local(turn.now).date()
    values: dict[str, Any] = {
        **work.values, "id": new_id(), "room": room, "district": district, "since": today,
        "until": None, "moved_from": work.values["id"], "rev": 1, "made_at": turn.now,
        "made_by": act.actor.id, "source": None, "data": dict(work.values["data"]),
    }  # fmt: skip
    for name in act.register.by_kind.get("files", ()):
        values["data"].pop(name, None)
    there = WorkingThing(act.register, values, is_new=True, parts={})
    turn.things[values["id"]] = there
    for field in act.register.parts:
        assert field.part is not None
        rows = [part_row(field, values, row, n) for n, row in enumerate(work.parts[field.name])]
        there.new_parts += [(field.part, row) for row in rows]
        there.parts[field.name] = [
            {**said, "id": str(row["id"])}
            for said, row in zip(work.parts[field.name], rows, strict=True)
        ]
    said: dict[str, Any] = {
        "by": act.actor.name, "via": act.actor.via, "register": act.register.code,
        "set": {c: v for c in columns_of(act.register) if (v := values[c]) or type(v) is float},
        "moved_from": str(work.values["id"]), **_people(turn, work, there),
    }  # fmt: skip
    if any(there.parts.values()):
        said["parts"] = {name: rows for name, rows in there.parts.items() if rows}
    step = chain.NewStep(
        subject=values["id"], action=ADD, actor=act.actor.id, body=chain.make_body(said),
        acted_at=turn.now, act=act.id,
    )  # fmt: skip
    turn.chain(there, step)
    recount(turn, there, {})
    body["moved_to"] = str(values["id"])
    return today


def _people(turn: Turn, here: WorkingThing, there: WorkingThing) -> dict[str, Any]:
    """The people go along, sealed anew for where they are now; what the step says of them."""
    ring = keyring.load(settings.HOME)
    rows = EntryPerson.objects.filter(entry=here.values["id"], ended=False).order_by("position")
    kept = [
        people.keep({**opened(row.id, here.values["id"], ring), "role": row.role}, ring)
        for row in rows
    ]
    if not kept:
        return {}
    key = key_of(there)
    sealed = [
        seal_row(there.values, owner=k.id, version=1, plain=k.plain, key=key, ring=ring)
        for k in kept
    ]
    where = there.values["district"], there.values["room"], there.values["id"]
    turn.batch[EntryPerson] += [
        (k.id, *where, n, k.role, *k.masks, *k.hashes, False) for n, k in enumerate(kept)
    ]
    turn.batch[Sealed] += sealed
    return {"people": people_in_body(kept, sealed)}
