"""What every view here starts with: a request that knows its actor, and the thing asked for."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from linli.access.actor import Actor
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view


class Asked(HttpRequest):
    """A request as our middleware hands it on."""

    actor: Actor


def entry_or_404(actor: Actor, entry: UUID) -> Entry:
    """The entry, if this actor may read it; Http404 for what is not there or not theirs."""
    try:
        return entry_view.fetch(actor, entry)
    except Entry.DoesNotExist:
        raise Http404 from None


def ledger_or_404(
    actor: Actor, code: str, permission: str = "read", version: int | None = None
) -> Ledger:
    """The ledger of that code, if the actor holds the permission for it somewhere; an own one in
    that version (None: the newest)."""
    try:
        ledger = registry.get(code, version)
    except registry.UnknownLedger:
        raise Http404 from None
    if not actor.may(permission, code):
        raise Http404
    return ledger


def typed_here(ledger: Ledger) -> bool:
    """Whether its entries are typed into the record form; some compose themselves elsewhere."""
    return ledger.compose is None


def safe_back(request: HttpRequest, default: str) -> str:
    """Where the form said to go afterwards, if it is a page of ours; else `default`."""
    wanted = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return default


def page_if_there(path: str) -> str:
    """The path, where this installation has such a page (another room's); "" otherwise."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
