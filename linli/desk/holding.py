"""Holds on a matter: placed and released by who may, each with a reason; and what an erased one shows."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.requests import Asked, entry_or_404
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.entries.serials import serial_text
from linli.ledger.retention import holding
from linli.ledger.retention.models import Hold


class HoldForm(forms.Form):
    """Why the clock of a matter is stopped, and for how long where that is known."""

    reason = forms.CharField(
        label=pgettext_lazy("hold", "Reason"),
        help_text=gettext_lazy("A court's letter, a complaint, an audit: its number."),
        max_length=holding.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=pgettext_lazy("hold", "Until"),
        help_text=gettext_lazy("Leave it blank: until somebody releases it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ReleaseForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for releasing it"), max_length=holding.LONGEST
    )


@needs("read")
def hold(request: Asked, entry: UUID) -> HttpResponse:
    """The holds that stand on a matter, to be released, and the form for a new one."""
    found = _entry(request, entry)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            holding.place(
                found, by=request.actor, reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
            )  # fmt: skip
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            messages.success(request, _("The matter is held: it is not erased while this stands."))
            return HttpResponseRedirect(list_rows.url_of(found))
    return _page(request, found, form)


def _page(
    request: Asked, entry: Entry, form: HoldForm, release: ReleaseForm | None = None
) -> HttpResponse:
    wrong = form.errors or (release.errors if release else None)
    context = {
        "row": list_rows.rows([entry])[0],
        "entry": entry,
        "holds": holding.of_entry(entry.id),
        "form": form,
        "release": release or ReleaseForm(auto_id="release_%s"),
    }
    return render(request, "desk/hold.html", context, status=422 if wrong else 200)


@require_POST
@needs("read")
def release(request: Asked, entry: UUID) -> HttpResponse:
    """End one hold of a matter."""
    found = _entry(request, entry)
    wanted = next(
        (one for one in holding.of_entry(found.id) if str(one.id) == request.POST.get("hold")), None
    )
    form = ReleaseForm(request.POST, auto_id="release_%s")
    if wanted is None:
        messages.warning(request, _("Somebody else has released this hold."))
        return HttpResponseRedirect(list_rows.url_of(found))
    if not form.is_valid():
        return _page(request, found, HoldForm(), form)
    holding.release(wanted, by=request.actor, reason=form.cleaned_data["reason"])
    messages.success(request, _("The hold is released. The time of the matter runs again."))
    return HttpResponseRedirect(list_rows.url_of(found))


def _entry(request: Asked, entry: UUID) -> Entry:
    found = entry_or_404(request.actor, entry)
    if not may_hold(request.actor, found):
        raise PermissionDenied(_("Your role does not allow this here."))
    return found


def may_hold(actor: Actor, entry: Entry) -> bool:
    """Whether this person may stop the clock of this matter."""
    return actor.may("hold", entry.ledger, entry.room, entry.district)


def standing(entry: Entry) -> list[Hold]:
    """The holds that the page of a matter tells of."""
    return holding.of_entry(entry.id)


def erased_page(request: Asked, entry: UUID) -> HttpResponse:
    """What stays of an erased matter, for who could read it; Http404 where there never was one."""
    stub = policy.visible(request.actor, ErasedEntry, "read").filter(id=entry).first()
    if stub is None or not registry.is_there(stub.ledger):
        raise Http404
    context = {
        "stub": stub,
        "serial": serial_text(stub),
        "ledger": registry.get(stub.ledger),
    }
    return render(request, "desk/erased.html", context, status=410)
