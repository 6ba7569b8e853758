"""Entries: record, list, read, act, reveal, history."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from linli.access.actor import Actor
from linli.api import entry_json, problems
from linli.api.declared import DECLARED, answers
from linli.api.entrance import actor_of, needs, read
from linli.api.idempotency import done_before, once_of
from linli.api.problems import Problem
from linli.api.shapes import (
    ActIn,
    ConflictOut,
    DoneOut,
    EntryOut,
    LinksOut,
    PageOut,
    RecordIn,
    RevealedOut,
    RevealIn,
    StepsOut,
)
from linli.ground import clock
from linli.ledger.acts import group_commit, recording
from linli.ledger.acts.act import Act, ConflictError, Done
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view, links, lists
from linli.org import tree
from linli.org.models import Unit

router = Router(tags=["entries"])
_FIRST_YEAR: Final = 1900  # before it even the arithmetic of time zones fails


def answer(body: Any, status: int = 200) -> HttpResponse:
    """JSON as it is: what we made ourselves need not be checked by pydantic again."""
    return HttpResponse(
        orjson.dumps(body, option=orjson.OPT_UTC_Z), status=status, content_type="application/json"
    )


@router.post(
    "/ledgers/{ledger}/entries", response=answers(201, DoneOut), openapi_extra=DECLARED,
    summary="Record a matter",
)  # fmt: skip
@needs("record")
def record(request: HttpRequest, ledger: str) -> HttpResponse:
    """Record a matter; it gets its serial and its deadlines.

    With an `Idempotency-Key` the same request gives the same answer and is done once.
    """
    actor = actor_of(request)
    body = read(request, RecordIn)
    declared = registry.get(ledger, body.version)
    room, district = home_of(actor, ledger, body.room)
    once = once_of(request, actor)
    act = Act(
        declared, "record", actor, body.data, room=room, district=district, entry=body.id,
        at=_moment(body.at), once=once,
    )  # fmt: skip
    return _carried_out(act, 201)


@router.post(
    "/entries/{uuid:id}/actions/{action}", response=answers(200, DoneOut, {409: ConflictOut}),
    openapi_extra=DECLARED, summary="Do something to a matter",
)  # fmt: skip
@needs("read")
def act(request: HttpRequest, id: UUID, action: str) -> HttpResponse:
    """Handle, hand over, correct, void: whatever GET /ledgers/{ledger} lists as an action.

    With `rev` it is refused (409, with what changed) when somebody else changed the matter since.
    """
    actor = actor_of(request)
    home = entry_json.head(actor, id)
    ledger, room, district = home.ledger, home.room, home.district
    declared = registry.get(ledger)
    if action == "record" or action not in declared.all_actions:
        raise Entry.DoesNotExist
    body = read(request, ActIn)
    once = once_of(request, actor)
    done = Act(
        declared, action, actor, body.data, room=room, district=district, entry=id,
        rev=body.rev, reason=body.reason, at=_moment(body.at), once=once,
    )  # fmt: skip
    try:
        return _carried_out(done, 200)
    except ConflictError as conflict:
        changes = entry_view.changes_since(Entry.objects.get(id=id), conflict.seen)
        return problems.response(
            409, _("See what changed, then send it again with the new revision."),
            seen=conflict.seen, now=conflict.now, changes=[line_json(line) for line in changes],
        )  # fmt: skip


def _carried_out(act: Act, status: int) -> HttpResponse:
    """Do it, or say what became of it when the same was sent before under the same key."""
    if before := done_before(act.actor, act.once):
        return _done(before, status, replayed=True)
    try:
        done = group_commit.record(act) if act.action == "record" else carry_out([act])[0]
        return _done(done, status)
    except IntegrityError:
        # The same key at the same moment, or an id that exists: the database let one through.
        if before := done_before(act.actor, act.once):
            return _done(before, status, replayed=True)
        if act.action == "record" and act.entry and Entry.objects.filter(id=act.entry).exists():
            raise ValidationError(
                {"id": ValidationError(_("There is an entry with this id."), code="exists")}
            ) from None
        raise


def _done(done: Done, status: int, *, replayed: bool = False) -> HttpResponse:
    ledger = registry.get(done.ledger)
    response = answer(
        {
            "id": done.entry,
            "ledger": done.ledger,
            "serial": entry_json.serial(ledger, done.serial_year, done.serial_no),
            "action": done.action,
            "state": done.state,
            "rev": done.rev,
            "step": done.step,
        },
        status,
    )
    response.headers["Location"] = f"/api/v1/entries/{done.entry}"
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def home_of(actor: Actor, ledger: str, asked: UUID | None) -> tuple[UUID, UUID]:
    """Home room and home district of a new entry. A room that is not the actor's does not exist
    for them: Problem 422."""
    room = asked or actor.home_room
    if room is None:
        raise _no_room(_("Say in which room this is recorded."), "required")
    try:
        district = tree.district_of(room)
    except Unit.DoesNotExist:
        raise _no_room(_("There is no such room."), "room") from None
    if not actor.may("record", ledger, room, district):
        if actor.may("read", ledger, room, district):
            raise Problem(403)
        raise _no_room(_("There is no such room."), "room")
    return room, district


def _no_room(message: str, code: str) -> Problem:
    return Problem(422, errors=[{"field": "room", "code": code, "message": message}])


def _moment(at: datetime | None) -> datetime | None:
    """A time that was sent: Shanghai's where no zone is given, not later than now."""
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=clock.SHANGHAI)
    if at.year < _FIRST_YEAR:
        raise ValidationError({"at": recording.TOO_LONG_AGO})
    if at > clock.now():
        raise ValidationError({"at": ValidationError(_("This is in the future."), code="future")})
    return at


@router.get("/ledgers/{ledger}/entries", response=answers(200, PageOut), summary="List")
@needs("read")
def listed(
    request: HttpRequest,
    ledger: str,
    cursor: str | None = Query(None, max_length=200),
    size: int = Query(50, ge=1, le=200),
    counted: bool = False,
    state: str = "",
    category: str = "",
    channel: str = "",
    responsible: str = "",
    room: str = "",
    since: str = "",
    until: str = "",
    words: str = "",
    overdue: str = "",
    order: str = "",
) -> HttpResponse:
    """The entries of a ledger that the token may see, newest first, page by page by cursor."""
    declared = registry.get(ledger)
    filters = lists.Filters.from_query(request.GET)
    page = lists.page(
        actor_of(request), declared, filters, cursor, size, counted=counted, fetch=entry_json.fetch
    )

    def address(to: str | None) -> str | None:
        if not to:
            return None
        query = filters.as_query()
        more = {"cursor": to, "size": size, **({"counted": "true"} if counted else {})}
        return f"{request.path}?{query}{'&' if query else ''}{urlencode(more)}"

    return answer(
        {
            "entries": entry_json.of_entries(page.entries),
            "count": page.count if counted else None,
            "more": page.more if counted else None,
            "next": address(page.next),
            "previous": address(page.previous),
        }
    )


@router.get("/entries/{uuid:id}", response=answers(200, EntryOut), summary="Read one, masked")
@needs("read")
def entry(request: HttpRequest, id: UUID) -> HttpResponse:
    """One entry; people are masked."""
    return answer(entry_json.one(actor_of(request), id))


@router.get("/entries/{uuid:id}/links", response=answers(200, LinksOut), summary="Connected")
@needs("read")
def connected(request: HttpRequest, id: UUID) -> HttpResponse:
    """The matters that this one follows from and those that it led to, as far as one may see them."""
    actor = actor_of(request)
    found = links.of(actor, entry_view.fetch(actor, id).id)
    return answer(
        {
            "came_from": entry_json.of_entries(found.came_from),
            "led_to": entry_json.of_entries(found.led_to),
        }
    )


@router.get("/entries/{uuid:id}/steps", response=answers(200, StepsOut), summary="History")
@needs("read")
def steps(request: HttpRequest, id: UUID) -> HttpResponse:
    """What was done to an entry, by whom and when, the newest first."""
    found = entry_view.fetch(actor_of(request), id)
    return answer({"steps": [line_json(line) for line in entry_view.timeline(found)]})


def line_json(line: entry_view.Line) -> dict[str, Any]:
    """One step as the API shows it."""
    shown = asdict(line)
    shown.pop("shown_to_reporter")
    return shown


@router.post(
    "/entries/{uuid:id}/reveal", response=answers(200, RevealedOut), openapi_extra=DECLARED,
    summary="Unmask people, with a purpose",
)  # fmt: skip
@needs("read")
def reveal(request: HttpRequest, id: UUID) -> HttpResponse:
    """People of an entry unmasked. The purpose is checked, the day's limit counted and the look
    logged in the same transaction; whom it concerns can be asked of the auditor."""
    actor = actor_of(request)
    found = entry_json.head(actor, id)
    body = read(request, RevealIn)
    people = entry_view.reveal(
        actor=actor, entry=found, people_ids=body.people, purpose=body.purpose,
        matter=body.matter, words=body.words,
    )  # fmt: skip
    return answer({"people": {str(person): values for person, values in people.items()}})
