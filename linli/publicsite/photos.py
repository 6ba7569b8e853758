"""Photos that a resident sends along with a report: few, cleaned like all photos, and kept for a time.

They are taken in as soon as the form arrives, so that they stay when something else in it is wrong;
until the report is sent they belong to the matter that the form will become, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import ngettext

from linli.access.actor import Actor, resident_actor
from linli.ground import clock, rules
from linli.ledger.files import reading, taking_in
from linli.org import tree
from linli.org.models import Unit
from linli.publicsite import limits

NEW: Final = "photos"  # the field of the form that brings files
KEPT: Final = "photo"  # the ids of those that came before
_FORM: Final = 1024 * 1024  # bytes of a form besides its photos


def most() -> int:
    """How many photos come along with a report."""
    return rules.on(clock.today()).int("limit.reports.photos")


def kept_for() -> int:
    """For how many days."""
    return rules.on(clock.today()).span("retention.report_attachments").n


def too_long(request: HttpRequest) -> bool:
    """Whether a request is longer than a form with all its photos can be; asked before it is read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    return length > most() * taking_in.most_bytes() + _FORM


@dataclass(frozen=True, slots=True)
class Sent:
    """The photos of a form as it stands, and what was wrong with others."""

    photos: Sequence[reading.Shown] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(photo.id for photo in self.photos)


def taken(request: HttpRequest, room: Unit, entry: UUID) -> Sent:
    """Take in what came with the form; `entry` is the matter that the form will become."""
    by = resident_actor(room.pk, tree.district_of(room.pk))
    kept = [one for text in request.POST.getlist(KEPT)[: most()] if (one := _as_uuid(text))]
    new: list[UUID] = []
    problems: list[str] = []
    for upload in request.FILES.getlist(NEW):
        if len(kept) + len(new) >= most() or limits.room_is_full(room.pk):
            problems.append(_too_many())
            break
        try:
            new.append(_take(by, upload, room, entry))
        except ValidationError as refused:
            problems.append(f"{upload.name}: {' '.join(refused.messages)}"[:300])
            if refused.code == "busy":  # the others would only wait as well
                break
    return Sent(reading.waiting(by, [*kept, *new], entry), problems)


def _too_many() -> str:
    return ngettext(
        "At most %(n)d photo can be sent along.", "At most %(n)d photos can be sent along.", most()
    ) % {"n": most()}


def _take(by: Actor, upload: UploadedFile[Any], room: Unit, entry: UUID) -> UUID:
    row = taking_in.take(
        actor=by, upload=upload, room=room.pk, district=tree.district_of(room.pk),
        meant_for=entry, photos_only=True,
    )  # fmt: skip
    return row.id


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
