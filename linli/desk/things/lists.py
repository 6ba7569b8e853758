"""The registers of things, and the list of one: filters and columns from its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.browsing import Pages
from linli.desk.list_rows import Badge
from linli.desk.requests import Asked, page_if_there
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ENDED, MERGED, STANDING, TITLES
from linli.ledger.entries.things import ThingRow
from linli.ledger.reading import things
from linli.org.models import Unit

_TONES = {STANDING: "done", ENDED: "void", MERGED: "void", VOID: "void"}


def thing_or_404(actor: Actor, code: str, permission: str = "read") -> Thing:
    """The register of that code, if the actor holds the permission for it somewhere."""
    try:
        thing = registry.thing(code)
    except registry.UnknownLedger:
        raise Http404 from None
    if not actor.may(permission, code):
        raise Http404
    return thing


def row_or_404(actor: Actor, thing: Thing, id: UUID) -> ThingRow:
    """One thing, if this actor may read it; Http404 for what is not there or not theirs."""
    try:
        return things.fetch(actor, thing, id)
    except thing.model.DoesNotExist:
        raise Http404 from None


@dataclass(frozen=True)
class RowShown:
    """One thing in a list."""

    id: UUID
    url: str
    title: str
    cells: list[str]
    state: Badge
    standing: bool
    room: str


@dataclass(frozen=True)
class Column:
    """A column's head; `url` sorts by it, `sorted` says how it is sorted now ("", "up", "down")."""

    title: str | Promise
    url: str
    sorted: str


@dataclass(frozen=True)
class Filter:
    """One filter of the toolbar: choices to take from, or a box to type into."""

    field: Field
    value: str
    choices: Sequence[tuple[str, str | Promise]]


def badge(row: ThingRow) -> Badge:
    return Badge(TITLES[row.state], _TONES[row.state])


def shown(thing: Thing, rows: Sequence[ThingRow], rooms: bool = False) -> list[RowShown]:
    """Things as rows of a list."""
    named = things.room_names(rows) if rooms else {}
    return [
        RowShown(
            row.id, url_of(thing, row.id), things.title_of(thing, row), cells, badge(row),
            row.state == STANDING, named.get(row.room, ""),
        )
        for row, cells in zip(rows, things.cells(thing, rows), strict=True)
    ]  # fmt: skip


def url_of(thing: Thing, id: UUID) -> str:
    return reverse("things:one", args=[thing.code, id])


@needs("read")
def registers(request: Asked) -> HttpResponse:
    """The registers of things this person may read, with how many are in being."""
    actor = request.actor
    cards = [
        {
            "thing": thing,
            "count": ""
            if thing.purpose
            else f"{policy.visible(actor, thing.model, 'read', thing.code).filter(thing.model.standing).count():,}",
            "adds": actor.may("record", thing.code),
            "import_url": _import_url(actor, thing),
        }
        for thing in registry.things_open_to(actor)
    ]
    return render(request, "desk/things/registers.html", {"cards": cards})


@needs("read")
def listed(request: Asked, code: str) -> HttpResponse:
    """The list of one register; one of people asks whom one is looking for."""
    thing = thing_or_404(request.actor, code)
    if thing.purpose:
        return HttpResponseRedirect(reverse("things:look_up", args=[code]))
    filters = things.Filters.from_query(thing, request.GET)
    page = things.page(request.actor, thing, filters, request.GET.get("cursor"))
    rooms = _rooms(request.actor, thing)

    def url(cursor: str | None) -> str:
        return f"?{filters.as_query()}&cursor={cursor}" if cursor is not None else ""

    context = {
        "thing": thing,
        "filters": filters,
        "rows": shown(thing, page.rows, bool(rooms) and not filters.room),
        "columns": _columns(thing, filters),
        "toolbar": _toolbar(thing, filters),
        "states": [
            ("all", None),
            *((name, TITLES[name]) for name in (STANDING, ENDED, MERGED, VOID)),
        ],
        "rooms": rooms,
        "count": f"{page.count:,}" + ("+" if page.more else ""),
        "pages": Pages(url(page.previous), url(page.next)),
        "filtered": bool(filters.as_query(order="")),
        "adds": request.actor.may("record", code),
        "import_url": _import_url(request.actor, thing),
        "export_url": _export_url(request.actor, thing, filters),
        "figures_url": reverse("things:figures", args=[code]) if thing.counted_by else "",
    }
    return render(request, "desk/things/list.html", context)


def _columns(thing: Thing, filters: things.Filters) -> list[Column]:
    columns = []
    for name in thing.columns:
        about = things.column_of(thing, name)
        ordered = about.column if about.column in thing.ordered else ""
        now = {ordered: "up", f"-{ordered}": "down"}.get(filters.order, "") if ordered else ""
        after = f"-{ordered}" if now == "up" else ordered
        columns.append(
            Column(about.title, f"?{filters.as_query(order=after)}" if ordered else "", now)
        )
    return columns


def _toolbar(thing: Thing, filters: things.Filters) -> list[Filter]:
    found = []
    for name in thing.filters:
        about = thing.field(name)
        choices: list[tuple[str, str | Promise]] = []
        if about.categories:
            tree = about.categories
            choices = [(node.code, tree.text(node.code)) for node in tree.walk()]
        elif about.choices:
            choices = [(choice.code, choice.title) for choice in about.choices]
        found.append(Filter(about, filters.values.get(name, ""), choices))
    return found


def _rooms(actor: Actor, thing: Thing) -> list[tuple[UUID, str]]:
    """The rooms one can choose between; none where there is only one."""
    reach = actor.reach("read", thing.code)
    rooms = Unit.objects.filter(pk__in=reach.rooms)
    if reach.whole:
        rooms = Unit.objects.filter(parent__parent__in=reach.whole)
    found = list(rooms.order_by("code").values_list("pk", "name")[:500])
    return found if len(found) > 1 else []


def _import_url(actor: Actor, thing: Thing) -> str:
    may = actor.may("import", thing.code) and not thing.purpose
    return page_if_there(f"/things/{thing.code}/import/") if may else ""


def _export_url(actor: Actor, thing: Thing, filters: things.Filters) -> str:
    if thing.purpose or not actor.may("export", thing.code):
        return ""
    path = page_if_there(f"/things/{thing.code}/export/")
    return f"{path}?{filters.as_query()}" if path else ""
