"""What one probably means while typing: categories and the room's recent places."""

from __future__ import annotations

from functools import lru_cache

from django.http import JsonResponse

from linli.access import policy
from linli.access.routes import needs
from linli.desk.requests import Asked, ledger_or_404
from linli.ground.words import initials, pinyin
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry

RECENT = 400
OFFERED = 8


@needs("record")
def category(request: Asked, code: str) -> JsonResponse:
    """Categories by Chinese, English, pinyin or initials: [{"value": code, "label": path}]."""
    tree = ledger_or_404(request.actor, code, "record").categories
    typed = request.GET.get("q", "")[:40]
    found = tree.suggest(typed) if tree and typed.strip() else []
    return JsonResponse([{"value": v, "label": label} for v, label in found], safe=False)


@needs("record")
def place(request: Asked) -> JsonResponse:
    """Recent places of one's own rooms that have what was typed, also by pinyin or initials."""
    typed = request.GET.get("q", "").strip().lower()[:60]
    found = [one for one in _recent(request) if _fits(one, typed)] if typed else []
    return JsonResponse(found[:OFFERED], safe=False)


def _recent(request: Asked) -> list[str]:
    """The places of the newest matters, each once, the newest first."""
    rows = policy.visible(request.actor, Entry, "record").exclude(place="")
    rows = rows.exclude(ledger__in=registry.sealed_codes())
    if request.actor.home_room:
        rows = rows.filter(room=request.actor.home_room)
    places = rows.order_by("-received_at").values_list("place", flat=True)[:RECENT]
    return list(dict.fromkeys(places))


@lru_cache(maxsize=2048)
def _sounds(place: str) -> tuple[str, str]:
    return pinyin(place).replace(" ", "").lower(), initials(place).lower()


def _fits(place: str, typed: str) -> bool:
    if typed in place.lower():
        return True
    return typed.isascii() and any(typed.replace(" ", "") in sound for sound in _sounds(place))
