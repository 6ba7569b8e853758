"""The life of an ordinary matter, from coming in to being closed, as planned acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from linli.access.actor import Actor
from linli.demo import residents
from linli.demo.disputes import Dispute
from linli.demo.plan import Plan, Room
from linli.demo.rhythm import is_working, office_moment
from linli.demo.told import Kind, Story, Words, read
from linli.ground import clock
from linli.ground.ids import new_id_at
from linli.ledger.declaration import registry


@dataclass
class Matter:
    """One matter while it is planned. Acts go forward in time; after one that is yet to come
    nothing follows."""

    plan: Plan
    room: Room
    rng: Random
    kind: Kind
    at: datetime
    words: Words = field(init=False)
    story: Story = field(init=False)
    entry: UUID = field(init=False)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.words = Words(self.rng, self.kind.words)
        self.story = self.rng.choice(self.kind.stories)
        self.entry = new_id_at(self.at)

    def later(self, least: int, most: int) -> datetime:
        """Some minutes on."""
        self.at += timedelta(minutes=self.rng.randint(least, most), seconds=self.rng.randint(0, 40))
        return self.at

    def office(self, least: int, most: int) -> datetime:
        """In office hours, some working days on."""
        self.at = office_moment(self.rng, self.at, self.rng.randint(least, most))
        return self.at

    def do(
        self, action: str, actor: Actor, _data: dict[str, Any] | None = None, **more: Any
    ) -> None:
        """Plan an act at the present moment of the matter."""
        if not self.stopped:
            self.stopped = not self.plan.act(
                self.at, self.room, self.kind.ledger, action, actor, self.entry, _data, **more
            )

    def people(self, first: str, second: str, often: float) -> list[dict[str, str]]:
        """Mostly one person, sometimes two, sometimes nobody gave a name."""
        year = self.at.year
        made = []
        if self.rng.random() < 0.92:
            made.append(residents.person(self.rng, first, year))
            if self.rng.random() < often:
                made.append(residents.person(self.rng, second, year, 0.15))
        return made

    def channel(self) -> str:
        ways = self.kind.channels
        return self.rng.choices(list(ways), weights=list(ways.values()))[0]

    def place(self) -> str:
        return self.room.places.one(self.rng, self.rng.choice(self.kind.where))


def on_duty(room: Room, rng: Random, at: datetime) -> Actor:
    """Who takes what comes in: by turns at night and on weekends, by chance in office hours."""
    if room.auxiliary is None:
        return rng.choice(room.officers)
    people = (*room.officers[:2], room.auxiliary)
    here = clock.local(at)
    if is_working(here.date()) and 8 <= here.hour < 18:
        return rng.choices(people, weights=(45, 30, 25))[0]
    return people[here.date().toordinal() % 3]


def closer(room: Room, actor: Actor) -> Actor:
    """An auxiliary does not close: the officer does."""
    return room.officers[0] if actor is room.auxiliary else actor


@cache
def emergency(code: str) -> bool:
    """Kinds that are done in the same shift."""
    tree = registry.get("incidents").categories
    assert tree is not None
    return any(node.emergency for node in tree.path(code))


def plan_matter(plan: Plan, room: Room, rng: Random, kind: Kind, at: datetime) -> None:
    """Plan one matter with all that follows from it."""
    matter = Matter(plan, room, rng, kind, at)
    if kind.ledger == "incidents":
        _incident(matter)
    else:
        _visit(matter)
    _afterwards(matter)


def _record(m: Matter, actor: Actor, data: dict[str, Any], channel: str) -> Actor:
    """Record; what comes by the web is recorded by the resident and falls to whoever is there."""
    if channel != "online":
        assisting: tuple[UUID, ...] = ()
        auxiliary = m.room.auxiliary
        if auxiliary and actor is not auxiliary and auxiliary.id and m.rng.random() < 0.3:
            assisting = (auxiliary.id,)
        m.do("record", actor, data, assisting=assisting)
        return actor
    m.do("record", m.room.resident, data, responsible=actor.id)
    return actor


def _incident(m: Matter) -> None:
    received, channel = m.at, m.channel()
    actor = on_duty(m.room, m.rng, received)
    if channel == "online":
        actor = closer(m.room, actor)
    data: dict[str, Any] = {
        "channel": channel, "category": m.kind.code, "place": m.place(),
        "narrative": m.words.fill(m.story.narrative), "received_at": received,
        "people": m.people("reporter", "party", 0.3),
    }  # fmt: skip
    if not m.room.main and channel != "online" and m.rng.random() < 0.8:
        _written_afterwards(m, actor, data)
    else:
        _step_by_step(m, actor, data, channel)
    _told_and_closed(m, actor, channel)
    if m.kind.code.startswith("dispute."):
        Dispute(m.plan, m.room, m.rng, m.entry, received).all(closer(m.room, actor))


def _step_by_step(m: Matter, actor: Actor, data: dict[str, Any], channel: str) -> None:
    m.later(1, 3)
    _record(m, actor, data, channel)
    m.do("dispatch", actor, {"dispatched_at": m.later(0, 3)})
    m.do("arrive", actor, {"arrived_at": m.later(4, 18)})
    if m.rng.random() < 0.08:
        m.later(10, 60)
        m.do("note", actor, {"note": m.rng.choice(read("last_days")["reasons"]["note"])})
    m.do("finish", actor, {
        "finished_at": m.later(12, 90), "result": m.words.one(m.story.results),
        "handling": m.words.one(m.story.handling),
    })  # fmt: skip


def _written_afterwards(m: Matter, actor: Actor, data: dict[str, Any]) -> None:
    """Back from the street, the officer writes it all down at once."""
    data |= {"dispatched_at": m.later(1, 4), "arrived_at": m.later(4, 18)}
    finished = m.later(12, 80)
    m.later(5, 40)
    _record(m, actor, data, "")
    m.do("finish", actor, {
        "finished_at": finished, "result": m.words.one(m.story.results),
        "handling": m.words.one(m.story.handling),
    })  # fmt: skip


def _told_and_closed(m: Matter, actor: Actor, channel: str) -> None:
    quick = emergency(m.kind.code) or m.rng.random() < (0.5 if m.room.main else 0.85)
    if channel != "patrol":
        if not quick and m.rng.random() < 0.3:
            m.office(1, 1)
        else:
            m.later(3, 60)
        m.do("tell", actor, {"told_how": m.words["told"]})
    if quick:
        m.later(2, 40)
    else:
        m.office(0, 1)
    m.do("close", closer(m.room, actor))


def _visit(m: Matter) -> None:
    received, channel = m.at, m.channel()
    actor = on_duty(m.room, m.rng, received)
    papers = m.kind.code.startswith("application")
    if m.room.clerk and papers:
        actor = m.room.clerk
    if m.kind.flow == "complaint":
        actor = m.room.chief or m.room.officers[0]
        channel = "online"
    elif channel == "online":
        actor = closer(m.room, actor)
    data: dict[str, Any] = {
        "category": m.kind.code, "channel": channel,
        "narrative": m.words.fill(m.story.narrative),
        "visitors": m.people("visitor", "companion", 0.08), "received_at": received,
    }  # fmt: skip
    if m.kind.where and m.rng.random() < 0.75:
        data["place"] = m.place()
    if channel != "online":
        m.later(1, 4)
    actor = _record(m, actor, data, channel)
    if actor is m.room.auxiliary:
        actor = _passed_on(m, actor)
    _FLOWS[m.kind.flow](m, actor)


def _passed_on(m: Matter, actor: Actor) -> Actor:
    """An auxiliary's visit: an officer closes it at the counter, or takes it over."""
    officers = m.room.officers[:2]
    if m.rng.random() < 0.6:
        return officers[0]
    reasons = read("last_days")["reasons"]
    to, other = officers if m.rng.random() < 0.7 else officers[::-1]
    m.later(5, 30)
    m.do("hand_over", actor, {"hand_to": str(to.id)}, reason=m.rng.choice(reasons["counter"]))
    if m.rng.random() < 0.1:
        m.later(10, 60)
        m.do("refuse", to, reason=reasons["refused"])
        m.later(5, 30)
        m.do("hand_over", actor, {"hand_to": str(other.id)}, reason=reasons["counter"][1])
        to = other
    m.later(10, 90)
    m.do("accept", to)
    return to


def _handled(m: Matter, actor: Actor) -> None:
    m.do("handle", actor, {"result": m.words.one(m.story.results)})


def _at_the_counter(m: Matter, actor: Actor) -> None:
    if m.rng.random() < 0.7 and m.kind.office:
        m.later(5, 50)
    else:
        m.office(0, 2)
    _handled(m, actor)


def _papers(m: Matter, actor: Actor) -> None:
    if m.room.main or m.rng.random() < 0.4:
        m.office(0, 2)
    else:
        m.later(6, 30)
    _handled(m, actor)


def _referred(m: Matter, actor: Actor) -> None:
    m.later(10, 60)
    m.do("refer", actor, {"referred_to": m.words["office"]})
    m.office(1, 3)
    _handled(m, actor)


def _explained(m: Matter, actor: Actor) -> None:
    m.later(4, 25)
    m.do("explain", actor, {"words_given": m.words.one(m.story.results)})


def _complaint(m: Matter, actor: Actor) -> None:
    m.office(1, 5)
    m.do("notice", actor, {"result": read("last_days")["complaint"]["result"]})
    m.office(4, 18)
    _handled(m, actor)


_FLOWS = {
    "counter": _at_the_counter, "papers": _papers, "refer": _referred, "explain": _explained,
    "complaint": _complaint,
}  # fmt: skip


def _afterwards(m: Matter) -> None:
    """What happens to few: corrected with a reason, voided, opened again."""
    chance, reasons = m.rng.random(), read("last_days")["reasons"]
    officer = m.room.officers[0]
    if chance < 0.02:
        m.office(0, 1)
        told = m.words.fill(m.story.narrative) + m.rng.choice(reasons["added"])
        m.do("correct", officer, {"narrative": told}, reason=m.rng.choice(reasons["corrected"]))
    elif chance < 0.027:
        m.office(0, 1)
        m.do("void", officer, reason=m.rng.choice(reasons["voided"]))
    elif chance < 0.032 and m.kind.flow in ("incident", "counter"):
        m.office(2, 6)
        m.do("reopen", officer, reason=reasons["reopened"])
        if m.kind.ledger == "incidents":
            m.later(30, 120)
            m.do("finish", officer, {"result": m.words.one(m.story.results)})
            m.do("tell", officer, {"told_how": m.words["told"]})
            m.later(5, 20)
            m.do("close", officer)
        else:
            m.office(0, 1)
            _handled(m, officer)
