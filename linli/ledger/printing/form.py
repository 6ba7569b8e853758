"""One matter on A4: its facts, the people masked, its deadlines and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.checklists import ANSWERS, lists_of
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.row_fields import row_text
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing import photos
from linli.ledger.printing.typesetting import TEMPLATES, pdf
from linli.ledger.reading import entry_view, links
from linli.org.tree import names

SHORT = 24  # characters of a fact that fits into half a line


def entry_pdf(entry: Entry, actor: Actor) -> bytes:
    """The form of one entry with its timeline, oldest step first."""
    ledger = registry.of(entry)
    called = names({entry.responsible, entry.first_asked, entry.room})
    files, pictures = photos.on_paper(entry.id)
    return pdf(
        TEMPLATES / "entry.typ",
        {
            "title": _("%(ledger)s: entry form") % {"ledger": ledger.title},
            "serial": serial_text(entry),
            "room": called.get(entry.room, ""),
            "by": actor.name,
            "state": ledger.state_by_name[entry.state].title,
            "void": entry.state == VOID,
            "facts": [*facts_on_paper(ledger, entry, called), *_links(actor, entry)],
            "people": _people(ledger, entry),
            "deadlines": deadlines_on_paper(entry),
            "steps": steps_on_paper(entry),
            **files,
            "words": {**form_words(), **photos.words(bool(pictures))},
        },
        **pictures,
    )


def form_words() -> dict[str, str]:
    """The fixed words of the form."""
    return {
        "number": _("Number"),
        "state": _("State"),
        "void_stamp": _("VOID"),
        "people": _("People concerned"),
        "role": pgettext("on paper", "Role"),
        "name": _("Name"),
        "phone": _("Phone"),
        "identity": _("Identity number"),
        "deadlines": _("Deadlines"),
        "due": pgettext("on paper", "Due"),
        "met": pgettext("on paper", "Met"),
        "steps": _("What happened"),
        "time": _("Time"),
        "what": pgettext("on paper", "What"),
        "who": pgettext("on paper", "By"),
        "details": _("Details"),
        "officer": _("Officer"),
        "head_of_room": _("Head of the room"),
        "date": _("Date"),
    }


def facts_on_paper(ledger: Ledger, entry: Entry, called: dict[Any, str]) -> list[dict[str, Any]]:
    """What the matter says: title, text, whether it is short."""
    past = entry.data.get("past") or {}
    facts = [
        (_("Responsible"), called.get(entry.responsible, "")),
        (_("First asked"), called.get(entry.first_asked, "")),
        (_("Number in the old register"), str(past.get("number", ""))),
        *(
            told
            for about, text in entry_view.facts_shown(entry)
            for told in _told(entry, about, text)
        ),
        *entry_view.derived_shown(entry),
        (_("Closed"), moment_text(entry.closed_at) if entry.closed_at else ""),
    ]
    return [
        {"title": title, "text": text, "short": len(text) <= SHORT and "\n" not in text}
        for title, text in facts
        if text
    ]


def _told(entry: Entry, about: Field, text: str) -> Iterator[tuple[str, str]]:
    """A fact on paper; of rows one by one with when and by whom, of a checklist every item."""
    value = entry_view.field_value(entry, about)
    if about.kind.code == "rows":
        for number, row in enumerate(value, 1):
            said = {"title": about.title, "number": number}
            signed = f"{moment_text(row['at'])} {row.get('by', '')}\n" if row.get("at") else ""
            yield _("%(title)s %(number)d") % said, signed + row_text(row, about)
    elif about.kind.code == "checklist":
        lines = [
            _titled(item.title, f"{ANSWERS.get(answer, answer)}{f' ({note})' if note else ''}")
            for item, answer, note in lists_of(about).answered(value)
        ]
        yield str(about.title), "\n".join((text, *lines))
    else:
        yield str(about.title), text


def _links(actor: Actor, entry: Entry) -> list[dict[str, Any]]:
    """The matters it follows from or led to, by serial and state."""
    found = links.of(actor, entry.id)
    lines = [
        *((_("Follows from"), one) for one in found.came_from),
        *((_("Led to"), one) for one in found.led_to),
    ]
    return [
        {"title": title, "text": f"{serial_text(one)} · {_state(one)}", "short": True}
        for title, one in lines
    ]


def _state(entry: Entry) -> str:
    return str(registry.of(entry).state_by_name[entry.state].title)


def _people(ledger: Ledger, entry: Entry) -> list[list[str]]:
    roles = {
        choice.code: str(choice.title)
        for about in ledger.fields
        if about.kind.code == "people"
        for choice in about.choices
    }
    return [
        [roles.get(one.role, one.role), one.name_mask, one.phone_mask, one.id_mask]
        for one in entry_view.people_of(entry)
    ]


def deadlines_on_paper(entry: Entry) -> list[list[str]]:
    """(what, due, met) in words."""
    return [
        [line.title, moment_text(line.at), moment_text(line.met) if line.met else ""]
        for line in entry_view.deadlines_shown(entry)
    ]


def steps_on_paper(entry: Entry) -> list[dict[str, Any]]:
    """What happened, the oldest step first."""
    return lines_on_paper(entry_view.timeline(entry))


def lines_on_paper(lines: Sequence[entry_view.Line]) -> list[dict[str, Any]]:
    """The steps of a timeline (the newest first) for the table on paper, the oldest first."""
    return [
        {
            "at": f"{clock.local(line.at):%Y-%m-%d %H:%M}",
            "what": line.title,
            "by": line.by,
            "details": _details(line),
        }
        for line in reversed(lines)
    ]


def _titled(title: str, text: str) -> str:
    return pgettext("on paper", "%(title)s: %(text)s") % {"title": title, "text": text}


def _details(line: entry_view.Line) -> list[str]:
    """A step in sentences: what was said, what was changed from what to what, and why."""
    if line.erased:
        return [_("Erased after its time.")]
    said = [_titled(title, text) for title, text in line.said]
    for change in line.changes:
        old = f"{change.old} → " if change.old else ""
        said.append(_titled(change.title, f"{old}{change.new or '—'}"))
    if line.reason:
        said.append(_("Reason: %s") % line.reason)
    return said
