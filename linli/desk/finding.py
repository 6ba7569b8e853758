"""One search for everything: a number, two characters, pinyin; people only with a purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import highlighting, list_rows
from linli.desk.requests import Asked
from linli.desk.revealing import ask_why
from linli.ground import codes
from linli.ground.words import query_words
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.reading import gaps, search

_PERSONAL = ("phone", "identity")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,8}$")
_PINYIN = re.compile(r"^[A-Za-z ]{4,40}$")


@needs("search")
def find(request: Asked) -> HttpResponse:
    """Search. Typed words come by POST, so that a telephone number is never part of a URL."""
    if request.method == "POST":
        typed = request.POST.get("q", "").strip()[:100]
        how = search.kind_of(typed) if typed else ""
        if how in _PERSONAL:
            return _person(request, how, typed)
        return HttpResponseRedirect(f"{reverse('desk:find')}?{urlencode({'q': typed})}")
    query = request.GET.get("q", "").strip()[:100]
    if not query:
        return render(request, "desk/find.html", {"found": None})
    if search.kind_of(query) in _PERSONAL:
        return _person(request, search.kind_of(query), query)
    one = _ledger(request)
    found = search.find(
        request.actor, query, one.code if one else None, cursor=request.GET.get("cursor")
    )
    if found.how == "serial" and len(found.entries) == 1 and "cursor" not in request.GET:
        return HttpResponseRedirect(list_rows.url_of(found.entries[0]))
    if not found.entries and (erased := gaps.by_serial(request.actor, query)):
        return HttpResponseRedirect(reverse("desk:entry", args=[erased]))
    context = {
        "find_words": query,
        "found": found,
        "rows": highlighting.hits(found.entries, found.words),
        "ledger": one,
        "groups": _groups(request.actor, query, one),
        "next_url": f"?{urlencode(_asked(query, one, found.next))}" if found.next else "",
        "as_name": _as_name(query) if request.actor.may("lookup") else "",
        "cut": query_words(query),
    }
    return render(request, "desk/find.html", context)


@dataclass(frozen=True)
class Group:
    """The hits of one ledger, or of all: how many of the newest."""

    title: str
    count: str
    url: str
    current: bool


def _ledger(request: Asked) -> Ledger | None:
    """The ledger that the hits are narrowed to, where the reader may search it."""
    code = request.GET.get("ledger", "")
    if not registry.is_there(code) or not request.actor.may("search", code):
        return None
    return registry.get(code)


def _asked(query: str, one: Ledger | None, cursor: str | None = None) -> dict[str, str]:
    asked = {"q": query, "ledger": one.code if one else "", "cursor": cursor or ""}
    return {name: value for name, value in asked.items() if value}


def _groups(actor: Actor, query: str, one: Ledger | None) -> list[Group]:
    """The ledgers that have hits, those with most first; none where there is nothing to choose."""
    counts, more = search.tally(actor, query)
    if len(counts) < 2 and one is None:
        return []
    mark = "+" if more else ""
    everything = Group(
        _("All"), f"{sum(counts.values())}{mark}", f"?{urlencode(_asked(query, None))}", one is None
    )
    codes_ = list(dict.fromkeys([*counts, *([one.code] if one else [])]))
    return [
        everything,
        *(
            Group(
                str(registry.get(code).title), f"{counts.get(code, 0)}{mark}",
                f"?{urlencode(_asked(query, registry.get(code)))}",
                one is not None and one.code == code,
            )
            for code in codes_
            if registry.is_there(code)
        ),
    ]  # fmt: skip


def _as_name(query: str) -> str:
    """Whether the words may be somebody's name: "name", "pinyin" or ""."""
    if _NAME.match(query):
        return "name"
    return "pinyin" if _PINYIN.match(query) else ""


def _person(request: Asked, how: str, typed: str) -> HttpResponse:
    if request.actor.may("lookup"):
        inside = codes.number_in(typed)  # words around it are left out: one person is looked up
        return ask_why(request, how, inside[1] if inside else typed)
    return render(request, "desk/find.html", {"found": None, "not_allowed": True})
