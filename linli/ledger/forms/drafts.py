"""Forms that were begun: sealed as a whole, open to their writer only, gone when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from linli.access.actor import Actor
from linli.ground import clock, keyring
from linli.ground.ids import new_id
from linli.ledger.entries.models import Draft

MOST_BYTES = 200_000


class DraftTooLargeError(Exception):
    """More was typed than a draft keeps."""


def _writer(actor: Actor) -> UUID:
    if actor.id is None:
        raise PermissionError("only staff keep drafts")
    return actor.id


def save(
    *,
    actor: Actor,
    room: UUID,
    ledger: str,
    action: str,
    data: Mapping[str, Any],
    entry: UUID | None = None,
    draft: UUID | None = None,
) -> Draft:
    """Keep what is typed so far; `draft` is the id of an earlier saving of the same form."""
    writer = _writer(actor)
    plain = orjson.dumps(dict(data))
    if len(plain) > MOST_BYTES:
        raise DraftTooLargeError
    ring = keyring.load(settings.HOME)
    kept = Draft.objects.filter(id=draft, staff=writer).first() if draft else None
    kept = kept or Draft(
        id=new_id(), staff=writer, room=room, ledger=ledger, action=action, entry=entry
    )
    kept.saved_at = clock.now()
    kept.box = ring.seal_blob(plain, kept.id.bytes + writer.bytes)
    kept.save()
    return kept


def open_draft(actor: Actor, draft: UUID) -> tuple[Draft, dict[str, Any]]:
    """The draft and what was typed; Draft.DoesNotExist for anybody but its writer."""
    kept = Draft.objects.get(id=draft, staff=_writer(actor))
    ring = keyring.load(settings.HOME)
    plain = ring.open_blob(bytes(kept.box), kept.id.bytes + kept.staff.bytes)
    data: dict[str, Any] = orjson.loads(plain)
    return kept, data


def about(actor: Actor, entry: UUID) -> Draft | None:
    """My newest draft for an entry that exists or is to be."""
    return Draft.objects.filter(staff=_writer(actor), entry=entry).order_by("-saved_at").first()


def listed(actor: Actor) -> list[Draft]:
    """My drafts, the newest first."""
    return list(Draft.objects.filter(staff=_writer(actor)).order_by("-saved_at")[:20])


def drop_sent(
    actor: Actor, ledger: str, action: str, typed: Mapping[str, Any], mark: str, entry: UUID | None
) -> None:
    """The form was sent and counted: drop its draft, also one that the form did not know of.

    A first saving may have arrived whose answer had not: that draft bears the same `mark` (a hidden
    field of the form) as what was sent.
    """
    own = Draft.objects.filter(staff=_writer(actor), ledger=ledger, action=action, entry=entry)
    for kept in own.order_by("-saved_at")[:20]:
        if str(kept.id) == typed.get("draft") or _said(actor, kept, mark) == typed.get(mark):
            drop(actor, kept.id)


def _said(actor: Actor, kept: Draft, name: str) -> str:
    try:
        values = open_draft(actor, kept.id)[1].get(name)
    except Draft.DoesNotExist:  # dropped by the same person at this moment
        return ""
    return str(values[-1] if isinstance(values, list) and values else values)


def drop(actor: Actor, draft: UUID) -> bool:
    """Throw a draft of one's own away; False where there is none."""
    return bool(Draft.objects.filter(id=draft, staff=_writer(actor)).delete()[0])
