"""What a ledger 台账 is: a form, a set of states, and the actions between them.

A built-in ledger is one `Ledger(...)` in its own folder; everything the engine does with it is
read from this declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

if TYPE_CHECKING:
    from django.db.models import Model
    from django.utils.functional import _StrOrPromise as Text

    from linli.ground.rules import Span
    from linli.ledger.declaration.categories import CategoryTree
    from linli.ledger.declaration.checklists import Checklists
    from linli.ledger.declaration.expressions import Tree
    from linli.ledger.declaration.kinds import Kind

# What a rule sees: the values of an entry's fields after the action, by field name.
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    code: str
    title: Text


@dataclass(frozen=True)
class Said:
    """What a form says between its fields: the heading of a group, or a note."""

    text: Text
    heading: bool = False
    shown_if: Tree | None = attribute(default=None, hash=False)

    @property
    def when(self) -> str:
        """The condition as the browser reads it, "" for always."""
        return "" if self.shown_if is None else orjson.dumps(self.shown_if).decode()


@dataclass(frozen=True)
class Field:
    """One thing a ledger asks for.

    `column` names the typed column of Entry that holds it; without one it lives in Entry.data.
    `searched` puts its text into the full-text index, `short` also by pinyin.

    `least` and `most` bound a number (both inclusive), `unit` are the words behind it. `fields`
    are the sub-fields of ROWS and PARTS, `part` the table of PARTS, `checklists` the lists that a
    CHECKLIST is answered by, `categories` the tree of a CATEGORY, `of` the register of a THING, `fills` which of its
    fields ({field here: field there}) are taken over where nothing was said. `from_cell`
    reads a cell that says several sub-fields at once (times.Unreadable where it does not). `offers`
    gives the choices of a room where they are not the same everywhere; forms offer them, its kind
    says what is taken.

    For ledgers designed by their users, expressions (trees of linli/ledger/expressions): while
    `shown_if` is false the field is hidden and what it says is not kept; where `constraint` is
    false the value is refused with the words of `complaint`; `calculate` gives the value, which
    nobody types. `above` is said before the field: the heading of its group, a note.
    """

    name: str
    kind: Kind
    title: Text
    hint: Text = ""
    required: bool = False
    column: str = ""
    choices: tuple[Choice, ...] = ()
    searched: bool = False
    short: bool = False
    least: float | None = None
    most: float | None = None
    unit: Text = ""
    fields: tuple[Field, ...] = ()
    checklists: Checklists | None = None
    categories: CategoryTree | None = None
    part: type[Model] | None = None
    of: str = ""
    fills: Mapping[str, str] = attribute(default_factory=dict, hash=False)
    from_cell: Callable[[Any], Mapping[str, Any]] | None = None
    offers: Callable[[UUID], Sequence[Choice]] | None = None
    shown_if: Tree | None = attribute(default=None, hash=False)
    constraint: Tree | None = attribute(default=None, hash=False)
    complaint: Text = ""
    calculate: Tree | None = attribute(default=None, hash=False)
    above: tuple[Said, ...] = ()

    @property
    def privacy(self) -> str:
        return self.kind.privacy

    @property
    def in_search(self) -> bool:
        """Whether it, or a sub-field of its rows, goes into the full-text index."""
        return self.searched or any(sub.searched for sub in self.fields)

    @property
    def always_asked(self) -> bool:
        """Whether it is asked for whatever the other fields say, and typed."""
        return self.shown_if is None and self.calculate is None

    def sub(self, name: str) -> Field | None:
        """The sub-field of its rows that has this name."""
        return next((sub for sub in self.fields if sub.name == name), None)

    def choice_title(self, code: str) -> Text:
        return next((choice.title for choice in self.choices if choice.code == code), code)


@dataclass(frozen=True)
class State:
    """`open` states have a responsible officer and running deadlines. `tone`: plain, warn, good."""

    name: str
    title: Text
    open: bool = True
    tone: str = "plain"


@dataclass(frozen=True)
class Ask:
    """A field that an action asks for; `required` there even if the field is optional. Of people,
    `role` is what those named here mostly are: the form begins with it."""

    name: str
    required: bool = False
    role: str = ""


@dataclass(frozen=True)
class Action:
    """One step a person can take: from these states to that one (None: the state stays).

    `needs` is a permission of access/roles.py. `check` is a pure rule over the facts after the
    action; it raises ValidationError. `reason` says that a written reason is asked for.
    `shown_to_reporter` puts the step on the reporter's page behind the receipt code.

    `adds` names a ROWS field: the action appends one row to it. What it asks for by the name of a
    sub-field goes into the row, anything else into the entry; the row also keeps `at` (when it was
    done) and `by` (the officer's name). `only_if`: the action is possible only while this holds.
    """

    name: str
    title: Text
    done: Text
    from_states: tuple[str, ...] = ()
    to: str | None = None
    asks: tuple[Ask, ...] = ()
    needs: str = "handle"
    check: Callable[[Facts], None] | None = None
    reason: bool = False
    shown_to_reporter: bool = False
    adds: str = ""
    only_if: Callable[[Facts], bool] | None = None


@dataclass(frozen=True)
class Deadline:
    """Something due a rule's span after `start`; met when one of `met_by` is done.

    It starts with the action `begins_with` (or with each of several, and then again): a deadline
    that this action also meets is met first. `start` is "acted_at" or a field; a DATE starts it at
    the end of that day. `rule` gives the code of the rule (an own ledger: the span itself), or None
    where the deadline does not apply to the facts: one that was running is then taken away.
    """

    name: str
    title: Text
    rule: Callable[[Facts], str | Span | None]
    met_by: tuple[str, ...]
    start: str = "received_at"
    begins_with: str | tuple[str, ...] = "record"

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The actions it starts with."""
        one = self.begins_with
        return (one,) if isinstance(one, str) else one


@dataclass(frozen=True)
class Document:
    """A paper that a matter gives: an agreement, a notice (see linli/ledger/printing/document.py).

    `template` is a Typst file in the ledger's folder, `words` its fixed words. It can be printed in
    `states`; after `action` it is the next thing to do. `copies` are for whom its copies are (none:
    one copy, unmarked). `names`: people stand on it unmasked, so whoever prints it says why.
    `rules` are numbers of the law that its words need, by the codes of their rules; `told` gives
    what follows from the facts, as JSON values.

    For Word: `word` is the text of the shipped template (linli/ledger/printing/word/shipped.py), and
    `tables` names the columns of what `told` gives (none: a word), so that a template can ask for it.
    """

    name: str
    title: Text
    template: Path
    states: tuple[str, ...]
    action: str = ""
    copies: tuple[Text, ...] = ()
    words: Mapping[str, Text] = attribute(default_factory=dict, hash=False)
    rules: Mapping[str, str] = attribute(default_factory=dict, hash=False)
    names: bool = True
    told: Callable[[Facts], Mapping[str, Any]] | None = None
    word: Path | None = None
    tables: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Ledger:
    """The declaration of one ledger. `letter` begins its serial numbers; `prefix` is the same
    for every language (in URLs, files and the API). `book` is the title of its printed register.

    `derived` gives what follows from the facts and is written nowhere (a sum, a length of time):
    it is shown and printed with them.

    `frozen`: what is recorded stays as it is, without correcting, voiding or handing over.
    `compose` makes the act of recording out of what little was asked for, whichever face it came
    through; a ledger that has one is filled in on a page of its own, not by the general form.
    `sealed`: its entries show nowhere but in the ledger itself, also to who may read it; and among the
    deadlines on the desk of who answers for them.

    `designed`: a community made it (linli/ledger/custom); every version keeps the form of its
    entries. `headline` names the fields that say what an entry is about where no narrative does;
    `kept_for` the months it is kept after an event, "closed" or "recorded"; `below` what the form
    says at its end.
    """

    code: str
    title: Text
    letter: Text
    key: str
    states: tuple[State, ...]
    fields: tuple[Field, ...]
    actions: tuple[Action, ...]
    deadlines: tuple[Deadline, ...] = ()
    checks: tuple[Callable[[Facts], None], ...] = ()
    columns: tuple[str, ...] = ("serial", "received_at", "category", "narrative", "state")
    version: int = 1
    retention: str = ""
    headings: str = ""
    takes_reports: bool = False
    recorded_in: Text = ""
    book: Text = ""
    frozen: bool = False
    compose: Callable[[Any], Any] | None = None
    documents: tuple[Document, ...] = ()
    derived: Callable[[Facts], Sequence[tuple[str, str]]] | None = None
    sealed: bool = False
    designed: bool = False
    headline: tuple[str, ...] = ()
    kept_for: tuple[int, str] | None = None
    below: tuple[Said, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Between processes a ledger goes by its code: its rules are functions."""
        from linli.ledger.declaration import registry

        return registry.get, (self.code, self.version)

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
    def state_by_name(self) -> Mapping[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def all_actions(self) -> Mapping[str, Action]:
        """The ledger's own actions and those that every ledger has, by name."""
        from linli.ledger.declaration.common_actions import everyday_actions

        return {action.name: action for action in (*self.actions, *everyday_actions(self))}

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """What the engine has worked out about this declaration and keeps beside it."""
        return {}

    @cached_property
    def categories(self) -> CategoryTree | None:
        """The tree of its category, None where it has none."""
        return next((field.categories for field in self.fields if field.categories), None)

    @cached_property
    def channel(self) -> Field | None:
        """The field that says how a matter came in, or from where: the one in that column."""
        return next((field for field in self.fields if field.column == "channel"), None)

    @property
    def open_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if state.open)

    def field(self, name: str) -> Field:
        return self.by_name[name]

    def rules_code(self, name: str) -> str:
        return f"{name}.{self.code}"


@dataclass(frozen=True)
class Due:
    """One running or met deadline of an entry, as kept in Entry.deadlines."""

    name: str
    at: datetime
    met: datetime | None = None
