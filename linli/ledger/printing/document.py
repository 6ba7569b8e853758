"""A paper that a matter gives: an agreement, a notice. The ledger brings the Typst template and its
fixed words, the engine what the matter says, the people unmasked, and one copy for each who gets one.

The template sees (all in words, "" where nothing is said):

    data.facts.NAME     a field; of a field with rows a list of {sub-field: words}
    data.codes.NAME     the value of a choice, flag or row as it is kept, null where there is none
    data.titles.NAME    what the field is called
    data.rules.NAME     a number of the law, as it was when the matter was received
    data.told           what the document's own rule gives
    data.people         a list of {role, title, name, phone, id_number, address, note}
    data.copies         a list of {mark, whom}: one where the document has no copies
    data.serial, room, station, responsible, words
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.acts.deadlines import rules_for
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Document, Field, Ledger
from linli.ledger.declaration.people_fields import PARTS
from linli.ledger.declaration.row_fields import fact
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.typesetting import pdf
from linli.ledger.reading import entry_view
from linli.org.tree import names, place_in_tree

_CODED = ("choice", "choices", "flag", "rows", "checklist")
Opened = Mapping[UUID, Mapping[str, str]]


def documents_of(entry: Entry) -> list[Document]:
    """The papers that the matter gives as it stands."""
    return [one for one in registry.of(entry).documents if entry.state in one.states]


def document_pdf(entry: Entry, document: Document, actor: Actor, opened: Opened) -> bytes:
    """The paper with all its copies, in the language of this installation, whoever prints it.

    `opened` are the people's values as `reading.reveal` gave them; who is not among them stands on
    it masked.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return pdf(document.template, _data(entry, document, actor, opened))


def _data(entry: Entry, document: Document, actor: Actor, opened: Opened) -> dict[str, Any]:
    ledger = registry.of(entry)
    called = names({entry.responsible, entry.room})
    return {
        "title": document.title,
        "serial": serial_text(entry),
        "room": called.get(entry.room, ""),
        "station": place_in_tree(entry.room)[2].name,
        "responsible": called.get(entry.responsible, ""),
        "by": actor.name,
        "facts": {about.name: fact_of(entry, about) for about in ledger.fields},
        "codes": {
            about.name: entry_view.field_value(entry, about)
            for about in ledger.fields
            if about.kind.code in _CODED
        },
        "titles": {about.name: about.title for about in ledger.fields},
        "rules": rules_of(entry, document),
        "told": document.told(facts_of(ledger, vars(entry))) if document.told else {},
        "people": _people(entry, ledger, opened),
        "copies": copies_of(document),
        "words": {
            "number": _("Number"),
            "copy_page": _("Page {page} of {pages} of this copy"),
            **document.words,
        },
    }


def rules_of(entry: Entry, document: Document) -> dict[str, int]:
    """The numbers of the law that the document names, as they were when the matter came in."""
    in_force = rules_for(clock.local(entry.received_at).date())
    return {name: in_force.span(code).n for name, code in document.rules.items()}


def fact_of(entry: Entry, about: Field) -> Any:
    """A fact in words; of a field with rows a list of {sub-field: words}; nothing of people."""
    value = entry_view.field_value(entry, about)
    if about.kind.code == "rows":
        return [
            {sub.name: words_of(sub, row.get(sub.name)) for sub in about.fields}
            for row in value or ()
        ]
    return "" if about.kind.code == "people" else words_of(about, value)


def words_of(about: Field, value: Any) -> str:
    """A value as it is written on paper: days and times in words."""
    if value in (None, ""):
        return ""
    if about.kind.code == "date":
        return day_words(fact(about, value))
    if about.kind.code == "moment":
        at = clock.local(value if isinstance(value, datetime) else datetime.fromisoformat(value))
        return f"{day_words(at.date())} {at:%H:%M}"
    return str(about.kind.text(value, about))


def day_words(day: date) -> str:
    """A day as it stands in an agreement or a notice."""
    told = {"year": day.year, "month": day.month, "day": day.day}
    return pgettext("on paper", "%(year)d-%(month)02d-%(day)02d") % told


def _people(entry: Entry, ledger: Ledger, opened: Opened) -> list[dict[str, str]]:
    roles = {
        choice.code: str(choice.title)
        for about in ledger.fields
        if about.kind.code == "people"
        for choice in about.choices
    }
    return [_person(one, roles, opened.get(one.id)) for one in entry_view.people_of(entry)]


def _person(
    one: EntryPerson, roles: Mapping[str, str], opened: Mapping[str, str] | None
) -> dict[str, str]:
    masked = {"name": one.name_mask, "phone": one.phone_mask, "id_number": one.id_mask}
    said = masked if opened is None else opened
    return {
        **{part: said.get(part, "") for part in PARTS},
        "role": one.role,
        "title": roles.get(one.role, one.role),
    }


def copies_of(document: Document) -> list[dict[str, str]]:
    """The mark of every copy and whom it is for; one without marks where there are no copies."""
    numerals = (
        pgettext("copy", "one"), pgettext("copy", "two"), pgettext("copy", "three"),
        pgettext("copy", "four"), pgettext("copy", "five"), pgettext("copy", "six"),
    )  # fmt: skip
    count = len(document.copies)
    return [
        {
            "mark": _("Copy %(n)s of %(count)s") % {"n": numerals[n], "count": numerals[count - 1]},
            "whom": str(whom),
        }
        for n, whom in enumerate(document.copies)
    ] or [{"mark": "", "whom": ""}]
