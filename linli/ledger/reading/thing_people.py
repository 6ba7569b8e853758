"""People of things: looked up in a register, and unmasked, each with a purpose and a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import limits, policy
from linli.access.actor import Actor
from linli.access.purposes import check_purpose
from linli.ground import codes, keyring
from linli.history.reads import note_read
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.models import EntryPerson
from linli.ledger.entries.rows import writing
from linli.ledger.entries.things import ThingRow
from linli.ledger.reading.entry_view import open_people

_CLEAN: Final = {"phone": codes.phone, "identity": codes.identity_number}
_COLUMN: Final = {
    "phone": "phone_hash", "identity": "id_hash", "name": "name_hash", "pinyin": "pinyin_hash",
}  # fmt: skip
MOST: Final = 100


def find(
    actor: Actor,
    thing: Thing,
    *,
    kind: str,
    value: str,
    purpose: str,
    matter: str = "",
    words: str = "",
) -> list[ThingRow]:
    """The things of a register that name a person, within the actor's jurisdiction.

    `kind`: phone, identity, name (exact) or pinyin. Logged as a look-up in the same transaction.
    Raises PermissionDenied, ValidationError (purpose), codes.Refused (a wrong number), LimitReached.
    """
    policy.require(actor, "lookup", thing.code)
    check_purpose(purpose, matter, words)
    clean = _CLEAN[kind](value) if kind in _CLEAN else value.strip()
    if kind == "pinyin":
        clean = "".join(clean.lower().split())
    digest = keyring.load(settings.HOME).lookup(kind, clean)
    with transaction.atomic():
        limits.check_limit(actor, "lookup")
        people = policy.visible(actor, EntryPerson, "lookup", thing.code)
        named = people.filter(**{_COLUMN[kind]: digest}, ended=False).values("entry")
        rows = policy.visible(actor, thing.model, "lookup", thing.code).filter(id__in=named)
        found = list(rows.order_by("id")[:MOST])
        home = actor.posts[0] if actor.posts else None
        note_read(
            actor_id=actor.id, actor_name=actor.name, kind="lookup", purpose=purpose,
            matter=matter, words=words, fields=[kind, digest.hex(), str(len(found))],
            room=actor.home_room, district=next(iter(home.districts), None) if home else None,
        )  # fmt: skip
    return found


def reveal(
    actor: Actor,
    thing: Thing,
    row: ThingRow,
    people_ids: Sequence[UUID],
    *,
    purpose: str,
    matter: str = "",
    words: str = "",
) -> dict[UUID, dict[str, str]]:
    """The unmasked values of people of a thing, with the trace in the same transaction.

    Raises PermissionDenied, ValidationError (purpose), LimitReached (daily limit).
    """
    policy.require(actor, "reveal", thing.code, row.room, row.district)
    check_purpose(purpose, matter, words)
    with writing():
        people = EntryPerson.objects.filter(entry=row.id, ended=False, id__in=people_ids)
        wanted = list(people.values_list("id", flat=True))
        limits.check_limit(actor, "reveal", len(wanted))
        note_read(
            actor_id=actor.id, actor_name=actor.name, kind="reveal", district=row.district,
            room=row.room, entry=row.id, fields=[str(one) for one in wanted],
            purpose=purpose, matter=matter, words=words, count=len(wanted),
        )  # fmt: skip
        return open_people(row.id, wanted)
