"""Everything of a room as one archive that can be read without Linli.

    README.zh.md README.en.md   what is what
    room.json staff.*           the room, the units above it, who was posted there
    ledgers/<code>/             definition.json, entries.jsonl, entries.csv
    links.*                     which matter came from which
    files/                      photos and papers under their names; files.* say where each belongs
    history/steps.*             every step, chained as Linli keeps it
    other/                      what else the room has: check points, what imports taught
    manifest.json               the size and SHA-256 of every file; signature.json signs it

The log says who took it before the first row is read; all is of one moment.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from linli.access import policy
from linli.access.actor import Actor
from linli.ground import clock, keyring
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.entries.rows import writing
from linli.ledger.exports import archived, asking, reading, tables
from linli.ledger.exports.asking import MASKED, Why
from linli.ledger.exports.explained import readme
from linli.ledger.exports.zipped import Zipped
from linli.org.models import Unit
from linli.org.tree import district_of

FORMAT = 1


def write(
    out: IO[bytes],
    *,
    room: Unit,
    actor: Actor,
    why: Why = MASKED,
    tick: tables.Tick = lambda _n: None,
    approved_by: str = "",
) -> int:
    """Write the archive; gives the number of entries. Callers have asked whether the actor may."""
    with reading.apart() as database:
        rows = _rows(actor, room, database)
        rooms = reading.rooms_of(_every(actor, room, database))
        with writing():
            asking.note(
                actor, rooms or {room.pk: (district_of(room.pk), 0)},
                fields=["entries", "people", "files", "steps", *(["names"] if why.names else [])],
                said="zip", why=why, approved_by=approved_by,
            )  # fmt: skip
        archive = Zipped(out)
        try:
            counts = _fill(archive, room, actor, rows, tick, names=why.names)
        except BaseException:
            archive.abandon()
            raise
    return sum(counts.values())


def _fill(
    archive: Zipped,
    room: Unit,
    actor: Actor,
    rows: Mapping[Ledger, QuerySet[Entry]],
    tick: tables.Tick,
    *,
    names: bool,
) -> dict[str, int]:
    counts = _ledgers(archive, rows, tick, opened=names)
    allowed = [ledger.code for ledger in rows]
    database = next((entries.db for entries in rows.values()), DEFAULT_DB_ALIAS)
    others = archived.everything(archive, room, allowed, database)
    for language, name in (("zh-hans", "README.zh.md"), ("en", "README.en.md")):
        text = readme(language, list(rows), room=room, counts=counts, masked=not names)
        archive.add(name, text.encode())
    archive.finish(_about(room, actor, counts | others, masked=not names), _signature)
    return counts


def _every(actor: Actor, room: Unit, database: str) -> QuerySet[Entry]:
    return policy.visible(actor, Entry, "export").using(database).filter(room=room.pk)


def _rows(actor: Actor, room: Unit, database: str) -> dict[Ledger, QuerySet[Entry]]:
    """The ledgers that the room has entries of or designed itself, and their entries."""
    every = _every(actor, room, database)
    found: dict[Ledger, QuerySet[Entry]] = {}
    own = archived.designed_for(room.pk)
    for code in sorted({*every.order_by().values_list("ledger", flat=True).distinct(), *own}):
        if registry.is_there(code) and actor.may("export", code):
            visible = policy.visible(actor, Entry, "export", code).using(database)
            found[registry.get(code)] = visible.filter(room=room.pk)
    return found


def _ledgers(
    archive: Zipped, rows: Mapping[Ledger, QuerySet[Entry]], tick: tables.Tick, *, opened: bool
) -> dict[str, int]:
    """Every ledger: what it asks for, and its entries twice."""
    counts: dict[str, int] = {}
    before = 0
    with tempfile.TemporaryDirectory() as beside:
        for ledger, entries in rows.items():
            place = f"ledgers/{ledger.code}"
            archive.add_json(f"{place}/definition.json", archived.definition(ledger))
            for form in ("jsonl", "csv"):

                def told(done: int, before: int = before, form: str = form) -> None:
                    if form == "jsonl":
                        tick(before + done)

                with archive.member(f"{place}/entries.{form}") as file:
                    counts[ledger.code] = tables.write(
                        file, form=form, ledger=ledger, rows=entries, opened=opened,
                        beside=Path(beside), tick=told,
                    )  # fmt: skip
            before += counts[ledger.code]
    return counts


def _about(room: Unit, actor: Actor, counts: Mapping[str, int], *, masked: bool) -> dict[str, Any]:
    return {
        "linli": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "made_by": actor.name,
        "room": {"code": room.code, "name": room.name, "id": str(room.pk)},
        "people_masked": masked,
        "counts": dict(counts),
    }


def _signature(text: bytes) -> dict[str, str]:
    ring = keyring.load(settings.HOME)
    return {
        "algorithm": "Ed25519",
        "of": "manifest.json",
        "public_key": base64.b64encode(ring.public_key).decode(),
        "signature": base64.b64encode(ring.sign(text)).decode(),
    }
