"""Files of matters: sent by a form or by script, looked at on a page of their own, given out as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked, entry_or_404
from linli.ledger.acts.attaching import REMOVED
from linli.ledger.acts.cleaning import asked, field_asked
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.entries.models import Entry
from linli.ledger.files import reading, serving, taking_in
from linli.ledger.files.models import Attachment
from linli.ledger.forms.files import NEW, FilesWidget
from linli.ledger.forms.forms import LedgerForm
from linli.ledger.reading import things
from linli.org import tree

Refused = Mapping[str, ValidationError]


def place_of(actor: Actor) -> tuple[UUID, UUID]:
    """Room and district that an upload is kept under until an act binds it to a matter of its own."""
    room = actor.home_room or next(iter(sorted(actor.reach("record").rooms)), None)
    if room is None:
        raise PermissionDenied(_("You are not posted at a room that records matters."))
    return room, tree.district_of(room)


def received(request: Asked) -> tuple[QueryDict, Refused]:
    """The form as it was sent, with the ids of the files that came with it in place of the files;
    and what was refused, by the name of the field in the form."""
    typed = request.POST.copy()
    refused: dict[str, ValidationError] = {}
    for key in request.FILES:
        if not key.endswith(NEW):
            continue
        name = key.removesuffix(NEW)
        room, district = place_of(request.actor)
        for upload in request.FILES.getlist(key):
            try:
                row = taking_in.take(
                    actor=request.actor, upload=upload, room=room, district=district
                )
            except ValidationError as error:
                refused[name] = ValidationError([*_so_far(refused, name), _named(upload, error)])
            else:
                typed.appendlist(name, str(row.id))
    return typed, refused


def _so_far(refused: Refused, name: str) -> list[Any]:
    return list(refused[name].error_list) if name in refused else []


def _named(upload: Any, error: ValidationError) -> str:
    return _("%(name)s: %(problem)s") % {
        "name": (upload.name or "")[:60], "problem": " ".join(error.messages),
    }  # fmt: skip


def say_refused(form: LedgerForm, refused: Refused) -> None:
    """Put what was refused beside its fields; what belongs to another form is left out."""
    form.full_clean()
    for name in form.fields:
        if problem := refused.get(form.add_prefix(name)):
            form.add_error(name, problem)


def named(form: LedgerForm, actor: Actor, entry: Entry) -> LedgerForm:
    """The form of an action on a matter, with its files by name; those to take off as ticks."""
    return name_files_of(form, actor, entry.id)


def name_files_of(form: LedgerForm, actor: Actor, owner: UUID) -> LedgerForm:
    """The same for what a matter or a thing has of files."""
    if REMOVED in form.fields:
        choices = [(str(one.id), one.name) for one in reading.of_entry(owner)]
        form.fields[REMOVED].widget = forms.CheckboxSelectMultiple(choices=choices)
    name_files(form, actor, owner)
    return form


def tick(form: LedgerForm, file: str | None) -> None:
    """Tick the file that the page before was about."""
    if REMOVED in form.fields and file:
        form.initial[REMOVED] = [file]


def name_files(form: LedgerForm, actor: Actor, entry: UUID | None = None) -> None:
    """Tell the fields for files which ones they may show by name: those of the matter, and those
    that this person sent and that wait."""
    for name, field in form.fields.items():
        widget = field.widget
        if not isinstance(widget, FilesWidget):
            continue
        ids = [one for one in map(as_uuid, map(str, form[name].value() or ())) if one]
        here = reading.of_entry(entry) if entry and ids else []
        widget.known = {str(one.id): one for one in (*here, *reading.waiting(actor, ids))}


def file_fields(ledger: Ledger, action: str) -> list[str]:
    """The names of the fields of an action that hold files."""
    declared = ledger.all_actions[action]
    asks = (ask.name for ask in asked(ledger, declared))
    return [name for name in asks if field_asked(ledger, declared, name).kind.code == "files"]


@needs("record")
@require_POST
def upload(request: Asked) -> HttpResponse:
    """One file sent by script: 201 with its line for the form, 422 with what is wrong in words."""
    sent = request.FILES.get("file")
    if sent is None:
        return _words(_("Choose a file."), 422)
    room, district = place_of(request.actor)
    try:
        row = taking_in.take(actor=request.actor, upload=sent, room=room, district=district)
    except ValidationError as error:
        return _words(_named(sent, error), 422)
    context = {"file": reading.shown([row])[0], "name": request.POST.get("field", "")[:80]}
    response = render(request, "ledger/file_line.html", context, status=201)
    response.headers["X-File"] = str(row.id)
    response.headers["Cache-Control"] = "no-store"
    return response


def _words(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


def _file_or_404(request: HttpRequest, file: UUID) -> Attachment:
    try:
        return reading.fetch(request.actor, file)  # type: ignore[attr-defined]
    except Attachment.DoesNotExist:
        raise Http404 from None


@require_safe
@needs("read")
def thumbnail(request: Asked, file: UUID) -> HttpResponse:
    """The small coarse picture, in which nothing can be read."""
    try:
        small = reading.thumbnail(_file_or_404(request, file))
    except reading.ContentGone:
        raise Http404 from None
    return serving.guarded(HttpResponse(small, content_type="image/jpeg"))


@require_safe
@needs("read")
def content(request: Asked, file: UUID) -> HttpResponseBase:
    """The content itself, or a part of it; the look is logged."""
    row = _file_or_404(request, file)
    try:
        return serving.answer(request, request.actor, row)
    except reading.ContentGone:
        raise Http404 from None


@require_safe
@needs("read")
def page(request: Asked, file: UUID) -> HttpResponse:
    """One file by itself, between the one before and the one after it."""
    row = _file_or_404(request, file)
    if row.entry is None:
        raise Http404
    owner = _owner(request.actor, row.entry)
    siblings = reading.of_entry(row.entry)
    at = next((n for n, one in enumerate(siblings) if one.id == row.id), None)
    context = {
        **owner,
        "file": siblings[at] if at is not None else reading.shown([row])[0],
        "ended": row.ended,
        "before": siblings[at - 1] if at else None,
        "after": siblings[at + 1] if at is not None and at + 1 < len(siblings) else None,
        "by": sender(row.added_by, tree.names([row.added_by] if row.added_by else [])),
        "may_detach": not row.ended and owner["may_detach"],
    }
    return render(request, "desk/file.html", context)


def _owner(actor: Actor, id: UUID) -> dict[str, Any]:
    """The matter or the thing with a file: where the page leads back to, what it is called, where
    the file is taken off."""
    for thing in registry.things():
        row = policy.visible(actor, thing.model, "read", thing.code).filter(id=id).first()
        if row is not None:
            names = {action.name for action in things.actions_for(actor, thing, row)}
            return {
                "back": reverse("things:one", args=[thing.code, id]),
                "called": things.title_of(thing, row),
                "detach_url": reverse("things:do", args=[thing.code, id, "detach"]),
                "may_detach": "detach" in names,
            }
    found = entry_or_404(actor, id)
    shown = list_rows.rows([found])[0]
    return {
        "back": shown.url,
        "called": shown.serial,
        "detach_url": reverse("desk:do", args=[id, "detach"]),
        "may_detach": may(actor, "detach", found),
    }


def sender(added_by: UUID | None, names: Mapping[UUID, str]) -> str:
    """Who sent a file."""
    return names.get(added_by, "") if added_by else _("the reporter")


def may(actor: Actor, action: str, entry: Entry) -> bool:
    """Whether this person may attach to or detach from the matter as it stands."""
    declared = registry.of(entry).all_actions.get(action)
    return (
        declared is not None
        and entry.state in declared.from_states
        and actor.may(declared.needs, entry.ledger, entry.room, entry.district)
    )


def strip(entry: Entry) -> list[tuple[reading.Shown, str, str]]:
    """The files of a matter for its page, each with who sent it and the field it stands in."""
    return strip_of(registry.of(entry), entry.id)


def strip_of(register: Register, owner: UUID) -> list[tuple[reading.Shown, str, str]]:
    """The same for a matter or a thing."""
    found = reading.of_entry(owner)
    names = tree.names({one.added_by for one in found if one.added_by})
    by_name = register.by_name
    titles = {one.field: str(by_name[one.field].title) for one in found if one.field in by_name}
    return [(one, sender(one.added_by, names), titles.get(one.field, "")) for one in found]
