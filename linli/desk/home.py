"""The desk 工作台: one screen with what waits, what came in and who is where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access import policy
from linli.access.actor import Actor
from linli.access.roles import ROLES
from linli.access.routes import needs, signed_in
from linli.design.moments import full_words
from linli.desk import banners, figures, list_rows
from linli.desk.people_at import people_at
from linli.desk.requests import Asked, page_if_there, typed_here
from linli.ground import clock
from linli.history.models import Step
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Draft, Entry
from linli.ledger.exports import asking
from linli.ledger.forms import drafts
from linli.ledger.reading import todo
from linli.org.actions import set_whereabouts
from linli.org.models import Staff, Unit, Whereabouts

LONGEST_AWAY = timedelta(days=3)
ON_THE_BAR = 4
# Lines of a list on the desk, which is one screen; the rest is one click away.
FIRST = 10
MOST_DUE = 200


@signed_in
def home(request: Asked) -> HttpResponseBase:
    """Everybody's first page: the desk, the audit, or what a role has instead."""
    if request.actor.may("read"):
        return desk(request)
    if request.actor.may("audit"):
        return redirect("desk:audit")
    if request.actor.may("administer"):
        return redirect("administer:overview")
    return render(
        request,
        "desk/plain_home.html",
        {
            "warnings": banners.for_actor(request.actor),
            "roles": [ROLES[code].title for code in sorted(request.actor.roles)],
            "sees_figures": request.actor.may("figures"),
            "figures": figures.of_ledgers(request.actor, clock.today()),
        },
    )


@needs("read")
def desk(request: Asked) -> HttpResponse:
    """The desk of whoever reads entries."""
    actor = request.actor
    since = last_here(actor)
    everything = request.GET.get("all") == "1"
    due = list_rows.rows(todo.due(actor, MOST_DUE))
    overdue = list_rows.rows(todo.overdue(actor, MOST_DUE))
    # A whole district has its list; what came in is for those whose rooms these are.
    own = not actor.reach("read").whole
    came_in = list_rows.rows(todo.came_in(actor, since)) if own else []
    recordable = [one for one in registry.open_to(actor, "record") if typed_here(one)]
    return render(
        request,
        "desk/home.html",
        {
            "today": full_words(clock.today(), "day"),
            "warnings": banners.for_actor(actor),
            "on_bar": recordable[:ON_THE_BAR],
            "others": recordable[ON_THE_BAR:],
            "overdue": overdue,
            "overdue_shown": overdue if everything else overdue[:FIRST],
            "due": due,
            "due_shown": due if everything else due[:FIRST],
            "came_in_shown": came_in if everything else came_in[:FIRST],
            "late": sum(1 for row in due if row.entry.due_at and row.entry.due_at < clock.now()),
            "uncertain": list_rows.uncertain_years(due),
            "to_accept": _offers(actor),
            "came_in": came_in,
            "since": since,
            "people": who_is_where(actor),
            "me": actor.id,
            "whereabouts": Whereabouts.choices,
            "exports_waiting": len(asking.to_approve(actor)),
            "drafts": _drafts(actor),
            "rooms": _rooms(actor),
            "worklog_url": page_if_there("/worklog/"),
        },
    )


def last_here(actor: Actor) -> datetime:
    """When this person last did something before today: what is newer "came in since then"."""
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    last = (
        Step.objects.filter(actor=actor.id, acted_at__lt=midnight)
        .order_by("-acted_at")
        .values_list("acted_at", flat=True)
        .first()
    )
    return max(last, midnight - LONGEST_AWAY) if last else midnight - LONGEST_AWAY


@dataclass(frozen=True)
class Offer:
    row: list_rows.Row
    by: str
    reason: str


def _offers(actor: Actor) -> list[Offer]:
    """Matters that wait for me to accept them, with who hands them over and why."""
    from linli.ledger.reading.entry_view import timeline

    offers = []
    for row in list_rows.rows(todo.to_accept(actor)):
        line = next((one for one in timeline(row.entry) if one.action == "hand_over"), None)
        offers.append(Offer(row, line.by if line else "", line.reason if line else ""))
    return offers


@dataclass(frozen=True)
class Person:
    staff: Staff
    role: str
    tone: str


@dataclass(frozen=True)
class RoomPeople:
    name: str
    people: list[Person]


_TONES = {"community": "done", "station": "doing", "out": "wait", "off": ""}


def who_is_where(actor: Actor) -> list[RoomPeople]:
    """The people of my rooms (a chief: of the station and its rooms) with where they are."""
    units = {
        post.unit: post.unit_name for post in actor.holders("read") if post.unit_kind == "room"
    }
    for post in actor.holders("read"):
        if post.unit_kind == "station":
            units[post.unit] = post.unit_name
            units |= dict(
                Unit.objects.filter(pk__in=post.rooms, until=None)
                .order_by("code")
                .values_list("pk", "name")
            )
    found, posted = [], people_at(units)
    for unit, name in units.items():
        people = [
            Person(staff, str(ROLES[role].title), _TONES[staff.whereabouts])
            for staff, role in posted.get(unit, ())
        ]
        if people:
            found.append(RoomPeople(name, people))
    return found


@dataclass(frozen=True)
class DraftLine:
    draft: Draft
    ledger: Ledger
    title: str
    url: str


def _drafts(actor: Actor) -> list[DraftLine]:
    from linli.desk.drafting import page_of

    lines = []
    for draft in drafts.listed(actor):
        ledger = registry.get(draft.ledger) if registry.is_there(draft.ledger) else None
        # A newer program, or one with other ledgers, may not have what this was begun for.
        if ledger and (action := ledger.all_actions.get(draft.action)):
            lines.append(DraftLine(draft, ledger, str(action.title), page_of(draft)))
    return lines


@dataclass
class RoomLine:
    """A room as its chief sees it: how much is open, how much of that too late, by ledger."""

    room: UUID
    name: str
    opened: int = 0
    late: int = 0
    parts: list[tuple[Ledger, int]] = field(default_factory=list)


def _rooms(actor: Actor) -> list[RoomLine]:
    """The rooms of the stations this actor leads, those with most overdue first."""
    stations = [post for post in actor.holders("assign") if post.unit_kind == "station"]
    if not stations:
        return []
    ids = {room for post in stations for room in post.rooms}
    units = Unit.objects.filter(pk__in=ids, until=None).order_by("code")
    lines = {unit.pk: RoomLine(unit.pk, unit.name) for unit in units}
    late = Q(due_at__lt=clock.now())
    counts: Any = (
        policy.visible(actor, Entry, "assign")
        .filter(is_open=True, room__in=ids)
        .values("room", "ledger")
        .annotate(opened=Count("id"), late=Count("id", filter=late))
        .order_by("ledger")
    )
    for one in counts:
        line = lines.get(one["room"])
        if line is None:
            continue
        line.opened += one["opened"]
        line.late += one["late"]
        if one["late"]:
            line.parts.append((registry.get(one["ledger"]), one["late"]))
    return sorted(lines.values(), key=lambda line: (-line.late, -line.opened))


@signed_in
@require_POST
def whereabouts(request: Asked) -> HttpResponse:
    """Say where I am; colleagues see it on their desks."""
    try:
        set_whereabouts(
            staff=cast(Staff, request.user),
            whereabouts=request.POST.get("whereabouts", ""),
            words=request.POST.get("words", ""),
        )
    except ValidationError:
        messages.error(request, _("Choose where you are."))
    return HttpResponseRedirect("/#where")
