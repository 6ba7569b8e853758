"""Saved views of a list: tabs above it, and what can be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.requests import Asked, ledger_or_404
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.reading.saved import saved_views
from linli.ledger.reading.saved.models import SavedView

# In the address of the plain list, where another view is the one a list opens with.
PLAIN = "view=all"


@dataclass(frozen=True)
class Shown:
    """The saved views above a list. `now` is the one that is shown; `new` says that what is shown
    is worth a name; `query` is what would be kept."""

    views: list[saved_views.View]
    now: saved_views.View | None
    new: bool
    query: str
    plain_url: str


def shown(actor: Actor, ledger: Ledger, given: QueryDict, built_in: bool) -> Shown:
    """What the list page shows of saved views; `built_in`: it shows one of those everybody has."""
    views = saved_views.seen_by(actor, ledger)
    query = saved_views.query_of(given)
    now = next((view for view in views if view.row.query == query), None) if query else None
    has_first = any(view.first for view in views)
    return Shown(
        views, now, bool(query) and now is None and not built_in and actor.id is not None, query,
        f"?{PLAIN}" if has_first else "?",
    )  # fmt: skip


def first_page(actor: Actor, ledger: Ledger, given: QueryDict) -> str:
    """Where the bare address of a list leads: the query of the person's first view, or ""."""
    return "" if given else saved_views.first_query(actor, ledger)


@needs("read")
@require_POST
def save(request: Asked, code: str) -> HttpResponse:
    """Keep the filters of a list under a name."""
    ledger = ledger_or_404(request.actor, code)
    query = saved_views.query_of(QueryDict(request.POST.get("query", "")))
    try:
        view = saved_views.keep(
            request.actor, ledger, name=request.POST.get("name", ""), query=query,
            shared="shared" in request.POST,
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to_list(code, query)
    if "first" in request.POST:
        saved_views.open_first(request.actor, ledger, view)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return _to_list(code, query)


@needs("read")
@require_POST
def change(request: Asked, code: str, view: UUID) -> HttpResponse:
    """Rename, share, drop a view, or let the list open with it."""
    ledger = ledger_or_404(request.actor, code)
    try:
        kept = saved_views.get(request.actor, ledger, view)
    except SavedView.DoesNotExist:
        raise Http404 from None
    try:
        words = _do(request, ledger, kept)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words % {"name": kept.name})
    return _to_list(code, PLAIN if "drop" in request.POST else kept.query)


def _do(request: Asked, ledger: Ledger, kept: SavedView) -> str:
    """Do what was pressed; the words about it."""
    actor, pressed = request.actor, request.POST
    if "drop" in pressed:
        saved_views.drop(actor, kept)
        return _("The view “%(name)s” is deleted.")
    if "first" in pressed:
        saved_views.open_first(actor, ledger, kept)
        return _("The list opens with “%(name)s” now.")
    if "not_first" in pressed:
        saved_views.open_first(actor, ledger, None)
        return _("The list opens with everything again.")
    if "share" in pressed or "unshare" in pressed:
        saved_views.share(actor, ledger, kept, "share" in pressed)
        return (
            _("Everybody in the room sees “%(name)s” now.")
            if kept.unit
            else _("Only you see “%(name)s” now.")
        )
    if "rename" in pressed:
        saved_views.rename(actor, kept, pressed.get("name", ""))
        return _("The view is called “%(name)s” now.")
    raise Http404


def _to_list(code: str, query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('desk:ledger', args=[code])}?{query or PLAIN}")
