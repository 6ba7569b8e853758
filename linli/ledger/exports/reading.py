"""Entries as bare rows for an export: in the order of a book, of one moment, whatever their number.

    with apart() as database:
        for batch in batches(rows.using(database), opened=False):
            for row, people in batch: ...

`row` has the attributes of an Entry, each made of the database's text when it is asked for: a table
of a million rows needs few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Count, F, IntegerField, Max, QuerySet, TextField
from django.db.models.expressions import Func
from django.db.models.functions import Cast

from linli.ground import keyring
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries import people
from linli.ledger.entries.models import Entry, EntryPerson, Sealed
from linli.ledger.exchange.words.sheet_columns import Extent

BATCH: Final = 2000
# Sorting a million rows goes to the disk, not into memory; reading takes no lock.
_SQLITE: Final = {
    "transaction_mode": "DEFERRED",
    "init_command": "PRAGMA temp_store=FILE; PRAGMA cache_size=-16384; PRAGMA query_only=ON;",
}
_ALIAS: Final = "exports"

# The columns of a raw row, in order; those of `_AS_TEXT` come as the database writes them.
COLUMNS: Final = (
    "id", "ledger", "version", "serial_year", "serial_no", "state", "responsible", "received_at",
    "due_at", "closed_at", "occurred_at", "recorded_at", "category", "channel", "narrative",
    "place", "lon", "lat", "data", "assisting", "room", "district", "past",
)  # fmt: skip
AT: Final = {name: number for number, name in enumerate(COLUMNS)}
_IDS: Final = ("id", "responsible", "room", "district")
_MOMENTS: Final = ("received_at", "due_at", "closed_at", "occurred_at", "recorded_at")
_AS_TEXT: Final = (*_IDS, *_MOMENTS, "data", "assisting")

Raw = tuple[Any, ...]
Person = Mapping[str, str]


def moment(text: str | None) -> datetime | None:
    """A moment as either database writes it: with its offset, or in UTC without one."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


class Row:
    """An entry as it was read: `raw` in the order of COLUMNS, and what is made of it."""

    __slots__ = ("_data", "raw")

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self._data: Any = None

    @property
    def data(self) -> Any:
        if self._data is None:
            self._data = orjson.loads(self.raw[_DATA])
        return self._data

    @property
    def assisting(self) -> Any:
        return orjson.loads(self.raw[AT["assisting"]])

    def __getattr__(self, name: str) -> Any:
        value = self.raw[AT[name]] if name in AT else _unknown(name)
        if name in _IDS:
            return UUID(value)
        return moment(value) if name in _MOMENTS else value


_DATA: Final = AT["data"]


def _unknown(name: str) -> Any:
    raise AttributeError(name)


@contextmanager
def apart() -> Iterator[str]:
    """A database alias that sees one moment for as long as it takes, beside the usual connection:
    who reads a million rows keeps no writer waiting and can say meanwhile how far it is.

    Inside of a transaction it is that transaction's own.
    """
    if connection.in_atomic_block:
        yield DEFAULT_DB_ALIAS
        return
    own = connection.copy(_ALIAS)
    if own.vendor == "sqlite":
        own.settings_dict["OPTIONS"] |= _SQLITE
    before = getattr(connections._connections, _ALIAS, None)  # type: ignore[attr-defined]
    connections[_ALIAS] = own
    try:
        with transaction.atomic(using=_ALIAS):
            if own.vendor == "postgresql":
                with own.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield _ALIAS
    finally:
        own.close()
        del connections[_ALIAS]
        if before is not None:
            connections[_ALIAS] = before


def raws(rows: QuerySet[Entry]) -> Iterator[Raw]:
    """The rows in the order of a book, oldest first."""
    wanted = [Cast(F(name), TextField()) if name in _AS_TEXT else F(name) for name in COLUMNS]
    return rows.order_by("received_at", "id").values_list(*wanted).iterator(chunk_size=BATCH)


def batches(rows: QuerySet[Entry], *, opened: bool) -> Iterator[list[tuple[Row, list[Person]]]]:
    """Entries with their people, masked or `opened`. Who opens them has logged it before."""
    many = raws(rows)
    read = _open_people if opened else _masked_people
    while some := list(islice(many, BATCH)):
        found = read([UUID(raw[0]) for raw in some], rows.db)
        yield [(Row(raw), found.get(raw[0], [])) for raw in some]


_MASKED: Final = ("role", "name", "phone", "id_number")


def _masked_people(entries: list[UUID], database: str) -> dict[str, list[Person]]:
    rows = EntryPerson.objects.using(database).filter(entry__in=entries, ended=False)
    told = rows.order_by("position").values_list(
        Cast("entry", TextField()), "role", "name_mask", "phone_mask", "id_mask"
    )
    found: dict[str, list[Person]] = {}
    for entry, *masks in told:
        found.setdefault(entry, []).append(dict(zip(_MASKED, masks, strict=True)))
    return found


def _open_people(entries: list[UUID], database: str) -> dict[str, list[Person]]:
    """People as they were told; one whose key was destroyed stays masked by nothing but the role."""
    ring = keyring.load(settings.HOME)
    rows = EntryPerson.objects.using(database).filter(entry__in=entries, ended=False)
    boxes = Sealed.objects.using(database).filter(entry__in=entries).order_by("version")
    plain: dict[UUID, Mapping[str, str]] = {}
    for owner, entry, key, wrapped, box in boxes.values_list(
        "owner", "entry", "key_id", "wrapped", "box"
    ):
        sealed = keyring.SealedValue(key, bytes(wrapped), bytes(box))
        try:
            plain[owner] = orjson.loads(ring.open(sealed, aad=people.associated(owner, entry)))
        except keyring.KeyDestroyed:
            continue
    found: dict[str, list[Person]] = {}
    told = rows.order_by("position").values_list("id", Cast("entry", TextField()), "role")
    for person, entry, role in told:
        found.setdefault(entry, []).append({"role": role, **plain.get(person, {})})
    return found


# How large the largest are


def extent_of(rows: QuerySet[Entry], ledger: Ledger) -> Extent:
    """The columns that a table of these entries needs, asked of the database."""
    bare = rows.order_by()
    extent = Extent(versions=set(bare.values_list("version", flat=True).distinct()))
    forms = [ledger, *(registry.get(ledger.code, one) for one in extent.versions)]
    if any(about.kind.code == "people" for form in forms for about in form.fields):
        extent.people = max(1, _most_people(bare))
    listed = {a.name for form in forms for a in form.fields if a.kind.code == "rows"}
    if listed:
        names = sorted(listed)
        most = bare.aggregate(**{f"n{at}": Max(_Length(name)) for at, name in enumerate(names)})
        found = {name: most[f"n{at}"] for at, name in enumerate(names)}
        extent.rows = {name: many for name, many in found.items() if many}
    extent.past = bare.filter(past=True, data__has_key="past").exists()
    return extent


def _most_people(rows: QuerySet[Entry]) -> int:
    named = EntryPerson.objects.using(rows.db).filter(entry__in=rows.values("id"), ended=False)
    per_entry = named.order_by().values("entry").annotate(n=Count("id"))
    return int(per_entry.aggregate(most=Max("n"))["most"] or 0)


class _Length(Func):
    """How many rows an entry has in a field of rows; NULL where it has none."""

    output_field = IntegerField()

    def __init__(self, name: str) -> None:
        super().__init__(F("data"))
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, *_said: Any, **_extra: Any) -> Any:
        data, params = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            value = f"({data} -> %s)"
            sql = f"CASE WHEN jsonb_typeof({value}) = 'array' THEN jsonb_array_length({value}) END"
            return sql, (*params, self.name, *params, self.name)
        path = f'$."{self.name}"'
        sql = f"CASE WHEN json_type({data}, %s) = 'array' THEN json_array_length({data}, %s) END"
        return sql, (*params, path, *params, path)


def rooms_of(rows: QuerySet[Entry]) -> dict[UUID, tuple[UUID, int]]:
    """{room: (district, how many)} of these entries."""
    counted = rows.order_by().values_list("room", "district").annotate(n=Count("id"))
    found: dict[UUID, tuple[UUID, int]] = {}
    for room, district, many in counted:
        found[room] = (district, many + found.get(room, (district, 0))[1])
    return found
