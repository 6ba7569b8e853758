"""To look somebody up in a register of people, and to see what is masked: always with a purpose."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render

from linli.access import limits
from linli.access.routes import needs
from linli.desk.detail import PersonShown
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked
from linli.desk.revealing import KINDS, PurposeForm, left_today, private
from linli.desk.things.card import people_of
from linli.desk.things.lists import row_or_404, shown, thing_or_404, url_of
from linli.ground import codes
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.things import ThingRow
from linli.ledger.reading import thing_people, things


@needs("lookup")
def look_up(request: Asked, code: str) -> HttpResponse:
    """Who stands in a register under a name or number; asks why first."""
    thing = thing_or_404(request.actor, code, "lookup")
    if not thing.by_kind.get("people"):
        raise Http404
    kind, value = request.POST.get("kind", "name"), request.POST.get("value", "").strip()[:100]
    form = PurposeForm(request.POST if request.method == "POST" else None)
    rows, status = None, 200
    if request.method == "POST" and kind in KINDS and value and form.is_valid():
        try:
            rows = thing_people.find(request.actor, thing, kind=kind, value=value, **form.given())
        except ValidationError as error:
            form.refused(error)
        except codes.Refused as refused:
            form.add_error(None, str(refused.message))
        except limits.LimitReached as reached:
            form.add_error(None, str(reached))
    if request.method == "POST" and rows is None:
        status = 422
    context = {
        "thing": thing,
        "form": form,
        "kinds": KINDS.items(),
        "kind": kind,
        "value": value,
        "rows": None if rows is None else shown(thing, rows),
        "columns": [things.column_of(thing, name).title for name in thing.columns],
        "left": left_today(request.actor, "lookup"),
    }
    return private(render(request, "desk/things/look_up.html", context, status=status))


@needs("reveal")
def reveal(request: Asked, code: str, id: UUID) -> HttpResponse:
    """Ask why (GET), then show the values of one person or of all (POST)."""
    thing = thing_or_404(request.actor, code)
    row = row_or_404(request.actor, thing, id)
    asked = as_uuid(request.POST.get("person") or request.GET.get("person"))
    chosen = [one for one in people_of(thing, row) if asked is None or one.person.id == asked]
    if request.method != "POST":
        return _ask(request, thing, row, chosen, PurposeForm())
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return _ask(request, thing, row, chosen, form, 422)
    try:
        opened = thing_people.reveal(
            request.actor, thing, row, [one.person.id for one in chosen], **form.given()
        )
    except ValidationError as error:
        form.refused(error)
        return _ask(request, thing, row, chosen, form, 422)
    except limits.LimitReached as reached:
        form.add_error(None, str(reached))
        return _ask(request, thing, row, chosen, form, 403)
    context = {
        "row": {"url": url_of(thing, id), "serial": things.title_of(thing, row)},
        "opened": [(one, opened.get(one.person.id, {})) for one in chosen],
        "left": left_today(request.actor, "reveal"),
    }
    return private(render(request, "desk/revealed.html", context))


def _ask(
    request: Asked,
    thing: Thing,
    row: ThingRow,
    chosen: list[PersonShown],
    form: PurposeForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": {"url": url_of(thing, row.id), "serial": things.title_of(thing, row)},
        "people": chosen,
        "person": chosen[0].person.id if len(chosen) == 1 else "",
        "form": form,
        "left": left_today(request.actor, "reveal"),
        "reveal_url": request.path,
    }
    return private(render(request, "desk/reveal.html", context, status=status))
