"""To add a thing, and to do something with one: one form, filled with what is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import attaching, corrected
from linli.desk.recording import rooms_of
from linli.desk.refilling import (
    as_count,
    as_typed,
    as_uuid,
    begun,
    focus_first,
    in_lines,
    spare_rows,
)
from linli.desk.requests import Asked
from linli.desk.things.card import people_of
from linli.desk.things.lists import badge, row_or_404, thing_or_404, url_of
from linli.ground import clock
from linli.ground.ids import new_id
from linli.ledger.acts.act import ConflictError, ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration.ledger import Action
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD, CHANGE, CORRECT, REMIND, SINCE, UNTIL
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import ThingRow
from linli.ledger.forms.forms import LedgerForm, as_typed_value, errors_to_form, form_class
from linli.ledger.reading import entry_view, things
from linli.org import tree
from linli.org.models import Unit


@needs("record")
def add(request: Asked, code: str) -> HttpResponse:
    """The form of a new thing; on POST it is added, or shown again with what is wrong."""
    thing = thing_or_404(request.actor, code, "record")
    action = thing.all_actions[ADD]
    rooms = rooms_of(request.actor, thing)
    if not rooms:
        raise PermissionDenied(_("You are not posted at a room that keeps this register."))
    if request.method == "POST":
        sent, refused = attaching.received(request)
        room = _room(sent.get("room"), rooms)
        form = _new_form(thing, request.actor, sent)
        if "add_row" in sent:
            return _page(request, thing, action, as_typed(form), None, rooms=rooms, sent=sent)
        if refused:
            attaching.say_refused(form, refused)
            return _page(request, thing, action, form, None, rooms=rooms, sent=sent, status=422)
        act = ThingAct(
            thing, ADD, request.actor, form.raw_data(), room=room,
            district=tree.district_of(room), thing=as_uuid(sent.get("thing")),
        )  # fmt: skip
        try:
            done = carry_out([act])[0]
        except ValidationError as error:
            errors_to_form(form, error)
            return _page(request, thing, action, form, None, rooms=rooms, sent=sent, status=422)
        messages.success(request, _("It stands in the register."))
        return HttpResponseRedirect(url_of(thing, done.entry))
    typed, note = begun(request)
    form = _new_form(thing, request.actor, typed)
    if typed is not None:
        form = as_typed(form)
    return _page(
        request, thing, action, form, None, rooms=rooms, sent=typed or request.GET, note=note
    )


def _room(said: str | None, rooms: list[tuple[UUID, str]]) -> UUID:
    """The room that the form names, if it is one of theirs; else the first."""
    asked = as_uuid(said)
    if asked is None:
        return rooms[0][0]
    if asked not in [room for room, _name in rooms]:
        raise Http404
    return asked


def _new_form(thing: Thing, actor: Actor, typed: Any) -> LedgerForm:
    form = form_class(thing, ADD)(typed)
    spare_rows(form, typed)
    attaching.name_files(form, actor)
    return form


@needs("read")
def do(request: Asked, code: str, id: UUID, action: str) -> HttpResponse:
    """The form of one action on one thing; on POST it is done, or shown again."""
    thing = thing_or_404(request.actor, code)
    row = row_or_404(request.actor, thing, id)
    declared = thing.all_actions.get(action)
    if declared is None or action in (ADD, REMIND):
        raise Http404
    if not request.actor.may(declared.needs, code, row.room, row.district):
        raise PermissionDenied(_("Your role does not allow this here."))
    if request.method == "POST":
        sent, refused = attaching.received(request)
        form = _form(request.actor, thing, row, declared, sent)
        if "add_row" in sent:
            return _page(request, thing, declared, as_typed(form), row, sent=sent)
        if refused:
            attaching.say_refused(form, refused)
            return _page(request, thing, declared, form, row, sent=sent, status=422)
        return _carry_out(request, thing, row, declared, form)
    if declared not in things.actions_for(request.actor, thing, row):
        messages.warning(request, _("This is not possible any more: see what has happened."))
        return HttpResponseRedirect(url_of(thing, id))
    typed, note = begun(request)
    form = _form(request.actor, thing, row, declared, typed)
    if typed is not None:
        form = as_typed(form)
    return _page(request, thing, declared, form, row, sent=typed, note=note)


def _form(
    actor: Actor, thing: Thing, row: ThingRow, action: Action, typed: Any = None
) -> LedgerForm:
    form = form_class(thing, action.name)(typed, initial=_initial(thing, row, action))
    spare_rows(form, typed)
    if "into" in form.fields:
        others = [one for one in things.as_choices(thing, row.room) if one[0] != str(row.id)]
        form.fields["into"].widget = forms.Select(
            choices=[("", ""), *others], attrs={"data-combobox": ""}
        )
    if "to_room" in form.fields:
        rooms = Unit.objects.filter(pk__in=actor.reach("correct", thing.code).rooms, until=None)
        listed = rooms.exclude(pk=row.room).order_by("code").values_list("pk", "name")
        form.fields["to_room"].widget = forms.Select(
            choices=[("", ""), *((str(pk), name) for pk, name in listed)]
        )
    attaching.name_files_of(form, actor, row.id)
    return form


def _initial(thing: Thing, row: ThingRow, action: Action) -> dict[str, Any]:
    if action.name not in (CHANGE, CORRECT):
        asked = [ask.name for ask in action.asks]
        return {"until": clock.today().isoformat()} if "until" in asked else {}
    slots, values = slots_of(thing), vars(row)
    rows = {about.name: value for about, value in things.rows_in(thing, row)}
    return {
        about.name: corrected.people_as_typed(people_of(thing, row))
        if about.kind.code == "people"
        else as_typed_value(about, rows.get(about.name))
        if about.fields
        else as_typed_value(about, slots[about.name].get(values))
        for about in (*thing.fields, SINCE, UNTIL)
    }


def _carry_out(
    request: Asked, thing: Thing, row: ThingRow, action: Action, form: LedgerForm
) -> HttpResponse:
    data = form.raw_data()
    data.pop("reason", None)
    if action.name in (CHANGE, CORRECT):
        rows = {about.name: value for about, value in things.rows_in(thing, row)}
        before = _initial(thing, row, action)
        data = corrected.changed(thing, data, before, lambda field: rows.get(field.name))
    rev = as_count(request.POST.get("rev", ""))
    act = ThingAct(
        thing, action.name, request.actor, data, thing=row.id, rev=rev,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    try:
        carry_out([act])
    except ValidationError as error:
        errors_to_form(form, error)
        return _page(request, thing, action, form, row, sent=request.POST, status=422)
    except ConflictError as conflict:
        now = row_or_404(request.actor, thing, row.id)
        lines = entry_view.timeline_of(thing, row.id)[: max(now.rev - conflict.seen, 0)]
        return _page(
            request, thing, action, as_typed(form), now, sent=None, status=409, meanwhile=lines
        )
    said = {"action": action.done, "title": things.title_of(thing, row)}
    messages.success(request, _("%(action)s: %(title)s.") % said)
    return HttpResponseRedirect(url_of(thing, row.id))


def _page(
    request: Asked,
    thing: Thing,
    action: Action,
    form: LedgerForm,
    row: ThingRow | None,
    *,
    rooms: list[tuple[UUID, str]] | None = None,
    sent: Any = None,
    note: str = "",
    meanwhile: list[entry_view.Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    focus_first(list(form))
    sent = sent or {}
    context = {
        "thing": thing,
        "row": row,
        "title": things.title_of(thing, row) if row else "",
        "state": badge(row) if row else None,
        "action": action,
        "form": form,
        "bound_fields": in_lines(list(form)),
        "rooms": rooms or [],
        "room": sent.get("room", ""),
        "thing_id": sent.get("thing") or new_id(),
        "rev": sent.get("rev") or (row.rev if row else ""),
        "note": note,
        "meanwhile": meanwhile or [],
    }
    return render(request, "desk/things/act.html", context, status=status)
