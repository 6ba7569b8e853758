"""One thing on A4: what is known of it, who answers for it (masked), its parts, what happened."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.ledger.declaration.row_fields import row_text
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.models import EntryPerson
from linli.ledger.entries.things import ThingRow
from linli.ledger.printing import photos
from linli.ledger.printing.form import SHORT, form_words, lines_on_paper
from linli.ledger.printing.typesetting import TEMPLATES, pdf
from linli.ledger.reading import entry_view, things
from linli.org.tree import names


def thing_pdf(thing: Thing, row: ThingRow, actor: Actor) -> bytes:
    """The card of one thing with its history, oldest step first."""
    files, pictures = photos.on_paper(row.id)
    return pdf(
        TEMPLATES / "entry.typ",
        {
            "title": _("%(register)s: card") % {"register": thing.title},
            "serial": things.title_of(thing, row),
            "room": names([row.room]).get(row.room, ""),
            "by": actor.name,
            "state": things.state_title(row),
            "void": False,
            "facts": _facts(thing, row),
            "people": _people(thing, row),
            "deadlines": [],
            "steps": lines_on_paper(entry_view.timeline_of(thing, row.id)),
            **files,
            "words": {
                **form_words(),
                "number": pgettext("on paper", "Called"),
                **photos.words(bool(pictures)),
            },
        },
        **pictures,
    )


def _facts(thing: Thing, row: ThingRow) -> list[dict[str, Any]]:
    facts = [(str(about.title), text) for about, text in things.facts_shown(thing, row)]
    facts += things.derived_shown(thing, row)
    for about, value in things.rows_in(thing, row):
        for number, one in enumerate(value, 1):
            said = {"title": about.title, "number": number}
            facts.append((_("%(title)s %(number)d") % said, row_text(one, about)))
    return [
        {"title": title, "text": text, "short": len(text) <= SHORT and "\n" not in text}
        for title, text in facts
    ]


def _people(thing: Thing, row: ThingRow) -> list[list[str]]:
    roles = {
        choice.code: str(choice.title)
        for name in thing.by_kind.get("people", ())
        for choice in thing.field(name).choices
    }
    people = EntryPerson.objects.filter(entry=row.id, ended=False).order_by("position")
    return [
        [roles.get(one.role, one.role), one.name_mask, one.phone_mask, one.id_mask]
        for one in people
    ]
