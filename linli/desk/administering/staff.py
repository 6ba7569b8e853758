"""The list of staff and the page of one person: account, postings, way in, history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from linli.access import second_factor
from linli.access.actor import actor_for
from linli.access.routes import needs
from linli.access.views import browser_words
from linli.desk.administering import overview, pages, scope, units
from linli.desk.requests import Asked
from linli.ground.clock import today
from linli.org.models import Posting, Role, Staff, Unit

OFFERED = 12


@needs("administer")
def people(request: Asked) -> HttpResponse:
    """Search by name, pinyin, user name or badge number; narrowed by role and state; fifty a page."""
    query = request.GET.get("q", "").strip()[:40]
    show = request.GET.get("show", "")
    role = request.GET.get("role", "")
    found = scope.staff(request.actor)
    if query:
        found = matching(found, query)
    if role in Role.values:
        held = Posting.objects.filter(scope.held_now(), staff=OuterRef("pk"), role=role)
        found = found.filter(Exists(held))
    if show == "unposted":
        found = overview.unposted(found)
    elif show == "off":
        found = found.filter(is_active=False)
    turn = pages.rows_of(request, found.order_by("name_pinyin", "name", "pk"))
    context = {
        "turn": turn,
        "lines": _lines(turn.rows),
        "query": query,
        "show": show,
        "role": role,
        "roles": Role.choices,
    }
    return render(request, "desk/administer/people.html", context)


def matching(rows: QuerySet[Staff], query: str) -> QuerySet[Staff]:
    """Name, beginning of its pinyin, of the user name or of the badge number."""
    sound = query.replace(" ", "").lower()
    return rows.filter(
        Q(name__icontains=query)
        | Q(name_pinyin__startswith=sound)
        | Q(username__startswith=query.lower())
        | Q(badge_no__startswith=query)
    )


def _lines(rows: Any) -> list[dict[str, Any]]:
    """People with the postings they hold."""
    held: dict[UUID, list[Posting]] = {}
    postings = Posting.objects.filter(scope.held_now(), staff__in=[one.pk for one in rows])
    for posting in postings.select_related("unit").order_by("since"):
        held.setdefault(posting.staff_id, []).append(posting)
    return [{"staff": one, "postings": held.get(one.pk, [])} for one in rows]


@needs("administer")
def person(request: Asked, staff: UUID) -> HttpResponse:
    """Everything about one account that is not personal life: no whereabouts are shown here."""
    actor = request.actor
    found = scope.staff_or_404(actor, staff)
    postings = list(
        Posting.objects.filter(staff=found).select_related("unit").order_by("-since", "-pk")[:100]
    )
    here = set(
        scope.units(actor).filter(pk__in={p.unit_id for p in postings}).values_list("pk", flat=True)
    )
    why_not = scope.why_not(actor, found)
    context = {
        "staff": found,
        "postings": [
            {
                "posting": one,
                "ours": one.unit_id in here,
                "held": one.until is None or one.until > today(),
                "to_come": one.since > today(),
                "endable": one.until is None and one.unit_id in here and found.pk != actor.id,
            }
            for one in postings
        ],
        "why_not": why_not,
        "second_factor": second_factor.has_one(found.pk),
        "needs_second_factor": actor_for(found).needs_second_factor,
        "sessions": _sessions(found) if not why_not else [],
        "lines": pages.history(actor, found.pk, Staff),
    }
    return render(request, "desk/administer/person.html", context)


def _sessions(staff: Staff) -> list[dict[str, Any]]:
    """Open sessions of somebody, the newest first: since when, in which browser."""
    found = UserSession.objects.purge_and_list(staff)
    return [
        {"at": one.created_at, "browser": browser_words(one.user_agent)}
        for one in sorted(found, key=lambda one: one.created_at, reverse=True)
    ]


@needs("administer")
def suggest_units(request: Asked) -> HttpResponse:
    """Units of the scope for the posting form: [{"value": code, "label": name, "hint": code}]."""
    query = request.GET.get("q", "").strip()[:40]
    if not query:
        return JsonResponse([], safe=False)
    here = scope.units(request.actor).filter(scope.open_now())
    found: list[Unit] = list(
        units.matching(here, query).select_related("parent").order_by("code")[:OFFERED]
    )
    rows = [
        {
            "value": one.code,
            "label": one.name,
            "hint": " ".join(filter(None, (one.parent.name if one.parent else "", one.code))),
        }
        for one in found
    ]
    return JsonResponse(rows, safe=False)


def page_of(staff: Staff) -> str:
    return reverse("administer:person", args=[staff.pk])
