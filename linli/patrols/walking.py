"""To walk a patrol: which one is under way, and a check-in at a point whose sign was scanned."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.patrols.models import CheckPoint
from linli.patrols.points import CODE

# Whoever presses twice, or scans again because the page was slow, has been there once.
AGAIN = timedelta(minutes=2)
MOST = 20


def walked(actor: Actor, room: UUID) -> list[Entry]:
    """The patrols of a room that are under way, one's own first."""
    return _in_state(actor, room, "under_way")


def planned(actor: Actor, room: UUID) -> list[Entry]:
    """The patrols of a room that could set out, one's own first."""
    return _in_state(actor, room, "planned")


def _in_state(actor: Actor, room: UUID, state: str) -> list[Entry]:
    found = policy.visible(actor, Entry, "handle", CODE).filter(
        room=room, state=state, is_open=True
    )
    newest = list(found.order_by("-received_at")[:MOST])
    return sorted(newest, key=lambda entry: entry.responsible != actor.id)


def check_in(*, actor: Actor, patrol: Entry, point: CheckPoint, remark: str = "") -> bool:
    """Note on the patrol that this point was reached; a planned patrol sets out with it.

    False where it was noted just now. Raises ValidationError, PermissionDenied, Entry.DoesNotExist
    (a patrol of another room). No position is taken, and nothing between two points.
    """
    if patrol.room != point.room:
        raise Entry.DoesNotExist
    if patrol.state == "under_way" and _just_now(patrol, point):
        return False
    doing = [_start(actor, patrol)] if patrol.state == "planned" else []
    data = {"check_point": point.name, "how": "scan", "remark": remark}
    carrying_out.carry_out(
        [*doing, Act(registry.get(CODE), "check_in", actor, data, entry=patrol.id)]
    )
    return True


def set_out(*, actor: Actor, patrol: Entry) -> None:
    """A planned patrol sets out now. Raises ValidationError where it has set out already."""
    carrying_out.carry_out([_start(actor, patrol)])


def _start(actor: Actor, patrol: Entry) -> Act:
    return Act(registry.get(CODE), "start", actor, {"started_at": clock.now()}, entry=patrol.id)


def _just_now(patrol: Entry, point: CheckPoint) -> bool:
    times = [
        datetime.fromisoformat(row["at"])
        for row in patrol.data.get("check_ins") or ()
        if row.get("check_point") == point.name and row.get("at")
    ]
    return bool(times) and clock.now() - max(times) < AGAIN
