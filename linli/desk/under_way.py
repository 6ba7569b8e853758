"""Boards of what is going on now: a patrol on its way, the plan of an emergency. Big buttons, one
thing at a time; each is an action of the matter, done by the same form as everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.requests import Asked, entry_or_404
from linli.emergencies import plans
from linli.emergencies.documents import course
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.forms.forms import form_class
from linli.ledger.reading import entry_view
from linli.patrols import walking

# Ledger -> (address, what its button says, states in which there is something to do there).
_BOARDS: Final[Mapping[str, tuple[str, str | Promise, tuple[str, ...]]]] = {
    "patrols": ("patrol:walk", _("Walk it"), ("planned", "under_way")),
    "emergency_log": ("patrol:plan", _("The plan, step by step"), ("open", "ended")),
}


# Ledger -> (address, what its button says): pages that belong to a ledger as a whole.
_TOOLS: Final[Mapping[str, tuple[str, str | Promise]]] = {
    "patrols": ("patrol:points", _("Check points")),
}


@dataclass(frozen=True)
class Board:
    """A page beside the usual ones."""

    url: str
    title: str | Promise


def tools_of(ledger: str) -> list[Board]:
    """The pages that a ledger has beside its list."""
    return [Board(reverse(_TOOLS[ledger][0]), _TOOLS[ledger][1])] if ledger in _TOOLS else []


def board_of(entry: Entry) -> Board | None:
    """The board of a matter that is going on; None where there is none."""
    name, title, states = _BOARDS.get(entry.ledger, ("", "", ()))
    return Board(reverse(name, args=[entry.id]), title) if entry.state in states else None


def _entry(request: Asked, entry: UUID, ledger: str) -> Entry:
    found = entry_or_404(request.actor, entry)
    if found.ledger != ledger:
        raise Http404
    return found


def _context(actor: Actor, entry: Entry, forms: tuple[str, ...]) -> dict[str, Any]:
    """What both boards show: the matter, what one may do to it, and the forms of these actions."""
    ledger = registry.of(entry)
    possible = {action.name: action for action in actions_for(actor, entry)}
    return {
        "row": list_rows.rows([entry])[0],
        "entry": entry,
        "possible": possible,
        "forms": {
            name: form_class(ledger, name)(auto_id=f"{name}_%s")
            for name in forms
            if name in possible
        },
        "derived": entry_view.derived_shown(entry),
    }


@needs("handle")
@require_POST
def set_out(request: Asked, entry: UUID) -> HttpResponse:
    """A planned patrol sets out now."""
    found = _entry(request, entry, "patrols")
    try:
        walking.set_out(actor=request.actor, patrol=found)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return HttpResponseRedirect(reverse("patrol:walk", args=[found.id]))


@dataclass(frozen=True)
class Reached:
    """A check point of the plan, and when it was reached."""

    name: str
    at: datetime | None = None
    by: str = ""
    planned: bool = True


@needs("read")
def walk(request: Asked, entry: UUID) -> HttpResponse:
    """A patrol under way: the points still to reach, what was found, and the way back."""
    found = _entry(request, entry, "patrols")
    facts = facts_of(registry.of(found), vars(found))
    context = _context(request.actor, found, ("check_in", "find"))
    context |= {"points": _reached(facts), "findings": facts.get("findings") or ()}
    return render(request, "desk/patrol/walk.html", context)


def _reached(facts: Mapping[str, Any]) -> list[Reached]:
    """The planned points in order, each with the first time; then those beside the plan."""
    first: dict[str, Any] = {}
    for row in facts.get("check_ins") or ():
        first.setdefault(row["check_point"], row)
    names = list(facts.get("points") or ())
    return [
        Reached(
            name,
            first[name].get("at") if name in first else None,
            first[name].get("by", "") if name in first else "",
            name in names,
        )
        for name in (*names, *(name for name in first if name not in names))
    ]


@needs("read")
def plan(request: Asked, entry: UUID) -> HttpResponse:
    """The plan of an emergency: its steps to be ticked off, lines with their times, reports."""
    found = _entry(request, entry, "emergency_log")
    facts = facts_of(registry.of(found), vars(found))
    context = _context(request.actor, found, ("log", "report"))
    context |= {
        "steps": plans.steps(found.category, facts.get("done_steps") or ()),
        "course": list(reversed(course(facts))),
        "plan_title": list_rows.category_of(found),
    }
    return render(request, "desk/patrol/plan.html", context)
