"""The tree of units, level by level, and the page of one unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.administering import hours, overview, pages, scope
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked
from linli.ground import words
from linli.ground.clock import today
from linli.org import tree
from linli.org.models import Coverage, Posting, Unit, UnitKind

# Names are kept without their pinyin, so Latin letters are matched here, up to so many names.
PINYIN_UP_TO = 5000


@needs("administer")
def units(request: Asked) -> HttpResponse:
    """One level of the tree, or what a search or a figure of the overview found; fifty a page."""
    actor = request.actor
    asked = as_uuid(request.GET.get("below"))
    query = request.GET.get("q", "").strip()[:40]
    show = request.GET.get("show", "")
    roots = scope.roots(actor)
    parent: Unit | None = None
    if query:
        found = matching(scope.units(actor), query)
    elif show in LISTS:
        found = LISTS[show](actor)
    else:
        parent = (
            scope.unit_or_404(actor, asked) if asked else (roots[0] if len(roots) == 1 else None)
        )
        found = (
            Unit.objects.filter(parent=parent)
            if parent
            else Unit.objects.filter(pk__in=[one.pk for one in roots])
        )
    turn = pages.rows_of(request, found.order_by("until", "code", "pk"))
    context = {
        "turn": turn,
        "lines": _lines(turn.rows),
        "parent": parent,
        "path": path_in_scope(actor, parent) if parent else [],
        "query": query,
        "show": show if show in LISTS and not query else "",
        "below_words": below_words(parent) if parent else "",
    }
    return render(request, "desk/administer/units.html", context)


LISTS: dict[str, Any] = {
    "no-staff": lambda actor: overview.without_staff(overview.rooms(actor)),
    "no-hours": lambda actor: overview.without_hours(overview.rooms(actor)),
    "provisional": lambda actor: scope.units(actor).filter(scope.open_now(), provisional=True),
}


def matching(rows: QuerySet[Unit], query: str) -> QuerySet[Unit]:
    """By a part of the name, the beginning of the code, or (where there are few enough) pinyin."""
    found = rows.filter(Q(name__icontains=query) | Q(code__startswith=query))
    if not (query.isascii() and query.replace(" ", "").isalpha()):
        return found
    names = list(rows.values_list("pk", "name")[: PINYIN_UP_TO + 1])
    if len(names) > PINYIN_UP_TO:
        return found
    sound = query.replace(" ", "").lower()
    by_sound = [
        pk for pk, name in names if sound in words.pinyin(name) or sound in words.initials(name)
    ]
    return rows.filter(Q(pk__in=by_sound[:500]) | Q(name__icontains=query))


def _lines(rows: Any) -> list[dict[str, Any]]:
    """Units with how many stand below, how many are posted there, and where they belong."""
    ids = [unit.pk for unit in rows]
    below = dict(
        Unit.objects.filter(scope.open_now(), parent__in=ids)
        .order_by()
        .values_list("parent")
        .annotate(n=Count("pk"))
    )
    posted = dict(
        Posting.objects.filter(scope.held_now(), unit__in=ids)
        .order_by()
        .values_list("unit")
        .annotate(n=Count("staff", distinct=True))
    )
    above = tree.names([unit.parent_id for unit in rows if unit.parent_id])
    day = today()
    return [
        {
            "unit": unit,
            "below": below.get(unit.pk, 0),
            "staff": posted.get(unit.pk, 0),
            "above": above.get(unit.parent_id, "") if unit.parent_id else "",
            "closed": unit.until is not None and unit.until <= day,
        }
        for unit in rows
    ]


def path_in_scope(actor: Actor, unit: Unit) -> list[tuple[Unit, bool]]:
    """The unit with all above it, each with whether this administrator may open it."""
    line = tree.path(unit.pk)
    theirs = set(
        scope.units(actor).filter(pk__in=[one.pk for one in line]).values_list("pk", flat=True)
    )
    return [(one, one.pk in theirs) for one in line]


def kind_below(unit: Unit) -> UnitKind | None:
    """Which kind hangs under this one."""
    order = list(UnitKind)
    place = order.index(UnitKind(unit.kind)) + 1
    return order[place] if place < len(order) else None


def below_words(unit: Unit) -> str:
    """How the button reads that adds a unit here; "" under a room."""
    return {
        UnitKind.BRANCH: _("Add a branch"),
        UnitKind.STATION: _("Add a station"),
        UnitKind.ROOM: _("Add a room"),
    }.get(kind_below(unit) or UnitKind.BUREAU, "")


@needs("administer")
def unit(request: Asked, unit: UUID) -> HttpResponse:
    """Everything about one unit: profile, what it covers, who is posted, what was changed."""
    actor = request.actor
    found = scope.unit_or_404(actor, unit)
    postings = (
        Posting.objects.filter(unit=found)
        .select_related("staff")
        .order_by("until", "staff__name_pinyin", "pk")
    )
    day = today()
    held = list(postings.filter(scope.held_now())[:200])
    covers = list(
        Coverage.objects.filter(room=found)
        .select_related("community")
        .order_by("-since", "pk")[:200]
    )
    context = {
        "unit": found,
        "path": path_in_scope(actor, found)[:-1],
        "closed": found.until is not None and found.until <= day,
        "hours": hours.by_day(found.hours),
        "postings": held,
        "former": postings.exclude(scope.held_now()).count(),
        "covered": [one for one in covers if one.until is None or one.until > day],
        "covered_before": [one for one in covers if one.until is not None and one.until <= day],
        "is_room": found.kind == UnitKind.ROOM,
        "movable": found.kind != UnitKind.BUREAU and not is_root(actor, found),
        "below": Unit.objects.filter(scope.open_now(), parent=found).count(),
        "below_words": below_words(found),
        "lines": pages.history(actor, found.pk, Unit),
    }
    return render(request, "desk/administer/unit.html", context)


def is_root(actor: Actor, unit: Unit) -> bool:
    """Whether this administrator's own post is at the unit: above it nothing is theirs."""
    return unit.pk in {post.unit for post in actor.holders(scope.PERMISSION)}
