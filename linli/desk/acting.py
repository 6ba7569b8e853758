"""One form for every action on a matter, and what to do when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.access.roles import ROLES
from linli.access.routes import needs
from linli.desk import attaching, corrected, list_rows
from linli.desk.detail import people_shown
from linli.desk.drafting import save_url
from linli.desk.refilling import (
    as_count,
    as_typed,
    begun,
    colleagues_of,
    focus_first,
    in_lines,
    spare_rows,
)
from linli.desk.requests import Asked, entry_or_404, safe_back
from linli.ground import clock
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act, ConflictError
from linli.ledger.acts.possible import actions_for, can_take
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Action, Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.forms import drafts
from linli.ledger.forms.forms import (
    LedgerForm,
    as_typed_value,
    errors_to_form,
    form_class,
    now_text,
    roles_first,
)
from linli.ledger.reading import entry_view, things
from linli.org.models import Whereabouts

# Not done by this form: recording has its page, an answer is the reporter's.
_ELSEWHERE = ("record", "answer")
# Times that an action writes down are mostly "just now".
_NOW = (
    "finished_at", "arrived_at", "dispatched_at", "told_at", "held_at", "transferred_at",
    "checked_at",
)  # fmt: skip
# Just now where it must be said; where it may be, it lies back and is known mostly.
_NOW_IF_NEEDED = ("started_at",)
_TODAY = ("agreed_on", "checked_on", "flared_on", "signed_on")


@needs("read")
def do(request: Asked, entry: UUID, action: str) -> HttpResponse:
    """The form of one action on one matter; on POST it is done, or shown again with what is wrong."""
    found = entry_or_404(request.actor, entry)
    ledger = registry.of(found)
    declared = ledger.all_actions.get(action)
    if declared is None or action in _ELSEWHERE:
        raise Http404
    if not request.actor.may(declared.needs, found.ledger, found.room, found.district):
        raise PermissionDenied(_("Your role does not allow this here."))
    if request.method == "POST":
        sent, refused = attaching.received(request)
        form = attaching.named(make_form(found, ledger, declared, sent), request.actor, found)
        if "add_row" in sent:
            return _page(request, found, declared, as_typed(form), sent.get("rev"))
        if refused:
            attaching.say_refused(form, refused)
            return _page(request, found, declared, form, sent.get("rev"), status=422)
        return _carry_out(request, found, declared, form)
    if declared not in actions_for(request.actor, found):
        messages.warning(request, _("This is not possible any more: see what has happened."))
        return HttpResponseRedirect(list_rows.url_of(found))
    typed, note = begun(request)
    if typed is not None:
        made = attaching.named(make_form(found, ledger, declared, typed), request.actor, found)
        form = as_typed(made)
        return _page(request, found, declared, form, typed.get("rev"), note=note,
                     draft=typed.get("draft"))  # fmt: skip
    form = attaching.named(make_form(found, ledger, declared), request.actor, found)
    attaching.tick(form, request.GET.get("file"))
    return _page(request, found, declared, form, None)


def make_form(entry: Entry, ledger: Ledger, action: Action, data: Any = None) -> LedgerForm:
    """The form of an action, filled with the present values where it corrects them."""
    form_type = form_class(ledger, action.name)
    form = form_type(data, initial=_initial(entry, ledger, action))
    if "hand_to" in form.fields:
        form.fields["hand_to"].widget = forms.RadioSelect(choices=_colleagues(entry))
    spare_rows(form, data)
    form.offer_staff(lambda: colleagues_of(entry.room))
    form.offer_choices(entry.room)
    form.offer_things(lambda code: things.as_choices(registry.thing(code), entry.room))
    return form


def _initial(entry: Entry, ledger: Ledger, action: Action) -> dict[str, Any]:
    if action.name != "correct":
        asked = [ask.name for ask in action.asks]
        needed = {ask.name for ask in action.asks if ask.required and ask.name in _NOW_IF_NEEDED}
        times = {name: now_text() for name in asked if name in _NOW or name in needed}
        days = {name: clock.today().isoformat() for name in asked if name in _TODAY}
        return times | days | roles_first(action) | _lists_meant(entry, ledger, asked)
    return {
        about.name: corrected.people_as_typed(people_shown(entry, ledger))
        if about.kind.code == "people"
        else as_typed_value(about, entry_view.field_value(entry, about))
        for about in ledger.fields
    }


def _lists_meant(entry: Entry, ledger: Ledger, asked: Sequence[str]) -> dict[str, Any]:
    """Of several checklists the one that is called as the matter's category."""
    meant = entry.category.split(".")[0]
    return {
        about.name: entry_view.field_value(entry, about) or {"list": meant}
        for about in ledger.fields
        if about.name in asked and about.checklists and meant in about.checklists.by_code
    }


def _colleagues(entry: Entry) -> list[tuple[str, str]]:
    """Who may take it, with role and where they are: nobody hands over to an empty chair."""
    where = dict(Whereabouts.choices)
    return [
        (str(staff.pk), f"{staff.name} · {ROLES[role].title} · {where[staff.whereabouts]}")
        for staff, role in can_take(entry)
    ]


def _page(
    request: Asked,
    entry: Entry,
    action: Action,
    form: LedgerForm,
    rev: str | None,
    *,
    note: str = "",
    draft: str | None = None,
    meanwhile: list[entry_view.Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    ledger = registry.of(entry)
    focus_first(list(form))
    context = {
        "row": list_rows.rows([entry])[0],
        "entry": entry,
        "ledger": ledger,
        "action": action,
        "form": form,
        "bound_fields": in_lines(list(form)),
        "rev": rev or entry.rev,
        "note": note,
        "draft": draft or "",
        "draft_url": save_url(ledger.code, action.name, entry.id) if form.fields else "",
        "meanwhile": meanwhile or [],
        # What another row is added to: which opinion still waits, who still lacks the course.
        "derived": entry_view.derived_shown(entry) if action.adds else [],
        "nobody_to_take": "hand_to" in form.fields and not form["hand_to"].subwidgets,
        "back": request.POST.get("back", ""),
    }
    return render(request, "desk/act.html", context, status=status)


def _data(form: LedgerForm, entry: Entry, ledger: Ledger, action: Action) -> dict[str, Any]:
    """What was typed, for the act. A correction carries only what differs from what was shown:
    a time shown to the minute is not corrected to the full minute by leaving it alone."""
    data = form.raw_data()
    data.pop("reason", None)
    if action.name != "correct":
        return data
    before = _initial(entry, ledger, action)
    return corrected.changed(
        ledger, data, before, lambda field: entry_view.field_value(entry, field)
    )


def _carry_out(request: Asked, entry: Entry, action: Action, form: LedgerForm) -> HttpResponse:
    ledger = registry.of(entry)
    rev = request.POST.get("rev", "")
    draft = request.POST.get("draft")
    act = Act(
        ledger, action.name, request.actor, _data(form, entry, ledger, action),
        entry=entry.id, rev=as_count(rev),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    try:
        done = carrying_out.carry_out([act])[0]
    except ValidationError as error:
        errors_to_form(form, error)
        return _page(request, entry, action, form, rev, draft=draft, status=422)
    except ConflictError as conflict:
        now = entry_or_404(request.actor, entry.id)
        return _page(
            request, now, action, as_typed(form), str(now.rev), draft=draft, status=409,
            meanwhile=entry_view.changes_since(now, conflict.seen),
        )  # fmt: skip
    drafts.drop_sent(request.actor, ledger.code, action.name, request.POST, "rev", entry.id)
    messages.success(
        request,
        _("%(action)s: %(title)s (%(serial)s).")
        % {
            "action": action.done,
            "title": list_rows.title_of(entry),
            "serial": list_rows.rows([entry])[0].serial,
        },
    )
    assert done.entry == entry.id
    return HttpResponseRedirect(safe_back(request, list_rows.url_of(entry)))
