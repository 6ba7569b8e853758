"""What becomes of a dispute that an incident has opened: mediated, agreed and looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from linli.access.actor import Actor
from linli.demo.plan import Plan, Room
from linli.demo.rhythm import office_moment
from linli.demo.told import Words, read
from linli.ground import clock
from linli.ledger.acts.reacting import effect_id

_LEDGER: Final = "disputes"
_CHECKED_AFTER: Final = (7, 30, 90)  # days after the agreement, a little earlier than they are due


class Dispute:
    """One dispute while it is planned; `incident` is the matter that opens it."""

    def __init__(self, plan: Plan, room: Room, rng: Random, incident: UUID, at: datetime) -> None:
        self.plan, self.room, self.rng, self.at = plan, room, rng, at
        self.words = Words(rng, read(_LEDGER)["words"])
        self.entry = effect_id(incident, "incident_dispute")
        self.stopped = False

    def all(self, officer: Actor) -> None:
        """Plan its life; what would happen later than now is left out."""
        if self.rng.random() < 0.2:
            self._mediate(officer, "again", "put_off")
        if self.rng.random() < 0.12:
            self._mediate(officer, "unwilling", "refused")
            self._do("refer", officer, {"referred_to": "court", "result": self.words["referred"]})
            return
        agreed = self._mediate(officer, "agreed", "course")
        self._do("settle", officer, {"terms": self.words["terms"], "agreed_on": _day(agreed)})
        self._do("sign", officer, {"signed_on": _day(agreed)})
        for days in _CHECKED_AFTER:
            self.at = office_moment(self.rng, agreed + timedelta(days=days - 3), 1)
            kept = {"checked_on": _day(self.at), "kept": "kept", "check_note": self.words["kept"]}
            self._do("check_kept", officer, kept)
        self._do("conclude", officer, {"result": self.words["result"]})

    def _mediate(self, officer: Actor, outcome: str, course: str) -> datetime:
        self.at = held = office_moment(self.rng, self.at, 1)
        self._do("mediate", officer, {
            "held_at": held, "mediators": self.words["mediators"], "form": "people",
            "partner": "committee", "course": self.words[course], "outcome": outcome,
        })  # fmt: skip
        return held

    def _do(self, action: str, officer: Actor, data: dict[str, Any]) -> None:
        self.at += timedelta(minutes=5)
        if not self.stopped:
            self.stopped = not self.plan.act(
                self.at, self.room, _LEDGER, action, officer, self.entry, data
            )


def _day(at: datetime) -> str:
    return clock.local(at).date().isoformat()
