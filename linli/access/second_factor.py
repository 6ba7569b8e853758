"""The second factor: who must have one, and whether this session may go on without."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from linli.org.actions import By, note_staff
from linli.org.models import Staff

_SESSION_KEY: Final = "second_factor_set_up"


def done(request: HttpRequest) -> bool:
    """Whether the person signed in has a second factor or needs none; asked once per session."""
    if not request.actor.needs_second_factor or request.session.get(_SESSION_KEY):  # type: ignore[attr-defined]
        return True
    if not has_one(request.user.pk):
        return False
    request.session[_SESSION_KEY] = True
    return True


def has_one(staff_id: object) -> bool:
    """Whether this member of staff has set up TOTP."""
    rows = Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.TOTP)
    return bool(rows.exists())


@transaction.atomic
def switch_off(*, staff: Staff, by: By, reason: str = "") -> None:
    """Take somebody's second factor and recovery codes away: the phone is lost. They set up a new one."""
    Authenticator.objects.filter(user=staff).delete()
    note_staff(staff=staff, action="staff.second_step_off", by=by, body={"reason": reason})
