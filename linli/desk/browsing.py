"""The ledgers and the list of one: fifty rows, filters and columns in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import list_rows, saved_views
from linli.desk.people_at import people_at
from linli.desk.requests import Asked, ledger_or_404, page_if_there, typed_here
from linli.desk.under_way import tools_of
from linli.ground import clock
from linli.ledger.acts import on_several
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.reading import gaps, lists
from linli.org.models import Staff, Unit

# Columns of a list beside the matter itself, in the order they stand in.
COLUMNS: dict[str, str | Promise] = {
    "serial": gettext_lazy("Number"),
    "received_at": gettext_lazy("Received"),
    "channel": gettext_lazy("How it came in"),
    "category": gettext_lazy("Category"),
    "place": gettext_lazy("Place"),
    "room": gettext_lazy("Room"),
    "responsible": gettext_lazy("Responsible"),
    "due": gettext_lazy("Deadline"),
    "state": gettext_lazy("State"),
}
USUAL = ("serial", "received_at", "category", "responsible", "due", "state")


@needs("read")
def ledgers(request: Asked) -> HttpResponse:
    """All ledgers this person may read, with what is open in each."""
    actor, now = request.actor, clock.now()
    cards = []
    for ledger in registry.open_to(actor):
        rows = policy.visible(actor, Entry, ledger=ledger.code).filter(is_open=True)
        cards.append(
            {
                "ledger": ledger,
                "opened": _counted(rows),
                "late": _counted(rows.filter(due_at__lt=now)),
                "records": typed_here(ledger) and actor.may("record", ledger.code),
                "import_url": page_if_there(f"/ledgers/{ledger.code}/import/")
                if actor.may("import", ledger.code)
                else "",
            }
        )
    return render(request, "desk/ledgers.html", {"cards": cards})


def _counted(rows: QuerySet[Entry]) -> str:
    """How many, counted no further than lists are."""
    count = len(rows.values("id")[: lists.COUNT_TO + 1])
    return f"{min(count, lists.COUNT_TO):,}" + ("+" if count > lists.COUNT_TO else "")


@dataclass(frozen=True)
class Tab:
    title: str
    url: str
    current: bool
    plain: bool = False


@dataclass(frozen=True)
class Pages:
    """What the pager of a list by cursor can say."""

    previous_url: str
    next_url: str
    count: None = None
    first: None = None
    last: None = None


@needs("read")
def ledger(request: Asked, code: str) -> HttpResponse:
    """The list of one ledger."""
    declared = ledger_or_404(request.actor, code)
    if first := saved_views.first_page(request.actor, declared, request.GET):
        return HttpResponseRedirect(f"?{first}")
    filters = lists.Filters.from_query(request.GET)
    page = lists.page(request.actor, declared, filters, request.GET.get("cursor"))
    rooms = _rooms(request.actor)
    columns = chosen_columns(
        request.GET.get("cols", ""), declared, several_rooms=bool(rooms) and not filters.room
    )
    own = own_columns(request.GET.get("cols", ""), declared)
    kept = {"cols": request.GET["cols"]} if request.GET.get("cols") else {}

    def url(cursor: str | None) -> str:
        more = {**kept, **({"cursor": cursor} if cursor else {})}
        return f"?{'&'.join(part for part in (filters.as_query(), urlencode(more)) if part)}"

    tabs = _tabs(request.actor, filters)
    built_in = not kept and any(tab.current for tab in tabs)
    context = {
        "ledger": declared,
        "filters": filters,
        "words": filters.as_words(declared),
        "chips": _chips(declared, filters, kept),
        "filtered": bool(filters.as_query(order="")),
        "rows": list_rows.rows(page.entries, own),
        "own_titles": [declared.by_name[name].title for name in own],
        "count": f"{page.count:,}" + ("+" if page.more else ""),
        "columns": columns,
        "column_links": _column_links(filters, declared, [*columns, *(OWN + n for n in own)]),
        "pages": Pages(
            url(page.previous) if page.previous is not None else "",
            url(page.next) if page.next is not None else "",
        ),
        "tabs": tabs,
        "saved": saved_views.shown(request.actor, declared, request.GET, built_in),
        "states": [("open", _("open")), ("closed", _("closed")), *_states(declared)],
        "categories": _categories(declared),
        "people": _people(request.actor),
        "rooms": rooms,
        "channels": declared.channel.choices if declared.channel else (),
        "cols": request.GET.get("cols", ""),
        "records": typed_here(declared) and request.actor.may("record", code),
        "import_url": page_if_there(f"/ledgers/{code}/import/")
        if request.actor.may("import", code)
        else "",
        "tools": tools_of(code),
        "print_url": _print_url(request.actor, declared, filters),
        "export_url": _export_url(request.actor, declared, filters),
        "bulk_actions": on_several.offered(request.actor, declared),
        "all_at_once": len(page.entries) < page.count <= on_several.MOST,
        # On the last page, where the oldest are: what is missing there, and why.
        "gaps": [] if page.next else gaps.said(request.actor, declared, filters),
        "by_time": filters.as_query(order=""),
        "by_due": filters.as_query(order="due"),
    }
    return render(request, "desk/list.html", context)


# Fields of an own ledger are columns by this and their name.
OWN = "field."
_NOT_IN_OWN = ("category", "channel", "place")


def chosen_columns(
    cols: str, ledger: Ledger | None = None, *, several_rooms: bool = False
) -> list[str]:
    """The columns named in `?cols=a,b`, in their usual order; the usual ones without it.

    Who sees several rooms usually sees which: each room counts its own numbers.
    """
    designed = ledger is not None and ledger.designed
    offered = [name for name in COLUMNS if not (designed and name in _NOT_IN_OWN)]
    wanted = set(cols.split(",")) & set(offered)
    usual = (*USUAL, "room") if several_rooms else USUAL
    return [name for name in offered if name in (wanted or usual)]


def own_columns(cols: str, ledger: Ledger) -> list[str]:
    """The fields of an own ledger that are columns: those asked for, else those it was designed
    with, in the order of the design."""
    if not ledger.designed:
        return []
    designed = [name for name in ledger.columns if name in ledger.by_name]
    rest = [field.name for field in ledger.fields if field.kind.code not in _NO_COLUMN]
    every = list(dict.fromkeys([*(n for n in designed if n != "received_at"), *rest]))
    wanted = {name.removeprefix(OWN) for name in cols.split(",") if name.startswith(OWN)}
    return [n for n in every if n in (wanted if cols else designed) and n != "received_at"]


_NO_COLUMN = ("people", "rows", "files", "checklist")


@dataclass(frozen=True)
class ColumnLink:
    title: str | Promise
    url: str
    on: bool


def _column_links(
    filters: lists.Filters, ledger: Ledger, columns: Sequence[str]
) -> list[ColumnLink]:
    """For each column a link that puts it in or takes it away."""
    links = []
    offered: dict[str, str | Promise] = dict(COLUMNS)
    if ledger.channel:
        offered["channel"] = ledger.channel.title
    if ledger.designed:
        offered = {n: title for n, title in COLUMNS.items() if n not in _NOT_IN_OWN}
        offered |= {
            OWN + field.name: field.title
            for field in ledger.fields
            if field.kind.code not in _NO_COLUMN and field.name != "received_at"
        }
    for name, title in offered.items():
        on = name in columns
        after = [c for c in columns if c != name] if on else [*columns, name]
        query = "&".join(
            part for part in (filters.as_query(), urlencode({"cols": ",".join(after)})) if part
        )
        links.append(ColumnLink(title, f"?{query}", on))
    return links


def _tabs(actor: Actor, filters: lists.Filters) -> list[Tab]:
    """Views one needs every day; each is only a set of filters."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    views = [
        (_("All"), lists.Filters()),
        (_("Open"), lists.Filters(state="open", order="due")),
        (_("Mine"), lists.Filters(state="open", responsible=str(actor.id), order="due")),
        (_("Overdue"), lists.Filters(overdue="1", order="due")),
        (_("This week"), lists.Filters(since=monday.isoformat())),
    ]
    return [
        Tab(title, f"?{view.as_query()}", filters == view, view == lists.Filters())
        for title, view in views
    ]


@dataclass(frozen=True)
class Chip:
    title: str
    url: str


def _chips(ledger: Ledger, filters: lists.Filters, kept: dict[str, str]) -> list[Chip]:
    """Each filter in words with the URL that takes it away."""
    chips = []
    for name in ("state", "category", "channel", "room", "responsible", "since", "until",
                 "overdue", "words"):  # fmt: skip
        value = getattr(filters, name)
        if value:
            words = lists.Filters(**{name: value}).as_words(ledger)
            query = [filters.as_query(**{name: ""}), urlencode(kept)]
            chips.append(Chip(words, f"?{'&'.join(part for part in query if part)}"))
    return chips


def _states(ledger: Ledger) -> list[tuple[str, str | Promise]]:
    return [(s.name, s.title) for s in ledger.states if s.name not in ("open", "closed")]


def _categories(ledger: Ledger) -> list[tuple[str, str]]:
    if not ledger.categories:
        return []
    return [(node.code, ledger.categories.text(node.code)) for node in ledger.categories.walk()]


def _rooms(actor: Actor) -> list[tuple[UUID, str]]:
    """The rooms one can choose between; none where there is only one."""
    reach = actor.reach("read")
    rooms = Unit.objects.filter(pk__in=reach.rooms).order_by("code")
    if reach.whole:
        rooms = Unit.objects.filter(parent__parent__in=reach.whole).order_by("code")[:500]
    found = list(rooms.values_list("pk", "name"))
    return found if len(found) > 1 else []


def _people(actor: Actor) -> list[tuple[UUID, str]]:
    """Who may be responsible: the people of the rooms one reads."""
    staff: dict[UUID, str] = {}
    for people in people_at(sorted(actor.reach("read").rooms)[:30]).values():
        staff |= {person.pk: person.name for person, _role in people}
    if actor.id and actor.id not in staff:
        staff |= dict(Staff.objects.filter(pk=actor.id).values_list("pk", "name"))
    return list(staff.items())


def _print_url(actor: Actor, ledger: Ledger, filters: lists.Filters) -> str:
    path = page_if_there(f"/ledgers/{ledger.code}/print/")
    if not path or not actor.may("print", ledger.code):
        return ""
    return f"{path}?{filters.as_query()}"


def _export_url(actor: Actor, ledger: Ledger, filters: lists.Filters) -> str:
    path = page_if_there(f"/ledgers/{ledger.code}/export/")
    return f"{path}?{filters.as_query()}" if path and actor.may("export", ledger.code) else ""
