"""One matter: facts on the left, what happened on the right, the next action first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import attaching, cards, holding, list_rows
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked, entry_or_404, page_if_there
from linli.desk.under_way import board_of
from linli.duty.day import CODE as WORKLOGS
from linli.ground import clock
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Action, Document, Field, Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.entries.models import Entry, EntryPerson, Receipt
from linli.ledger.printing.document import documents_of
from linli.ledger.reading import entry_view, links
from linli.org import tree

# Actions on an open matter that are not its next step but always at hand.
_ASIDE = ("note", "attach", "detach", "hand_over", "assign", "ask", "correct", "void")
_KEYS = {"hand_over": "h", "correct": "e", "attach": "f"}


@dataclass(frozen=True)
class PersonShown:
    """A person concerned, masked; `known` says whether there is more behind the mask."""

    person: EntryPerson
    role: str
    known: bool


@dataclass(frozen=True)
class Fact:
    field: Field
    text: str
    said: str = ""


@dataclass(frozen=True)
class Step:
    action: Action
    key: str


@needs("read")
def entry(request: Asked, entry: UUID) -> HttpResponse:
    """The page of one matter."""
    try:
        found = entry_or_404(request.actor, entry)
    except Http404:
        return holding.erased_page(request, entry)
    if found.ledger == WORKLOGS:
        return redirect("worklog:one", entry)
    ledger = registry.of(found)
    possible = actions_for(request.actor, found)
    has_receipt = Receipt.objects.filter(entry=found.id).exists()
    own = sorted(
        (a for a in possible if a.name not in _ASIDE), key=lambda a: _seldom_next(a, found, ledger)
    )
    following = own[0] if own and found.is_open else None
    aside = [a for a in possible if a.name in _ASIDE]
    row = list_rows.rows([found])[0]
    lines = entry_view.timeline(found)
    papers = _papers(request.actor, found, lines)
    context = {
        "row": row,
        "entry": found,
        "ledger": ledger,
        "next": Step(following, "r") if following else None,
        "paper_first": any(paper.next for paper in papers),
        "own": [Step(a, "") for a in own if a is not following],
        "aside": [Step(a, _KEYS[a.name]) for a in aside if a.name in _KEYS],
        "seldom": [
            a
            for a in aside
            # Nobody answers a question that no receipt leads to.
            if a.name not in (*_KEYS, "void", "detach") and (a.name != "ask" or has_receipt)
        ],
        "void": next((a for a in aside if a.name == "void"), None),
        "facts": _facts(found, ledger),
        "derived": entry_view.derived_shown(found),
        "rows_shown": cards.rows_shown(found, ledger),
        "checklists": cards.checklists_shown(found, ledger),
        "people": people_shown(found, ledger),
        "people_title": next((f.title for f in ledger.fields if f.kind.code == "people"), ""),
        "may_reveal": may_reveal(request.actor, found),
        "deadlines": [
            (line, list_rows.day_known(line.at, found.district))
            for line in entry_view.deadlines_shown(found)
        ],
        "lines": lines,
        "past": found.data.get("past"),
        "linked": _linked(request.actor, found),
        "files": attaching.strip(found),
        "may_attach": any(a.name == "attach" for a in aside),
        "may_detach": any(a.name == "detach" for a in aside),
        "has_receipt": has_receipt,
        "print_url": page_if_there(f"/entries/{found.id}/print/"),
        "board": board_of(found),
        "holds": holding.standing(found),
        "may_hold": holding.may_hold(request.actor, found),
        "papers": papers,
        "word_files": _word_files(found, papers, request.actor),
        **_who(found),
    }
    return render(request, "desk/detail.html", context)


def _seldom_next(action: Action, entry: Entry, ledger: Ledger) -> bool:
    """Whether an action that leaves the state as it is is not the next thing to do: no running
    deadline waits for it, and what it asks for is written down already."""
    if action.to is not None or action.name in ("accept", "refuse"):
        return False
    running = {name for name, kept in entry.deadlines.items() if "met" not in kept}
    if any(d.name in running and action.name in d.met_by for d in ledger.deadlines):
        return False
    if action.adds:  # the first session is the next thing, a further one may be
        return bool(entry.data.get(action.adds))
    needed = [ledger.by_name[ask.name] for ask in action.asks if ask.required]
    return all(entry_view.field_value(entry, about) for about in needed)


@dataclass(frozen=True)
class Linked:
    """The matters that this one came from, or that it led to."""

    title: str
    rows: list[list_rows.Row]


def _linked(actor: Actor, entry: Entry) -> list[Linked]:
    found = links.of(actor, entry.id)
    pairs = ((_("Follows from"), found.came_from), (_("Led to"), found.led_to))
    return [Linked(title, list_rows.rows(entries)) for title, entries in pairs if entries]


@dataclass(frozen=True)
class Paper:
    """A document to print; `next`: it is what the last step, of today, was done for."""

    document: Document
    next: bool


def _papers(actor: Actor, entry: Entry, lines: Sequence[entry_view.Line]) -> list[Paper]:
    if not actor.may("print", entry.ledger, entry.room, entry.district):
        return []
    last = lines[0] if lines else None
    today = last is not None and clock.local(last.at).date() == clock.today()
    return [
        Paper(one, last is not None and today and one.action == last.action)
        for one in documents_of(entry)
    ]


def _word_files(entry: Entry, papers: Sequence[Paper], actor: Actor) -> list[tuple[str, str]]:
    """(title, address) of what can be saved as a Word file: the form, and the papers it gives."""
    if not actor.may("print", entry.ledger, entry.room, entry.district):
        return []
    return [
        (_("Save as Word"), reverse("print:word", args=[entry.id])),
        *(
            (
                _("%(paper)s as Word") % {"paper": one.document.title},
                reverse("print:word_document", args=[entry.id, one.document.name]),
            )
            for one in papers
        ),
    ]


def may_reveal(actor: Actor, entry: Entry) -> bool:
    return actor.may("reveal", entry.ledger, entry.room, entry.district)


def _facts(entry: Entry, ledger: Ledger) -> list[Fact]:
    said: Mapping[str, str] = (entry.data.get("past") or {}).get("said") or {}
    return [
        Fact(about, text, said.get(about.name, ""))
        for about, text in entry_view.facts_shown(entry)
        if (about.name != "received_at" or not entry.past or text)
        and about.kind.code not in cards.WIDE
    ]


def people_shown(entry: Entry, ledger: Ledger) -> list[PersonShown]:
    """The people concerned with their roles in words."""
    return [person_shown(person, ledger) for person in entry_view.people_of(entry)]


def person_shown(person: EntryPerson, register: Register) -> PersonShown:
    """One of them, masked, with the role in words."""
    roles = {
        choice.code: str(choice.title)
        for about in register.fields
        if about.kind.code == "people"
        for choice in about.choices
    }
    known = bool(person.name_mask or person.phone_mask or person.id_mask)
    return PersonShown(person, roles.get(person.role, person.role), known)


def _who(entry: Entry) -> dict[str, object]:
    """Names of everybody who has to do with the matter."""
    assisting = [one for one in map(as_uuid, entry.assisting) if one]
    wanted = {entry.responsible, entry.first_asked, entry.room, *assisting}
    wanted |= {one for one in (entry.offered_to, entry.recorded_by) if one}
    names = tree.names(wanted)
    return {
        "responsible": names.get(entry.responsible, ""),
        "first_asked": names.get(entry.first_asked, ""),
        "room": names.get(entry.room, ""),
        "offered_to": names.get(entry.offered_to, "") if entry.offered_to else "",
        "assisting": [names[one] for one in assisting if one in names],
    }
