"""People concerned with a matter: cleaned as typed, kept masked, hashed and sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, codes
from linli.ground.ids import new_id
from linli.ground.keyring import Keyring
from linli.ground.words import name_pinyin

if TYPE_CHECKING:
    from linli.ledger.declaration.ledger import Field

PARTS = ("role", "name", "phone", "id_number", "address", "note")
MOST_PEOPLE = 30
# What is kept when a file said something that could not be read: the words of the cell itself.
SAID = ("phone_said", "id_number_said")
_KEPT_PARTS = (*PARTS, *SAID)
_TELLING = (*(part for part in _KEPT_PARTS if part != "role"), "id")


def clean_people(value: Any, field: Field) -> list[dict[str, str]]:
    """A list of {role, name, phone, id_number, address, note}; rows with nothing but a role are
    left out. Raises ValidationError naming the row and what is wrong with it."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValidationError(_("This must be a list of people."), code="type")
    if len(value) > MOST_PEOPLE:
        raise ValidationError(_("At most %(most)d people fit here."), params={"most": MOST_PEOPLE})
    people, problems = [], []
    for number, raw in enumerate(value, 1):
        if not isinstance(raw, Mapping):
            raise ValidationError(_("Each person must be an object."), code="type")
        if not says_something(raw):
            continue
        person = {
            part: " ".join(str(said).split()) for part in _KEPT_PARTS if (said := raw.get(part))
        }
        problems += _problems(person, field, number)
        people.append({part: text for part, text in person.items() if text})
    if problems:
        raise ValidationError(problems)
    if field.required and not people:
        raise ValidationError(_("Enter at least one person."), code="required")
    return people


def says_something(raw: Mapping[str, Any]) -> bool:
    """Whether a row is about somebody: by more than a role, or by the id of a person known here."""
    return any(said and str(said).strip() for said in map(raw.get, _TELLING))


_CHECKS = {"phone": codes.phone, "id_number": codes.identity_number}


def _problems(person: dict[str, str], field: Field, number: int) -> list[ValidationError]:
    """Clean the parts in place; what could not be cleaned is told with the person's number."""
    problems = []
    role = person.get("role")
    if not role:
        person["role"] = field.choices[0].code
    elif not any(role == choice.code for choice in field.choices):
        problems.append(ValidationError(_g("Person %d: choose what they are.") % number))
    for part, check in _CHECKS.items():
        if person.get(part):
            try:
                person[part] = check(person[part])
            except codes.Refused as refused:
                problems.append(
                    ValidationError(
                        _g("Person %(number)d: %(problem)s")
                        % {"number": number, "problem": refused.message},
                        code=refused.code,
                    )
                )
    for part in ("name", "address", "note"):
        if len(person.get(part, "")) > 200:
            problems.append(ValidationError(_g("Person %d: at most 200 characters.") % number))
    return problems


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
