"""Reads are chained too: the worker seals the new rows of a room's read log into its history.

A row is written with the look it tells of, without waiting for the room's chain; some seconds later
one step "reads" says how many rows there were and what they hash to. Afterwards the database
refuses any change of them, and a row taken away or altered behind its back is found by `check`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction

from linli.history import chain
from linli.history.models import Erasure, ReadLog, Step, StepBody

ACTION: Final = "reads"
MOST: Final = 2000  # rows under one step
# Looks that belong to no room (a search over a whole district, or over nothing) have a chain of
# their own: that of the district, or this one.
NOWHERE: Final = UUID(int=0)


def seal_all() -> int:
    """Seal all new rows, room by room; gives how many."""
    places = (
        ReadLog.objects.filter(sealed_by=None).values_list("room", "district").distinct().order_by()
    )
    return sum(_seal_place(room, district) for room, district in list(places))


def _seal_place(room: UUID | None, district: UUID | None) -> int:
    total = 0
    while done := _seal_some(room, district):
        total += done
        if done < MOST:
            break
    return total


def _seal_some(room: UUID | None, district: UUID | None) -> int:
    where = room or district or NOWHERE
    home = district or NOWHERE
    with transaction.atomic():
        chain.lock({where: home})  # two workers at once: the second finds nothing left
        rows = list(
            ReadLog.objects.filter(sealed_by=None, room=room, district=district).order_by(
                "at", "id"
            )[:MOST]
        )
        if not rows:
            return 0
        step = chain.note_change(
            district=home,
            room=where,
            subject=where,
            action=ACTION,
            actor_id=None,
            actor_name="linli",
            body={
                "count": len(rows),
                "first": rows[0].at,
                "last": rows[-1].at,
                "sha256": digest(rows),
            },
        )
        ReadLog.objects.filter(id__in=[row.id for row in rows]).update(sealed_by=step)
    return len(rows)


def digest(rows: Iterable[ReadLog]) -> str:
    """The hash of rows in the order of time and id, over every column but the seal itself."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(text_of(row).encode() + b"\n")
    return whole.hexdigest()


def text_of(row: ReadLog) -> str:
    """A row as text that no database changes: canonical JSON, the time as seconds."""
    columns = {
        field.name: getattr(row, field.name)
        for field in ReadLog._meta.concrete_fields
        if field.name not in ("sealed_by", "at")
    }
    return chain.canonical({**columns, "at": f"{row.at.timestamp():.6f}"})


@dataclass(frozen=True, slots=True)
class Unsound:
    """Sealed reads that are not what was sealed."""

    room: UUID
    seq: int
    step: UUID
    message: str


def check(rooms: Iterable[UUID] | None = None) -> Iterator[Unsound]:
    """Compare sealed rows with what their steps say of them. Steps whose rows were erased after
    their time have an Erasure (which verification of the chain looks at)."""
    steps = Step.objects.filter(action=ACTION)
    if rooms is not None:
        steps = steps.filter(room__in=list(rooms))
    for step in steps.order_by("room", "seq").iterator(chunk_size=500):
        body = StepBody.objects.filter(step=step.id).first()
        rows = list(ReadLog.objects.filter(sealed_by=step.id).order_by("at", "id"))
        if body is None and not rows and Erasure.objects.filter(step=step.id).exists():
            continue
        said: dict[str, Any] = orjson.loads(body.text) if body else {}
        if len(rows) != said.get("count"):
            message = f"{len(rows)} logged reads where {said.get('count')} were sealed"
            yield Unsound(step.room, step.seq, step.id, message)
        elif digest(rows) != said.get("sha256"):
            yield Unsound(step.room, step.seq, step.id, "logged reads were changed")
