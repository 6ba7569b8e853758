"""What erasure steps say, for verification: nothing is taken for erased that no step names."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from linli.history.models import Step, StepBody
from linli.ledger.retention.erasing import ACTION

_REMEMBERED: Final = 32  # erasure steps held in memory: steps of one slice lie near each other


@dataclass(frozen=True, slots=True)
class Said:
    """What one erasure step names: the steps (by number) and entries whose content it took away."""

    seq: int
    rule: str
    day: str
    seqs: frozenset[int]
    entries: frozenset[str]


class Erasures:
    """The erasure steps of one room, read as they are asked for."""

    def __init__(self, room: UUID) -> None:
        self._room = room
        self._known: OrderedDict[UUID, Said | None] = OrderedDict()

    def said_by(self, step: UUID) -> Said | None:
        """What that step says, or None where it is not an erasure of this room."""
        if step in self._known:
            self._known.move_to_end(step)
            return self._known[step]
        said = self._known[step] = self._read(step)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return said

    def _read(self, step: UUID) -> Said | None:
        header = Step.objects.filter(id=step, room=self._room, action=ACTION).first()
        body = StepBody.objects.filter(step=step).first() if header else None
        if header is None or body is None:
            return None
        told = orjson.loads(body.text)
        return Said(
            header.seq, str(told.get("rule", "")), str(told.get("day", "")),
            frozenset(told.get("seqs", ())), frozenset(told.get("entries", ())),
        )  # fmt: skip
