"""What stands in the officers' page header: the menu and the fixed places (home, search, ...).

Rooms of floor 6 fill it from their `AppConfig.ready()`; the header never knows them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Text = str | Promise
Slot = Literal["home", "search", "sign_in", "sign_out", "settings", "language", "help"]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the menu; `covers` are further URL prefixes under which it is the current one."""

    label: Text
    url_name: str
    permission: str | None
    order: int
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A menu entry resolved for one request."""

    label: str
    url: str
    current: bool


_items: dict[str, Item] = {}
# Place -> (URL name, permission or None).
_slots: dict[str, tuple[str, str | None]] = {"language": ("set_language", None)}


def _ask_actor(actor: Any, permission: str) -> bool:
    """Ask the actor itself; an actor without `may` (or nobody) is shown nothing that needs one."""
    may = getattr(actor, "may", None)
    return bool(may(permission)) if callable(may) else False


_check: Callable[[Any, str], bool] = _ask_actor


def add(
    label: Text,
    url_name: str,
    permission: str | None = None,
    order: int = 100,
    *,
    covers: tuple[str, ...] = (),
) -> None:
    """Put a page into the menu; adding the same `url_name` again replaces it."""
    _items[url_name] = Item(label, url_name, permission, order, covers)


def slot(name: Slot, url_name: str, permission: str | None = None) -> None:
    """Say which URL a fixed place of the header leads to, e.g. `slot("search", "desk:search")`."""
    _slots[name] = (url_name, permission)


def check_with(function: Callable[[Any, str], bool]) -> None:
    """Decide permissions with `function(actor, permission)` instead of `actor.may(permission)`."""
    global _check
    _check = function


def _resolve(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def places(actor: Any = None) -> dict[str, str]:
    """The fixed places that exist in this installation and that the actor may open, name to URL."""
    found = {
        name: _resolve(url_name)
        for name, (url_name, permission) in _slots.items()
        if permission is None or _check(actor, permission)
    }
    return {name: url for name, url in found.items() if url}


def links(request: HttpRequest) -> list[Link]:
    """The menu for this request: only what the actor may open; at most one is current."""
    actor = getattr(request, "actor", None)
    shown: list[tuple[Item, str]] = []
    for item in sorted(_items.values(), key=lambda one: (one.order, one.url_name)):
        if item.permission is not None and not _check(actor, item.permission):
            continue
        url = _resolve(item.url_name)
        if url:
            shown.append((item, url))
    current = _current(request.path, shown)
    return [Link(str(item.label), url, item is current) for item, url in shown]


def _current(path: str, shown: list[tuple[Item, str]]) -> Item | None:
    """The item with the longest URL prefix of the path; home ("/") only when it is the page itself."""
    best: tuple[int, Item | None] = (0, None)
    for item, url in shown:
        for prefix in (url, *item.covers):
            fits = path == prefix or (prefix.count("/") > 1 and path.startswith(prefix))
            if fits and len(prefix) > best[0]:
                best = (len(prefix), item)
    return best[1]
