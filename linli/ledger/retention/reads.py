"""The read log after its time: whole seals at once, with a chained step, so that the rest still adds up."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import groupby
from typing import Final
from uuid import UUID

from linli.ground import clock, rules
from linli.history import chain
from linli.history.models import ReadLog, Step
from linli.history.sealing_reads import ACTION as SEALED
from linli.ledger.entries.rows import writing
from linli.ledger.retention import erasing, holding
from linli.ledger.retention.expiry import Kept, due_before

RULE: Final = "retention.read_log"
_SLICE: Final = 50  # seals under one step; each has at most 2,000 reads


def forget(today: date) -> int:
    """Erase the reads that were sealed long enough ago; those with a held entry among them wait.
    Gives how many reads went."""
    how = Kept(rules.on(today).span(RULE), "recorded", RULE)
    before = datetime.combine(due_before(how, today), time(), clock.SHANGHAI)
    held = list(holding.standing(today).values_list("entry", flat=True))
    kept: set[UUID] = set()
    gone = 0
    while steps := _over(before, kept):
        waiting = _with_held(steps, held)
        kept |= waiting
        going = [step for step in steps if step.id not in waiting]
        for (room, district), some in groupby(going, key=lambda one: (one.room, one.district)):
            gone += _erase(room, district, list(some))
    return gone


def _over(before: datetime, kept: set[UUID]) -> list[Step]:
    seals = ReadLog.objects.filter(at__lt=before).exclude(sealed_by=None)
    if kept:
        seals = seals.exclude(sealed_by__in=kept)
    ids = seals.order_by().values_list("sealed_by", flat=True).distinct()[: _SLICE * 4]
    over = Step.objects.filter(id__in=list(ids), action=SEALED, recorded_at__lt=before)
    return list(over.order_by("room", "seq")[:_SLICE])


def _with_held(steps: list[Step], held: list[UUID]) -> set[UUID]:
    if not held:
        return set()
    rows = ReadLog.objects.filter(sealed_by__in=[step.id for step in steps], entry__in=held)
    return {id for id in rows.values_list("sealed_by", flat=True).distinct() if id is not None}


def _erase(room: UUID, district: UUID, steps: list[Step]) -> int:
    with writing():
        erasing.overwriting()
        chain.lock({room: district})
        rows = ReadLog.objects.filter(sealed_by__in=[step.id for step in steps])
        count = rows.count()
        if count:
            said = {"rule": RULE, "reads": count, "day": clock.today()}
            erasing.take_bodies(room, district, [(step.id, step.seq) for step in steps], said)
            rows._raw_delete(rows.db)
    return count
