"""Files: sent first, then named in an action; read with a trace in the read log."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router

from linli.access.actor import Actor
from linli.api import entry_json
from linli.api.declared import answers
from linli.api.entrance import actor_of, needs
from linli.api.entries import answer
from linli.api.problems import Problem
from linli.api.shapes import FileOut
from linli.ledger.files import reading, serving, taking_in
from linli.ledger.files.models import Attachment
from linli.org import tree

router = Router(tags=["files"])

_SENT: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
}


@router.post("/files", response=answers(201, FileOut), openapi_extra=_SENT, summary="Send a file")
@needs("record")
def send(request: HttpRequest) -> HttpResponse:
    """Send a photo, PDF or recording. It belongs to the sender until an action names its id
    (`attach`, or a field of the kind files) and is removed after a day otherwise."""
    sent = request.FILES.get("file")
    if not request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        raise Problem(415, _("The Content-Type must be multipart/form-data."))
    if sent is None:
        problem = ValidationError(_("Choose a file."), code="required")
        raise ValidationError({"file": problem})
    actor = actor_of(request)
    room, district = _place(actor)
    try:
        row = taking_in.take(actor=actor, upload=sent, room=room, district=district)
    except ValidationError as refused:
        raise ValidationError({"file": refused}) from refused
    return answer(entry_json.file_json(reading.shown([row])[0]), 201)


def _place(actor: Actor) -> tuple[UUID, UUID]:
    room = actor.home_room or next(iter(sorted(actor.reach("record").rooms)), None)
    if room is None:
        raise Problem(403)
    return room, tree.district_of(room)


@router.get("/files/{uuid:file}", response=answers(200, None), summary="The content of a file")
@needs("read")
def content(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """The content, whole or in part (`Range`); the look is in the read log."""
    actor = actor_of(request)
    try:
        return serving.answer(request, actor, reading.fetch(actor, file))
    except (Attachment.DoesNotExist, reading.ContentGone):
        raise Http404 from None
