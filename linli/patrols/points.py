"""Check points of a room: made, changed, taken down and given a new code; each leaves history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.history.chain import note_change
from linli.org.tree import district_of
from linli.patrols.models import CheckPoint, new_code

CODE = "patrols"
PROFILE = ("name", "area", "place", "lon", "lat", "active")


def of_room(room: UUID, *, active: bool = True) -> list[CheckPoint]:
    """The check points of a room by area and name; with `active=False` also those taken down."""
    points = CheckPoint.objects.filter(room=room).order_by("-active", "area", "name")
    return list(points.filter(active=True) if active else points)


def by_sign(actor: Actor, sign: str) -> CheckPoint:
    """The point whose sign this is, for somebody who patrols there; CheckPoint.DoesNotExist."""
    return policy.visible(actor, CheckPoint, "handle", CODE).get(code=sign)


def add(*, room: UUID, by: Actor, **profile: Any) -> CheckPoint:
    """Put up a check point. Raises ValidationError by field, PermissionDenied."""
    district = district_of(room)
    policy.require(by, "correct", CODE, room, district)
    point = CheckPoint(room=room, district=district, **_known(profile))
    told = {name: getattr(point, name) for name in PROFILE}
    _write(point, "check_point.add", {"new": told}, by, new=True)
    return point


def change(*, point: CheckPoint, by: Actor, **profile: Any) -> CheckPoint:
    """Change what is told of it, or take it down (`active`); one step with old and new."""
    policy.require(by, "correct", CODE, point.room, point.district)
    changes = {
        name: value for name, value in _known(profile).items() if getattr(point, name) != value
    }
    if not changes:
        return point
    old = {name: getattr(point, name) for name in changes}
    for name, value in changes.items():
        setattr(point, name, value)
    _write(point, "check_point.change", {"old": old, "new": changes}, by)
    return point


def renew(*, point: CheckPoint, by: Actor) -> CheckPoint:
    """Give it another code, so that an old photograph of its sign is worth nothing."""
    policy.require(by, "correct", CODE, point.room, point.district)
    point.code = new_code()
    _write(point, "check_point.renew", {}, by)
    return point


def _known(profile: dict[str, Any]) -> dict[str, Any]:
    unknown = set(profile) - set(PROFILE)
    if unknown:
        raise TypeError(f"not a part of a check point: {', '.join(sorted(unknown))}")
    return {n: " ".join(v.split()) if isinstance(v, str) else v for n, v in profile.items()}


def _write(
    point: CheckPoint, action: str, body: dict[str, Any], by: Actor, *, new: bool = False
) -> None:
    """Save and chain in one transaction. Two points of a room with one name are refused."""
    if not point.name:
        raise ValidationError({"name": _("Give it a name that patrols know.")})
    try:
        with transaction.atomic():
            point.full_clean(validate_unique=False, validate_constraints=False)
            point.save(force_insert=new)
            note_change(
                district=point.district, room=point.room, subject=point.id, action=action,
                actor_id=by.id, actor_name=by.name, body=body,
            )  # fmt: skip
    except IntegrityError:
        raise ValidationError({"name": _("There is a check point of this name already.")}) from None
