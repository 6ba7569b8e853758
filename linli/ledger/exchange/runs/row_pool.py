"""The rows of a run made ready in other processes, in order, a few batches ahead of the writer."""

from __future__ import annotations

import gc
import os
import pickle
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from django.utils import translation

from linli.ledger.acts.adding_things import NewThing
from linli.ledger.acts.bulk_rows import Packer, Parcel
from linli.ledger.acts.recording import NewEntry
from linli.ledger.exchange.rows.cells import Guide
from linli.ledger.exchange.rows.readers import AnyReader, reader_of
from linli.ledger.exchange.runs import pool_start
from linli.ledger.exchange.runs.planning import Book, Row

# Rows in a transaction of the writer: others who write in the room wait so long, a fifth of a second.
BATCH = 1000
# A pool costs a second to start: files of fewer bytes, some 3,000 rows, are read here.
POOL_FROM = 200_000


class Said(NamedTuple):
    """What the writer needs to know of a row: refused (why), or where in the parcel it is."""

    source: bytes
    refused: str
    warnings: list[str]
    position: int


class Ready(NamedTuple):
    """A batch of rows, what became of each (None: nothing), and what can come in: matters packed,
    or things; `position` of a row is its place among them."""

    rows: list[Row]
    said: list[Said | None]
    parcel: Parcel
    things: list[NewThing]


# When to look for cycles of objects: rows make few, and looking walks over all of Django.
_SELDOM = (200_000, 50, 50)

_reader: tuple[bytes, AnyReader] | None = None


def ready(book: Book, guide: Guide, pool: ProcessPoolExecutor | None) -> Iterator[Ready]:
    """Batches of rows with what becomes of them (None: not a matter), in the order of the file."""
    rows = book.rows(guide.ledger)
    if pool is None:
        reader = reader_of(guide)
        while batch := list(islice(rows, BATCH)):
            yield Ready(batch, *_read_all(reader, batch))
        return
    packed = pickle.dumps(guide)
    waiting: deque[tuple[list[Row], Future[_Read]]] = deque()
    while True:
        while len(waiting) < 2 * _workers() and (batch := list(islice(rows, BATCH))):
            waiting.append((batch, pool.submit(_read_there, packed, batch)))
        if not waiting:
            return
        batch, future = waiting.popleft()
        yield Ready(batch, *future.result())


def _workers() -> int:
    return max(1, min(4, (os.cpu_count() or 1)))


@contextmanager
def processes(size: int) -> Iterator[ProcessPoolExecutor | None]:
    """Processes that share no connection with this one; None for a file of few bytes. They start
    while the file is opened here: Django is set up once, in a server that they are forks of."""
    if size < POOL_FROM:
        yield None
        return
    context = get_context("forkserver")
    context.set_forkserver_preload(["linli.ledger.exchange.runs.pool_server"])
    pool = ProcessPoolExecutor(_workers(), mp_context=context, initializer=pool_start.start)
    for _number in range(_workers()):
        pool.submit(pool_start.started)
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield pool
    finally:
        gc.set_threshold(*usual)
        pool.shutdown(wait=True, cancel_futures=True)


def _reader_by(packed: bytes) -> AnyReader:
    """In the new process: unpack the guide and be ready to read rows in its language."""
    global _reader
    if _reader and _reader[0] == packed:
        return _reader[1]
    guide: Guide = pickle.loads(packed)  # noqa: S301 - packed by this program a moment ago
    translation.activate(guide.language)
    _reader = packed, reader_of(guide)
    _rarely_collect()
    return _reader[1]


def _rarely_collect() -> None:
    """Leave out of the search for cycles what is here for good; search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def _read_there(packed: bytes, batch: list[Row]) -> _Read:
    return _read_all(_reader_by(packed), batch)


_Read = tuple[list[Said | None], Parcel, list[NewThing]]


def _read_all(reader: AnyReader, batch: list[Row]) -> _Read:
    said: list[Said | None] = []
    packer, things = Packer(), list[NewThing]()
    with reader.ring.held():
        for row in batch:
            if row.skipped:
                said.append(None)
                continue
            out = reader.outcome(row.sheet, row.number, row.cells, dry=False)
            position = packer.add(out.new) if isinstance(out.new, NewEntry) else -1
            if isinstance(out.new, NewThing):
                position = len(things)
                things.append(out.new)
            said.append(Said(out.source, out.refused, out.warnings, position))
    return said, packer.parcel(), things
