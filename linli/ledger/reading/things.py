"""Things as people see them: a list with the filters of the declaration, one thing, what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access import policy
from linli.access.actor import Actor
from linli.ledger.acts.thing_values import called, facts_of_thing, parts_of
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Action, Field
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import (
    ENDED,
    MERGED,
    REMIND,
    SINCE,
    STANDING,
    TITLES,
    UNTIL,
)
from linli.ledger.entries.models import Entry, EntryLink, EntryPerson
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import EntryThing, ThingRow, state_of
from linli.ledger.reading.lists import COUNT_TO
from linli.org.tree import names

SIZE: Final = 50
MOST_MATTERS: Final = 30


class PurposeNeeded(PermissionDenied):
    """A register of people is not browsed: look somebody up, and say why."""


def rows_of(actor: Actor, thing: Thing, permission: str = "read") -> QuerySet[ThingRow]:
    """The things of a register that the actor holds a permission for; those of a register of people
    only behind a look-up. Raises PurposeNeeded."""
    if thing.purpose:
        raise PurposeNeeded(_("This register is not browsed. Look somebody up and say why."))
    return policy.visible(actor, thing.model, permission, thing.code)


def fetch(actor: Actor, thing: Thing, id: UUID) -> ThingRow:
    """One thing, if the actor may read it; DoesNotExist of its table otherwise (a face says 404)."""
    found: ThingRow = policy.visible(actor, thing.model, "read", thing.code).get(id=id)
    return found


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by: `state` ("" stands for those in being, "all" for all), the room,
    and a value for each of the register's own filters. `order` is a column, "-" before it reverses."""

    state: str = ""
    room: str = ""
    order: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_query(cls, thing: Thing, query: Mapping[str, Any]) -> Filters:
        """As an address says it; what is not understood is left out."""
        said = {n: str(query.get(n, "")).strip()[:100] for n in ("state", "room", "order")}
        values = {
            name: text for name in thing.filters if (text := str(query.get(name, "")).strip()[:100])
        }
        if said["state"] not in (STANDING, ENDED, MERGED, VOID, "all"):
            said["state"] = ""
        if said["order"].removeprefix("-") not in thing.ordered:
            said["order"] = ""
        return cls(**said, values=values)

    def as_query(self, **changes: str) -> str:
        """As an address says it, with some of them changed ("" takes one away)."""
        said = {"state": self.state, "room": self.room, "order": self.order, **self.values}
        return urlencode({name: text for name, text in {**said, **changes}.items() if text})

    def apply(self, thing: Thing, rows: QuerySet[ThingRow]) -> QuerySet[ThingRow]:
        """The rows that fit."""
        if self.state in ("", STANDING):
            rows = rows.filter(thing.model.standing)
        elif self.state == ENDED:
            rows = rows.filter(until__isnull=False, merged_into=None, void=False)
        elif self.state == MERGED:
            rows = rows.filter(merged_into__isnull=False, void=False)
        elif self.state == VOID:
            rows = rows.filter(void=True)
        if room := _uuid(self.room):
            rows = rows.filter(room=room)
        for name, text in self.values.items():
            rows = rows.filter(_fits(thing.field(name), text))
        return rows


def _fits(about: Field, text: str) -> Q:
    """The rows whose field says that: a category with those below it, a choice, words inside."""
    column = about.column or f"data__{about.name}"
    if about.kind.code == "category":
        code = about.categories.find(text) if about.categories else None
        code = code or text
        return Q(**{column: code}) | Q(**{f"{column}__startswith": f"{code}."})
    if about.kind.code in ("choice", "flag"):
        return Q(**{column: text})
    return Q(**{f"{column}__icontains": text})


@dataclass(frozen=True)
class Page:
    """One page of a list; `count` is exact up to COUNT_TO, beyond, `more` says so."""

    rows: list[Any]
    next: str | None
    previous: str | None
    count: int
    more: bool


def page(
    actor: Actor, thing: Thing, filters: Filters, cursor: str | None = None, size: int = SIZE
) -> Page:
    """A page of the things that the actor may see, two queries. Raises PurposeNeeded."""
    rows = filters.apply(thing, rows_of(actor, thing))
    count = rows.order_by()[: COUNT_TO + 1].count()
    start = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 9 else 0
    order = filters.order or (thing.ordered[0] if thing.ordered else "id")
    found = list(rows.order_by(order, "id")[start : start + size + 1])
    return Page(
        found[:size],
        str(start + size) if len(found) > size else None,
        str(max(start - size, 0)) if start else None,
        min(count, COUNT_TO),
        count > COUNT_TO,
    )


def title_of(thing: Thing, row: ThingRow | Mapping[str, Any]) -> str:
    """What a thing is called."""
    return called(thing, row if isinstance(row, Mapping) else vars(row))


def text_of(thing: Thing, about: Field, values: Mapping[str, Any]) -> str:
    """What a thing says in one of its fields, in words; "" for nothing."""
    value = slots_of(thing)[about.name].get(values)
    return "" if value is None else str(about.kind.text(value, about))


def column_of(thing: Thing, name: str) -> Field:
    """A field, or one of the days that every thing has."""
    return thing.by_name.get(name) or {"since": SINCE, "until": UNTIL}[name]


def cells(thing: Thing, rows: Sequence[ThingRow]) -> list[list[str]]:
    """The columns of the declaration in words, for each row; people masked, with one more query."""
    listed = [column_of(thing, name) for name in thing.columns]
    people = _people_named(rows) if any(one.kind.code == "people" for one in listed) else {}
    return [
        [
            people.get(row.id, "")
            if about.kind.code == "people"
            else text_of(thing, about, vars(row))
            for about in listed
        ]
        for row in rows
    ]


def _people_named(rows: Sequence[ThingRow]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    people = EntryPerson.objects.filter(entry__in=[row.id for row in rows], ended=False)
    for entry, mask in people.order_by("entry", "position").values_list("entry", "name_mask"):
        found.setdefault(entry, []).append(mask)
    return {
        id: pgettext("between choices", ", ").join(filter(None, masks))
        for id, masks in found.items()
    }


def facts_shown(thing: Thing, row: ThingRow) -> list[tuple[Field, str]]:
    """Every field with a value, in words, in the order of the declaration; rows and people aside."""
    shown = []
    for about in (*thing.fields, SINCE, UNTIL):
        if about.fields or about.kind.code in ("people", "files"):
            continue
        if text := text_of(thing, about, vars(row)):
            shown.append((about, text))
    return shown


def derived_shown(thing: Thing, row: ThingRow) -> list[tuple[str, str]]:
    """What follows from the facts, by the register's own rule: (title, words)."""
    return list(thing.derived(facts_of(thing, row))) if thing.derived else []


def lacking(thing: Thing, row: ThingRow) -> list[tuple[str, str]]:
    """What a thing still lacks, by the register's own rule: (title of the field, words)."""
    if thing.lacks is None:
        return []
    return [
        (str(thing.field(name).title), _in_words(problem))
        for name, problems in thing.lacks(facts_of(thing, row)).items()
        for problem in problems
    ]


def _in_words(problem: Any) -> str:
    return " ".join(problem.messages) if hasattr(problem, "messages") else str(problem)


def facts_of(thing: Thing, row: ThingRow) -> dict[str, Any]:
    """A thing as rules see it; people masked."""
    people = EntryPerson.objects.filter(entry=row.id, ended=False).order_by("position")
    said = [{"role": one.role, "name": one.name_mask, "phone": one.phone_mask} for one in people]
    return facts_of_thing(thing, vars(row), parts_of(thing, [row.id])[row.id], said)


def rows_in(thing: Thing, row: ThingRow) -> list[tuple[Field, list[dict[str, Any]]]]:
    """The rows and parts of a thing, where it has some."""
    parts = parts_of(thing, [row.id])[row.id]
    found = []
    for about in thing.fields:
        if about.part is not None:
            value: Any = parts[about.name]
        elif about.fields:
            value = slots_of(thing)[about.name].get(vars(row))
        else:
            continue
        if value:
            found.append((about, value))
    return found


def matters_of(actor: Actor, thing: UUID) -> list[Entry]:
    """The matters that name a thing, or that it caused, as far as the actor may read them; the
    newest first."""
    named = EntryThing.objects.filter(thing=thing).values("entry")
    caused = EntryLink.objects.filter(cause=thing).values("effect")
    rows = policy.visible(actor, Entry).filter(Q(id__in=named) | Q(id__in=caused))
    return list(rows.order_by("-received_at", "-id")[:MOST_MATTERS])


def actions_for(actor: Actor, thing: Thing, row: ThingRow) -> list[Action]:
    """What the actor may do to a thing as it stands."""
    state = state_of(vars(row))
    return [
        action
        for action in thing.all_actions.values()
        if action.name not in ("add", REMIND)
        and state in (action.from_states or (STANDING,))
        and actor.may(action.needs, thing.code, row.room, row.district)
    ]


def state_title(row: ThingRow) -> str:
    return str(TITLES[row.state])


def as_choices(thing: Thing, room: UUID | None, most: int = 1000) -> list[tuple[str, str]]:
    """(id, name) of the standing things of a room that a matter can name; none of a register of
    people. For whoever works in that room: callers have looked."""
    if room is None or thing.purpose:
        return []
    rows = thing.model.objects.filter(thing.model.standing, room=room)
    order = thing.ordered or ("id",)
    return [(str(row.id), title_of(thing, row)) for row in rows.order_by(*order)[:most]]


def room_names(rows: Iterable[ThingRow]) -> dict[UUID, str]:
    return names({row.room for row in rows})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
