"""Changes of the people in an entry: a correction keeps the old sealed value beside the new one; an
action that asks for people (who came for the lost thing) adds them to those who are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.ledger.acts.act import Act, ThingAct
from linli.ledger.acts.turn import Turn, Working, WorkingThing
from linli.ledger.declaration.ledger import Action
from linli.ledger.declaration.people_fields import MOST_PEOPLE, says_something
from linli.ledger.entries import people
from linli.ledger.entries.models import EntryPerson, Sealed
from linli.ledger.entries.opening import opened
from linli.ledger.entries.people import people_in_body, seal_row


def correct_people(
    turn: Turn,
    work: Working | WorkingThing,
    act: Act | ThingAct,
    cleaned: Mapping[str, Any],
    body: dict[str, Any],
) -> None:
    """Replace the list of people where a correction gives one.

    A person given with the `id` of a present one is that person with new values (empty parts keep
    the old ones, since masked values cannot be typed back); a present one not named is ended.
    """
    for field in work.register.fields:
        if field.kind.code == "people" and field.name in cleaned:
            _replace(turn, work, act, cleaned[field.name] or [], field.name, body)


def _replace(
    turn: Turn,
    work: Working | WorkingThing,
    act: Act | ThingAct,
    given: list[Mapping[str, str]],
    field_name: str,
    body: dict[str, Any],
) -> None:
    values = work.values
    ring = keyring.load(settings.HOME)
    present = {
        str(row.id): row for row in EntryPerson.objects.filter(entry=values["id"], ended=False)
    }
    raw = [row for row in act.data.get(field_name) or () if isinstance(row, Mapping)]
    ids = [str(row.get("id") or "") for row in raw if says_something(row)]
    merged = [
        _merged(person, present.get(id), values, ring)
        for person, id in zip(given, ids, strict=False)
    ]
    if not _differs(merged, ids, present, values, ring):
        return
    kept = [people.keep(person, ring) for person in merged]
    key = key_of(work)
    sealed = [
        seal_row(values, owner=k.id, version=1, plain=k.plain, key=key, ring=ring) for k in kept
    ]
    EntryPerson.objects.filter(entry=values["id"], ended=False).update(ended=True)
    _put(turn, values, kept, sealed, 0)
    body["people"] = people_in_body(kept, sealed)
    body["people_ended"] = sorted(present)


def add_people(
    turn: Turn,
    work: Working | WorkingThing,
    action: Action,
    cleaned: Mapping[str, Any],
    body: dict[str, Any],
) -> None:
    """Add the people an action asks for to those the entry has; nobody there is changed."""
    values = work.values
    given = [
        person
        for ask in action.asks
        if (about := work.register.by_name.get(ask.name)) and about.kind.code == "people"
        for person in cleaned.get(ask.name) or ()
    ]
    if not given:
        return
    there = EntryPerson.objects.filter(entry=values["id"], ended=False).count()
    there += sum(row[3] == values["id"] for row in turn.batch[EntryPerson])
    if there + len(given) > MOST_PEOPLE:
        raise ValidationError(_("At most %(most)d people fit here."), params={"most": MOST_PEOPLE})
    ring = keyring.load(settings.HOME)
    key = key_of(work)
    kept = [people.keep(person, ring) for person in given]
    sealed = [
        seal_row(values, owner=k.id, version=1, plain=k.plain, key=key, ring=ring) for k in kept
    ]
    _put(turn, values, kept, sealed, there)
    body["people"] = people_in_body(kept, sealed)


def key_of(work: Working | WorkingThing) -> str:
    """The key that values are sealed with now: of the register and the month."""
    day = work.values.get("received_at") or work.values["made_at"]
    return people.key_id(work.register.code, clock.local(day).date())


def _put(
    turn: Turn,
    values: Mapping[str, Any],
    kept: list[people.KeptPerson],
    sealed: list[tuple[Any, ...]],
    first: int,
) -> None:
    where = values["district"], values["room"], values["id"]
    turn.batch[EntryPerson] += [
        (k.id, *where, n, k.role, *k.masks, *k.hashes, False) for n, k in enumerate(kept, first)
    ]
    turn.batch[Sealed] += sealed


def _merged(
    person: Mapping[str, str], present: Any, values: Mapping[str, Any], ring: keyring.Keyring
) -> dict[str, str]:
    old = opened(present.id, values["id"], ring) if present else {}
    return {**old, **person}


def _differs(
    merged: list[dict[str, str]],
    ids: list[str],
    present: Mapping[str, Any],
    values: Mapping[str, Any],
    ring: keyring.Keyring,
) -> bool:
    if len(merged) != len(present) or set(ids) != set(present):
        return True
    for person, id in zip(merged, ids, strict=True):
        row = present[id]
        old = {**opened(row.id, values["id"], ring), "role": row.role}
        if {k: v for k, v in person.items() if v} != {k: v for k, v in old.items() if v}:
            return True
    return False
