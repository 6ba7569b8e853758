"""One batch under the lock: the locked tails, what is at work, the rows to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from linli.ground import clock
from linli.history import chain
from linli.history.models import Step, StepBody
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries import rows
from linli.ledger.entries.models import (
    CountDelta,
    Entry,
    EntryPerson,
    Sealed,
    SearchText,
    SentOnce,
)

if TYPE_CHECKING:
    from django.db.models import Model

    from linli.access.actor import Actor


@dataclass(slots=True)
class Working:
    """An entry while a batch is carried out: its columns, and what is written at the end."""

    ledger: Ledger
    values: dict[str, Any]
    is_new: bool
    changed: set[str] = field(default_factory=set)
    words: list[str] | None = None
    steps: int = 0

    @property
    def register(self) -> Register:
        """What it is an entry of, whichever it is: see WorkingThing."""
        return self.ledger


@dataclass(slots=True)
class WorkingThing:
    """A thing while a batch is carried out: its columns, its parts by field, what is written."""

    register: Thing
    values: dict[str, Any]
    is_new: bool
    parts: dict[str, list[dict[str, Any]]]
    changed: set[str] = field(default_factory=set)
    new_parts: list[tuple[type[Model], dict[str, Any]]] = field(default_factory=list)
    gone_parts: list[tuple[type[Model], UUID]] = field(default_factory=list)
    changed_parts: list[tuple[type[Model], dict[str, Any]]] = field(default_factory=list)
    steps: int = 0


@dataclass(slots=True)
class Turn:
    """One batch in its transaction: the locked tails, the entries at work, the rows to write."""

    now: datetime
    tails: dict[UUID, chain.Tail]
    working: dict[UUID, Working] = field(default_factory=dict)
    things: dict[UUID, WorkingThing] = field(default_factory=dict)
    batch: rows.Batch = field(
        default_factory=lambda: {
            model: []
            for model in (
                Entry, EntryPerson, Sealed, SearchText, Step, StepBody, CountDelta, SentOnce,
            )
        }
    )  # fmt: skip

    def chain(self, work: Working | WorkingThing, step: chain.NewStep) -> None:
        """Link a step to the home room's chain and put it among the rows."""
        tail = self.tails[work.values["room"]]
        self.batch[Step].append(chain.link(tail, step, self.now))
        self.batch[StepBody].append((step.id, step.body.salt, step.body.text))

    def count(self, values: Mapping[str, Any], measure: str, n: int, at: datetime) -> None:
        self.batch[CountDelta].append(
            (
                values["district"], values["room"], values["ledger"], values["category"],
                clock.local(at).date(), measure, n,
            )
        )  # fmt: skip


def words_row(values: Mapping[str, Any], words: list[str]) -> tuple[Any, ...]:
    return (
        values["district"], values["room"], values["ledger"], values["received_at"], values["id"],
        words,
    )  # fmt: skip


_ENTRY_COLUMNS = rows.columns(Entry)
_JSON_AT = tuple(_ENTRY_COLUMNS.index(name) for name in ("assisting", "data", "deadlines"))
_in_order = itemgetter(*_ENTRY_COLUMNS)


def entry_row(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of a new entry in the order of its columns, JSON as text."""
    row = list(_in_order(values))
    for at in _JSON_AT:
        row[at] = chain.canonical(row[at])
    return tuple(row)


def table_row(model: type[Model], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of a new row of any table in the order of its columns, JSON as text."""
    return tuple(
        chain.canonical(values[name])
        if model._meta.get_field(name).get_internal_type() == "JSONField"
        else values[name]
        for name in rows.columns(model)
    )


def require(actor: Actor, permission: str, ledger: Register, room: UUID, district: UUID) -> None:
    """Raise PermissionDenied unless the actor may do this in that room's ledger."""
    if not actor.may(permission, ledger.code, room, district):
        raise PermissionDenied(permission)
