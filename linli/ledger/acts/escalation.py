"""What is overdue goes up: to the head of the room when it is due, to the chief of the station a
working day later (rules `escalation.head` and `escalation.chief`). Each is a step of the matter,
made once per deadline and level by the program itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import OperationalError

from linli.access.actor import system_actor
from linli.ground import clock
from linli.ledger.acts.act import Act, ConflictError
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.acts.overdue import levels_reached
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import ESCALATE, LEVELS
from linli.ledger.entries.models import Entry

log = logging.getLogger(__name__)

AT_ONCE: Final = 100  # steps in one transaction, so that nobody waits long for the room's lock
MOST: Final = 5000  # steps in one turn of the worker; the rest waits for the next


def escalate() -> int:
    """Report everything that has become overdue; gives how many steps were made.

    Safe to run twice and by several workers: what was told under the lock is not told again.
    """
    waiting = list(islice(_waiting(clock.now()), MOST))
    done = 0
    for _room, acts in groupby(waiting, key=lambda act: act.room):
        listed = list(acts)
        for start in range(0, len(listed), AT_ONCE):
            done += _carried_out(listed[start : start + AT_ONCE])
    return done


def _waiting(now: datetime) -> Iterator[Act]:
    """The steps to be made, room by room."""
    rows = Entry.objects.filter(is_open=True, due_at__lt=now).order_by("room", "due_at")
    columns = ("id", "ledger", "room", "district", "deadlines")
    for id, ledger, room, district, kept in rows.values_list(*columns).iterator(2000):
        if not registry.is_there(ledger):
            continue
        for name, level in _untold(kept, district, now):
            yield Act(
                registry.get(ledger), ESCALATE, system_actor("Linli"),
                {"overdue_deadline": name, "escalated_to": level},
                entry=id, room=room, district=district,
            )  # fmt: skip


def _untold(
    kept: Mapping[str, Mapping[str, str]], district: UUID, now: datetime
) -> Iterable[tuple[str, str]]:
    for name, one in sorted(kept.items()):
        if "met" in one or all(level in one for level in LEVELS):
            continue
        for level in levels_reached(datetime.fromisoformat(one["due"]), district, now):
            if level not in one:
                yield name, level


def _carried_out(acts: Sequence[Act]) -> int:
    """All in one transaction; where one of them cannot be done, each by itself."""
    try:
        return len(carry_out(acts))
    except OperationalError:  # the database itself: the next turn of the worker tries again
        raise
    except Exception:
        return sum(_one(act) for act in acts)


def _one(act: Act) -> int:
    try:
        return len(carry_out([act]))
    except (ValidationError, ConflictError, Entry.DoesNotExist):
        return 0  # met, closed or told meanwhile
    except OperationalError:
        raise
    except Exception:  # a broken one keeps no other from going up
        log.exception("not escalated: entry %s", act.entry)
        return 0
