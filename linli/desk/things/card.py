"""One thing: what is known of it, its parts, who answers for it, its matters, what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.access.routes import needs
from linli.desk import attaching, cards, list_rows
from linli.desk.detail import PersonShown, person_shown
from linli.desk.requests import Asked
from linli.desk.things.lists import badge, row_or_404, thing_or_404, url_of
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Action
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import CHANGE, CORRECT, END, MERGE, MOVE
from linli.ledger.entries.models import EntryPerson
from linli.ledger.entries.things import ThingRow
from linli.ledger.reading import entry_view, things
from linli.org import tree

# At hand beside the first; the rest stands under "More".
_KEYS = {CHANGE: "e", "attach": "f", "note": "n"}
_SELDOM = (CORRECT, END, MERGE, MOVE, "detach", "unmerge", VOID)


@dataclass(frozen=True)
class Step:
    """An action as a button of the card."""

    action: Action
    url: str
    key: str


def people_of(thing: Thing, row: ThingRow) -> list[PersonShown]:
    """Who answers for a thing, masked, with their roles in words."""
    people = EntryPerson.objects.filter(entry=row.id, ended=False).order_by("position")
    return [person_shown(one, thing) for one in people]


@needs("read")
def one(request: Asked, code: str, id: UUID) -> HttpResponse:
    """The card of one thing."""
    thing = thing_or_404(request.actor, code)
    row = row_or_404(request.actor, thing, id)
    possible = things.actions_for(request.actor, thing, row)
    steps = [
        Step(action, reverse("things:do", args=[code, id, action.name]), _KEYS.get(action.name, ""))
        for action in possible
    ]
    merged = row.merged_into
    stays = thing.model.objects.filter(id=merged).first() if merged else None
    context = {
        "thing": thing,
        "row": row,
        "title": things.title_of(thing, row),
        "state": badge(row),
        "stays": (things.title_of(thing, stays), url_of(thing, stays.id)) if stays else None,
        "facts": things.facts_shown(thing, row),
        "derived": things.derived_shown(thing, row),
        "lacks": things.lacking(thing, row) if row.state == "standing" else [],
        "rows_shown": [cards.rows_of(about, value) for about, value in things.rows_in(thing, row)],
        "people": people_of(thing, row),
        "people_title": next((f.title for f in thing.fields if f.kind.code == "people"), ""),
        "may_reveal": request.actor.may("reveal", code, row.room, row.district),
        "files": attaching.strip_of(thing, row.id),
        "matters": list_rows.rows(things.matters_of(request.actor, id)),
        "lines": entry_view.timeline_of(thing, id),
        "room": tree.names([row.room]).get(row.room, ""),
        "own": [step for step in steps if step.action.name not in _SELDOM],
        "seldom": [step for step in steps if step.action.name in _SELDOM],
        "print_url": reverse("things:print", args=[code, id])
        if request.actor.may("print", code, row.room, row.district)
        else "",
    }
    return render(request, "desk/things/card.html", context)
