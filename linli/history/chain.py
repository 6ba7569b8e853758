"""The hash chain of a room: headers that follow each other, bodies that can be forgotten.

A writer calls `lock` first of all in its transaction; from then on it is alone in those rooms.
It then takes serials from the heads, links its steps, writes everything and advances the heads.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, transaction

from linli.ground import clock
from linli.ground.ids import new_id
from linli.history.models import Head, Step, StepBody

GENESIS = b"\0" * 32


@dataclass(slots=True)
class Tail:
    """The end of a room's chain as this transaction sees and moves it."""

    room: UUID
    district: UUID
    seq: int
    hash: bytes
    numbers: dict[str, int]

    def next_number(self, series: str) -> int:
        """The next number of a series (such as "visits/2026") without a gap."""
        number = self.numbers.get(series, 0) + 1
        self.numbers[series] = number
        return number


@dataclass(slots=True)
class Body:
    """A step's body ready to be chained: canonical JSON text, salt, salted SHA-256 digest."""

    text: str
    salt: bytes
    digest: bytes


@dataclass(slots=True)
class NewStep:
    """A step that is not yet linked. `id` and `act` are UUIDv7; times are aware UTC."""

    subject: UUID
    action: str
    actor: UUID | None
    body: Body
    acted_at: datetime
    act: UUID
    serial: str = ""
    id: UUID = field(default_factory=new_id)


def canonical(body: Mapping[str, Any]) -> str:
    """JSON with sorted keys and nothing superfluous: the same text on every database."""
    return _canonical(body).decode()


def _canonical(body: Mapping[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def make_body(body: Mapping[str, Any]) -> Body:
    text, salt = _canonical(body), os.urandom(16)
    return Body(text.decode(), salt, _digest(salt, text))


def body_digest(salt: bytes, text: str) -> bytes:
    return _digest(salt, text.encode())


def _digest(salt: bytes, text: bytes) -> bytes:
    return hashlib.sha256(salt + text).digest()


class Known(NamedTuple):
    """What a header says that is known before the lock is taken; see `header_hash`."""

    before: bytes
    after: bytes
    digest: bytes


def known(
    id: UUID,
    subject: UUID,
    action: str,
    actor: UUID | None,
    act: UUID,
    acted_at: datetime,
    digest: bytes,
) -> Known:
    """The parts of a header that do not wait for its place in the chain."""
    before = f"|{id.hex}|{subject.hex}|{action}|{actor.hex if actor else ''}|{act.hex}|"
    return Known(before.encode(), f"|{acted_at.timestamp():.6f}|".encode(), digest)


def hashed(
    previous: bytes, place: bytes, known: Sequence[bytes], serial: str, recorded_at: bytes
) -> bytes:
    """SHA-256 over the previous hash and every column, in a form no database changes.

    `known` is a Known, `place` and `recorded_at` are written by `place_of` and `time_of`.
    """
    before, after, digest = known
    return hashlib.sha256(
        b"%b%b%b%b%b%b|%b" % (previous, place, before, serial.encode(), after, recorded_at, digest)
    ).digest()


def place_of(room: UUID, seq: int) -> bytes:
    """Where in which chain a header stands, as it is hashed."""
    return b"1|%b|%d" % (room.hex.encode(), seq)


def time_of(recorded_at: datetime) -> bytes:
    """When a header was written, as it is hashed."""
    return f"{recorded_at.timestamp():.6f}".encode()


def header_hash(
    previous: bytes,
    room: UUID,
    seq: int,
    id: UUID,
    subject: UUID,
    action: str,
    actor: UUID | None,
    act: UUID,
    serial: str,
    acted_at: datetime,
    recorded_at: datetime,
    digest: bytes,
) -> bytes:
    """The hash of a whole header, as verification works it out from a row."""
    parts = known(id, subject, action, actor, act, acted_at, digest)
    return hashed(previous, place_of(room, seq), parts, serial, time_of(recorded_at))


_LOCK = "SELECT room, district, seq, hash, numbers FROM history_head WHERE room {} ORDER BY room"


def lock(rooms: Mapping[UUID, UUID]) -> dict[UUID, Tail]:
    """Lock the heads of these rooms (room -> district), in one order for all writers.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE). A room's first writer makes
    its head.
    """
    tails = _fetch_locked(rooms)
    if len(tails) < len(rooms):
        Head.objects.bulk_create(
            [Head(room=r, district=d) for r, d in sorted(rooms.items()) if r not in tails],
            ignore_conflicts=True,
        )
        tails = _fetch_locked(rooms)
    return tails


def _fetch_locked(rooms: Iterable[UUID]) -> dict[UUID, Tail]:
    keys = sorted(rooms)
    if connection.vendor == "postgresql":
        raw = connection.cursor().connection  # the psycopg connection: prepared statements
        sql = _LOCK.format("= ANY(%s)") + " FOR UPDATE"
        with connection.wrap_database_errors:
            rows = raw.execute(sql, [keys], prepare=True).fetchall()
        return {
            r[0]: Tail(
                r[0],
                r[1],
                r[2],
                bytes(r[3]) or GENESIS,
                r[4] if isinstance(r[4], dict) else json.loads(r[4]),
            )
            for r in rows
        }
    with connection.cursor() as cursor:
        sql = _LOCK.format(f"IN ({','.join(['%s'] * len(keys))})")
        cursor.execute(sql, [key.hex for key in keys])
        return {
            UUID(r[0]): Tail(UUID(r[0]), UUID(r[1]), r[2], bytes(r[3]) or GENESIS, json.loads(r[4]))
            for r in cursor.fetchall()
        }


STEP_COLUMNS = (
    "id", "district", "room", "seq", "subject", "action", "actor", "act", "serial",
    "acted_at", "recorded_at", "digest", "hash",
)  # fmt: skip


def link(tail: Tail, step: NewStep, recorded_at: datetime) -> tuple[Any, ...]:
    """Chain a step to the tail; returns its row in the order of STEP_COLUMNS."""
    tail.seq += 1
    tail.hash = header_hash(
        tail.hash, tail.room, tail.seq, step.id, step.subject, step.action, step.actor, step.act,
        step.serial, step.acted_at, recorded_at, step.body.digest,
    )  # fmt: skip
    return (
        step.id, tail.district, tail.room, tail.seq, step.subject, step.action, step.actor,
        step.act, step.serial, step.acted_at, recorded_at, step.body.digest, tail.hash,
    )  # fmt: skip


def advance(tails: Iterable[Tail]) -> None:
    """Write the moved heads; and, once committed, their signed copy outside the database."""
    from linli.history import heads

    moved = list(tails)
    for tail in moved:
        Head.objects.filter(room=tail.room).update(
            seq=tail.seq, hash=tail.hash, numbers=tail.numbers
        )
    transaction.on_commit(lambda: heads.publish(moved))


def note_change(
    *,
    district: UUID,
    room: UUID,
    subject: UUID,
    action: str,
    actor_id: UUID | None,
    actor_name: str,
    body: Mapping[str, Any],
    at: datetime | None = None,
) -> UUID:
    """Chain one change of a thing (a unit, a posting, a member of staff) in its own transaction
    or the surrounding one. `room` is the chain: the room, or the unit itself above rooms.
    Returns the step's id."""
    now = clock.now()
    step = NewStep(
        subject=subject,
        action=action,
        actor=actor_id,
        body=make_body({"by": actor_name, **body}),
        acted_at=at or now,
        act=new_id(),
    )
    with transaction.atomic():
        tail = lock({room: district})[room]
        row = dict(zip(STEP_COLUMNS, link(tail, step, now), strict=True))
        Step.objects.create(**row)
        StepBody.objects.create(step=step.id, salt=step.body.salt, text=step.body.text)
        advance([tail])
    return step.id
