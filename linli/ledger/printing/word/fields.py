"""What a Word template may ask for: the shape of what it is given, for one ledger and paper.

The shape is known without any matter, so that a template is judged when it is uploaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.ledger.declaration.ledger import Document, Field, Ledger
from linli.ledger.declaration.row_fields import SIGNED

ENTRY: Final = "entry"  # the name of the template every ledger has
CODED: Final = ("choice", "choices", "flag")


@dataclass(frozen=True)
class Word:
    """Something that is written out. `opens`: it is behind the mask, who prints says what for."""

    title: str
    opens: bool = False


@dataclass(frozen=True)
class Group:
    """Something with parts: `facts.place`."""

    parts: Mapping[str, Shape]


@dataclass(frozen=True)
class Table:
    """Rows, written out by repeating a line or a row of a table for each."""

    title: str
    row: Group


Shape = Word | Group | Table


def shape_of(ledger: Ledger, document: Document | None) -> Group:
    """All that the template of this ledger's entries, or of this document, may ask for."""
    own: dict[str, Shape] = _of_document(document) if document else {}
    listed = Group({"title": Word(_("What it is called")), "text": Word(_("What it says"))})
    return Group(
        {
            "title": Word(_("Title of the paper")),
            "ledger": Word(_("Name of the ledger")),
            "serial": Word(_("Number")),
            "state": Word(_("State")),
            "room": Word(_("Police room")),
            "station": Word(_("Police station")),
            "responsible": Word(_("Responsible")),
            "by": Word(_("Who prints")),
            "printed": Word(_("When it is printed")),
            "closed": Word(_("Closed")),
            "facts": Group(dict(_facts(ledger))),
            "titles": Group({one.name: Word(_titled(one)) for one in ledger.fields}),
            "codes": Group(dict(_codes(ledger))),
            "last": Group(
                {one.name: Group(_row(one)) for one in ledger.fields if one.kind.code == "rows"}
            ),
            "listed": Table(_("All that the matter says, in its order"), listed),
            "people": Table(_("People concerned"), Group(_person())),
            "deadlines": Table(_("Deadlines"), Group(_deadline())),
            "steps": Table(_("What happened"), Group(_step())),
            "words": Group({name: Word(str(text)) for name, text in _words_of(document).items()}),
            **own,
        }
    )


def _titled(about: Field) -> str:
    return _("Name of the field “%s”") % about.title


def _facts(ledger: Ledger) -> Iterator[tuple[str, Shape]]:
    for about in ledger.fields:
        if about.kind.code == "rows":
            yield about.name, Table(str(about.title), Group(_row(about)))
        elif about.kind.code != "people":
            yield about.name, Word(str(about.title))


def _row(about: Field) -> dict[str, Shape]:
    signed = dict(zip(SIGNED, (_("Time"), pgettext("on paper", "By")), strict=True))
    return {
        **{sub.name: Word(str(sub.title)) for sub in about.fields},
        **{name: Word(title) for name, title in signed.items()},
    }


def _codes(ledger: Ledger) -> Iterator[tuple[str, Shape]]:
    """Values as they are kept, to decide by; of a table those of its last row."""
    for about in ledger.fields:
        if about.kind.code in CODED:
            yield about.name, Word(_choices(about))
        elif about.kind.code == "rows":
            coded = {
                sub.name: Word(_choices(sub)) for sub in about.fields if sub.kind.code in CODED
            }
            if coded:
                yield about.name, Group(coded)


def _choices(about: Field) -> str:
    codes = ", ".join(choice.code for choice in about.choices)
    return f"{about.title}: {codes}" if codes else str(about.title)


def _person() -> dict[str, Shape]:
    return {
        "role": Word(_("Code of the role")),
        "title": Word(pgettext("on paper", "Role")),
        "name_masked": Word(_("Name, masked")),
        "phone_masked": Word(_("Phone, masked")),
        "id_masked": Word(_("Identity number, masked")),
        "name": Word(_("Name"), opens=True),
        "phone": Word(_("Phone"), opens=True),
        "id_number": Word(_("Identity number"), opens=True),
        "address": Word(_("Address"), opens=True),
        "note": Word(_("Note"), opens=True),
    }


def _deadline() -> dict[str, Shape]:
    return {
        "title": Word(pgettext("on paper", "What")),
        "due": Word(pgettext("on paper", "Due")),
        "met": Word(pgettext("on paper", "Met")),
    }


def _step() -> dict[str, Shape]:
    return {
        "at": Word(_("Time")),
        "what": Word(pgettext("on paper", "What")),
        "by": Word(pgettext("on paper", "By")),
        "details": Word(_("Details")),
    }


def _of_document(document: Document) -> dict[str, Shape]:
    copies = Group({"mark": Word(_("Which copy it is")), "whom": Word(_("Whom it is for"))})
    told: dict[str, Shape] = {
        name: Table(name, Group({column: Word(column) for column in columns}))
        if columns
        else Word(name)
        for name, columns in document.tables.items()
    }
    return {
        "copies": Table(_("The copies of the paper"), copies),
        "rules": Group({name: Word(code) for name, code in document.rules.items()}),
        "told": Group(told),
    }


def _words_of(document: Document | None) -> Mapping[str, object]:
    """The fixed words of a paper, in the language of the moment."""
    from linli.ledger.printing.form import form_words

    return document.words if document else form_words()


def listed(shape: Group, above: str = "") -> Iterator[tuple[str, str, bool]]:
    """(how it is written, what it is, whether it is behind the mask) for a page or the terminal; a
    table as `facts.sessions[].held_at`."""
    for name, one in shape.parts.items():
        path = f"{above}{name}"
        match one:
            case Word():
                yield path, one.title, one.opens
            case Table():
                yield from listed(one.row, f"{path}[].")
            case Group():
                yield from listed(one, f"{path}.")
