"""Pager, sorting heads and links that keep the state of a list in its URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.core.paginator import Page
from django.http import HttpRequest

Direction = Literal["ascending", "descending", ""]


def link_with(request: HttpRequest | None, **changes: Any) -> str:
    """The present query string with some parameters set; None or "" removes one; page 1 is dropped."""
    query = request.GET.copy() if request is not None else None
    if query is None:
        return "?"
    for name, value in changes.items():
        if value is None or value == "" or (name == "page" and value == 1):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@dataclass(frozen=True, slots=True)
class Turn:
    """What the pager shows. Numbers are written out; "" where counting would cost too much."""

    count: str
    first: str
    last: str
    previous_url: str
    next_url: str


def _number(value: int | None) -> str:
    """A count for reading: 2310 is "2,310", unknown is ""."""
    return "" if value is None else f"{value:,}"


def turn(request: HttpRequest | None, page: Any) -> Turn:
    """A pager for Django's `Page`, or for any object with the attributes of `Turn`."""
    if not isinstance(page, Page):
        return Turn(
            count=_number(getattr(page, "count", None)),
            first=_number(getattr(page, "first", None)),
            last=_number(getattr(page, "last", None)),
            previous_url=getattr(page, "previous_url", "") or "",
            next_url=getattr(page, "next_url", "") or "",
        )
    back = link_with(request, page=page.previous_page_number()) if page.has_previous() else ""
    on = link_with(request, page=page.next_page_number()) if page.has_next() else ""
    return Turn(
        _number(page.paginator.count),
        _number(page.start_index()),
        _number(page.end_index()),
        back,
        on,
    )


def sorting(request: HttpRequest | None, key: str, default: str) -> tuple[Direction, str]:
    """How a column is sorted now and the link that sorts by it, the other way when it already is.

    The list's `sort` parameter is a key, with "-" in front for descending.
    """
    present = (request.GET.get("sort") if request is not None else "") or default
    if present == key:
        return "ascending", link_with(request, sort=f"-{key}", page=None)
    if present == f"-{key}":
        return "descending", link_with(request, sort=key, page=None)
    return "", link_with(request, sort=key, page=None)
