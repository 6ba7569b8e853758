"""Drafts: a form is kept while it is typed and found again on the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access.routes import needs
from linli.desk import attaching
from linli.desk.refilling import as_count, as_uuid
from linli.desk.requests import Asked, entry_or_404, ledger_or_404
from linli.duty.day import CODE as WORKLOGS
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Draft, Entry
from linli.ledger.forms import drafts
from linli.ledger.retention import uploads

# Not part of what was typed.
_NOT_KEPT = ("csrfmiddlewaretoken", "draft")


def page_of(draft: Draft) -> str:
    """The page on which a draft is gone on with."""
    if draft.ledger == WORKLOGS:
        return reverse("worklog:go_on", args=[draft.id])
    if draft.entry:
        page = reverse("desk:do", args=[draft.entry, draft.action])
    else:
        page = reverse("desk:new", args=[draft.ledger])
    return f"{page}?draft={draft.id}"


def save_url(ledger: str, action: str, entry: UUID | None = None) -> str:
    """Where a form of this action is autosaved."""
    url = reverse("desk:draft_save", args=[ledger, action])
    return f"{url}?entry={entry}" if entry else url


@needs("record")
@require_POST
def save(request: Asked, code: str, action: str) -> HttpResponse:
    """Keep a form as it stands; JSON with its id and the page to find it again (413: too large)."""
    ledger = ledger_or_404(request.actor, code)
    if action not in ledger.all_actions:
        raise Http404
    about = as_uuid(request.GET.get("entry"))
    entry = entry_or_404(request.actor, about) if about else None
    if _sent_meanwhile(request, entry):
        return HttpResponse(status=204)
    typed: dict[str, Any] = {
        name: values for name, values in request.POST.lists() if name not in _NOT_KEPT
    }
    room = (entry.room if entry else None) or request.actor.home_room
    room = room or next(iter(sorted(request.actor.reach("record", code).rooms)), None)
    if room is None:
        raise Http404
    try:
        kept = drafts.save(
            actor=request.actor, room=room, ledger=code, action=action, data=typed,
            entry=entry.id if entry else None, draft=as_uuid(request.POST.get("draft")),
        )  # fmt: skip
    except drafts.DraftTooLargeError:
        return HttpResponse(status=413)
    if entry is None and _sent_meanwhile(request, entry):  # while this was being written
        drafts.drop(request.actor, kept.id)
        return HttpResponse(status=204)
    _hold_files(request, ledger, action)
    return JsonResponse(
        {
            "id": str(kept.id),
            "draft": str(kept.id),
            "saved_at": kept.saved_at.isoformat(),
            "page": page_of(kept),
        }
    )


def _hold_files(request: Asked, ledger: Ledger, action: str) -> None:
    """Uploads that a draft names are kept as long as the draft."""
    names = attaching.file_fields(ledger, action)
    ids = [one for name in names for one in map(as_uuid, request.POST.getlist(name)) if one]
    if ids:
        uploads.hold(request.actor, ids)


def _sent_meanwhile(request: Asked, entry: Entry | None) -> bool:
    """Whether the form itself has arrived before this saving of it, which was still under way."""
    if entry is not None:
        rev, draft = as_count(request.POST.get("rev")), as_uuid(request.POST.get("draft"))
        gone = draft is not None and not Draft.objects.filter(id=draft).exists()
        return gone and rev is not None and rev < entry.rev
    made = as_uuid(request.POST.get("entry"))
    return made is not None and Entry.objects.filter(id=made).exists()


@needs("record")
def go_on(request: Asked, draft: UUID) -> HttpResponse:
    """Go to the form of a draft of one's own."""
    try:
        kept, _data = drafts.open_draft(request.actor, draft)
    except Draft.DoesNotExist:
        raise Http404 from None
    return redirect(page_of(kept))


@needs("record")
@require_POST
def drop(request: Asked, draft: UUID) -> HttpResponse:
    """Throw a draft of one's own away."""
    if not drafts.drop(request.actor, draft):
        raise Http404
    messages.success(request, _("The draft is gone."))
    return redirect("desk:home")
