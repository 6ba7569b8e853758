"""A matter that names a thing: chosen from a register, kept by its id and the name it has that day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor
from linli.ground.ids import new_id
from linli.ledger.acts.act import Act
from linli.ledger.acts.thing_values import called
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.row_fields import blank
from linli.ledger.entries.slots import slots_of

NOT_THERE = _("This is not in the register of your rooms any more. Choose another.")


def filled(act: Act) -> Act:
    """The act with what the thing it names says of itself (its address, its code) where the act says
    nothing of it."""
    named = act.ledger.by_kind.get("thing", ())
    if not any(not blank(act.data.get(name)) for name in named):
        return act
    data = dict(act.data)
    for name in named:
        about = act.ledger.field(name)
        if blank(data.get(name)):
            continue
        thing, values = _found(about, data[name], act.actor, act.district)
        slots = slots_of(thing)
        for here, there in about.fills.items():
            if blank(data.get(here)):
                data[here] = slots[there].get(values)
    return replace(act, data=data)


def keep_names(ledger: Ledger, cleaned: dict[str, Any], actor: Actor, district: UUID) -> None:
    """Put the name beside the id in what was cleaned. Raises ValidationError by field."""
    for name in ledger.by_kind.get("thing", ()):
        if cleaned.get(name):
            thing, values = _found(ledger.field(name), cleaned[name], actor, district)
            cleaned[name] = {"id": str(values["id"]), "name": called(thing, values)}


def named_in(ledger: Ledger, cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str, UUID]]:
    """(field, register, thing) of what was cleaned and named."""
    for name in ledger.by_kind.get("thing", ()):
        if cleaned.get(name):
            yield name, ledger.field(name).of, UUID(cleaned[name]["id"])


def rows_of(
    values: Mapping[str, Any], found: Iterable[tuple[str, str, UUID]]
) -> list[tuple[Any, ...]]:
    """Rows of EntryThing for a matter with these values."""
    return [
        (new_id(), values["district"], values["room"], values["id"], register, thing, name)
        for name, register, thing in found
    ]


def _found(
    about: Field, said: Any, actor: Actor, district: UUID | None
) -> tuple[Any, Mapping[str, Any]]:
    """The register and the thing named, or the one it was merged into."""
    problem = ValidationError({about.name: ValidationError(NOT_THERE, code="thing")})
    thing = registry.thing(about.of)
    id = UUID(about.kind.clean(said, about))
    for _step in range(3):  # a merge of a merge: more is nobody's choice
        row = thing.model.objects.filter(id=id, district=district).values().first()
        if row is None or not actor.may("read", thing.code, row["room"], row["district"]):
            raise problem
        if row["merged_into"] is None:
            if row["void"]:
                raise problem
            return thing, row
        id = row["merged_into"]
    raise problem
