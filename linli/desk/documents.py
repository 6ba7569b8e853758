"""Papers that a matter gives: whoever prints people's names says what for, and it is logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.access import limits, policy
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.books import answer_file
from linli.desk.detail import people_shown
from linli.desk.printing import answer_pdf, note_print
from linli.desk.requests import Asked, entry_or_404
from linli.desk.revealing import PurposeForm, left_today
from linli.duty.day import CODE as WORKLOGS
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Document
from linli.ledger.entries.models import Entry
from linli.ledger.entries.rows import writing
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.document import document_pdf, documents_of
from linli.ledger.printing.word import template_in_use
from linli.ledger.printing.word.fields import ENTRY
from linli.ledger.printing.word.filling import document_docx, entry_docx
from linli.ledger.reading import entry_view

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Opened = Mapping[UUID, Mapping[str, str]]


@dataclass(frozen=True)
class Wanted:
    """A paper somebody wants. `names`: people stand on it unmasked; `make` gives the answer."""

    title: str
    url: str
    names: bool
    make: Callable[[Opened], HttpResponse]
    copies: int = 0
    verb: str = ""


@needs("print")
def document(request: Asked, entry: UUID, document: str) -> HttpResponse:
    """Ask why (GET), then give the paper (POST); one without people comes at once."""
    found = _printable(request, entry)
    paper = _paper_or_404(found, document)
    name = f"{paper.title} {serial_text(found)}"
    url = reverse("print:document", args=[entry, document])

    def make(opened: Opened) -> HttpResponse:
        return answer_pdf(document_pdf(found, paper, request.actor, opened), name)

    wanted = Wanted(str(paper.title), url, paper.names, make, len(paper.copies), _("Print"))
    return _give(request, found, wanted)


@needs("print")
def word(request: Asked, entry: UUID) -> HttpResponse:
    """The matter as a Word file; asks why where the bureau's template shows people unmasked."""
    found = _printable(request, entry)
    if found.ledger == WORKLOGS:
        raise Http404
    return _word(request, found, None)


@needs("print")
def word_document(request: Asked, entry: UUID, document: str) -> HttpResponse:
    """A paper that the matter gives as a Word file."""
    found = _printable(request, entry)
    return _word(request, found, _paper_or_404(found, document))


def _printable(request: Asked, entry: UUID) -> Entry:
    found = entry_or_404(request.actor, entry)
    policy.require(request.actor, "print", found.ledger, found.room, found.district)
    return found


def _paper_or_404(entry: Entry, name: str) -> Document:
    paper = next((one for one in documents_of(entry) if one.name == name), None)
    if paper is None:
        raise Http404
    return paper


def _word(request: Asked, entry: Entry, paper: Document | None) -> HttpResponse:
    ledger = registry.of(entry)
    try:
        template = template_in_use.template(ledger, paper.name if paper else ENTRY)
    except template_in_use.TemplateBroken as broken:
        context = {"row": list_rows.rows([entry])[0], "broken": broken}
        return render(request, "desk/word_broken.html", context, status=422)
    title = str(paper.title) if paper else _("Word file")
    args = [entry.id, paper.name] if paper else [entry.id]

    def make(opened: Opened) -> HttpResponse:
        if paper:
            made = document_docx(entry, paper, template, request.actor, opened)
        else:
            made = entry_docx(entry, template, request.actor, opened)
        name = f"{paper.title} {serial_text(entry)}" if paper else serial_text(entry)
        return answer_file(made, f"{name}.docx", DOCX)

    url = reverse("print:word_document" if paper else "print:word", args=args)
    copies = len(paper.copies) if paper else 0
    return _give(request, entry, Wanted(title, url, template.opens, make, copies, _("Save")))


def _give(request: Asked, found: Entry, wanted: Wanted) -> HttpResponse:
    """The paper, at once where nobody stands on it unmasked, else after the purpose was said."""
    if not (wanted.names and entry_view.people_of(found)):
        _note(request, found, wanted, {})
        return wanted.make({})
    policy.require(request.actor, "reveal", found.ledger, found.room, found.district)
    if request.method != "POST":
        form = PurposeForm(initial={"purpose": "matter", "matter": serial_text(found)})
        return _ask(request, found, wanted, form)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return _ask(request, found, wanted, form, 422)
    try:
        with writing():
            why = form.given()
            opened = entry_view.reveal(
                actor=request.actor, entry=found, purpose=why["purpose"], matter=why["matter"],
                words=why["words"],
            )  # fmt: skip
            _note(request, found, wanted, why)
    except ValidationError as error:
        form.refused(error)
        return _ask(request, found, wanted, form, 422)
    except limits.LimitReached as reached:
        form.add_error(None, str(reached))
        return _ask(request, found, wanted, form, 403)
    return wanted.make(opened)


def _note(request: Asked, entry: Entry, wanted: Wanted, why: Mapping[str, str]) -> None:
    note_print(
        request.actor, entry.room, entry.district, entry.id,
        matter=why.get("matter") or serial_text(entry), purpose=why.get("purpose", ""),
        words="; ".join(part for part in (wanted.title, why.get("words", "")) if part),
    )  # fmt: skip


def _ask(
    request: Asked, entry: Entry, wanted: Wanted, form: PurposeForm, status: int = 200
) -> HttpResponse:
    context = {
        "row": list_rows.rows([entry])[0],
        "wanted": wanted,
        "people": people_shown(entry, registry.of(entry)),
        "copies": _("%(count)d copies") % {"count": wanted.copies} if wanted.copies else "",
        "form": form,
        "left": left_today(request.actor, "reveal"),
    }
    response = render(request, "desk/print_document.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
