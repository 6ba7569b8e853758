"""What anybody may know of a room, and finding the room that covers a community."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise

from linli.ground import clock
from linli.org import tree
from linli.org.models import Coverage, Role, Staff, Unit, UnitKind, Whereabouts

SHORTEST_QUERY: Final = 2
_MOST_FOUND: Final = 20
_MOST_COMMUNITIES: Final = 60


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who agreed to stand on the public page. `where` is blank when not told today."""

    name: str
    title: str
    where: Promise | str
    tone: str


@dataclass(frozen=True, slots=True)
class Found:
    """A room with the community by which it was found (blank: by its own name)."""

    room: Unit
    station: str
    community: str
    street: str


def open_room(code: str) -> Unit | None:
    """The room of this code, if it exists and is not closed."""
    today = clock.today()
    return (
        Unit.objects.filter(Q(until=None) | Q(until__gt=today), kind=UnitKind.ROOM, code=code)
        .select_related("parent__parent__parent")
        .first()
    )


def above(room: Unit) -> str:
    """Bureau, branch and station as they stand over a room's name."""
    bureau, branch, station, _room = tree.place_in_tree(room.pk)
    return f"{bureau.name}{branch.name} {station.name}"


def officers(room: Unit) -> list[Officer]:
    """Who is shown on the room's page: officers first, each once."""
    shown: dict[object, Officer] = {}
    people = tree.staff_of(room.pk)
    for staff, role in sorted(people, key=lambda pair: pair[1] != Role.OFFICER):
        if staff.on_public_page and staff.pk not in shown:
            where, tone = _whereabouts(staff)
            title = staff.rank or str(Role(role).label)
            shown[staff.pk] = Officer(staff.name, title, where, tone)
    return list(shown.values())


def _whereabouts(staff: Staff) -> tuple[Promise | str, str]:
    """The word only, never where exactly; and only of today: yesterday's word would mislead."""
    told = Whereabouts(staff.whereabouts)
    if told == Whereabouts.OFF:
        return told.label, "off"
    if clock.local(staff.whereabouts_since).date() != clock.today():
        return "", ""
    return told.label, told.value


def communities(room: Unit) -> list[str]:
    """The names of the communities that the room covers today."""
    today = clock.today()
    rows = Coverage.objects.filter(Q(until=None) | Q(until__gt=today), room=room, since__lte=today)
    names = rows.order_by("community__code").values_list("community__name", flat=True)
    return list(names[:_MOST_COMMUNITIES])


def search(words: str) -> list[Found]:
    """Open rooms by the name of a community, a street, a station or the room itself."""
    parts = words.split()
    if len("".join(parts)) < SHORTEST_QUERY:
        return []
    today = clock.today()
    by_community, by_room = Q(), Q()
    for part in parts:
        by_community &= Q(community__name__icontains=part) | Q(community__street__icontains=part)
        by_room &= Q(name__icontains=part) | Q(parent__name__icontains=part)
    open_now = Q(until=None) | Q(until__gt=today)
    room_open = Q(room__until=None) | Q(room__until__gt=today)
    covered = Coverage.objects.filter(by_community, open_now, room_open, since__lte=today)
    covered = covered.select_related("room__parent", "community").order_by("community__code")
    found = [
        Found(
            row.room,
            row.room.parent.name if row.room.parent else "",
            row.community.name,
            row.community.street,
        )
        for row in covered[:_MOST_FOUND]
    ]
    seen = {one.room.pk for one in found}
    rooms = Unit.objects.filter(by_room, open_now, kind=UnitKind.ROOM).exclude(pk__in=seen)
    rooms = rooms.select_related("parent").order_by("code")[: _MOST_FOUND - len(found)]
    found += [Found(room, room.parent.name if room.parent else "", "", "") for room in rooms]
    return found


def dial(phone: str) -> str:
    """A phone number for a `tel:` link: digits and a leading plus only."""
    return re.sub(r"(?!^\+)[^\d]", "", phone)
