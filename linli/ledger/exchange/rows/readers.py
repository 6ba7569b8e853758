"""Who reads the rows of a run: of an old book, of an export of this ledger, of a list of things."""

from __future__ import annotations

from linli.ledger.declaration.thing import Thing
from linli.ledger.exchange.rows.cells import Guide
from linli.ledger.exchange.rows.interpreting import RowReader
from linli.ledger.exchange.rows.interpreting_things import ThingReader
from linli.ledger.exchange.rows.own_exports import OwnReader

AnyReader = RowReader | OwnReader | ThingReader


def reader_of(guide: Guide) -> AnyReader:
    """The reader that fits what the file is."""
    if isinstance(guide.ledger, Thing):
        return ThingReader(guide)
    return OwnReader(guide) if guide.own else RowReader(guide)
