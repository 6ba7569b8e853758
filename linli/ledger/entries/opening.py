"""Sealed values of people, opened again by the program itself (what people see: reading/entry_view.py)."""

from __future__ import annotations

from typing import Any

import orjson

from linli.ground import keyring
from linli.ledger.entries import people
from linli.ledger.entries.models import Sealed


def opened(owner: Any, entry: Any, ring: keyring.Keyring) -> dict[str, str]:
    """The newest sealed values of an owner (an entry or a person in it), opened."""
    row = Sealed.objects.filter(owner=owner, entry=entry).order_by("-version").first()
    if row is None:
        return {}
    value = keyring.SealedValue(row.key_id, bytes(row.wrapped), bytes(row.box))
    plain: dict[str, str] = orjson.loads(ring.open(value, aad=people.associated(owner, entry)))
    return plain
