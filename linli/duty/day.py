"""A day's work in lines, read from the steps that the work itself left: nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from linli.ground import clock
from linli.history.models import Step
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.retention.expiry import kept_as_long

CODE = "worklogs"
LONGEST_PLACE = 30


@dataclass(frozen=True)
class Line:
    """One thing done: when, in which ledger and matter, what, and what the matter is about.

    `room` is named only where the matter is of another room than the log; then what it is about
    stays with that room.
    """

    at: datetime
    ledger: str
    serial: str
    name: str
    action: str
    category: str
    place: str
    entry: UUID
    step: UUID
    room: str = ""

    def kept(self) -> dict[str, str]:
        """The line as it is frozen, all text."""
        return {name: _text(value) for name, value in asdict(self).items() if value}

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Line:
        """The line of a signed log."""
        blank = dict.fromkeys(("serial", "action", "category", "place", "room"), "")
        return cls(
            **blank
            | {name: str(kept[name]) for name in kept if name not in ("at", "entry", "step")},
            at=datetime.fromisoformat(kept["at"]),
            entry=UUID(kept["entry"]),
            step=UUID(kept["step"]),
        )


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@dataclass(frozen=True)
class Matter:
    """What was done to one matter in the course of the day, in order."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True)
class Group:
    """The matters of one ledger, and how often each action was done in it."""

    ledger: str
    title: str
    matters: tuple[Matter, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Totals:
    """`counts`: (ledger title, action in words, how often). `overdue`: matters the officer answers
    for whose deadline had passed by the end of the day and that are still open."""

    counts: tuple[tuple[str, str, int], ...]
    matters: int
    handed_over: int
    overdue: int


@dataclass(frozen=True)
class Log:
    """A day's log: its lines in the order of time."""

    day: date
    lines: tuple[Line, ...]
    overdue: int = 0

    @property
    def groups(self) -> list[Group]:
        """By ledger in the house's order, by matter in the order it was first touched."""
        by_ledger: dict[str, list[Line]] = {}
        for line in self.lines:
            by_ledger.setdefault(line.ledger, []).append(line)
        known = [ledger.code for ledger in registry.all_ledgers()]
        codes = sorted(by_ledger, key=lambda code: known.index(code) if code in known else 99)
        return [_group(code, by_ledger[code]) for code in codes]

    @property
    def totals(self) -> Totals:
        groups = self.groups
        return Totals(
            counts=tuple((g.title, action, n) for g in groups for action, n in g.counts),
            matters=len({line.entry for line in self.lines}),
            handed_over=sum(line.name == "hand_over" for line in self.lines),
            overdue=self.overdue,
        )

    def kept(self) -> dict[str, Any]:
        """The log as it is frozen in the entry."""
        return {"lines": [line.kept() for line in self.lines], "overdue": self.overdue}

    @classmethod
    def read(cls, day: date, kept: Mapping[str, Any]) -> Log:
        """The log that was frozen."""
        lines = tuple(Line.read(line) for line in kept.get("lines", ()))
        return cls(day, lines, int(kept.get("overdue", 0)))


def _group(code: str, lines: Sequence[Line]) -> Group:
    by_entry: dict[UUID, list[Line]] = {}
    counts: dict[str, int] = {}
    for line in lines:
        by_entry.setdefault(line.entry, []).append(line)
        counts[line.action] = counts.get(line.action, 0) + 1
    try:
        title = str(registry.get(code).title)
    except registry.UnknownLedger:
        title = code
    matters = tuple(Matter(tuple(of_one)) for of_one in by_entry.values())
    return Group(code, title, matters, tuple(counts.items()))


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Shanghai day and of the next."""
    midnight = datetime.combine(day, time(), clock.SHANGHAI)
    return midnight, midnight + timedelta(days=1)


def compose(staff: UUID, day: date) -> Log:
    """What a member of staff did on a day, from the steps; three queries however long the day.

    Matters that came in from a file were not done that day; the log itself is not work either.
    """
    start, end = bounds(day)
    steps = list(
        Step.objects.filter(actor=staff, acted_at__gte=start, acted_at__lt=end).order_by(
            "acted_at", "room", "seq"
        )
    )
    entries = {
        entry.id: entry
        for entry in Entry.objects.filter(id__in={step.subject for step in steps})
        if entry.ledger != CODE
    }
    lines = [
        _line(step, entries[step.subject])
        for step in steps
        if step.subject in entries and not _from_a_file(step, entries[step.subject])
    ]
    overdue = Entry.objects.filter(
        responsible=staff, is_open=True, due_at__lt=min(end, clock.now())
    ).count()
    return Log(day, tuple(lines), overdue)


def _from_a_file(step: Step, entry: Entry) -> bool:
    return entry.import_run is not None and step.action == "record"


def _line(step: Step, entry: Entry) -> Line:
    ledger = registry.of(entry)
    action = ledger.all_actions.get(step.action)
    tree = ledger.categories
    # A signed log is not changed: what goes before it does, stands in it by its number alone.
    bare = ledger.sealed or not kept_as_long(ledger, registry.get(CODE), clock.today())
    return Line(
        at=clock.local(step.acted_at),
        ledger=entry.ledger,
        serial=serial_text(entry),
        name=step.action,
        action=str(action.done if action else step.action),
        category=tree.text(entry.category) if tree and entry.category and not bare else "",
        place="" if bare else _short(entry.place),
        entry=entry.id,
        step=step.id,
    )


def _short(place: str) -> str:
    return place if len(place) <= LONGEST_PLACE else place[: LONGEST_PLACE - 1] + "…"


def of_room(log: Log, room: UUID) -> Log:
    """The log as a room may keep it: of other rooms' matters only that something was done."""
    from linli.org.tree import names

    ids = [line.entry for line in log.lines]
    homes = dict(Entry.objects.filter(id__in=ids).exclude(room=room).values_list("id", "room"))
    called = names(homes.values())
    return replace(log, lines=tuple(_apart(line, homes, called) for line in log.lines))


def _apart(line: Line, homes: Mapping[UUID, UUID], called: Mapping[UUID, str]) -> Line:
    if line.entry not in homes:
        return line
    return replace(line, category="", place="", room=called.get(homes[line.entry], "?"))


def later(log: Log, signed: Log) -> tuple[Line, ...]:
    """What was done that day after (or while) its log was signed."""
    had = {line.step for line in signed.lines}
    return tuple(line for line in log.lines if line.step not in had)


def as_text(lines: Iterable[Line]) -> str:
    """One line of text for each thing done: 09:12 访-2026-0041 Recorded Help, Meiyuan."""
    return "\n".join(
        " ".join(
            part
            for part in (
                f"{clock.local(line.at):%H:%M}", line.serial, line.action, line.room,
                line.category, line.place,
            )
            if part
        )
        for line in lines
    )  # fmt: skip
