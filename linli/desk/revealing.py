"""To unmask a person, or to look one up: always with a purpose, never in a URL, never cached."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linli.access import limits
from linli.access.actor import Actor
from linli.access.purposes import PURPOSES
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.detail import PersonShown, people_shown
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked, entry_or_404
from linli.ground import codes
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.reading import entry_view, search

KINDS = {
    "phone": _("Phone"),
    "identity": _("Identity number"),
    "name": _("Name"),
    "pinyin": _("Name in pinyin"),
}


class PurposeForm(forms.Form):
    """Why somebody wants to know."""

    purpose = forms.ChoiceField(
        label=_("What do you need it for?"),
        choices=[(one.code, one.title) for one in PURPOSES],
        widget=forms.RadioSelect,
        required=False,
    )
    matter = forms.CharField(
        label=_("Number of the matter"), max_length=80, required=False,
    )  # fmt: skip
    words = forms.CharField(
        label=_("Reason"),
        help_text=_("In words, where the purpose is another reason. It is reviewed."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=300,
        required=False,
    )

    def refused(self, error: ValidationError) -> None:
        """Put what the purpose check said beside its fields."""
        if hasattr(error, "error_dict"):
            for name, problems in error.error_dict.items():
                self.add_error(name if name in self.fields else None, problems)
        else:
            self.add_error(None, error)

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("purpose", "matter", "words")}


def left_today(actor: Actor, kind: str) -> int:
    """How many more of these reads the actor has today."""
    return max(limits.limit(actor, kind) - limits.used(actor, kind), 0)


@needs("reveal")
def reveal(request: Asked, entry: UUID) -> HttpResponse:
    """Ask why (GET), then show the values of one person or of all (POST)."""
    found = entry_or_404(request.actor, entry)
    people = people_shown(found, registry.of(found))
    asked = as_uuid(request.POST.get("person") or request.GET.get("person"))
    chosen = [one for one in people if asked is None or one.person.id == asked]
    if request.method != "POST":
        form = PurposeForm(initial={"purpose": "matter", "matter": serial_text(found)})
        return _ask(request, found, chosen, form)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return _ask(request, found, chosen, form, status=422)
    try:
        opened = entry_view.reveal(
            actor=request.actor,
            entry=found,
            people_ids=[one.person.id for one in chosen],
            **form.given(),
        )
    except ValidationError as error:
        form.refused(error)
        return _ask(request, found, chosen, form, status=422)
    except limits.LimitReached as reached:
        form.add_error(None, str(reached))
        return _ask(request, found, chosen, form, status=403)
    context = {
        "row": list_rows.rows([found])[0],
        "opened": [(one, opened.get(one.person.id, {})) for one in chosen],
        "left": left_today(request.actor, "reveal"),
    }
    return private(render(request, "desk/revealed.html", context))


def _ask(
    request: Asked, entry: Entry, chosen: list[PersonShown], form: PurposeForm, status: int = 200
) -> HttpResponse:
    context = {
        "row": list_rows.rows([entry])[0],
        "people": chosen,
        "person": chosen[0].person.id if len(chosen) == 1 else "",
        "form": form,
        "left": left_today(request.actor, "reveal"),
        "reveal_url": request.path,
    }
    return private(render(request, "desk/reveal.html", context, status=status))


@needs("lookup")
@require_POST
def look_up(request: Asked) -> HttpResponse:
    """The matters a person appears in; asks for the purpose first."""
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "").strip()[:100]
    if kind not in KINDS:
        kind = "name"
    if "purpose" not in request.POST:
        return ask_why(request, kind, value)
    form = PurposeForm(request.POST)
    if not form.is_valid() or not value:
        if not value:
            form.add_error(None, _("Say whom you are looking for."))
        return ask_why(request, kind, value, form, 422)
    try:
        found = search.find_person(request.actor, kind=kind, value=value, **form.given())
    except ValidationError as error:
        form.refused(error)
        return ask_why(request, kind, value, form, 422)
    except codes.Refused as refused:
        form.add_error(None, str(refused.message))
        return ask_why(request, kind, value, form, 422)
    except limits.LimitReached as reached:
        form.add_error(None, str(reached))
        return ask_why(request, kind, value, form, 403)
    rows = list_rows.rows([entry for entry, _person in found])
    context = {
        "kind": KINDS[kind],
        "found": list(zip(rows, [person for _entry, person in found], strict=True)),
        "left": left_today(request.actor, "lookup"),
    }
    return private(render(request, "desk/looked_up.html", context))


def ask_why(
    request: Asked, kind: str, value: str, form: PurposeForm | None = None, status: int = 200
) -> HttpResponse:
    """The question before a person is looked up; what was typed stays in a hidden field."""
    context = {
        "kind": kind,
        "kind_title": KINDS[kind],
        "value": value,
        "form": form or PurposeForm(initial={"purpose": "matter"}),
        "left": left_today(request.actor, "lookup"),
    }
    return private(render(request, "desk/look_up.html", context, status=status))


def private(response: HttpResponse) -> HttpResponse:
    """Neither the browser nor anything between keeps such a page."""
    response.headers["Cache-Control"] = "no-store"
    return response
