"""A list taken away as a file: asked for, approved, watched, fetched by its maker, erased."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.requests import Asked, ledger_or_404
from linli.desk.revealing import PurposeForm
from linli.ground import clock, rules
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.exports import asking, reading, running, tables
from linli.ledger.exports.asking import Why
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.files.serving import guarded
from linli.ledger.reading import lists, search
from linli.ledger.runs.claiming import is_silent, take_over
from linli.ledger.runs.tasks import send
from linli.org.models import Unit, UnitKind
from linli.org.tree import names

_EARLIER = 20
_TONES = {
    Status.ASKED: "wait", Status.DONE: "done", Status.GONE: "void", Status.STOPPED: "late",
    Status.REFUSED: "late",
}  # fmt: skip


class ExportForm(PurposeForm):
    """Which kind of file; with names also what for."""

    form = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[(form.code, form.title) for form in tables.FORMS.values()],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    names = forms.BooleanField(
        label=gettext_lazy("With people's full names and numbers"), required=False
    )

    def why(self) -> Why:
        """With names and what for, or masked."""
        if not self.cleaned_data.get("names"):
            return asking.MASKED
        return Why(names=True, **self.given())


class RoomForm(ExportForm):
    """Everything of a room: which room."""

    form = None  # type: ignore[assignment]
    room = forms.ChoiceField(label=gettext_lazy("Room"))

    def __init__(self, rooms: list[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [(str(one.pk), one.name) for one in rooms]  # type: ignore[attr-defined]


def _private(answer: HttpResponseBase) -> HttpResponseBase:
    answer.headers["Cache-Control"] = "no-store"
    return answer


# Asking


@needs("export")
def ask(request: Asked, code: str) -> HttpResponseBase:
    """What the list shows, as which kind of file (GET); then it is made (POST)."""
    actor, ledger = request.actor, ledger_or_404(request.actor, code, "export")
    filters = lists.Filters.from_query(
        dict(parse_qsl(request.POST.get("query", ""))) if request.method == "POST" else request.GET
    )
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run = asking.ask(
                actor=actor, ledger=ledger, filters=filters, form=form.cleaned_data["form"],
                why=form.why(),
            )  # fmt: skip
        except ValidationError as refused:
            form.refused(refused)
        else:
            return _begun(run)
    context = {
        "ledger": ledger,
        "form": form,
        "query": filters.as_query(),
        "said": filters.as_words(ledger),
        "many": _counted(actor, ledger, filters),
        "back": f"{reverse('desk:ledger', args=[code])}?{filters.as_query()}",
        "action": reverse("export_ask", args=[code]),
        **_may_name(actor, ledger.code, _has_people(ledger)),
        "earlier": [_shown(run) for run in _own(actor).filter(ledger=code)[:5]],
    }
    status = 422 if form.errors else 200
    return _private(render(request, "desk/export/ask.html", context, status=status))


def _has_people(ledger: Ledger) -> bool:
    return any(field.kind.code == "people" for field in ledger.fields)


def _may_name(actor: Actor, ledger: str | None, people: bool) -> dict[str, Any]:
    return {
        "may_name": people and actor.may("reveal", ledger),
        "needs_another": asking.needs_another(),
        "days": rules.on(clock.today()).span("retention.exports").n,
    }


def _counted(actor: Actor, ledger: Ledger, filters: lists.Filters) -> str:
    """How many entries will be in it. To count what has some words is to search for them."""
    rows = asking.selected(actor, ledger, filters, names=False)
    count = sum(many for _district, many in reading.rooms_of(rows).values())
    if filters.words:
        search.trace(actor, filters.words, count)
    return f"{count:,}"


def _begun(run: ExportRun) -> HttpResponseRedirect:
    if run.status == Status.WAITING:
        send(run)
    return HttpResponseRedirect(reverse("export_run", args=[run.pk]))


@needs("export")
def everything(request: Asked) -> HttpResponseBase:
    """All data of a room as one archive, for who leads it."""
    actor = request.actor
    rooms = _rooms(actor)
    if not rooms:
        raise PermissionDenied(_("Who leads the room takes all of its data away."))
    form = RoomForm(rooms, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        room = next(one for one in rooms if str(one.pk) == form.cleaned_data["room"])
        try:
            run = asking.ask_for_all(
                actor=actor, room=room.pk, district=_district(room), why=form.why()
            )
        except ValidationError as refused:
            form.refused(refused)
        else:
            return _begun(run)
    context = {
        "form": form,
        "rooms": rooms,
        "action": reverse("export_room"),
        **_may_name(actor, None, people=True),
    }
    status = 422 if form.errors else 200
    return _private(render(request, "desk/export/room.html", context, status=status))


def _rooms(actor: Actor) -> list[Unit]:
    """The rooms whose data this actor may take away, the own one first."""
    reach = actor.reach("assign")
    rooms = Unit.objects.filter(kind=UnitKind.ROOM, pk__in=reach.rooms).select_related("parent")
    may = [
        one for one in rooms.order_by("code") if asking.may_take_all(actor, one.pk, _district(one))
    ]
    return sorted(may, key=lambda room: room.pk != actor.home_room)


def _district(room: Unit) -> UUID:
    from linli.org.tree import district_of

    return district_of(room.pk)


# Looking


def _own(actor: Actor) -> Any:
    if actor.id is None:
        return ExportRun.objects.none()
    return ExportRun.objects.filter(by=actor.id).order_by("-made_at")


def _shown(run: ExportRun) -> dict[str, Any]:
    """A run as a line of a list."""
    state = {"title": run.get_status_display(), "tone": _TONES.get(Status(run.status), "doing")}
    return {"run": run, "title": _title(run), "state": state, "form": _form(run).title}


def _form(run: ExportRun) -> tables.Form:
    return tables.FORMS.get(run.form, tables.ARCHIVE)


def _title(run: ExportRun) -> str:
    if run.ledger:
        return str(registry.get(run.ledger).title) if registry.is_there(run.ledger) else run.ledger
    rooms = [UUID(room) for room in run.rooms]
    return _("Everything of %s") % ", ".join(names(rooms).values())


@needs("export")
@require_safe
def mine(request: Asked) -> HttpResponseBase:
    """One's own exports, and those that wait for one's word."""
    actor = request.actor
    context = {
        "runs": [_shown(run) for run in _own(actor)[:_EARLIER]],
        "waiting": [_shown(run) for run in asking.to_approve(actor)],
        "all_of_a_room": bool(_rooms(actor)),
    }
    return _private(render(request, "desk/export/mine.html", context))


def _run_or_404(actor: Actor, run: UUID, *, own: bool = True) -> ExportRun:
    """An export of this person; with `own` off also one that they may approve or have answered."""
    found = ExportRun.objects.filter(pk=run).first()
    if found is None:
        raise Http404
    if found.by == actor.id:
        return found
    answered = found.approved_by is not None and found.approved_by == actor.id
    open_to = answered or (found.status == Status.ASKED and asking.may_approve(actor, found))
    if own or not open_to:
        raise Http404
    return found


def _context(actor: Actor, run: ExportRun) -> dict[str, Any]:
    own = run.by == actor.id
    rooms = names([UUID(room) for room in list(run.rooms)[:20]])
    return {
        **_shown(run),
        "own": own,
        "rooms": list(rooms.values()),
        "working": run.status in running.EXPORT.states.at_work,
        "silent": is_silent(run),
        "may_fetch": own and running.may_fetch(run, actor),
        "may_answer": run.status == Status.ASKED and not own,
        "size": _size(run.size),
        "purpose": _purpose(run),
    }


def _size(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB" if size > 100_000 else f"{max(size, 1024) / 1024:.0f} KB"


def _purpose(run: ExportRun) -> str:
    from linli.access.purposes import PURPOSES

    title = next((str(one.title) for one in PURPOSES if one.code == run.purpose), "")
    return " · ".join(part for part in (title, run.matter, run.words) if part)


@needs("export")
@require_safe
def page(request: Asked, run: UUID) -> HttpResponseBase:
    """An export where it stands."""
    found = _run_or_404(request.actor, run, own=False)
    return _private(render(request, "desk/export/run.html", _context(request.actor, found)))


@needs("export")
@require_safe
def progress(request: Asked, run: UUID) -> HttpResponseBase:
    """The progress bar, asked for again and again."""
    found = _run_or_404(request.actor, run)
    return _private(render(request, "desk/export/progress.html", _context(request.actor, found)))


@needs("export")
@require_safe
def file(request: Asked, run: UUID) -> HttpResponseBase:
    """The file, to who made it."""
    found = _run_or_404(request.actor, run)
    try:
        name, media, pieces = running.fetch(found, request.actor)
    except (PermissionDenied, FileNotFoundError):
        raise Http404 from None
    return attachment(name, media, pieces, found.size)


def attachment(name: str, media: str, pieces: Any, size: int) -> HttpResponseBase:
    """A file to be saved: nothing runs in it, nobody on the way keeps it."""
    answer = StreamingHttpResponse(pieces, content_type=media)
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return guarded(answer)


# Doing


@needs("export")
@require_POST
def again(request: Asked, run: UUID) -> HttpResponseBase:
    """Begin one again that was stopped, or whose process went away."""
    found = _run_or_404(request.actor, run)
    if take_over(found):
        send(found)
    return redirect("export_run", found.pk)


@needs("export")
@require_POST
def answer(request: Asked, run: UUID) -> HttpResponseBase:
    """Another person approves it, or does not."""
    found = _run_or_404(request.actor, run, own=False)
    if found.by == request.actor.id:
        raise PermissionDenied(_("Another person approves it."))
    if asking.answer(found, actor=request.actor, yes="yes" in request.POST):
        if found.status == Status.WAITING:
            send(found)
        messages.success(request, _("Your answer was kept."))
    return redirect("export_mine")


@needs("export")
@require_POST
def erase(request: Asked, run: UUID) -> HttpResponse:
    """Its maker needs it no more."""
    running.throw_away(_run_or_404(request.actor, run))
    messages.success(request, _("The file was erased."))
    return redirect("export_mine")
