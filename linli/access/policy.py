"""What a query gives: nothing is fetched but through `visible`."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from linli.access.actor import Actor, Post
from linli.access.roles import ALL, ROLES
from linli.access.scopes import UNSCOPED, all_scopes
from linli.org.models import Posting, Staff, Unit

M = TypeVar("M", bound=Model)


def visible(
    actor: Actor, model: type[M], permission: str = "read", ledger: str | None = None
) -> QuerySet[M]:
    """The rows of `model` that this actor holds `permission` for; nobody else's ever.

    For a model with `room` and `district` (ids), narrowed by ledger where it has `ledger` (a code);
    for Unit the units around or below the posts, for Staff the people posted there.
    """
    rows = model._default_manager.all()
    if issubclass(model, Unit):
        return rows.filter(_units(actor, permission))
    if issubclass(model, Staff):
        return rows.filter(_staff(actor, permission))
    names = {field.attname for field in model._meta.concrete_fields}
    room = "room" if "room" in names else "room_id"
    district = "district" if "district" in names else "district_id"
    if {room, district} - names:
        raise TypeError(
            f"{model.__name__} has no room and district: say how it is seen in policy.py"
        )
    if "ledger" not in names:
        return rows.filter(actor.reach(permission, ledger).q(room, district))
    if ledger is not None:
        return rows.filter(actor.reach(permission, ledger).q(room, district), Q(ledger=ledger))
    return rows.filter(_by_ledger(actor, permission, room, district))


def _by_ledger(actor: Actor, permission: str, room: str, district: str) -> Q:
    """Ledgers differ by role, so posts are joined one by one: a clerk here may be an officer there."""
    if actor.kind == "system":
        return actor.reach(permission).q(room, district)
    by_ledgers: dict[tuple[frozenset[str], frozenset[str]], list[Post]] = {}
    for post in actor.holders(permission):
        by_ledgers.setdefault(_ledgers(post, permission), []).append(post)
    conditions = []
    for (ledgers, closed), posts in by_ledgers.items():
        condition = reduce(or_, (post.reach.q(room, district) for post in posts))
        if ledgers is not ALL:
            condition &= Q(ledger__in=sorted(ledgers))
        elif closed:
            condition &= ~Q(ledger__in=sorted(closed))
        conditions.append(condition)
    return reduce(or_, conditions) if conditions else Q(pk__in=())


def _ledgers(post: Post, permission: str) -> tuple[frozenset[str], frozenset[str]]:
    """The ledgers a post holds a permission for, and those of ALL that are closed to its role:
    communities' own ledgers name the roles that see them."""
    role = ROLES[post.role]
    named, never = role.may[permission], role.never
    if permission in UNSCOPED:
        return named, never
    own = {code: s for code, s in all_scopes().items() if post.reach.within(s)}
    if named is not ALL:
        return named | {code for code, s in own.items() if post.role in s.roles}, frozenset()
    return ALL, never | {code for code, s in own.items() if post.role not in s.roles}


def _units(actor: Actor, permission: str) -> Q:
    """Units below the posts; for somebody in a room also its station and the station's other rooms.

    (A matter is handed over to a neighbour, so the neighbour's name must be there to choose.)
    """
    if actor.kind == "system":
        return actor.reach(permission).q()
    posts = actor.holders(permission)
    if not posts:
        return Q(pk__in=())
    units = {post.unit for post in posts}
    below = (
        Q(pk__in=units)
        | Q(parent__in=units)
        | Q(parent__parent__in=units)
        | Q(parent__parent__parent__in=units)
    )
    rooms = {post.unit for post in posts if post.unit_kind == "room"}
    if not rooms or permission == "administer":
        return below
    stations = Unit.objects.filter(children__in=rooms).values("pk")
    return below | Q(pk__in=stations) | Q(parent__in=stations)


def _staff(actor: Actor, permission: str) -> Q:
    """The people who are or were posted at a unit the actor sees; an administrator also the unposted."""
    if actor.kind == "system":
        return actor.reach(permission).q()
    units = Unit.objects.filter(_units(actor, permission))
    seen = Q(pk__in=Posting.objects.filter(unit__in=units).values("staff"))
    if permission == "administer" and actor.holders("administer"):
        seen |= Q(~Exists(Posting.objects.filter(staff=OuterRef("pk"))))
    return seen


def get_or_404(
    actor: Actor, model: type[M], permission: str = "read", ledger: str | None = None, **lookup: Any
) -> M:
    """One row the actor holds `permission` for; Http404 when there is none or it is not theirs to see."""
    found = visible(actor, model, permission, ledger).filter(**lookup).first()
    if found is None:
        raise Http404
    return found


def require(
    actor: Actor,
    permission: str,
    ledger: str | None = None,
    room: UUID | None = None,
    district: UUID | None = None,
) -> None:
    """Raise PermissionDenied (403) unless the actor holds `permission` there.

    For something the actor was allowed to see in the first place: what is not theirs to see is a
    404 by `get_or_404`.
    """
    if not actor.may(permission, ledger, room, district):
        raise PermissionDenied(_("Your role does not allow this here."))
