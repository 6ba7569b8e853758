"""The administrator's first page: my units in figures, what is missing, what has to be done."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import banners
from linli.desk.administering import scope
from linli.desk.requests import Asked
from linli.ground import clock
from linli.org import tree
from linli.org.models import Posting, Staff, Unit, UnitKind


def rooms(actor: Actor) -> QuerySet[Unit]:
    """The open rooms of this administrator."""
    return scope.units(actor).filter(scope.open_now(), kind=UnitKind.ROOM)


def without_staff(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Those of them where nobody is posted who may sign in."""
    posted = Posting.objects.filter(
        scope.held_now(), unit=OuterRef("pk"), since__lte=clock.today(), staff__is_active=True
    )
    return units.filter(~Exists(posted))


def without_hours(units: QuerySet[Unit]) -> QuerySet[Unit]:
    return units.filter(hours=[])


def unposted(people: QuerySet[Staff]) -> QuerySet[Staff]:
    """Accounts that may sign in but are posted nowhere: they open and see nothing."""
    posted = Posting.objects.filter(scope.held_now(), staff=OuterRef("pk"))
    return people.filter(~Exists(posted), is_active=True)


@needs("administer")
def overview(request: Asked) -> HttpResponse:
    """Figures that lead to their lists, warnings, and the ways on."""
    actor = request.actor
    here = rooms(actor)
    today = clock.today()
    unknown = [year for year in (today.year, today.year + 1) if not tree.year_known(year)]
    context = {
        "roots": scope.roots(actor),
        "rooms": here.count(),
        "without_staff": without_staff(here).count(),
        "without_hours": without_hours(here).count(),
        "people": scope.staff(actor).filter(is_active=True).count(),
        "unposted": unposted(scope.staff(actor)).count(),
        "provisional": scope.units(actor).filter(scope.open_now(), provisional=True).count(),
        "lists": {
            "no_staff": f"{reverse('administer:units')}?show=no-staff",
            "no_hours": f"{reverse('administer:units')}?show=no-hours",
            "provisional": f"{reverse('administer:units')}?show=provisional",
            "unposted": f"{reverse('administer:people')}?show=unposted",
        },
        "warnings": banners.for_actor(actor),
        "unknown_years": unknown,
        # The State Council's notice for a year comes in the weeks before it.
        "soon": today >= date(today.year, 11, 1),
    }
    return render(request, "desk/administer/overview.html", context)
