"""The base figures of a register 底数: how many of each kind stand on a day, from kept counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from linli.access.routes import needs
from linli.desk.refilling import day_or_none
from linli.desk.requests import Asked
from linli.desk.things.lists import thing_or_404
from linli.ground import clock
from linli.ledger.reading import base_figures


@dataclass(frozen=True)
class Line:
    """One kind: how many stand, and how many of all in percent for its bar."""

    code: str
    title: str | Promise
    count: int
    share: int


@needs("read")
def figures(request: Asked, code: str) -> HttpResponse:
    """How many of each kind stand on a day (`on`; today)."""
    thing = thing_or_404(request.actor, code)
    if not thing.counted_by:
        raise Http404
    day = day_or_none(request.GET.get("on")) or clock.today()
    counted = base_figures.by_kind(request.actor, thing, day)
    most = max((n for _code, _title, n in counted), default=0)
    context = {
        "thing": thing,
        "day": day,
        "today": clock.today(),
        "lines": [Line(c, title, n, round(100 * n / most)) for c, title, n in counted if n],
        "total": sum(n for _code, _title, n in counted),
    }
    return render(request, "desk/things/figures.html", context)
