"""Registers of things: add, list, read, act, history. A register of people has no list here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from linli.access.actor import Actor
from linli.api import problems, thing_json
from linli.api.declared import DECLARED, answers
from linli.api.entrance import actor_of, needs, read
from linli.api.entries import answer, home_of, line_json
from linli.api.idempotency import done_before, once_of
from linli.api.problems import Problem
from linli.api.shapes import ConflictOut
from linli.api.thing_shapes import (
    AddIn,
    ThingActIn,
    ThingDoneOut,
    ThingOut,
    ThingRegistersOut,
    ThingsPageOut,
    ThingStepsOut,
)
from linli.ledger.acts.act import ConflictError, Done, ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD, REMIND
from linli.ledger.entries.things import ThingRow
from linli.ledger.reading import entry_view, things

router = Router(tags=["things"])


@router.get("/things", response=answers(200, ThingRegistersOut), summary="All registers of things")
@needs("read")
def registers(request: HttpRequest) -> HttpResponse:
    """The declarations of the registers that the token may read."""
    actor = actor_of(request)
    seen = registry.things_open_to(actor)
    return answer({"registers": [thing_json.declaration(one, actor) for one in seen]})


@router.get("/things/{code}", response=answers(200, ThingsPageOut), by_alias=True, summary="List")
@needs("read")
def list_things(
    request: HttpRequest,
    code: str,
    cursor: str | None = Query(None, max_length=20),
    size: int = Query(50, ge=1, le=200),
    state: str = "",
    room: str = "",
    order: str = "",
) -> HttpResponse:
    """The things of a register that the token may see, page by page by cursor. `state` is standing
    (left out: those), ended, merged or all; the register's own filters are parameters too. A
    register of people answers 403: look somebody up, with a purpose."""
    actor, thing = actor_of(request), _thing(actor_of(request), code)
    filters = things.Filters.from_query(thing, request.GET)
    try:
        page = things.page(actor, thing, filters, cursor, size)
    except things.PurposeNeeded:
        raise Problem(
            403, _("This register is not browsed. Look somebody up and say why.")
        ) from None

    def address(to: str | None) -> str | None:
        if to is None:
            return None
        query = filters.as_query()
        return (
            f"{request.path}?{query}{'&' if query else ''}{urlencode({'cursor': to, 'size': size})}"
        )

    return answer(
        {
            "things": thing_json.of_rows(thing, page.rows),
            "count": page.count,
            "more": page.more,
            "next": address(page.next),
            "previous": address(page.previous),
        }
    )


@router.post(
    "/things/{code}", response=answers(201, ThingDoneOut), by_alias=True, openapi_extra=DECLARED,
    summary="Add a thing",
)  # fmt: skip
@needs("record")
def add_thing(request: HttpRequest, code: str) -> HttpResponse:
    """Add a thing to a register. With an `Idempotency-Key` the same request is done once."""
    actor = actor_of(request)
    thing = _thing(actor, code, "record")
    body = read(request, AddIn)
    room, district = home_of(actor, code, body.room)
    act = ThingAct(
        thing, ADD, actor, body.data, room=room, district=district, thing=body.id,
        once=once_of(request, actor),
    )  # fmt: skip
    return _carried_out(act, 201)


@router.get(
    "/things/{code}/{uuid:id}",
    response=answers(200, ThingOut),
    by_alias=True,
    summary="Read one, masked",
)
@needs("read")
def thing(request: HttpRequest, code: str, id: UUID) -> HttpResponse:
    """One thing with its parts; people are masked."""
    actor = actor_of(request)
    thing = _thing(actor, code)
    return answer(thing_json.one(thing, _row(actor, thing, id)))


@router.post(
    "/things/{code}/{uuid:id}/actions/{action}",
    response=answers(200, ThingDoneOut, {409: ConflictOut}), by_alias=True, openapi_extra=DECLARED,
    summary="Do something to a thing",
)  # fmt: skip
@needs("read")
def act_on_thing(request: HttpRequest, code: str, id: UUID, action: str) -> HttpResponse:
    """Change, correct, end, merge: whatever GET /things lists as an action of the register.

    With `rev` it is refused (409, with what changed) when somebody else changed the thing since.
    """
    actor = actor_of(request)
    thing = _thing(actor, code)
    row = _row(actor, thing, id)
    if action in (ADD, REMIND) or action not in thing.all_actions:
        raise Http404
    body = read(request, ThingActIn)
    done = ThingAct(
        thing, action, actor, body.data, room=row.room, district=row.district, thing=id,
        rev=body.rev, reason=body.reason, once=once_of(request, actor),
    )  # fmt: skip
    try:
        return _carried_out(done, 200)
    except ConflictError as conflict:
        now = _row(actor, thing, id)
        changes = entry_view.timeline_of(thing, id)[: max(now.rev - conflict.seen, 0)]
        return problems.response(
            409, _("See what changed, then send it again with the new revision."),
            seen=conflict.seen, now=conflict.now, changes=[line_json(line) for line in changes],
        )  # fmt: skip


@router.get(
    "/things/{code}/{uuid:id}/steps", response=answers(200, ThingStepsOut), summary="History"
)
@needs("read")
def thing_steps(request: HttpRequest, code: str, id: UUID) -> HttpResponse:
    """What was done to a thing, by whom and when, the newest first."""
    actor = actor_of(request)
    thing = _thing(actor, code)
    found = entry_view.timeline_of(thing, _row(actor, thing, id).id)
    return answer({"steps": [line_json(line) for line in found]})


def _thing(actor: Actor, code: str, permission: str = "read") -> Thing:
    thing = registry.thing(code)
    if not actor.may(permission, code):
        if actor.may("read", code):
            raise Problem(403)
        raise Http404
    return thing


def _row(actor: Actor, thing: Thing, id: UUID) -> ThingRow:
    return things.fetch(actor, thing, id)


def _carried_out(act: ThingAct, status: int) -> HttpResponse:
    """Do it, or say what became of it when the same was sent before under the same key."""
    if before := done_before(act.actor, act.once):
        return _done(before, status, replayed=True)
    try:
        return _done(carry_out([act])[0], status)
    except IntegrityError:
        if before := done_before(act.actor, act.once):
            return _done(before, status, replayed=True)
        if act.thing and act.register.model.objects.filter(id=act.thing).exists():
            errors: list[dict[str, str]] = [
                {"field": "id", "code": "exists", "message": _("There is one with this id.")}
            ]
            raise Problem(422, errors=errors) from None
        raise


def _done(done: Done, status: int, *, replayed: bool = False) -> HttpResponse:
    body: dict[str, Any] = {
        "id": done.entry,
        "register": done.ledger,
        "action": done.action,
        "state": done.state,
        "rev": done.rev,
        "step": done.step,
    }
    response = answer(body, status)
    response.headers["Location"] = f"/api/v1/things/{done.ledger}/{done.entry}"
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
