"""People concerned with a matter: cleaned as typed, kept masked, hashed and sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson

from linli.ground import clock, codes
from linli.ground.ids import new_id
from linli.ground.keyring import Keyring
from linli.ground.words import name_pinyin

if TYPE_CHECKING:
    pass


class KeptPerson(NamedTuple):
    """One person as rows: of EntryPerson (after id, district, room, entry, position) and Sealed."""

    id: UUID
    role: str
    masks: tuple[str, str, str]
    hashes: tuple[bytes | None, bytes | None, bytes | None, bytes | None]
    plain: bytes


def keep(person: Mapping[str, str], ring: Keyring) -> KeptPerson:
    """Mask, hash and serialise one cleaned person (sealing needs the entry, see `acts`)."""
    name, phone, number = (person.get(part, "") for part in ("name", "phone", "id_number"))
    return KeptPerson(
        id=new_id(),
        role=person["role"],
        masks=(
            codes.mask_name(name) if name else "",
            codes.mask_phone(phone) if phone else "",
            codes.mask_identity(number) if number else "",
        ),
        hashes=(
            ring.lookup("name", name) if name else None,
            ring.lookup("pinyin", name_pinyin(name)) if name else None,
            ring.lookup("phone", phone) if phone else None,
            ring.lookup("identity", number) if number else None,
        ),
        plain=orjson.dumps({k: v for k, v in person.items() if k != "role"}),
    )


def key_id(ledger_code: str, received: date) -> str:
    """The wrapping key of values that are sealed now: their retention class and month.

    A key seals in its own month only, also what was received long before: what hangs on a past month
    grows no more, and the key can be destroyed with its last row (retention/keys.py, docs/adr/0017).
    """
    month = max(received, clock.today())
    return f"{ledger_code}/{month.year:04}-{month.month:02}"


def associated(owner: UUID, entry: UUID) -> bytes:
    """Binds a sealed box to its place: moved elsewhere it does not open."""
    return owner.bytes + entry.bytes


def shown(people: Iterable[Any]) -> list[dict[str, str]]:
    """People as every list and page shows them: masked."""
    return [
        {
            "id": str(person.id),
            "role": person.role,
            "name": person.name_mask,
            "phone": person.phone_mask,
            "id_number": person.id_mask,
        }
        for person in people
    ]


def seal_row(
    values: Mapping[str, Any],
    *,
    owner: UUID,
    version: int,
    plain: bytes,
    key: str,
    ring: Keyring,
) -> tuple[Any, ...]:
    """A row of Sealed: `plain` under a fresh key that is wrapped by the key `key`."""
    box = ring.seal(plain, key_id=key, aad=associated(owner, values["id"]))
    return (
        new_id(), values["district"], values["room"], values["id"], owner, version,
        box.key_id, box.wrapped, box.box,
    )  # fmt: skip


def box_digest(box: bytes) -> str:
    """What a step says of a sealed value: enough to tell that it was not exchanged."""
    return hashlib.sha256(box).hexdigest()[:32]


def people_in_body(kept: list[KeptPerson], sealed: list[tuple[Any, ...]]) -> dict[str, Any]:
    boxes = {row[4]: row[8] for row in sealed}
    return {
        str(person.id): {
            "role": person.role,
            "masks": list(person.masks),
            "box": box_digest(boxes[person.id]),
        }
        for person in kept
    }
