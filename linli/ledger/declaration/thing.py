"""What a register of things is: addresses, places, homes, teams, check points.

A thing is there from a day until a day. It has no serial, no officer who answers for it and no
running deadline: those are matters. What it has in dated rows (licences, stays) are its parts; a day
in a part that runs out can become a matter (`Watch`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from linli.ledger.declaration.ledger import Action, Facts, Field
from linli.ledger.declaration.thing_actions import actions_of_things

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text


@dataclass(frozen=True)
class Watch:
    """A day in a part that becomes a matter in good time: a licence that runs out.

    `of` is "<field of parts>.<sub-field>"; `before` the code of the rule that says how long before.
    What matter it becomes is a reaction (linli/reactions.py) to the action `remind`.
    """

    name: str
    of: str
    before: str

    @property
    def field(self) -> str:
        return self.of.partition(".")[0]

    @property
    def day(self) -> str:
        return self.of.partition(".")[2]


@dataclass(frozen=True)
class Thing:
    """The declaration of one register of things; `model` is its table (entries/things.py).

    `singular` is what one of them is called ("Place"). `once` names columns that no two standing
    things of a district share (the table has a constraint for each). `purpose`: a register of
    people: nobody browses it, whoever looks somebody up says why. `lacks` says by field what one still
    lacks (an old list brings in what a form would refuse); `counted_by` is the column that the base
    figures count by. `headline` are the fields that
    one of them is called by, `ordered` the columns that lists are sorted by.
    """

    code: str
    title: Text
    singular: Text
    model: type[Any]
    fields: tuple[Field, ...]
    headline: tuple[str, ...]
    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    checks: tuple[Callable[[Facts], None], ...] = ()
    once: tuple[str, ...] = ()
    purpose: bool = False
    watches: tuple[Watch, ...] = ()
    derived: Callable[[Facts], Sequence[tuple[str, str]]] | None = None
    lacks: Callable[[Facts], Mapping[str, Sequence[Any]]] | None = None
    counted_by: str = ""
    headings: str = ""
    retention: str = ""
    version: int = 1
    designed: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Between processes a register goes by its code: its rules are functions."""
        return import_module("linli.ledger.declaration.registry").thing, (self.code,)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def by_kind(self) -> Mapping[str, frozenset[str]]:
        """The names of its fields, by the code of their kind."""
        kinds = {field.kind.code for field in self.fields}
        return {
            kind: frozenset(one.name for one in self.fields if one.kind.code == kind)
            for kind in kinds
        }

    @cached_property
    def all_actions(self) -> Mapping[str, Action]:
        """What everybody may do to every thing, and what this register declares: its own win."""
        usual = actions_of_things(self.fields)
        return {action.name: action for action in (*usual, *self.actions)}

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """What the engine has worked out about this declaration and keeps beside it."""
        return {}

    @cached_property
    def parts(self) -> tuple[Field, ...]:
        """The fields whose values are dated rows of a table of their own."""
        return tuple(field for field in self.fields if field.part is not None)

    def field(self, name: str) -> Field:
        return self.by_name[name]
