"""Entries as rows and heads of pages: everything in words, names looked up together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from linli.ground import clock, workdays
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Field, Ledger, State
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.reading import entry_view
from linli.org import tree

# Tones of a state in a declaration -> tones of the badge.
_TONES = {"warn": "wait", "good": "done", "plain": "doing"}
_ENDS = "。；;！？!?\n"


@dataclass(frozen=True)
class Badge:
    title: str | Promise
    tone: str


@dataclass(frozen=True)
class Row:
    """One entry in a list. `certain`: the working days behind the deadline are known."""

    entry: Entry
    ledger: Ledger
    url: str
    serial: str
    title: str
    category: str
    state: Badge
    responsible: str
    room: str
    channel: str
    certain: bool
    offered_by: str = ""
    own: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, unless it is called by that already."""
        return "" if self.entry.place in self.title else self.entry.place

    @property
    def closed_for_due(self) -> datetime | None:
        return self.entry.closed_at


def badge(ledger: Ledger, state: str) -> Badge:
    """A state as the badge shows it."""
    declared = ledger.state_by_name.get(state) or State(state, state, open=False)
    return Badge(declared.title, "void" if state == "void" else _TONES.get(declared.tone, ""))


def title_of(entry: Entry, most: int = 32) -> str:
    """What a matter is called: the first clause of what was written, cut where it gets long."""
    ledger = registry.of(entry)
    if ledger.headline:
        named = (_named(entry, ledger.by_name[name]) for name in ledger.headline)
        text = " · ".join(part for part in named if part)
        return (text if len(text) <= most else text[: most - 1] + "…") or serial_text(entry)
    text = entry.narrative.strip()
    for end in _ENDS:
        text = text.split(end, 1)[0]
    if len(text) > most:
        text = text[: most - 1].rstrip(" ,，、") + "…"
    return text or category_of(entry) or serial_text(entry)


def _named(entry: Entry, about: Field) -> str:
    """A part of a headline; a bare number says of what it is."""
    text = text_of(entry, about)
    return f"{about.title} {text}" if text.isdigit() else text


def text_of(entry: Entry, about: Field) -> str:
    """What an entry says in one of its fields, in words; "" for nothing."""
    value = entry_view.field_value(entry, about)
    return "" if value in (None, "") else str(about.kind.text(value, about))


def category_of(entry: Entry) -> str:
    """The category in words, "" where there is none."""
    tree_of_ledger = registry.of(entry).categories
    return tree_of_ledger.text(entry.category) if tree_of_ledger and entry.category else ""


def url_of(entry: Entry) -> str:
    return reverse("desk:entry", args=[entry.id])


def rows(entries: Iterable[Entry], own: Sequence[str] = ()) -> list[Row]:
    """Entries as rows; two queries for all names together. `own`: fields that are columns."""
    entries = list(entries)
    wanted = {e.responsible for e in entries} | {e.room for e in entries}
    names = tree.names(wanted)
    return [_row(entry, names, own) for entry in entries]


def _row(entry: Entry, names: Mapping[UUID, str], own: Sequence[str]) -> Row:
    ledger = registry.of(entry)
    channel = ledger.channel
    return Row(
        entry=entry,
        ledger=ledger,
        url=url_of(entry),
        serial=serial_text(entry),
        title=title_of(entry, 60),
        category=category_of(entry),
        state=badge(ledger, entry.state),
        responsible=names.get(entry.responsible, ""),
        room=names.get(entry.room, ""),
        channel=str(channel.choice_title(entry.channel)) if channel and entry.channel else "",
        certain=certain(entry),
        own=tuple(
            text_of(entry, ledger.by_name[name]) if name in ledger.by_name else "" for name in own
        ),
    )


def certain(entry: Entry) -> bool:
    """Whether the deadline's year has known working days (some are counted from guessed ones)."""
    return entry.due_at is None or day_known(entry.due_at, entry.district)


def day_known(moment: datetime, district: UUID) -> bool:
    """Whether it is known, not guessed by the weekday, that this day is worked or free."""
    day = clock.local(moment).date()
    return workdays.is_working(day, tree.overrides(district))[1]


def uncertain_years(shown: Iterable[Row]) -> list[int]:
    """The years of deadlines that were counted without that year's holidays."""
    years = {clock.local(r.entry.due_at).year for r in shown if r.entry.due_at and not r.certain}
    return sorted(years)
