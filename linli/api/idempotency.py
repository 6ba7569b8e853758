"""`Idempotency-Key`: a program that got no answer sends again, and nothing is done twice."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.api.problems import Problem
from linli.ground import keyring
from linli.history.models import Step, StepBody
from linli.ledger.acts.act import Done, Once
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, SentOnce

_LONGEST: Final = 200


def once_of(request: HttpRequest, actor: Actor) -> Once | None:
    """The key of this request, hashed with its owner, and a fingerprint of what was sent."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST:
        raise Problem(422, _("An Idempotency-Key has 1 to 200 characters."))
    sent = b"\0".join(((request.method or "").encode(), request.path.encode(), request.body))
    return Once(
        key_hash=keyring.load(settings.HOME).lookup("once", f"{actor.id}\0{key}"),
        fingerprint=hashlib.sha256(sent).digest(),
    )


def done_before(actor: Actor, once: Once | None) -> Done | None:
    """What became of the request that used this key before, as it was then; None: it is new.

    Raises Problem 422 where something else was sent under the key.
    """
    if once is None:
        return None
    sent = SentOnce.objects.filter(key_hash=once.key_hash).first()
    if sent is None:
        return None
    if bytes(sent.fingerprint) != once.fingerprint:
        raise Problem(
            422,
            _("This Idempotency-Key was used for another request. Make a new key for each."),
            [{"field": "Idempotency-Key", "code": "used", "message": _("Used before.")}],
        )
    return _as_it_was(actor, sent)


def _as_it_was(actor: Actor, sent: SentOnce) -> Done:
    """The answer of then, from the steps: state and revision of the entry after that step."""
    entry = Entry.objects.filter(id=sent.entry).first()
    if entry is None:
        return _thing_as_it_was(actor, sent)
    if not actor.may("read", entry.ledger, entry.room, entry.district):
        raise Entry.DoesNotExist
    steps = list(Step.objects.filter(subject=sent.entry).order_by("seq"))
    rev = next(n for n, step in enumerate(steps, 1) if step.recorded_at == sent.at)
    step = steps[rev - 1]
    return Done(
        entry.id, entry.ledger, step.action, _state_after(steps[:rev]) or entry.state,
        entry.serial_year, entry.serial_no, rev, step.id,
    )  # fmt: skip


def _thing_as_it_was(actor: Actor, sent: SentOnce) -> Done:
    """The same of a thing; its state is that of now."""
    for thing in registry.things():
        row = policy.visible(actor, thing.model, "read", thing.code).filter(id=sent.entry).first()
        if row is not None:
            steps = list(Step.objects.filter(subject=row.id).order_by("seq"))
            rev = next(n for n, step in enumerate(steps, 1) if step.recorded_at == sent.at)
            step = steps[rev - 1]
            return Done(row.id, thing.code, step.action, row.state, 0, 0, rev, step.id)
    raise Entry.DoesNotExist


def _state_after(steps: list[Step]) -> str:
    state = ""
    ids: list[UUID] = [step.id for step in steps]
    bodies = dict(StepBody.objects.filter(step__in=ids).values_list("step", "text"))
    for id in ids:
        if id in bodies:
            state = orjson.loads(bodies[id])["set"].get("state", state)
    return state
