"""The plan of what happens, in the order of time, and carrying it out through the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from linli.access.actor import Actor
from linli.demo.told import Places
from linli.ground import clock
from linli.ledger.acts.act import Act
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry

Item = Act | Callable[[], object]


@dataclass(frozen=True)
class Room:
    """A room with the people who work there, as actors."""

    id: UUID
    district: UUID
    code: str
    places: Places
    officers: tuple[Actor, ...]
    resident: Actor
    reporter: Actor
    auxiliary: Actor | None = None
    clerk: Actor | None = None
    chief: Actor | None = None

    @property
    def main(self) -> bool:
        return self.auxiliary is not None


@dataclass
class Plan:
    """What happens up to `now`. What would happen later is left out: those matters are still open."""

    now: datetime
    items: list[tuple[datetime, int, Item]] = field(default_factory=list)
    acts: int = 0
    recorded: int = 0

    def act(
        self,
        at: datetime,
        room: Room,
        ledger: str,
        action: str,
        actor: Actor,
        entry: UUID,
        data: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> bool:
        """Plan an act; False where its time has not come."""
        if at > self.now:
            return False
        self._add(
            at,
            Act(
                registry.get(ledger), action, actor, data or {}, room=room.id,
                district=room.district, entry=entry, at=at, **more,
            ),
        )  # fmt: skip
        return True

    def call(self, at: datetime, do: Callable[[], object]) -> bool:
        """Plan something that is no act of the engine; it is called with the clock at `at`."""
        if at > self.now:
            return False
        self._add(at, do)
        return True

    def _add(self, at: datetime, item: Item) -> None:
        self.items.append((at, len(self.items), item))

    def carry_out(self) -> None:
        """Do everything: one batch a day for all rooms, cut only where something else comes between."""
        self.items.sort(key=lambda item: item[:2])
        for day, items in groupby(self.items, key=lambda item: clock.local(item[0]).date()):
            waiting: list[Act] = []
            for at, _n, item in items:
                if isinstance(item, Act):
                    waiting.append(item)
                    continue
                self._batch(waiting, at)
                waiting = []
                with clock.fixed(at):
                    item()
            midnight = datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI)
            self._batch(waiting, min(self.now, midnight - timedelta(seconds=1)))

    def _batch(self, acts: list[Act], at: datetime) -> None:
        if not acts:
            return
        with clock.fixed(at):
            done = carry_out(acts)
        self.acts += len(done)
        self.recorded += sum(one.action == "record" for one in done)
