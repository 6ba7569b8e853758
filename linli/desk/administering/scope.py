"""What this administrator may touch. Everything not inside is a 404; what is seen but not theirs says why."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.ground.clock import today
from linli.org.models import Posting, Staff, Unit, UnitKind

PERMISSION = "administer"


def units(actor: Actor) -> QuerySet[Unit]:
    """The units at and below the posts that administer, closed ones too."""
    return policy.visible(actor, Unit, PERMISSION)


def staff(actor: Actor) -> QuerySet[Staff]:
    """The people who are or were posted there, and those posted nowhere yet."""
    return policy.visible(actor, Staff, PERMISSION)


def unit_or_404(actor: Actor, unit: UUID) -> Unit:
    return policy.get_or_404(actor, Unit, PERMISSION, pk=unit)


def staff_or_404(actor: Actor, person: UUID) -> Staff:
    return policy.get_or_404(actor, Staff, PERMISSION, pk=person)


def roots(actor: Actor) -> list[Unit]:
    """The units this administrator is posted at, the highest first."""
    posts = {post.unit for post in actor.holders(PERMISSION)}
    order = list(UnitKind)
    found = Unit.objects.filter(pk__in=posts)
    return sorted(found, key=lambda unit: (order.index(UnitKind(unit.kind)), unit.code))


def open_now() -> Q:
    """Units that are not closed today."""
    return Q(until=None) | Q(until__gt=today())


def held_now(prefix: str = "") -> Q:
    """Postings and coverage that hold today or later."""
    return Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": today()})


def why_not(actor: Actor, person: Staff) -> str:
    """Why this administrator may not change that account, in words; "" when they may.

    Somebody who once worked here but is now posted elsewhere, or also elsewhere, can be seen; a new
    password from here would open the other place's data.
    """
    if person.pk == actor.id:
        return _(
            "This is your own account. Another administrator changes it; your password and second "
            "factor are under your settings."
        )
    held = list(Posting.objects.filter(held_now(), staff=person).values_list("unit", flat=True))
    if not held:
        latest = Posting.objects.filter(staff=person).order_by("-since", "-id").first()
        held = [latest.unit_id] if latest else []
    wanted = set(held)
    inside = set(units(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - inside:
        return _(
            "This person is posted outside your units. Their administrator changes the account."
        )
    return ""


def may_set_for_all(actor: Actor) -> bool:
    """Whether what holds everywhere is this administrator's to set: all bureaus are theirs."""
    bureaus = Unit.objects.filter(kind=UnitKind.BUREAU)
    held = [post.unit for post in actor.holders(PERMISSION) if post.unit_kind == UnitKind.BUREAU]
    return bool(held) and not bureaus.exclude(pk__in=held).exists()
