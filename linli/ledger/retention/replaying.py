"""To erase again what an old copy of the database brought back, as the journal beside the keyring says.

A restore does it before anything serves; so does every start of the server and of the worker, since a
database can be put back behind the program's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final
from uuid import UUID

from django.conf import settings

from linli.ground import keyring
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.retention import erasing, overwriting

_AT_ONCE: Final = 500


def erase_again(*, glance: bool = False) -> int:
    """Destroy the keys and erase the entries that the journal names and that are there; gives how
    many entries went. Safe to run twice.

    With `glance` nothing is looked up where there are as many stubs as the journal has entries: an
    older database has fewer. The night looks at each all the same.
    """
    ring = keyring.load(settings.HOME)
    ring.replay_tombstones()
    if glance and sum(1 for _one in _buried(ring)) <= ErasedEntry.objects.count():
        return 0
    buried, gone = _buried(ring), 0
    while some := dict(islice(buried, _AT_ONCE)):
        gone += _some(some)
    if gone:
        overwriting.wipe()
    return gone


def _buried(ring: keyring.Keyring) -> Iterator[tuple[UUID, str]]:
    """(entry, rule) of all tombstones of entries."""
    for line in ring.tombstones():
        if line["kind"] == "entries":
            for subject in line["subjects"]:
                yield UUID(subject), str(line["rule"])


def _some(buried: dict[UUID, str]) -> int:
    back = Entry.objects.filter(id__in=list(buried)).values_list("id", "room", "district")
    wanted: dict[tuple[UUID, UUID, str], list[UUID]] = {}
    for id, room, district in back:
        wanted.setdefault((room, district, buried[id]), []).append(id)
    return sum(_erased(*where, ids) for where, ids in wanted.items())


def _erased(room: UUID, district: UUID, rule: str, ids: Iterable[UUID]) -> int:
    rows, gone = Entry.objects.filter(id__in=list(ids)), 0
    while done := erasing.erase(room, district, rows, rule, journal=False, again=True):
        gone += done
    return gone
