"""The right of one process to a run: renewed by the work itself, until it ends, stops, or is taken
over because it said nothing for too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from linli.ground import clock
from linli.ledger.runs.run import Run, States

R = TypeVar("R", bound=Run)


class TakenOver(Exception):
    """Another process has this run, or its owner threw it away."""


@dataclass
class Lease(Generic[R]):
    """What the work holds while it is at it. `tick` is called after each of its words (a command
    that draws its progress)."""

    run: R
    claim: UUID
    states: States
    tick: Callable[[R], None] | None = None

    def beat(self, **said: Any) -> None:
        """Say that it is at work, and how far. Raises TakenOver."""
        mine = type(self.run)._default_manager.filter(
            pk=self.run.pk, claim=self.claim, status=self.states.running
        )
        if not mine.update(**{"progress_at": clock.now(), **said}):
            raise TakenOver
        if self.tick:
            self.run.refresh_from_db()
            self.tick(self.run)

    def end(self, **said: Any) -> None:
        """It is done. Raises TakenOver."""
        done = {"status": self.states.done, self.states.ended_at: clock.now()}
        self.beat(claim=None, **done, **said)

    def stop(self, problem: str) -> None:
        """It is not, and why; nothing where the run is no longer ours."""
        mine = type(self.run)._default_manager.filter(pk=self.run.pk, claim=self.claim)
        mine.update(status=self.states.stopped, claim=None, problem=problem)
