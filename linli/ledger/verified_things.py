"""Every thing against the replay of its steps: its columns, its parts, its people, its files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from linli.history.chain import canonical
from linli.history.models import Step
from linli.ledger.acts.thing_values import columns_of, parts_of
from linli.ledger.declaration import registry
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD
from linli.ledger.entries.models import ErasedEntry
from linli.ledger.files import checking
from linli.ledger.verified_steps import SLICE, Finding, bodies_of, people_of, steps_of


def findings(room: UUID, chained: QuerySet[Step]) -> Iterator[Finding]:
    """What is wrong with the things of a room."""
    for thing in registry.things():
        every = thing.model._default_manager.filter(room=room).order_by("id")
        many = every.values_list("id", flat=True).iterator(chunk_size=SLICE)
        while ids := list(islice(many, SLICE)):
            # Thing and steps are read one after the other: an act may have come between them.
            if suspect := {id for id, _found in _replayed(thing, room, ids)}:
                yield from (found for _id, found in _replayed(thing, room, suspect))
    yield from _without_row(room, chained)


def _replayed(thing: Thing, room: UUID, ids: Collection[UUID]) -> Iterator[tuple[UUID, Finding]]:
    rows = list(thing.model._default_manager.filter(id__in=ids).order_by("id").values())
    steps, people, files = steps_of(ids), people_of(ids), checking.rows_of(ids)
    parts = parts_of(thing, ids)
    bodies, _erased = bodies_of([step for group in steps.values() for step in group])
    for values in rows:
        id, own = values["id"], steps.get(values["id"], [])
        if not own:
            text = _("the thing %(id)s has no step: it was not made by an action")
            yield id, Finding(room, 0, None, "no_step", text % {"id": id})
            continue
        if any(step.id not in bodies for step in own):
            continue  # told by the chain: missing, or erased by rule
        said = [orjson.loads(bodies[step.id].text) for step in own]
        if differing := _differing(thing, values, parts[id], people.get(id, {}), said):
            yield id, Finding(
                room, own[-1].seq, own[-1].id, "thing",
                _("the thing %(id)s is not what its steps made of it: %(columns)s")
                % {"id": id, "columns": ", ".join(differing)},
            )  # fmt: skip
        for problem in checking.problems(said, files.get(id, {})):
            yield id, Finding(room, own[-1].seq, own[-1].id, "file", problem)


def _differing(
    thing: Thing,
    values: Mapping[str, Any],
    parts: Mapping[str, Any],
    people: Mapping[str, str],
    bodies: list[Mapping[str, Any]],
) -> list[str]:
    replayed: dict[str, Any] = {}
    rows: dict[str, Any] = {field.name: [] for field in thing.parts}
    boxes: dict[str, str] = {}
    for body in bodies:
        replayed |= body["set"]
        rows |= body.get("parts", {})
        boxes |= {person: said["box"] for person, said in body.get("people", {}).items()}
    empty: dict[str, Any] = {
        field.attname: field.get_default() for field in thing.model._meta.concrete_fields
    }
    now = orjson.loads(canonical({column: values[column] for column in columns_of(thing)}))
    differing = [c for c, kept in now.items() if replayed.get(c, empty.get(c)) != kept]
    if rows != orjson.loads(canonical(dict(parts))):
        differing.append("parts")
    if boxes != dict(people):
        differing.append("people")
    return differing


def _without_row(room: UUID, chained: QuerySet[Step]) -> Iterator[Finding]:
    """Added things whose row is gone, other than by an erasure that left its stub."""
    missing = chained.filter(
        ~Exists(ErasedEntry.objects.filter(id=OuterRef("subject"))), action=ADD
    )
    for thing in registry.things():
        missing = missing.filter(
            ~Exists(thing.model._default_manager.filter(id=OuterRef("subject")))
        )
    for step in missing.iterator():
        yield Finding(
            room, step.seq, step.id, "thing_missing",
            _("the thing that step %(seq)d added is gone") % {"seq": step.seq},
        )  # fmt: skip
