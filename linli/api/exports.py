"""Exports: asked for, made in the background, fetched by who asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from linli.access.actor import Actor
from linli.api.declared import DECLARED, answers
from linli.api.entrance import actor_of, needs, read
from linli.api.entries import answer
from linli.api.shapes import ExportIn, ExportOut
from linli.ledger.declaration import registry
from linli.ledger.exports import asking, running
from linli.ledger.exports.asking import Why
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.files.serving import guarded
from linli.ledger.reading import lists
from linli.ledger.runs.tasks import send

router = Router(tags=["exports"])


@router.post(
    "/ledgers/{ledger}/exports", response=answers(201, ExportOut), openapi_extra=DECLARED,
    summary="Ask for an export",
)  # fmt: skip
@needs("export")
def ask_export(request: HttpRequest, ledger: str) -> HttpResponse:
    """The entries that the list shows with these filters, as a file; people are masked.

    With `names` it waits for the approval of another person first.
    """
    actor, declared = actor_of(request), registry.get(ledger)
    body = read(request, ExportIn)
    why = Why(True, body.purpose, body.matter, body.words) if body.names else asking.MASKED
    run = asking.ask(
        actor=actor, ledger=declared, filters=lists.Filters.from_query(body.filters.model_dump()),
        form=body.form, why=why,
    )  # fmt: skip
    if run.status == Status.WAITING:
        send(run)
        run.refresh_from_db()
    response = answer(_told(run), 201)
    response.headers["Location"] = f"/api/v1/exports/{run.pk}"
    return response


def _told(run: ExportRun) -> dict[str, Any]:
    return {
        "id": run.pk, "ledger": run.ledger or None, "form": run.form, "names": run.names,
        "status": run.status, "entries": run.entries, "written": run.written,
        "problem": run.problem, "size": run.size if run.status == Status.DONE else None,
        "kept_until": run.kept_until,
        "file": f"/api/v1/exports/{run.pk}/file" if run.status == Status.DONE else None,
    }  # fmt: skip


def _own(actor: Actor, id: UUID) -> ExportRun:
    found = ExportRun.objects.filter(pk=id, by=actor.id).first() if actor.id else None
    if found is None:
        raise Http404
    return found


@router.get("/exports/{uuid:id}", response=answers(200, ExportOut), summary="How far an export is")
@needs("export")
def export(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where it stands: asked (waits for approval), waiting, running, stopped, done, refused, gone."""
    return answer(_told(_own(actor_of(request), id)))


@router.get("/exports/{uuid:id}/file", response=answers(200, None), summary="The file of an export")
@needs("export")
def export_file(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The file, for who asked for it, until it is erased."""
    actor = actor_of(request)
    run = _own(actor, id)
    try:
        name, media, pieces = running.fetch(run, actor)
    except (PermissionDenied, FileNotFoundError):
        raise Http404 from None
    response = StreamingHttpResponse(pieces, content_type=media)
    response.headers["Content-Length"] = str(run.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return guarded(response)
