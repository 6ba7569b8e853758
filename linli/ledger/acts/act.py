"""What is asked for: an act, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.ground.ids import new_id
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing

if TYPE_CHECKING:
    from linli.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Past:
    """An old matter that comes in as history: no running deadlines, its number and cells kept.

    `source` is a keyed hash of the row, so that the same row is taken once; `said` what cells
    said where they had to be interpreted; `state` the state the old ledger gives it, `closed_at`
    since when, where it says so.
    """

    run: UUID
    source: bytes
    number: str = ""
    state: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key (hashed with its owner) and the fingerprint of what was sent with it."""

    key_hash: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to be done. `data` is raw: it is cleaned here.

    To record: room and district, `entry` optional (an id made by the client), `responsible` only
    when the actor is not staff. Otherwise `entry`, and `rev` as the actor saw it (None: no check).
    `at` is when it happened, if not now (offline work, history). `because` names the matter that
    caused this one (see reacting.py). `files` come along beside the fields (a report's photos).
    """

    ledger: Ledger
    action: str
    actor: Actor
    data: Mapping[str, Any]
    room: UUID | None = None
    district: UUID | None = None
    entry: UUID | None = None
    rev: int | None = None
    reason: str = ""
    at: datetime | None = None
    responsible: UUID | None = None
    assisting: tuple[UUID, ...] = ()
    past: Past | None = None
    once: Once | None = None
    because: Mapping[str, str] | None = None
    files: tuple[UUID, ...] = ()
    id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        """`at` in UTC, whatever clock the client reads: steps must replay to what tables say."""
        if self.at is not None and self.at.utcoffset():
            object.__setattr__(self, "at", self.at.astimezone(UTC))

    @property
    def register(self) -> Register:
        """What is acted on, whichever it is: see ThingAct."""
        return self.ledger


@dataclass(frozen=True, slots=True)
class ThingAct:
    """One thing to be done to a thing 物 of a register. `data` is raw: it is cleaned here.

    To add: room and district, `thing` optional (an id made by the client). Otherwise `thing`, and
    `rev` as the actor saw it (None: no check). `past` for what an old list says.
    """

    register: Thing
    action: str
    actor: Actor
    data: Mapping[str, Any]
    room: UUID | None = None
    district: UUID | None = None
    thing: UUID | None = None
    rev: int | None = None
    reason: str = ""
    past: Past | None = None
    once: Once | None = None
    files: tuple[UUID, ...] = ()
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one act. The serial is the ledger's number within room and year; a thing has
    none (0), and `entry` is its id."""

    entry: UUID
    ledger: str
    action: str
    state: str
    serial_year: int
    serial_no: int
    rev: int
    step: UUID


class ConflictError(Exception):
    """Somebody else changed the entry since the actor saw it (`rev`); `seen` and `now` are revs."""

    def __init__(self, entry: UUID, seen: int, now: int) -> None:
        super().__init__(f"entry {entry} is at revision {now}, not {seen}")
        self.entry, self.seen, self.now = entry, seen, now
