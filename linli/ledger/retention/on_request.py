"""To erase one entry before its time: a person's right, granted by a decision."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, codes
from linli.ledger.entries.models import Entry
from linli.ledger.retention import erasing, holding, overwriting

RULE: Final = "request"


def erase(entry: Entry, *, reason: str) -> None:
    """Erase a closed entry that nobody holds. `reason` goes into the step and must name nobody.

    Raises ValidationError; nothing has happened then.
    """
    reason = codes.masked_numbers(" ".join(reason.split()))
    if not reason:
        raise ValidationError(_("Give the reason."), code="required")
    if entry.is_open:
        raise ValidationError(_("This matter is open. Close or void it first."), code="open")
    if holding.of_entry(entry.id):
        raise ValidationError(_("A hold stands on this matter. Release it first."), code="held")
    held = holding.standing(clock.today()).values("entry")  # asked again under the lock
    wanted = Entry.objects.filter(id=entry.id, is_open=False).exclude(id__in=held)
    if not erasing.erase(entry.room, entry.district, wanted, RULE, reason=reason[:200]):
        raise ValidationError(_("This matter was changed just now. Look at it again."))
    overwriting.wipe()
