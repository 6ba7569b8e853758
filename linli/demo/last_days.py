"""The last days in the main room: what is due, what waits to be accepted, what came in online, the
logs that were signed and the looks at people that left their trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from linli.access.actor import Actor
from linli.demo import residents
from linli.demo.plan import Plan, Room
from linli.demo.rhythm import at, hours_ago, is_working, working_day
from linli.demo.told import read
from linli.duty.signing import sign_off
from linli.ground import clock, rules, workdays
from linli.ground.ids import new_id_at
from linli.ledger.acts import deadlines
from linli.ledger.declaration import registry
from linli.ledger.entries import receipts
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import entry_view
from linli.org.models import Unit
from linli.publicsite import reporting, texts

_LOGGED_DAYS = 21
_PEOPLE = {"incidents": ("people", "reporter"), "visits": ("visitors", "visitor")}


@dataclass
class LastDays:
    """Plans the last days; `codes` gets the receipts (title, code) once they are issued."""

    plan: Plan
    room: Room
    people: Mapping[str, Actor]
    rng: Random
    codes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.plan.now

    @property
    def today(self) -> date:
        return clock.local(self.now).date()

    def all(self, days: int) -> None:
        """Plan everything of the last `days` days."""
        told = read("last_days")
        for one in told["open"]:
            self._open(one)
        for n, one in enumerate(told["handover"]):
            self._handover(one, hours_ago(self.now, 35 + 40 * n))
        for one, moment in zip(told["online"], self._online_moments(), strict=True):
            self._online(one, moment)
        self._complaint(told["complaint"], days)
        self._looks(days)
        self._logs(days)

    def _record(self, one: Mapping[str, Any], who: Actor, moment: datetime) -> UUID:
        entry = new_id_at(moment)
        field_name, role = _PEOPLE[one["ledger"]]
        names = ("category", "channel", "place", "narrative")
        data: dict[str, Any] = {name: one[name] for name in names if name in one}
        data["received_at"] = moment
        data[field_name] = [residents.person(self.rng, role, moment.year, 0.6)]
        self._act(moment + timedelta(minutes=3), one, "record", who, entry, data)
        return entry

    def _act(
        self, moment: datetime, one: Mapping[str, Any], action: str, who: Actor, entry: UUID,
        data: Mapping[str, Any], **more: Any,
    ) -> None:  # fmt: skip
        self.plan.act(moment, self.room, one["ledger"], action, who, entry, data, **more)

    def _open(self, one: Mapping[str, Any]) -> None:
        """A matter whose deadline is today (or was the working day before), worked on but open."""
        who = self.people[one["who"]]
        moment = self._received_for(one)
        entry = self._record(one, who, moment)
        self._worked_on(one, who, entry, moment)
        if note := one.get("note"):
            noted = max(hours_ago(self.now, 24 * 60), moment + timedelta(minutes=30))
            self._act(noted, one, "note", who, entry, {"note": note})

    def _worked_on(self, one: Mapping[str, Any], who: Actor, entry: UUID, moment: datetime) -> None:
        if one["ledger"] != "incidents":
            return
        there = moment + timedelta(minutes=16)
        done = moment + timedelta(minutes=55)
        self._act(moment + timedelta(minutes=5), one, "dispatch", who, entry,
                  {"dispatched_at": moment + timedelta(minutes=5)})  # fmt: skip
        self._act(there, one, "arrive", who, entry, {"arrived_at": there})
        if result := one.get("result"):
            data = {"result": result, "handling": one["handling"], "finished_at": done}
            self._act(done, one, "finish", who, entry, data)
        told = read("incidents")["words"]["told"][0]
        self._act(done + timedelta(minutes=10), one, "tell", who, entry, {"told_how": told})

    def _received_for(self, one: Mapping[str, Any]) -> datetime:
        """When it must have come in so that its last deadline falls on the day wanted."""
        wanted = self._wanted_day(one["due"])
        ledger = registry.get(one["ledger"])
        for back in range(1, 40):
            day = self.today - timedelta(days=back)
            moment = at(day, self.rng.choice((9, 10, 14, 15, 16)), self.rng.randint(2, 55))
            if not is_working(day):
                continue
            facts = {**one, "received_at": moment}
            begun = deadlines.started(ledger, "record", facts, rules.on(day), self.room.district)
            last = max(datetime.fromisoformat(kept["due"]) for kept in begun.values())
            if clock.local(last).date() <= wanted:
                return moment
        return hours_ago(self.now, 60 * 24 * 5)

    def _wanted_day(self, due: str) -> date:
        here = clock.local(self.now)
        closes = rules.on(here.date()).hours()[-1][1]
        today = self.today if here.time() < closes else self.today + timedelta(days=1)
        wanted = working_day(today, 0)
        if due != "late":
            return wanted
        return working_day(wanted, -1)

    def _handover(self, one: Mapping[str, Any], moment: datetime) -> None:
        """Handed to 李建国 and not yet accepted."""
        who, to = self.people[one["from"]], self.people["lijianguo"]
        received = hours_ago(moment, 60 * 5)
        entry = self._record(one, who, received)
        self._worked_on(one, who, entry, received)
        reason = read("last_days")["reasons"][one["reason"]]
        self._act(moment, one, "hand_over", who, entry, {"hand_to": str(to.id)}, reason=reason)

    def _online_moments(self) -> list[datetime]:
        """Three moments since yesterday noon at which people write: never in the small hours."""
        yesterday = self.today - timedelta(days=1)
        wished = [(yesterday, 12, 40), (yesterday, 19, 25), (yesterday, 21, 10),
                  (self.today, 7, 50), (self.today, 12, 15), (self.today, 18, 30)]  # fmt: skip
        passed = [at(*one) for one in wished if at(*one) < self.now - timedelta(minutes=10)]
        return (
            passed[-3:]
            if len(passed) >= 3
            else [self.now - timedelta(minutes=n) for n in (40, 30, 20)]
        )

    def _online(self, one: Mapping[str, Any], moment: datetime) -> None:
        entry = new_id_at(moment)
        self.plan.call(moment, partial(self._submit, one, entry))
        if question := one.get("question"):
            asked = moment + timedelta(minutes=35)
            officer = self.people["lijianguo"]
            kind = texts.kinds()[one["kind"]]
            self.plan.act(
                asked, self.room, kind.ledger, "ask", officer, entry, {"question": question}
            )

    def _submit(self, one: Mapping[str, Any], entry: UUID) -> None:
        kind = texts.kinds()[one["kind"]]
        report = reporting.Report(
            kind=kind,
            what=one["what"],
            place=one.get("place", ""),
            when=one.get("when", ""),
            name=residents.name(self.rng) if one.get("named") else "",
            phone=residents.mobile(self.rng) if one.get("named") else "",
        )
        room = Unit.objects.get(pk=self.room.id)
        code = reporting.submit(entry=entry, room=room, report=report)
        self.codes.append((one["kind"], receipts.grouped(code)))

    def _complaint(self, one: Mapping[str, Any], days: int) -> None:
        """A complaint that runs: taken up by the chief in time, not yet answered."""
        day = self.today - timedelta(days=min(9, days))
        moment = at(day, 20, 14)
        entry = new_id_at(moment)
        self.plan.call(moment, partial(self._submit, one, entry))
        taken_up = at(working_day(day, 2), 10, 5)
        self.plan.act(
            taken_up, self.room, "visits", "notice", self.people["sunli"], entry,
            {"result": one["result"]},
        )  # fmt: skip

    def _looks(self, days: int) -> None:
        """Officers unmask somebody's phone to call back; the auditor sees it."""
        for back in range(1, min(days, 12)):
            day = self.today - timedelta(days=back)
            if is_working(day):
                who = self.people["lijianguo" if back % 3 else "wanghaitao"]
                moment = at(day, 15, 5 + back)
                self.plan.call(moment, partial(self._look, who))

    def _look(self, who: Actor) -> None:
        since = clock.now() - timedelta(days=4)
        mine = Entry.objects.filter(
            responsible=str(who.id), received_at__gte=since, room=self.room.id
        )
        named = EntryPerson.objects.exclude(phone_mask="").filter(entry__in=mine.values("id"))
        one = named.order_by("-entry").first()
        if one is not None:
            entry = Entry.objects.get(id=one.entry)
            entry_view.reveal(actor=who, entry=entry, people_ids=[one.id], purpose="matter")

    def _logs(self, days: int) -> None:
        """Logs of past working days are signed; today's is not."""
        remarks = read("last_days")["remarks"]["lines"]
        for back in range(min(days, _LOGGED_DAYS), 0, -1):
            day = self.today - timedelta(days=back)
            if not workdays.is_working(day)[0]:
                continue
            for n, name in enumerate(("lijianguo", "wanghaitao", "chenjing")):
                if n and (back < 2 or self.rng.random() < 0.15):
                    continue  # somebody always forgets
                moment = datetime.combine(day, time(17, 40 + 4 * n), clock.SHANGHAI)
                remark = remarks[(back + n) % len(remarks)]
                who = self.people[name]
                self.plan.call(moment, partial(sign_off, actor=who, day=day, remark=remark))
