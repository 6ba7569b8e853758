"""The one way in. Every change of an entry is an act; acts come in batches (one is a batch of
one), so that forms, API, import and public reports are the same code.

    done = carry_out([Act(VISITS, "record", actor, data, room=room, district=district)])

All of a batch happens in one transaction, or none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from linli.ground import clock
from linli.ground.ids import new_id
from linli.history import chain
from linli.history.models import Step, StepBody
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries import rows
from linli.ledger.entries.models import CountDelta, Entry, EntryPerson, Sealed, SearchText, SentOnce

if TYPE_CHECKING:
    from linli.access.actor import Actor
    from linli.ledger.acts.recording import NewEntry


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


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one act. `serial` is the ledger's number within room and year."""

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


@dataclass(slots=True)
class Working:
    """An entry while a batch is carried out: its columns, and what is written at the end."""

    ledger: Ledger
    values: dict[str, Any]
    is_new: bool
    changed: set[str] = field(default_factory=set)
    words: list[str] | None = None
    steps: int = 0


@dataclass(slots=True)
class Turn:
    """One batch in its transaction: the locked tails, the entries at work, the rows to write."""

    now: datetime
    tails: dict[UUID, chain.Tail]
    working: dict[UUID, Working] = field(default_factory=dict)
    batch: rows.Batch = field(
        default_factory=lambda: {
            model: []
            for model in (
                Entry, EntryPerson, Sealed, SearchText, Step, StepBody, CountDelta, SentOnce,
            )
        }
    )  # fmt: skip

    def chain(self, work: Working, step: chain.NewStep) -> None:
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


def carry_out(acts: Sequence[Act | NewEntry]) -> list[Done]:
    """Do the acts in order, in one transaction.

    Raises ValidationError (what was typed is wrong, by field), PermissionDenied, Entry.DoesNotExist
    (also where the actor may not know of it), ConflictError. On any of them nothing has happened.
    """
    from linli.ledger.acts import changing, recording

    prepared = [
        recording.prepare(act) if isinstance(act, Act) and act.action == "record" else act
        for act in acts
    ]
    new_ids = {p.values["id"] for p in prepared if isinstance(p, recording.NewEntry)}
    homes = changing.homes([a for a in prepared if isinstance(a, Act) and a.entry not in new_ids])
    for item in prepared:
        if isinstance(item, recording.NewEntry):
            homes[item.values["room"]] = item.values["district"]
    with rows.writing():
        turn = Turn(clock.now(), chain.lock(homes))
        changing.load(turn, [a for a in prepared if isinstance(a, Act)], new_ids)
        done = [enter(turn, item) for item in prepared]
        _finish(turn)
    return done


def enter(turn: Turn, item: Act | NewEntry) -> Done:
    """One act and what it causes in other ledgers."""
    from linli.ledger.acts import changing, reacting, recording

    if isinstance(item, recording.NewEntry):
        done = recording.enter(turn, item)
        if item.who is not None:
            reacting.react(turn, reacting.Happened(turn.working[done.entry], "record", item.who))
        return done
    work = turn.working.get(item.entry) if item.entry else None
    before = reacting.facts_before(work.ledger, item.action, work.values) if work else None
    done = changing.enter(turn, item)
    if before is not None:
        happened = reacting.Happened(
            turn.working[done.entry], item.action, item.actor, before, item.at
        )
        reacting.react(turn, happened)
    return done


def _finish(turn: Turn) -> None:
    """Write the entries as they stand after the last act, and all other rows."""
    for work in turn.working.values():
        if work.is_new:
            turn.batch[Entry].append(entry_row(work.values))
        elif work.changed:
            _update(work)
        if work.words and (work.is_new or not _reworded(work)):
            turn.batch[SearchText].append(words_row(work.values, work.words))
    rows.write(turn.batch, turn.tails.values())


def _update(work: Working) -> None:
    values = work.values
    touched = Entry.objects.filter(id=values["id"], rev=values["rev"] - work.steps).update(
        **{column: values[column] for column in work.changed}, rev=values["rev"]
    )
    if touched != 1:  # cannot be under the lock; if it is, nothing may be written
        raise ConflictError(values["id"], values["rev"], -1)


def _reworded(work: Working) -> bool:
    """Replace the words of an entry that has a row of them; False where it has none yet."""
    row = SearchText.objects.filter(entry=work.values["id"])
    return bool(row.update(words=work.words, received_at=work.values["received_at"]))


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


def require(actor: Actor, permission: str, ledger: Ledger, room: UUID, district: UUID) -> None:
    """Raise PermissionDenied unless the actor may do this in that room's ledger."""
    if not actor.may(permission, ledger.code, room, district):
        raise PermissionDenied(permission)
