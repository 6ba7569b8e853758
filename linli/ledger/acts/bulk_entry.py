"""Many matters of history enter a room in one transaction: what `acts.carry_out` does with them
one by one, for parcels that were packed in other processes (see bulk_rows.py).

    serials = enter(parcel)

Under the lock stays what must stay there: the serial number and the place in the chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.history import chain
from linli.history.models import Step
from linli.ledger.acts.bulk_rows import COPY, LATE, WHOLE, Line, Parcel, early
from linli.ledger.declaration import registry
from linli.ledger.entries import rows
from linli.ledger.entries.models import CountDelta, Entry


def enter(parcel: Parcel) -> list[tuple[int, int]]:
    """Enter all, or none; the serial (year, number) of each.

    Raises IntegrityError (another import has brought one of them just now), ValidationError.
    """
    if not parcel.ids:
        return []
    assert parcel.room and parcel.district
    with rows.writing():
        tail = chain.lock({parcel.room: parcel.district})[parcel.room]
        _refuse_known(parcel)
        serials, entries, steps = _link(parcel, tail)
        tables = [
            (Entry, entries), (Step, steps), *zip(WHOLE, parcel.whole, strict=True),
            (CountDelta, parcel.counted()),
        ]  # fmt: skip
        (_copy if connection.vendor == "postgresql" else _insert)(tables)
        rows.write({}, [tail])
    return serials


def _refuse_known(parcel: Parcel) -> None:
    """A matter whose id is worked out from what it is about is recorded once (`compose`)."""
    if registry.get(parcel.ledger).compose:
        ids = [UUID(bytes=one) for one in parcel.ids]
        if Entry.objects.filter(id__in=ids).exists():
            raise ValidationError(_("This was recorded before."), code="twice")


def _link(parcel: Parcel, tail: chain.Tail) -> tuple[list[tuple[int, int]], _Rows, _Rows]:
    """Give the serials and chain the steps: the serials, and the rows of both tables, whole."""
    now = clock.now()
    recorded, room = chain.time_of(now), chain.place_of(tail.room, 0)[:-1]
    serials, late = [], []
    for year, *known in zip(
        parcel.years, parcel.before, parcel.after, parcel.digests, strict=True
    ):  # fmt: skip
        series = f"{parcel.ledger}/{year}"
        number = tail.next_number(series)
        serial = f"{series}/{number}"
        tail.seq += 1
        place = b"%b%d" % (room, tail.seq)
        tail.hash = chain.hashed(tail.hash, place, known, serial, recorded)
        serials.append((year, number))
        late.append((number, tail.seq, serial, tail.hash))
    if connection.vendor == "postgresql":
        return serials, *_ended_lines(parcel, late, orjson.dumps(now))
    return serials, *_ended_tuples(parcel, late, connection.ops.adapt_datetimefield_value(now))


_Late = list[tuple[int, int, str, bytes]]  # number, seq, serial, hash
_Rows = list[Line]


def _ended_lines(parcel: Parcel, late: _Late, now: bytes) -> tuple[_Rows, _Rows]:
    entries = [
        b"%b,%d,%b" % (entry, number, now)
        for entry, (number, *_rest) in zip(parcel.entries, late, strict=True)
    ]
    steps = [
        b'%b,%d,"%b",%b,"\\\\x%b"' % (step, seq, serial.encode(), now, hash.hex().encode())
        for step, (_number, seq, serial, hash) in zip(parcel.steps, late, strict=True)
    ]
    return entries, steps


def _ended_tuples(parcel: Parcel, late: _Late, now: Any) -> tuple[_Rows, _Rows]:
    entries = [
        (*entry, number, now) for entry, (number, *_rest) in zip(parcel.entries, late, strict=True)
    ]
    steps = [
        (*step, seq, serial, now, hash)
        for step, (_number, seq, serial, hash) in zip(parcel.steps, late, strict=True)
    ]
    return entries, steps


_INSERT: Final = "INSERT INTO {} ({}) VALUES ({})"


def _columns(model: type[models.Model]) -> str:
    return ", ".join((*early(model), *LATE.get(model, ())))


def _copy(tables: Iterable[tuple[type[models.Model], _Rows]]) -> None:
    raw = connection.cursor().connection
    with connection.wrap_database_errors, raw.cursor() as cursor:
        for model, lines in tables:
            if lines:
                with cursor.copy(COPY.format(model._meta.db_table, _columns(model))) as copy:
                    copy.write(b"\n".join(lines))


def _insert(tables: Iterable[tuple[type[models.Model], _Rows]]) -> None:
    with connection.cursor() as cursor:
        for model, values in tables:
            if values:
                marks = ", ".join(["%s"] * len(values[0]))
                insert = _INSERT.format(model._meta.db_table, _columns(model), marks)
                cursor.executemany(insert, values)
