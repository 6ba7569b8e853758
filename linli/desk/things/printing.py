"""The card of a thing on paper; a print is a read of personal data and leaves its trace."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse

from linli.access import policy
from linli.access.routes import needs
from linli.desk.printing import answer_pdf, note_print
from linli.desk.requests import Asked
from linli.desk.things.lists import row_or_404, thing_or_404
from linli.ledger.printing.thing_card import thing_pdf
from linli.ledger.reading import things


@needs("print")
def printed(request: Asked, code: str, id: UUID) -> HttpResponse:
    """The card as a PDF."""
    thing = thing_or_404(request.actor, code)
    row = row_or_404(request.actor, thing, id)
    policy.require(request.actor, "print", code, row.room, row.district)
    with transaction.atomic():
        note_print(request.actor, row.room, row.district, row.id, matter=str(thing.title)[:80])
    return answer_pdf(thing_pdf(thing, row, request.actor), things.title_of(thing, row))
