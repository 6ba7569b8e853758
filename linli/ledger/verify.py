"""`linli audit verify`: every room's chain from its first step, every body against its digest,
every entry against the replay of its steps, every file against what its step says of it, every head
against its signed copy outside.

Read-only, in the order of the chain, with memory that does not grow with its length. Others go on
writing meanwhile: a head is read before its chain, and what looks wrong of an entry is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from linli.history import heads
from linli.history.chain import GENESIS, body_digest, canonical, header_hash
from linli.history.models import Head, Step, StepBody
from linli.ledger import verified_things
from linli.ledger.acts.recording import REPLAYED
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.files import checking
from linli.ledger.retention.proving import Erasures
from linli.ledger.verified_steps import SLICE, Finding, bodies_of, people_of, steps_of


def verify(rooms: Iterable[UUID] | None = None) -> Iterator[Finding]:
    """Everything found in these rooms (None: in all)."""
    signed = heads.read_all()
    only = None if rooms is None else set(rooms)
    districts = _districts(only)
    for room in sorted({*districts, *signed} if only is None else only):
        steps = Step.objects.filter(district__in=districts.get(room, ()), room=room)
        yield from _chain(room, steps, signed.get(room))
        yield from _entries(room)
        yield from _without_entry(room, steps)
        yield from verified_things.findings(room, steps)


def _districts(only: Collection[UUID] | None) -> dict[UUID, set[UUID]]:
    """Under which districts the steps of a room are: one in all likelihood. The index of the steps
    begins with it; asked for by room alone, each slice of a chain would read all steps there are."""
    found: dict[UUID, set[UUID]] = {}
    for rows in (Head.objects.all(), Step.objects.order_by()):
        of = rows if only is None else rows.filter(room__in=only)
        for room, district in of.values_list("room", "district").distinct():
            found.setdefault(room, set()).add(district)
    return found


def _chain(
    room: UUID, chained: QuerySet[Step], signed: heads.SignedHead | None
) -> Iterator[Finding]:
    """The links: no gap, no changed header, no changed body; and the tail is where it should be."""
    head = Head.objects.filter(room=room).first()
    own = _own_districts(room, head)
    previous, seq, at_head = GENESIS, 0, GENESIS
    signed_seen = signed is None
    erasures = Erasures(room)
    for steps in _slices(chained):
        bodies, erased = bodies_of(steps)
        for step in steps:
            if step.seq != seq + 1:
                yield _missing(room, seq + 1, step.seq - 1)
                previous = None  # type: ignore[assignment]
            yield from _link(step, previous)
            if own and step.district not in own:
                yield _elsewhere(step)
            yield from _body(step, bodies.get(step.id), erased.get(step.id), erasures)
            previous, seq = bytes(step.hash), step.seq
            if head and seq == head.seq:
                at_head = previous
            if signed and step.seq == signed.seq:
                signed_seen = True
                if bytes(step.hash) != signed.hash:
                    yield Finding(
                        room, seq, step.id, "head_differs",
                        _("the chain was recomputed: step %(seq)d is not the one that was signed")
                        % {"seq": seq},
                    )  # fmt: skip
    if signed and not signed_seen and signed.seq > seq:
        yield _missing(room, seq + 1, signed.seq)
    if signed and not signed.genuine:
        yield Finding(
            room, signed.seq, None, "head_forged",
            _("the signed head outside the database does not bear this keyring's signature"),
        )  # fmt: skip
    yield from _head_row(room, head, seq, at_head)


def _own_districts(room: UUID, head: Head | None) -> set[UUID]:
    """The district of the chain, and those of its matters where the room was moved meanwhile. The
    hash of a step does not hold it: it is where the row lies, and decides who sees it."""
    if head is None:
        return set()
    of = Entry.objects.filter(room=room).order_by().values_list("district", flat=True)
    return {head.district, *of.distinct()}


def _elsewhere(step: Step) -> Finding:
    text = _("step %(seq)d (%(id)s) stands under a district that is not this room's")
    return Finding(
        step.room, step.seq, step.id, "district", text % {"seq": step.seq, "id": step.id}
    )


def _slices(chained: QuerySet[Step]) -> Iterator[list[Step]]:
    last = 0
    while steps := list(chained.filter(seq__gt=last).order_by("seq")[:SLICE]):
        yield steps
        last = steps[-1].seq


def _missing(room: UUID, first: int, last: int) -> Finding:
    if first == last:
        text = _("step %(first)d is missing") % {"first": first}
    else:
        text = _("steps %(first)d to %(last)d are missing") % {"first": first, "last": last}
    return Finding(room, first, None, "missing", text)


def _link(step: Step, previous: bytes | None) -> Iterator[Finding]:
    if previous is None:
        return  # behind a gap the previous hash is not known; the step's own is used onwards
    expected = header_hash(
        previous, step.room, step.seq, step.id, step.subject, step.action, step.actor, step.act,
        step.serial, step.acted_at, step.recorded_at, bytes(step.digest),
    )  # fmt: skip
    if expected != bytes(step.hash):
        yield Finding(
            step.room, step.seq, step.id, "header",
            _("step %(seq)d (%(id)s) was changed, or the step before it")
            % {"seq": step.seq, "id": step.id},
        )  # fmt: skip


def _body(
    step: Step, body: StepBody | None, erased_by: UUID | None, erasures: Erasures
) -> Iterator[Finding]:
    named = {"seq": step.seq, "id": step.id}
    if body is None and erased_by is not None:
        by = erasures.said_by(erased_by)
        if by is None:
            text = _("the body of step %(seq)d is gone, and so is the step that erased it") % named
            yield Finding(step.room, step.seq, step.id, "erasure_unfounded", text)
        elif step.seq not in by.seqs:
            text = _(
                "the body of step %(seq)d is gone; step %(by)d, said to have erased it, did not"
            )
            said = {**named, "by": by.seq}
            yield Finding(step.room, step.seq, step.id, "erasure_unfounded", text % said)
        else:
            text = _("step %(seq)d: erased by step %(by)d under %(rule)s on %(day)s")
            said = {**named, "by": by.seq, "rule": by.rule, "day": by.day}
            yield Finding(step.room, step.seq, step.id, "erased", text % said)
    elif body is None:
        text = _("the body of step %(seq)d (%(id)s) is missing") % named
        yield Finding(step.room, step.seq, step.id, "body_missing", text)
    elif body_digest(bytes(body.salt), body.text) != bytes(step.digest):
        text = _("the body of step %(seq)d (%(id)s) was changed") % named
        yield Finding(step.room, step.seq, step.id, "body", text)


def _head_row(room: UUID, head: Head | None, seq: int, at_head: bytes) -> Iterator[Finding]:
    """The head as it was before the chain was read, against its last step and the one it names."""
    now = Head.objects.filter(room=room)
    if head is None:
        if seq and not now.exists():
            yield Finding(room, seq, None, "head_missing", _("the room's head is missing"))
    elif head.seq > seq:
        yield _missing(room, seq + 1, head.seq)
    elif (bytes(head.hash) or GENESIS) != at_head or now.filter(seq__lt=seq).exists():
        yield Finding(
            room, head.seq, None, "head_row", _("the room's head is not the end of its chain")
        )


def _entries(room: UUID) -> Iterator[Finding]:
    """Replay the steps of every entry and compare with what the tables say now."""
    every = Entry.objects.filter(room=room).order_by("id").values_list("id", flat=True)
    many = every.iterator(chunk_size=SLICE)
    while ids := list(islice(many, SLICE)):
        # Entry and steps are read one after the other: an act may have come between them.
        if suspect := {entry for entry, _found in _replayed(room, ids)}:
            yield from (found for _entry, found in _replayed(room, suspect))


_EMPTY: Mapping[str, Any] = {
    "assisting": [], "data": {}, "deadlines": {}, "category": "", "channel": "", "narrative": "",
    "place": "", "past": False, "is_open": False, "rules": "",
}  # fmt: skip


def _replayed(room: UUID, ids: Collection[UUID]) -> Iterator[tuple[UUID, Finding]]:
    """What is wrong with these entries, with the entry it is about."""
    entries = list(Entry.objects.filter(id__in=ids).order_by("id"))
    steps, people, files = steps_of(ids), people_of(ids), checking.rows_of(ids)
    bodies, _erased = bodies_of([step for group in steps.values() for step in group])
    for entry in entries:
        own = steps.get(entry.id, [])
        if not own:
            text = _("the entry %(id)s has no step: it was not made by an action")
            yield entry.id, Finding(room, 0, None, "no_step", text % {"id": entry.id})
            continue
        if any(step.id not in bodies for step in own):
            continue  # told by the chain: missing, or erased by rule
        said = [orjson.loads(bodies[s.id].text) for s in own]
        for found in _compare(entry, own, said, people):
            yield entry.id, found
        for problem in checking.problems(said, files.get(entry.id, {})):
            yield entry.id, Finding(room, own[-1].seq, own[-1].id, "file", problem)


def _compare(
    entry: Entry,
    steps: list[Step],
    bodies: list[Mapping[str, Any]],
    people: Mapping[UUID, Mapping[str, str]],
) -> Iterator[Finding]:
    replayed: dict[str, Any] = {}
    boxes: dict[str, str] = {}
    for body in bodies:
        replayed |= body["set"]
        boxes |= {person: said["box"] for person, said in body.get("people", {}).items()}
    now = orjson.loads(canonical({column: getattr(entry, column) for column in REPLAYED}))
    differing = [c for c in REPLAYED if replayed.get(c, _EMPTY.get(c)) != now[c]]
    serial = f"{entry.ledger}/{entry.serial_year}/{entry.serial_no}"
    if steps[0].serial != serial:
        differing.append("serial")
    if boxes != dict(people.get(entry.id, {})):
        differing.append("people")
    if differing:
        yield Finding(
            entry.room, steps[-1].seq, steps[-1].id, "entry",
            _("the entry %(id)s is not what its steps made of it: %(columns)s")
            % {"id": entry.id, "columns": ", ".join(differing)},
        )  # fmt: skip


def _without_entry(room: UUID, chained: QuerySet[Step]) -> Iterator[Finding]:
    """Recorded entries whose row is gone, other than by an erasure that left its stub."""
    stubs = ErasedEntry.objects.filter(room=room)
    missing = chained.filter(
        ~Exists(Entry.objects.filter(id=OuterRef("subject"))),
        ~Exists(ErasedEntry.objects.filter(id=OuterRef("subject"))),
        action="record",
    )
    for step in missing.iterator():
        yield Finding(
            room, step.seq, step.id, "entry_missing",
            _("the entry that step %(seq)d recorded is gone") % {"seq": step.seq},
        )  # fmt: skip
    erasures = Erasures(room)
    for stub in stubs.order_by("step").iterator():
        by = erasures.said_by(stub.step)
        if by is None or str(stub.id) not in by.entries:
            yield Finding(
                room, by.seq if by else 0, stub.step, "erasure_unfounded",
                _("the entry %(id)s is gone, and no step says that it was erased")
                % {"id": stub.id},
            )  # fmt: skip
