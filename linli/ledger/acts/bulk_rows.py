"""Prepared matters of history as the rows a bulk load takes, made in the process that prepared them.

    packer = Packer()
    position = packer.add(recording.prepare(act))
    parcel = packer.parcel()                        # small to send, quick to enter: see bulk_entry.py

What waits for the lock (serial number, place in the chain, the moment of writing) stands last in a
row, so that the one writer of the room only adds it. PostgreSQL takes lines of CSV whose escape is
a backslash: that is what a JSON list is without its brackets. SQLite takes tuples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from itertools import chain as chain_of
from operator import itemgetter
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from django.db import connection, models

from linli.ground import clock
from linli.ground.ids import new_id
from linli.history import chain
from linli.history.models import Step, StepBody
from linli.ledger.acts import attaching
from linli.ledger.acts.recording import NewEntry
from linli.ledger.acts.turn import words_row
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.entries import rows
from linli.ledger.entries.models import CountDelta, Entry, EntryPerson, Sealed, SearchText

# One row as the database takes it: bytes (PostgreSQL) or a tuple (SQLite).
Line = Any

# What only the writer knows, last in its row.
LATE: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Entry: ("serial_no", "recorded_at"),
    Step: ("seq", "serial", "recorded_at", "hash"),
}
# Tables whose rows are whole before the lock is taken.
WHOLE: Final = (EntryPerson, Sealed, SearchText, StepBody)


Counted = tuple[str, date, str]  # category, day, measure


@dataclass(slots=True)
class Parcel:
    """Prepared matters of one ledger in one room, in order: one item of every list each.

    `before`, `after` and `digests` are the parts of the steps' headers (see chain.known). `whole`
    are the rows of the tables of `WHOLE`, `sizes` how many of them each matter has. `counts` is what
    each adds to the daily counts (category, day, measure): what is alike is written once.
    """

    ledger: str
    room: UUID | None
    district: UUID | None
    ids: list[bytes]
    years: list[int]
    entries: list[Line]
    steps: list[Line]
    before: list[bytes]
    after: list[bytes]
    digests: list[bytes]
    whole: list[list[Line]]
    sizes: list[list[int]]
    counts: list[tuple[Counted, ...]]

    def only(self, positions: Sequence[int]) -> Parcel:
        """These of its matters, in order."""
        if len(positions) == len(self.ids):
            return self

        def of(listed: list[Any]) -> list[Any]:
            return [listed[at] for at in positions]

        def of_whole(lines: list[Line], sizes: list[int]) -> list[Line]:
            ends = list(accumulate(sizes))
            return [line for at in positions for line in lines[ends[at] - sizes[at] : ends[at]]]

        return Parcel(
            self.ledger, self.room, self.district, of(self.ids), of(self.years), of(self.entries),
            of(self.steps), of(self.before), of(self.after), of(self.digests),
            [of_whole(*one) for one in zip(self.whole, self.sizes, strict=True)],
            [of(one) for one in self.sizes],
            of(self.counts),
        )  # fmt: skip

    def counted(self) -> list[Line]:
        """What its matters add to the daily counts, as rows of CountDelta."""
        table = made_for(CountDelta)
        for counted, n in Counter(chain_of.from_iterable(self.counts)).items():
            table.add((self.district, self.room, self.ledger, *counted, n))
        return table.done()


class Packer:
    """Packs prepared matters of one ledger and room. Only history is packed: it starts no
    deadlines, causes nothing in other ledgers, binds no files and has no idempotency key."""

    def __init__(self) -> None:
        self.first: NewEntry | None = None
        self.ids: list[bytes] = []
        self.years: list[int] = []
        self.known: list[chain.Known] = []
        self.entries, self.steps = made_for(Entry), made_for(Step)
        self.whole = [made_for(model) for model in WHOLE]
        self.sizes: list[list[int]] = [[] for _ in WHOLE]
        self.counts: list[tuple[Counted, ...]] = []

    def add(self, new: NewEntry) -> int:
        """Pack one more; its position in the parcel. Its values are used up."""
        values = new.values
        if not values["past"] or new.once or new.who or new.files is not attaching.NOTHING:
            raise ValueError("only what comes in as history is entered in bulk")
        self.first = self.first or new
        id, step, body = values["id"], new_id(), new.body
        self.ids.append(id.bytes)
        self.known.append(
            chain.known(step, id, new.action, new.actor, new.act, new.at, body.digest)
        )
        self._add_whole(new, step)
        received = clock.local(values["received_at"]).date()
        self.counts.append(_counted(values, received))
        values["serial_year"] = received.year
        self.years.append(values["serial_year"])
        for name in ("assisting", "data", "deadlines"):
            values[name] = chain.canonical(values[name])
        self.entries.add(_early_entry(values))
        self.steps.add(
            (
                step, values["district"], values["room"], id, new.action, new.actor, new.act,
                new.at, body.digest,
            )
        )  # fmt: skip
        return len(self.ids) - 1

    def _add_whole(self, new: NewEntry, step: UUID) -> None:
        made: tuple[list[tuple[Any, ...]], ...] = (
            new.people,
            new.sealed,
            [words_row(new.values, new.words)] if new.words else [],
            [(step, new.body.salt, new.body.text)],
        )
        for table, sizes, listed in zip(self.whole, self.sizes, made, strict=True):
            sizes.append(len(listed))
            for row in listed:
                table.add(row)

    def parcel(self) -> Parcel:
        """All that was packed."""
        of = self.first.values if self.first else {}
        before, after, digests = zip(*self.known, strict=True) if self.known else ((), (), ())
        return Parcel(
            of.get("ledger", ""), of.get("room"), of.get("district"), self.ids, self.years,
            self.entries.done(), self.steps.done(), list(before), list(after), list(digests),
            [table.done() for table in self.whole], self.sizes, self.counts,
        )  # fmt: skip


def _counted(values: Mapping[str, Any], received: date) -> tuple[Counted, ...]:
    """What a matter adds to the daily counts when it comes in."""
    if values["state"] == VOID:
        return ()
    category, closed_at = values["category"], values["closed_at"]
    if not closed_at:
        return ((category, received, "received"),)
    same = closed_at == values["received_at"]  # as where an old book tells of one time only
    closed = received if same else clock.local(closed_at).date()
    return (category, received, "received"), (category, closed, "closed")


@cache
def early(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a table that are known before the lock."""
    late = LATE.get(model, ())
    return tuple(name for name in rows.columns(model) if name not in late)


_early_entry = itemgetter(*early(Entry))


class _Table(Protocol):
    """Takes the rows of a table, gives them as lines."""

    def add(self, row: Sequence[Any]) -> None: ...
    def done(self) -> list[Line]: ...


def made_for(model: type[models.Model]) -> _Table:
    """What takes the rows of this table for the database that is in use."""
    return _Lines(model) if connection.vendor == "postgresql" else _Tuples(model)


# PostgreSQL: lines for COPY

COPY: Final = "COPY {} ({}) FROM STDIN (FORMAT csv, ESCAPE '\\', NULL 'null')"
_END: Final = orjson.Fragment(b"\n")  # JSON writes a line's end as \n: a bare one is ours
_ESCAPED = re.compile(rb"\\(u[0-9a-f]{4}|.)")
_NOT_CSV = re.compile(rb"\\[nrtbfu]")  # escapes that JSON knows and CSV does not
# Tables whose texts are themselves JSON, hexadecimal or words: no control sign stands in them.
_NO_SIGNS: Final = (Sealed, SearchText, StepBody)
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class _Lines:
    """All values of a batch are written at once, as one JSON list, and then cut into lines."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.values: list[Any] = []

    def add(self, row: Sequence[Any]) -> None:
        self.values += row
        self.values.append(_END)

    def done(self) -> list[Line]:
        if not self.values:
            return []
        width = len(early(self.model)) + 1
        for at, turn in _turns(self.model):
            column = self.values[at::width]
            self.values[at::width] = [None if one is None else turn(one) for one in column]
        text = orjson.dumps(self.values, option=orjson.OPT_UTC_Z)
        # "[" or "," and a row and ",", each ended by our bare newline; after the last the "]"
        lines = [row[1:-1] for row in text.split(b"\n")[:-1]]
        if self.model not in _NO_SIGNS and _NOT_CSV.search(text):
            lines = [_ESCAPED.sub(_meant, one) if _NOT_CSV.search(one) else one for one in lines]
        return lines


def _meant(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign in (b'"', b"\\"):
        return found[0]
    return _MEANT.get(sign) or chr(int(sign[1:], 16)).encode()


@cache
def _turns(model: type[models.Model]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Where in the early columns a value needs another form, and which."""
    by_kind: dict[str, Callable[[Any], Any]] = {"BinaryField": _hexed, "WordsField": _array}
    kinds = [model._meta.get_field(name).get_internal_type() for name in early(model)]
    return tuple((at, by_kind[kind]) for at, kind in enumerate(kinds) if kind in by_kind)


def _hexed(value: bytes) -> str:
    return "\\x" + value.hex()


def _array(words: list[str]) -> str:
    """Words are letters, digits and a colon (ground/words.py): nothing to quote but NULL."""
    if "null" in words:
        words = ['"null"' if word == "null" else word for word in words]
    return f"{{{','.join(words)}}}"


# SQLite: tuples for executemany


class _Tuples:
    """Rows as Django itself would have stored them."""

    def __init__(self, model: type[models.Model]) -> None:
        by_name = dict(zip(rows.columns(model), rows.sqlite_adapters(model), strict=True))
        self.adapt = [by_name[name] for name in early(model)]
        self.lines: list[Line] = []

    def add(self, row: Iterable[Any]) -> None:
        pairs = zip(self.adapt, row, strict=True)
        self.lines.append(tuple([a(v) if a and v is not None else v for a, v in pairs]))

    def done(self) -> list[Line]:
        return self.lines
