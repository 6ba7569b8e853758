"""What is done to units: profile and hours, move, close, open again, coverage, a new one below."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.design.widgets import SearchableSelect
from linli.desk.administering import hours, pages, scope, units
from linli.desk.administering.unit_forms import (
    CloseForm,
    CoverForm,
    MoveForm,
    NewUnitForm,
    ProfileForm,
)
from linli.desk.requests import Asked
from linli.org import actions
from linli.org.models import PARENT_KIND, Community, Coverage, Unit, UnitKind


def page_of(unit: Unit) -> str:
    return reverse("administer:unit", args=[unit.pk])


def _to(unit: Unit) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_of(unit))


@needs("administer")
def change(request: Asked, unit: UUID) -> HttpResponse:
    """Profile and weekly hours. Rows are added and removed without a script too."""
    found = scope.unit_or_404(request.actor, unit)
    status, refilled = 200, hours.asked_for_rows(request.POST)
    if request.method == "POST" and refilled is not None:
        form = ProfileForm(initial=request.POST.dict(), instance=found)
        rows = hours.rows_for(found, refilled)
        for one in rows.forms:
            one._errors = None
    elif request.method == "POST":
        form, rows = ProfileForm(request.POST, instance=found), hours.rows_for(found, request.POST)
        if form.is_valid() and rows.is_valid():
            profile = {**form.cleaned_data, "hours": rows.slots}
            fresh = scope.unit_or_404(request.actor, unit)
            if pages.tried(
                form, lambda: actions.change_unit(unit=fresh, by=request.actor, **profile)
            ):
                messages.success(request, _("The unit is changed."))
                return _to(found)
        status = 422
    else:
        form, rows = ProfileForm(instance=found), hours.rows_for(found)
    return pages.form_page(
        request, form, title=_("Change the unit"), button=_("Save"), back=page_of(found),
        back_words=found.name, slots=rows, status=status,
    )  # fmt: skip


@needs("administer")
def add(request: Asked, unit: UUID) -> HttpResponse:
    """A new unit below this one, of the kind that belongs there."""
    parent = scope.unit_or_404(request.actor, unit)
    kind = units.kind_below(parent)
    if kind is None or parent.until is not None:
        messages.error(request, _("Nothing can be added below this unit."))
        return _to(parent)
    form = NewUnitForm(request.POST or None)
    made: list[Unit] = []

    def make() -> None:
        made.append(
            actions.add_unit(kind=kind, parent=parent, by=request.actor, **form.cleaned_data)
        )

    if request.method == "POST" and form.is_valid() and pages.tried(form, make):
        messages.success(request, _("%(name)s is added.") % {"name": made[0].name})
        return _to(made[0])
    return pages.form_page(
        request, form, title=units.below_words(parent), button=_("Add"), back=page_of(parent),
        back_words=parent.name, status=422 if form.is_bound else 200,
    )  # fmt: skip


@needs("administer")
def move(request: Asked, unit: UUID) -> HttpResponse:
    """Hang the unit under another one; what it recorded stays with its old district."""
    actor = request.actor
    found = scope.unit_or_404(actor, unit)
    kind = PARENT_KIND[UnitKind(found.kind)]
    if kind is None or units.is_root(actor, found):
        messages.error(request, _("Only who administers the unit above can move this one."))
        return _to(found)
    form = MoveForm(request.POST or None)
    targets = scope.units(actor).filter(scope.open_now(), kind=kind).exclude(children=found)
    field: Any = form.fields["to"]
    field.queryset = targets.order_by("code")
    field.widget = SearchableSelect()
    field.widget.choices = field.choices

    def act() -> None:
        actions.move_unit(unit=found, to=form.cleaned_data["to"], by=actor)

    if request.method == "POST" and form.is_valid() and pages.tried(form, act):
        messages.success(request, _("%(name)s is moved.") % {"name": found.name})
        return _to(found)
    return pages.form_page(
        request, form, title=_("Move the unit"), button=_("Move"), back=page_of(found),
        back_words=found.name, status=422 if form.is_bound else 200,
        note=_("What was recorded until now stays with the branch it was recorded in."),
        warning="" if targets.exists() else _("There is no other unit it could belong to."),
    )  # fmt: skip


@needs("administer")
def close(request: Asked, unit: UUID) -> HttpResponse:
    """Close the unit from a day on."""
    found = scope.unit_or_404(request.actor, unit)
    if found.until is not None:
        messages.info(request, _("This unit is closed already."))
        return _to(found)
    form = CloseForm(request.POST or None, unit=found)

    def act() -> None:
        actions.end_unit(unit=found, by=request.actor, until=form.cleaned_data["until"])

    if request.method == "POST" and form.is_valid() and pages.tried(form, act):
        messages.success(
            request, _("%(name)s is closed. It can be opened again.") % {"name": found.name}
        )
        return _to(found)
    covers = Coverage.objects.filter(room=found, until=None).count()
    return pages.form_page(
        request, form, title=_("Close the unit"), button=_("Close the unit"), danger=True,
        back=page_of(found), back_words=found.name, status=422 if form.is_bound else 200,
        note=_("What it recorded stays readable for those above it. Closing can be taken back."),
        warning=_("It still covers %(count)s communities. Let other rooms take them over first.") % {"count": covers} if covers else "",
    )  # fmt: skip


@needs("administer")
@require_POST
def reopen(request: Asked, unit: UUID) -> HttpResponse:
    """Take a closing back."""
    found = scope.unit_or_404(request.actor, unit)
    if found.until is not None:
        try:
            actions.reopen_unit(unit=found, by=request.actor)
            messages.success(request, _("%(name)s is open again.") % {"name": found.name})
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
    return _to(found)


@needs("administer")
def cover(request: Asked, unit: UUID) -> HttpResponse:
    """Let the room cover a community from a day on; the room before it stops that day."""
    found = scope.unit_or_404(request.actor, unit)
    if found.kind != UnitKind.ROOM or found.until is not None:
        messages.error(request, _("Only an open room covers communities."))
        return _to(found)
    form = CoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        community, since = form.cleaned_data["community"], form.cleaned_data["since"]
        refused = _not_theirs(request.actor, community)
        if refused:
            form.add_error("community", refused)
        elif pages.tried(
            form,
            lambda: actions.cover(room=found, community=community, by=request.actor, since=since),
        ):
            messages.success(
                request, _("%(name)s is covered from here.") % {"name": community.name}
            )
            return _to(found)
    return pages.form_page(
        request, form, title=_("Cover a community"), button=_("Take over"), back=page_of(found),
        back_words=found.name, status=422 if form.is_bound else 200,
        note=_("If another room of yours covers it now, that ends on the same day; both stay in the history."),
        suggest=reverse("administer:communities"),
    )  # fmt: skip


def _not_theirs(actor: Actor, community: Community) -> str:
    """A community that a room outside covers is not taken from it by this administrator."""
    now = Coverage.objects.filter(community=community, until=None).first()
    if now is None or scope.units(actor).filter(pk=now.room_id).exists():
        return ""
    return _("A room outside your units covers this community. Who administers both moves it.")


@needs("administer")
def communities(request: Asked) -> HttpResponse:
    """Suggestions for a community: by a part of its name or the beginning of its code."""
    query = request.GET.get("q", "").strip()[:40]
    if len(query) < 2:
        return JsonResponse([], safe=False)
    found = Community.objects.filter(Q(name__icontains=query) | Q(code__startswith=query))
    rows = [
        {"value": one.code, "label": one.name, "hint": f"{one.district} {one.street} {one.code}"}
        for one in found.order_by("code")[:12]
    ]
    return JsonResponse(rows, safe=False)
