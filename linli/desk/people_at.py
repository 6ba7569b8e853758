"""Who is posted at several units, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from linli.ground import clock
from linli.org.models import Posting, Role, Staff

_ORDER = {role: number for number, role in enumerate((Role.HEAD, Role.CHIEF, Role.OFFICER))}


def people_at(units: Iterable[UUID]) -> dict[UUID, list[tuple[Staff, str]]]:
    """Today's people of each unit with their roles: heads first, then officers, then by name."""
    day = clock.today()
    postings = (
        Posting.objects.filter(unit__in=list(units), since__lte=day, staff__is_active=True)
        .filter(Q(until=None) | Q(until__gt=day))
        .select_related("staff")
        .order_by("staff__name_pinyin", "staff__name")
    )
    found: dict[UUID, list[tuple[Staff, str]]] = {}
    for posting in postings:
        found.setdefault(posting.unit_id, []).append((posting.staff, posting.role))
    for people in found.values():
        people.sort(key=lambda pair: _ORDER.get(Role(pair[1]), len(_ORDER)))
    return found
