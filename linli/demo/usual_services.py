"""What the main room does by its own plan: lost things, keys, empty homes, services at home, care
visits; (`gatherings`) meetings, publicity and training; (`streets`) inspections, patrols, what the
security committee does, the gate, cases and emergencies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from linli.access.actor import Actor
from linli.demo import residents
from linli.demo.plan import Plan, Room
from linli.demo.rhythm import at, is_working, working_day
from linli.demo.told import read
from linli.ground import clock
from linli.ground.ids import new_id_at
from linli.inspections.lists import CHECKLISTS
from linli.ledger.acts.reacting import effect_id
from linli.ledger.declaration import registry
from linli.patrols import points

_DAY = re.compile(r"\{\+(\d+)(?: (\d\d):(\d\d))?\}")
_WHERE = re.compile(r"\{(home|shared|gate)\}")
_SIGNS_PUT_UP = timedelta(days=45)
_STAFF = re.compile(r"\{staff (\w+)\}")


def checked(code: str, wrong: Mapping[str, str]) -> dict[str, Any]:
    """An answered checklist: everything is in order but what is told as wrong, with what it is."""
    items = CHECKLISTS.by_code[code].items
    answers = {item.code: "bad" if item.code in wrong else "ok" for item in items}
    return {"list": code, "answers": answers, "notes": dict(wrong)}


def _at(day: date, told: Mapping[str, Any]) -> datetime | None:
    """The time that is told ("HH:MM") on this day."""
    hour, _colon, minute = str(told.get("at", "")).partition(":")
    return at(day, int(hour), int(minute)) if hour else None


@dataclass
class UsualServices:
    """Plans what stands in `data/FILE.toml`; what would happen later than now is left out."""

    plan: Plan
    room: Room
    people: Mapping[str, Actor]
    rng: Random
    file: str = "usual_services"
    first: date = field(init=False)  # the day of the entry that is planned

    def all(self) -> None:
        """Plan everything."""
        told = read(self.file)
        first = at(clock.local(self.plan.now).date() - _SIGNS_PUT_UP, 9)
        by = self.room.officers[0]
        for point in told.get("check_point", ()):
            self.plan.call(first, partial(points.add, room=self.room.id, by=by, **point))
        for one in told["entry"]:
            self._entry(one)

    def _entry(self, one: Mapping[str, Any]) -> None:
        today = clock.local(self.plan.now).date()
        self.first = today - timedelta(days=one["ago"])
        if not is_working(self.first):
            self.first = working_day(self.first, -1)
        moment = _at(self.first, one) or at(self.first, 9 + one["ago"] % 2, one["ago"] % 50)
        entry = new_id_at(moment)
        going = self._act(moment, one, {**one, "action": "record"}, entry, moment)
        for then in one.get("then", ()):
            day = working_day(self.first + timedelta(days=then["after"]), 0)
            usual = max(at(day, 16, 10 + then["after"]), moment + timedelta(minutes=20))
            moment = _at(day, then) or usual
            going = going and self._then(moment, one, then, entry)

    def _then(
        self, moment: datetime, one: Mapping[str, Any], then: Mapping[str, Any], entry: UUID
    ) -> bool:
        """What is done later, to the matter itself or to one that it has opened: `of` says in which
        ledger, by which reaction and for which item."""
        if "of" not in then:
            return self._act(moment, one, then, entry, None)
        ledger, reaction, item = then["of"]
        return self._act(moment, {"ledger": ledger}, then, effect_id(entry, reaction, item), None)

    def _act(
        self, moment: datetime, one: Mapping[str, Any], does: Mapping[str, Any], entry: UUID,
        received: datetime | None,
    ) -> bool:  # fmt: skip
        ledger = registry.get(one["ledger"])
        data = {name: self._said(value, moment) for name, value in does["data"].items()}
        if received:
            data["received_at"] = received
        if roles := does.get("people"):
            named = next(f.name for f in ledger.fields if f.kind.code == "people")
            data[named] = [self._person(role, moment.year) for role in roles]
        who = self.people[does["who"]]
        return self.plan.act(moment, self.room, ledger.code, does["action"], who, entry, data)

    def _person(self, role: str, year: int) -> dict[str, str]:
        person = residents.person(self.rng, role, year, 0.3)
        if role == "cared_for":  # where exactly somebody lives alone is sealed with the name
            person["address"] = f"{self.rng.randint(1, 4)}单元{self.rng.randint(1, 18)}01室"
        return person

    def _said(self, value: Any, moment: datetime) -> Any:
        if isinstance(value, list):
            return [self._said(one, moment) for one in value]
        if isinstance(value, dict) and "wrong" in value:
            return checked(value["list"], value["wrong"])
        if isinstance(value, dict):
            return {name: self._said(one, moment) for name, one in value.items()}
        if not isinstance(value, str):
            return value
        if found := _STAFF.fullmatch(value):
            return str(self.people[found[1]].id)
        if value == "{now}":
            return moment
        if found := _DAY.fullmatch(value):
            day = self.first + timedelta(days=int(found[1]))
            return at(day, int(found[2]), int(found[3])) if found[2] else day.isoformat()
        if found := _WHERE.fullmatch(value):
            return self.room.places.one(self.rng, found[1])
        return value.replace("{compound}", self._building()) if "{compound}" in value else value

    def _building(self) -> str:
        return f"{self.rng.choice(self.room.places.compounds)}{self.rng.randint(1, 26)}栋"
