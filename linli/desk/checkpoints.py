"""The check points of a room: a list, a form, and the signs to put up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.access import policy
from linli.access.routes import needs
from linli.desk.printing import answer_pdf
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked
from linli.ledger.declaration.kinds import POINT
from linli.ledger.forms.widgets import PointWidget
from linli.org.models import Unit
from linli.org.tree import names
from linli.patrols import points as things
from linli.patrols.models import CheckPoint
from linli.patrols.printing import signs_pdf


class PointForm(forms.Form):
    """What is told of a check point."""

    name = forms.CharField(
        label=gettext_lazy("Name of the check point"), max_length=40,
        help_text=gettext_lazy("As patrols call it: east gate, bicycle shed."),
    )  # fmt: skip
    area = forms.CharField(
        label=gettext_lazy("Area or round"), max_length=40, required=False,
        help_text=gettext_lazy("Points of one round stand together."),
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("Where the sign hangs"), max_length=200, required=False
    )
    point = forms.CharField(
        label=gettext_lazy("Map point"), required=False,
        widget=PointWidget(attrs={"autocomplete": "off", "data-point": ""}),
    )  # fmt: skip

    def clean_point(self) -> tuple[float, float] | None:
        typed = self.cleaned_data["point"]
        return POINT.clean(typed, None) if typed else None  # type: ignore[arg-type]

    def profile(self) -> dict[str, Any]:
        """As linli.patrols.points takes it."""
        said = dict(self.cleaned_data)
        lon, lat = said.pop("point") or (None, None)
        return {**said, "lon": lon, "lat": lat}


def _rooms(request: Asked) -> list[tuple[UUID, str]]:
    """The rooms whose patrols this actor walks, the own one first."""
    ids = request.actor.reach("handle", things.CODE).rooms
    rooms = Unit.objects.filter(pk__in=ids, until=None).order_by("code")
    own = request.actor.home_room
    return sorted(((room.pk, room.name) for room in rooms), key=lambda pair: pair[0] != own)


def _room(request: Asked, rooms: list[tuple[UUID, str]]) -> UUID:
    """The room asked for, or the own one; 404 for any other."""
    asked = request.GET.get("room") or request.POST.get("room")
    if not rooms:
        raise PermissionDenied(_("You are not posted at a room that patrols."))
    if not asked:
        return rooms[0][0]
    room = as_uuid(asked)
    if room not in [pk for pk, _name in rooms]:
        raise Http404
    return room


def _may_change(request: Asked, room: UUID) -> bool:
    from linli.org.tree import district_of

    return request.actor.may("correct", things.CODE, room, district_of(room))


def _list_url(room: UUID) -> str:
    return f"{reverse('patrol:points')}?room={room}"


@needs("handle")
def points(request: Asked) -> HttpResponse:
    """The check points of one room, those taken down last."""
    rooms = _rooms(request)
    room = _room(request, rooms)
    found = things.of_room(room, active=False)
    context = {
        "rooms": rooms,
        "room": room,
        "room_name": dict(rooms)[room],
        "points": found,
        "active": sum(one.active for one in found),
        "may_change": _may_change(request, room),
    }
    return render(request, "desk/patrol/points.html", context)


@needs("handle")
def add(request: Asked) -> HttpResponse:
    """Put up a check point."""
    rooms = _rooms(request)
    room = _room(request, rooms)
    if not _may_change(request, room):
        raise PermissionDenied(_("Your role does not allow this here."))
    form = PointForm(request.POST or None, initial={"area": request.GET.get("area", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = things.add(room=room, by=request.actor, **form.profile())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Check point “%(name)s” is there.") % {"name": made.name})
            return HttpResponseRedirect(_list_url(room))
    return _form(request, form, room, None)


@needs("handle")
def change(request: Asked, point: UUID) -> HttpResponse:
    """Change a check point, take it down or put it up again."""
    found = _point_or_404(request, point)
    initial = {"name": found.name, "area": found.area, "place": found.place}
    if found.lon is not None:
        initial["point"] = f"{found.lon},{found.lat}"
    form = PointForm(request.POST if _types(request) else None, initial=initial)
    if request.method == "POST":
        told: dict[str, Any] | None = None
        if "active" in request.POST:
            told = {"active": request.POST["active"] == "1"}
        elif form.is_valid():
            told = form.profile()
        try:
            if told is not None:
                things.change(point=found, by=request.actor, **told)
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(_list_url(found.room))
        except ValidationError as error:
            if not form.is_bound:
                form = PointForm(initial, initial=initial)
                form.is_valid()
            form.add_error(None, error)
    return _form(request, form, found.room, found)


def _types(request: Asked) -> bool:
    return request.method == "POST" and "active" not in request.POST


@needs("handle")
@require_POST
def renew(request: Asked, point: UUID) -> HttpResponse:
    """Another code for its sign: photographs of the old one are worth nothing."""
    found = _point_or_404(request, point)
    things.renew(point=found, by=request.actor)
    said = _("“%(name)s” has a new code. Print its sign and exchange it.") % {"name": found.name}
    messages.success(request, said)
    return HttpResponseRedirect(_list_url(found.room))


def _point_or_404(request: Asked, point: UUID) -> CheckPoint:
    found = policy.get_or_404(request.actor, CheckPoint, "handle", things.CODE, pk=point)
    policy.require(request.actor, "correct", things.CODE, found.room, found.district)
    return found


def _form(request: Asked, form: PointForm, room: UUID, point: CheckPoint | None) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "room": room, "point": point, "list_url": _list_url(room)}
    return render(request, "desk/patrol/point.html", context, status=status)


@needs("handle")
def signs(request: Asked) -> HttpResponse:
    """The signs of all points that are up (or of those ticked) as a PDF."""
    rooms = _rooms(request)
    room = _room(request, rooms)
    wanted = {as_uuid(one) for one in request.GET.getlist("point")}
    found = [one for one in things.of_room(room) if not wanted or one.pk in wanted]
    if not found:
        messages.info(request, _("There is no check point to print a sign for."))
        return HttpResponseRedirect(_list_url(room))
    made = signs_pdf(
        found, names([room]).get(room, ""),
        lambda one: request.build_absolute_uri(reverse("patrol:scan", args=[one.code])),
    )  # fmt: skip
    return answer_pdf(made, _("Signs of check points"))
