"""To keep, rename, share and drop views of a list.

Own views are a person's own business and leave no step; a view shared with a room changes what
others see, so that sharing, renaming and dropping it is chained in the room's history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor, Post
from linli.ground import clock
from linli.history.chain import note_change
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.reading import lists, search
from linli.ledger.reading.saved.models import FirstView, SavedView
from linli.org import tree

MOST: Final = 30  # own views of one ledger


@dataclass(frozen=True)
class View:
    """A saved view as somebody sees it. `may_change`: rename, share, drop."""

    row: SavedView
    first: bool
    may_change: bool

    @property
    def shared(self) -> bool:
        return self.row.unit is not None


def seen_by(actor: Actor, ledger: Ledger) -> list[View]:
    """The views of a ledger: one's own, then those of one's room and station, by name."""
    if actor.id is None or not actor.may("read", ledger.code):
        return []
    rows = _visible(actor).filter(ledger=ledger.code).order_by("name", "id")
    first = _first(actor, ledger.code)
    views = [View(row, row.pk == first, may_change(actor, row)) for row in rows]
    return sorted(views, key=lambda view: view.row.owner != actor.id)


def get(actor: Actor, ledger: Ledger, view: UUID) -> SavedView:
    """A view the actor sees; SavedView.DoesNotExist."""
    return _visible(actor).get(pk=view, ledger=ledger.code)


def _visible(actor: Actor) -> QuerySet[SavedView]:
    return SavedView.objects.filter(
        Q(owner=actor.id, unit=None) | Q(unit__in=_units(actor)), owner__isnull=False
    )


def _units(actor: Actor) -> set[UUID]:
    """The units whose shared views one sees: where one is posted, and the station above a room."""
    units = {post.unit for post in actor.holders("read")}
    for post in actor.holders("read"):
        if post.unit_kind == "room":
            units.add(tree.place_in_tree(post.unit)[2].pk)
    return units


def may_change(actor: Actor, view: SavedView) -> bool:
    """The owner; of a shared one also who leads the unit that it is shared with."""
    if view.owner == actor.id:
        return True
    return any(post.unit == view.unit for post in actor.holders("assign"))


def first_query(actor: Actor, ledger: Ledger) -> str:
    """The query of the view with which this person's list opens; "" for the plain list."""
    view = _first(actor, ledger.code)
    if view is None:
        return ""
    found = _visible(actor).filter(pk=view, ledger=ledger.code).first()
    return found.query if found else ""


def _first(actor: Actor, ledger: str) -> UUID | None:
    if actor.id is None:
        return None
    rows = FirstView.objects.filter(staff=actor.id, ledger=ledger)
    return rows.values_list("view", flat=True).first()


def query_of(given: Mapping[str, Any]) -> str:
    """The filters and columns of a list's address, in one order, so that two can be compared."""
    filters = lists.Filters.from_query(given)
    cols = ",".join(sorted(str(given.get("cols") or "")[:400].split(","))).strip(",")
    return "&".join(
        part for part in (filters.as_query(), urlencode({"cols": cols} if cols else {})) if part
    )


def keep(actor: Actor, ledger: Ledger, *, name: str, query: str, shared: bool = False) -> SavedView:
    """Save the filters under a name. Raises ValidationError by field, PermissionDenied."""
    post = _home(actor, ledger)
    assert actor.id is not None
    _check_words(query)
    if SavedView.objects.filter(owner=actor.id, ledger=ledger.code).count() >= MOST:
        problem = _("At most %(n)d views of a ledger can be kept. Delete one first.")
        raise ValidationError({"name": ValidationError(problem, params={"n": MOST})})
    view = SavedView(
        district=_district(post), owner=actor.id, unit=post.unit if shared else None,
        ledger=ledger.code, name=_name(name), query=query, made_at=clock.now(),
    )  # fmt: skip
    _save(view, actor, "view.share" if shared else "")
    return view


def rename(actor: Actor, view: SavedView, name: str) -> None:
    """Give a view another name. Raises ValidationError, PermissionDenied."""
    _require(actor, view)
    view.name = _name(name)
    _save(view, actor, "view.rename" if view.unit else "")


def share(actor: Actor, ledger: Ledger, view: SavedView, shared: bool) -> None:
    """Share one's own view with the room one works in, or take it back. Raises PermissionDenied."""
    if view.owner != actor.id:
        raise PermissionDenied("only its owner shares a view")
    unit = _home(actor, ledger).unit if shared else None
    if unit == view.unit:
        return
    told = view.unit or unit
    view.unit = unit
    _save(view, actor, "view.share" if shared else "view.unshare", told)


def drop(actor: Actor, view: SavedView) -> None:
    """Delete a view. Raises PermissionDenied."""
    _require(actor, view)
    with transaction.atomic():
        FirstView.objects.filter(view=view.pk).delete()
        SavedView.objects.filter(pk=view.pk).delete()
        if view.unit:
            _note(view, actor, "view.drop", view.unit)


def open_first(actor: Actor, ledger: Ledger, view: SavedView | None) -> None:
    """Let this person's list open with a view they see; None: with the plain list again."""
    assert actor.id is not None
    with transaction.atomic():
        FirstView.objects.filter(staff=actor.id, ledger=ledger.code).delete()
        if view is not None:
            FirstView.objects.create(
                district=view.district, staff=actor.id, ledger=ledger.code, view=view.pk
            )


def _home(actor: Actor, ledger: Ledger) -> Post:
    """The post whose unit a view belongs to: the room one works in, else the first that reads."""
    posts = actor.holders("read", ledger.code)
    if actor.id is None or not posts:
        raise PermissionDenied("read")
    return next((post for post in posts if post.unit_kind == "room"), posts[0])


def _district(post: Post) -> UUID:
    return tree.district_of(post.unit)


def _require(actor: Actor, view: SavedView) -> None:
    if not may_change(actor, view):
        raise PermissionDenied(_("Your role does not allow this here."))


def _name(name: str) -> str:
    clean = " ".join(name.replace("\x00", "").split())
    if not clean:
        raise ValidationError(
            {"name": ValidationError(_("Give the view a name."), code="required")}
        )
    if len(clean) > 40:
        raise ValidationError({"name": ValidationError(_("At most 40 characters."), code="long")})
    return clean


def _check_words(query: str) -> None:
    """A telephone or identity number is looked up with a purpose, and kept in no view."""
    words = dict(parse_qsl(query)).get("words", "")
    if len(query) > 600 or (words and search.kind_of(words) in ("phone", "identity")):
        problem = _("A list narrowed so cannot be kept as a view.")
        raise ValidationError({"name": ValidationError(problem, code="words")})


def _save(view: SavedView, actor: Actor, action: str, told: UUID | None = None) -> None:
    """Save it, chained where others see it. Two of one's own of the same name are refused."""
    try:
        with transaction.atomic():
            view.save()
            if action:
                _note(view, actor, action, told or view.unit)
    except IntegrityError:
        problem = _("You have a view of this name already.")
        raise ValidationError({"name": ValidationError(problem, code="twice")}) from None


def _note(view: SavedView, actor: Actor, action: str, unit: UUID | None) -> None:
    assert unit is not None
    note_change(
        district=view.district, room=unit, subject=view.pk, action=action, actor_id=actor.id,
        actor_name=actor.name, body={"ledger": view.ledger, "name": view.name},
    )  # fmt: skip
