"""A register as a bound book 登记簿: A4 across, one row a matter, a place to sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.typesetting import TEMPLATES, pdf
from linli.ledger.reading.entry_view import field_value
from linli.org.tree import names

# What one book holds: some 3,000 pages. A thicker one could not be bound either.
MOST_ROWS = 20_000
# Up to so many matters, some 130 pages, a book is made while one waits for it.
AT_ONCE = 800
_SLICE = 500
# Columns with a place of their own in the row; all other fields are told under "Handling".
_PLACED = frozenset(("category", "channel", "place", "narrative", "received_at", "lon,lat"))


@dataclass(frozen=True)
class Head:
    """What stands on every page of a book: the room, the period, who printed it, how many matters;
    and at its end, why serials are missing (retention/gaps.py)."""

    room: str
    period: str
    by: str
    count: int
    voided: int
    gaps: tuple[str, ...] = ()


def book_pdf(
    ledger: Ledger,
    entries: Sequence[Entry],
    room: str,
    period: str,
    actor: Actor,
    gaps: Sequence[str] = (),
) -> bytes:
    """The entries as pages of the ledger's register, in the order given; see bound_books.py for many.

    `room` and `period` are words for the head of every page, `gaps` those at the end that explain
    missing serials. ValueError above MOST_ROWS.
    """
    if len(entries) > MOST_ROWS:
        raise ValueError(f"a book holds {MOST_ROWS} matters, not {len(entries)}")
    voided = sum(entry.state == VOID for entry in entries)
    head = Head(room, period, actor.name, len(entries), voided, tuple(gaps))
    return pdf(TEMPLATES / "book.typ", sheet(ledger, head, rows_of(ledger, entries)))


def sheet(
    ledger: Ledger,
    head: Head,
    rows: Sequence[Mapping[str, Any]],
    *,
    before: int = 0,
    last: bool = True,
    whole: bool = True,
) -> dict[str, Any]:
    """The data of book.typ: a whole book, or the part of one that `before` rows stand before."""
    return {
        "title": ledger.book or ledger.title,
        "room": head.room,
        "period": head.period,
        "by": head.by,
        "rows": rows,
        "sum": _sum(head.count, head.voided),
        "gaps": list(head.gaps),
        "before": before,
        "last": last,
        "whole": whole,
        "words": _words(),
    }


def rows_of(ledger: Ledger, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The rows of a book, people masked."""
    called = names({entry.responsible for entry in entries})
    people = _people(ledger, [entry.id for entry in entries])
    return [
        _row(registry.of(entry), entry, called.get(entry.responsible, ""), people.get(entry.id, []))
        for entry in entries
    ]


def _words() -> dict[str, str]:
    return {
        "number": _("Number, received"),
        "category": _("Category"),
        "matter": _("Place, matter and people"),
        "handling": _("Handling"),
        "responsible": _("Responsible"),
        "state": _("State"),
        "nth": pgettext("row of a register", "No."),
        "sign": _("Signature"),
        "none": _("No matter was recorded in this period."),
        "head_of_room": _("Head of the room"),
        "keeper": _("Kept by"),
        "date": _("Date"),
        "stamp": _("Stamp of the room"),
        "goes_on": _("Blank below; the register goes on overleaf."),
    }


def _sum(count: int, voided: int) -> str:
    text = ngettext("%(n)d matter", "%(n)d matters", count) % {"n": count}
    if voided:
        text += ngettext(", %(n)d of them void", ", %(n)d of them void", voided) % {"n": voided}
    return text


def _row(ledger: Ledger, entry: Entry, responsible: str, people: Sequence[str]) -> dict[str, Any]:
    tree, channel = ledger.categories, ledger.channel
    past = entry.data.get("past") or {}
    return {
        "serial": serial_text(entry),
        "number": past.get("number", ""),
        "received": f"{clock.local(entry.received_at):%Y-%m-%d %H:%M}",
        "category": tree.text(entry.category) if tree and entry.category else "",
        "channel": channel.choice_title(entry.channel) if channel and entry.channel else "",
        "place": entry.place,
        "narrative": entry.narrative,
        "people": list(people),
        "rest": _rest(ledger, entry),
        "responsible": responsible,
        "state": ledger.state_by_name[entry.state].title,
        "void": entry.state == VOID,
    }


def _rest(ledger: Ledger, entry: Entry) -> list[tuple[str, str]]:
    """What else the entry says: (title, words); times without the day they share with it."""
    said = []
    for about in ledger.fields:
        if about.column in _PLACED or about.kind.code == "people":
            continue
        value = field_value(entry, about)
        if value not in (None, ""):
            said.append((str(about.title), _text(about, value, entry.received_at)))
    return said


def _text(about: Field, value: Any, received: datetime) -> str:
    if about.kind.code == "moment":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        at, day = clock.local(moment), clock.local(received).date()
        return f"{at:%H:%M}" if at.date() == day else f"{at:%Y-%m-%d %H:%M}"
    return str(about.kind.text(value, about))


def _people(ledger: Ledger, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The people of these entries, masked, in words: "Reporter 张* · 138****0000"."""
    roles = roles_of(ledger)
    found: dict[UUID, list[str]] = {}
    for person in _in_slices(ids) if roles else ():
        found.setdefault(person.entry, []).append(_person(person, roles))
    return found


def roles_of(ledger: Ledger) -> dict[str, str]:
    """The roles of people in a ledger, in words."""
    return {
        choice.code: str(choice.title)
        for about in ledger.fields
        if about.kind.code == "people"
        for choice in about.choices
    }


def _in_slices(ids: Sequence[UUID]) -> Iterable[EntryPerson]:
    for start in range(0, len(ids), _SLICE):
        yield from EntryPerson.objects.filter(
            entry__in=ids[start : start + _SLICE], ended=False
        ).order_by("entry", "position")


def _person(person: EntryPerson, roles: Mapping[str, str]) -> str:
    masks = (person.name_mask, person.phone_mask, person.id_mask)
    who = " ".join((roles.get(person.role, person.role), masks[0])).strip()
    return " · ".join(part for part in (who, *masks[1:]) if part)
