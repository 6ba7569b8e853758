"""What a kind of long work says of itself, and the list of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic

from django.db.models import Q

from linli.ledger.runs.lease import Lease, R
from linli.ledger.runs.run import Run, States

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Told:
    """What its owner reads where it was stopped. `unwritten` has a %s for what the disk said."""

    denied: str | _StrPromise
    unwritten: str | _StrPromise
    database: str | _StrPromise
    stopped: str | _StrPromise


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files that lie sealed in LINLI_HOME/files/`folder` under the random name in `column`.

    `past` are the runs whose files are over at a moment, though their rows stay: `gone` is what
    their rows say then, beside an empty name.
    """

    folder: str
    column: str
    past: Callable[[datetime], Q] | None = None
    gone: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LongWork(Generic[R]):
    """A kind of long work. `do` does it under a lease, from the start or from where it stands, and
    ends the lease.

    Whoever says nothing for `silent_for` has lost a run; a task that took its process with it
    `tries` times is not begun again. `past` are the runs whose rows go at a moment.
    """

    code: str
    model: type[R]
    do: Callable[[Lease[R]], None]
    told: Told
    states: States = field(default_factory=States)
    silent_for: timedelta = timedelta(seconds=60)
    tries: int = 3
    files: Files | None = None
    past: Callable[[datetime], Q] | None = None


_kinds: dict[str, LongWork[Any]] = {}


def declare(work: LongWork[R]) -> LongWork[R]:
    """Make a kind of work known. Raises ValueError where its code is taken."""
    if work.code in _kinds:
        raise ValueError(f"two kinds of long work are called {work.code}")
    _kinds[work.code] = work
    return work


def kinds() -> list[LongWork[Any]]:
    """All kinds of long work there are."""
    return list(_kinds.values())


def get(code: str) -> LongWork[Any]:
    """The kind of this code; KeyError."""
    return _kinds[code]


def kind_of(run: Run) -> LongWork[Any] | None:
    """What there is to do on a run; None where it is done, or waits for a person."""
    for work in _kinds.values():
        if isinstance(run, work.model) and run.status in work.states.to_do:
            return work
    return None
