"""The public page of a room."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.design.moments import day_words
from linli.ground import clock
from linli.org import tree
from linli.org.models import Unit
from linli.publicsite import hours, reporting, rooms, texts
from linli.publicsite.languages import resident_page


@resident_page
def room(request: HttpRequest, code: str) -> HttpResponse:
    """Who is there, when it is open, how to reach it, what it does, what the rules are."""
    found = rooms.open_room(code)
    if found is None:
        return no_such_room(request)
    return render(request, "publicsite/room.html", room_context(found) | _details(found))


def room_context(found: Unit) -> dict[str, Any]:
    """What every page about a room says on top."""
    return {
        "room": found,
        "above": rooms.above(found),
        "station": found.parent,
        "dial": rooms.dial(found.phone),
        "station_dial": rooms.dial(found.parent.phone) if found.parent else "",
    }


def _details(found: Unit) -> dict[str, Any]:
    week = hours.weekly(found.hours)
    state = hours.state(week, tree.overrides(found.pk))
    return {
        "has_hours": bool(week),
        "open_until": state.now and f"{state.now.closes:%H:%M}",
        "next_words": state.next and _opening_words(state.next.opens, state.next.closes),
        "hours_certain": state.certain,
        "week": hours.week_words(week),
        "officers": rooms.officers(found),
        "communities": rooms.communities(found),
        "own_duties": found.duties,
        "duties": texts.duties(),
        "permits": texts.permits(),
        "kinds": texts.kinds().values(),
        "lines": texts.lines(),
        "takes_reports": reporting.responsible_for(found) is not None,
    }


def _opening_words(opens: datetime, closes: datetime) -> str:
    """'tomorrow 14:30–17:30'"""
    day = day_words(opens.date(), clock.today())
    return f"{day} {hours.span_words((opens.time(), closes.time()))}"


def no_such_room(request: HttpRequest) -> HttpResponse:
    """A 404 that helps: look the room up by the name of the community."""
    return render(request, "publicsite/no_room.html", status=404)


@resident_page
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The code for the poster at the door, leading to the room's page."""
    if rooms.open_room(code) is None:
        raise Http404
    address = request.build_absolute_uri(reverse("public_room", args=[code]))
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
