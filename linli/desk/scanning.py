"""A check point's sign was scanned: say on which patrol, and check in by a press of a button.

To open the page notes nothing: a scan by mistake, or by a phone that looks ahead, is no check-in.
No position is asked for.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked
from linli.ledger.entries.models import Entry
from linli.org.tree import names
from linli.patrols import points, walking
from linli.patrols.models import CheckPoint


@needs("handle")
def scan(request: Asked, sign: str) -> HttpResponse:
    """GET: which point, which patrol. POST: the check-in."""
    try:
        point = points.by_sign(request.actor, sign)
    except CheckPoint.DoesNotExist:
        raise Http404 from None
    if not point.active:
        return _page(request, point, [], [])
    walked = walking.walked(request.actor, point.room)
    planned = walking.planned(request.actor, point.room)
    if request.method != "POST":
        return _page(request, point, walked, planned)
    chosen = as_uuid(request.POST.get("patrol"))
    patrol = next((one for one in (*walked, *planned) if one.id == chosen), None)
    if patrol is None:
        return _page(request, point, walked, planned, _("Choose the patrol you are on."))
    try:
        new = walking.check_in(
            actor=request.actor, patrol=patrol, point=point,
            remark=request.POST.get("remark", "")[:200],
        )  # fmt: skip
    except ValidationError as error:
        return _page(request, point, walked, planned, " ".join(error.messages))
    said = _("Checked in at “%(point)s”.") if new else _("“%(point)s” was noted just now.")
    messages.success(request, said % {"point": point.name})
    return HttpResponseRedirect(reverse("patrol:walk", args=[patrol.id]))


def _page(
    request: Asked, point: CheckPoint, walked: list[Entry], planned: list[Entry], wrong: str = ""
) -> HttpResponse:
    context = {
        "point": point,
        "room_name": names([point.room]).get(point.room, ""),
        "walked": list_rows.rows(walked),
        "planned": list_rows.rows(planned),
        "wrong": wrong,
    }
    return render(request, "desk/patrol/scan.html", context, status=422 if wrong else 200)
