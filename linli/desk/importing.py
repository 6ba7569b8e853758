"""An old spreadsheet in the browser: upload, preview, start, watch, take the result, undo.

The preview shows the cells of the file as they are, so only who uploaded it sees it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.access import policy
from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk.refilling import as_count
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.exchange.runs import files, planning, results, running, undoing
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets import opening
from linli.ledger.exchange.sheets.opening import FileRefused
from linli.ledger.exchange.sheets.reading import cell_text
from linli.ledger.exchange.words import headings
from linli.ledger.runs.claiming import is_silent, take_over
from linli.ledger.runs.tasks import send
from linli.org.models import Unit, UnitKind

_EARLIER = 10
_MOST_WORDS = 100  # words of one field that a person maps on the page
_TONES = {
    Status.DONE: "done", Status.UNDONE: "void", Status.STOPPED: "late", Status.PREVIEW: "wait",
}  # fmt: skip
_VERDICT_TONES = {"imported": "done", "warned": "wait", "duplicate": "plain", "refused": "late"}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _ledger(code: str) -> Register:
    try:
        return registry.register_of(code)
    except registry.UnknownLedger:
        raise Http404 from None


def _list_url(register: Register) -> str:
    """The list that an import fills."""
    name = "things:list" if isinstance(register, Thing) else "desk:ledger"
    return reverse(name, args=[register.code])


def _rooms(actor: Actor, ledger: Register) -> list[Unit]:
    """The rooms this actor may import into, the own one first."""
    reach = actor.reach("import", ledger.code)
    rooms = Unit.objects.filter(kind=UnitKind.ROOM, pk__in=reach.rooms).order_by("code")
    return sorted(rooms, key=lambda room: room.pk != actor.home_room)


def _run_or_404(actor: Actor, run: UUID, *, own: bool = False) -> ImportRun:
    found = policy.get_or_404(actor, ImportRun, "import", pk=run)
    if own and found.by != actor.id:
        raise Http404
    return found


# Upload


@needs("import")
def upload(request: HttpRequest, code: str) -> HttpResponseBase:
    """Choose a file and the room it belongs to; below, what was imported before."""
    actor, ledger = _actor(request), _ledger(code)
    rooms = _rooms(actor, ledger)
    if not rooms:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            run = _receive(request, actor, ledger, rooms)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            return redirect("import_run", run.pk)
    earlier = policy.visible(actor, ImportRun, "import", ledger.code).order_by("-made_at")
    context = {
        "ledger": ledger,
        "list_url": _list_url(ledger),
        "rooms": rooms,
        "problem": problem,
        "most": opening.MOST_BYTES // 1_048_576,
        "most_text": opening.MOST_TEXT // 1_048_576,
        "earlier": [_shown(run) for run in earlier[:_EARLIER]],
        "this_year": clock.today().year,
    }
    return render(request, "desk/import/upload.html", context, status=422 if problem else 200)


def _receive(request: HttpRequest, actor: Actor, ledger: Register, rooms: list[Unit]) -> ImportRun:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise ValidationError(_("Choose a file."))
    wanted = request.POST.get("room", "")
    room = next((one for one in rooms if str(one.pk) == wanted), rooms[0] if not wanted else None)
    if room is None:
        raise Http404
    content = opening.take(file)
    planning.open_book(content, ledger, room.pk)
    return running.receive(
        actor=actor, ledger=ledger, room=room, name=file.name or "", content=content
    )


def _shown(run: ImportRun) -> dict[str, Any]:
    """A run as a line of the list."""
    return {"run": run, "state": {"title": run.get_status_display(), "tone": _tone(run)}}


def _tone(run: ImportRun) -> str:
    return _TONES.get(Status(run.status), "doing")


# One run


@needs("import")
def page(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """A run where it stands: its preview, its progress, or its summary."""
    actor = _actor(request)
    found = _run_or_404(actor, run)
    if found.status == Status.PREVIEW:
        if found.by != actor.id:
            raise Http404
        return _preview(request, actor, found)
    return _no_store(render(request, "desk/import/run.html", _run_context(actor, found)))


def _run_context(actor: Actor, run: ImportRun) -> dict[str, Any]:
    ledger = registry.register_of(run.ledger)
    done = run.status == Status.DONE
    return {
        "run": run,
        "ledger": ledger,
        "room": Unit.objects.get(pk=run.room),
        "state": {"title": run.get_status_display(), "tone": _tone(run)},
        "working": run.status in (*running.IMPORT.states.at_work, *undoing.UNDO.states.at_work),
        "silent": is_silent(run),
        "figures": _figures(run),
        "reasons": _reasons(run, actor) if done else [],
        "may_take": run.has_result and run.by == actor.id and done,
        "may_undo": (done or run.status == Status.STOPPED)
        and run.came_in > 0
        and actor.may("void", run.ledger, run.room, run.district),
    }


def _figures(run: ImportRun) -> list[tuple[str, str, int]]:
    words = results.verdict_words()
    return [(words[key], _VERDICT_TONES[key], getattr(run, key)) for key in _VERDICT_TONES]


def _reasons(run: ImportRun, actor: Actor) -> list[tuple[str, str, int]]:
    """The most frequent reasons: (verdict in words, reason, count); they quote cells, so only to
    who ran it."""
    from collections import Counter

    if run.by != actor.id:
        return []
    counted: Counter[tuple[str, str]] = Counter()
    try:
        for verdict in results.verdicts(run):
            if verdict.verdict in ("warned", "refused"):
                counted.update((verdict.verdict, reason) for reason in verdict.reasons)
    except FileNotFoundError:
        return []
    words = results.verdict_words()
    listed = sorted(counted.items(), key=lambda one: (one[0][0] != "refused", -one[1]))
    return [(words[kind], reason, count) for (kind, reason), count in listed[:30]]


@needs("import")
@require_safe
def progress(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """The progress bar, asked for again and again."""
    actor = _actor(request)
    context = _run_context(actor, _run_or_404(actor, run))
    return _no_store(render(request, "desk/import/progress.html", context))


@needs("import")
@require_safe
def result(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """The result workbook, to who ran the import."""
    found = _run_or_404(_actor(request), run, own=True)
    try:
        content = files.get(found, files.RESULT)
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={
            "Content-Disposition": f'attachment; filename="import-{found.made_at:%Y%m%d}.xlsx"'
        },
    )
    return _no_store(answer)


@needs("import")
@require_POST
def go_on(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """Go on with a run that was stopped, or whose process went away."""
    found = _run_or_404(_actor(request), run)
    if take_over(found):
        found.refresh_from_db()
        send(found)
    return redirect("import_run", found.pk)


@needs("import")
def undo(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """Ask once more, then take a whole import back as one act."""
    actor = _actor(request)
    found = _run_or_404(actor, run)
    if not actor.may("void", found.ledger, found.room, found.district):
        raise PermissionDenied(_("Your role does not allow this here."))
    if request.method == "POST":
        try:
            undoing.begin_undo(found, actor)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            send(found)
        return redirect("import_run", found.pk)
    context = _run_context(actor, found) | {"changed": undoing.changed_since(found)}
    return _no_store(render(request, "desk/import/undo.html", context))


# The preview


def _preview(request: HttpRequest, actor: Actor, run: ImportRun) -> HttpResponseBase:
    """What would happen; columns, words and the year can be put right, then it is started."""
    ledger, room = registry.register_of(run.ledger), Unit.objects.get(pk=run.room)
    problem = ""
    if request.method == "POST":
        if "drop" in request.POST:
            return _drop(request, run)
        try:
            _put_right(request, run, ledger, room)
            if "start" in request.POST:
                return _start(run, ledger)
            return redirect("import_run", run.pk)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
    try:
        plan = planning.plan(
            files.get(run, files.UPLOAD), ledger=ledger, room=room, actor=actor,
            settings=planning.Settings(run.year, run.columns),
        )  # fmt: skip
    except FileNotFoundError:
        raise Http404 from None
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("import_upload", run.ledger)
    context = {
        "run": run,
        "ledger": ledger,
        "room": room,
        "plan": plan,
        "problem": problem,
        "columns": [] if plan.book.own else _column_choices(plan),
        "own": plan.book.own is not None,
        "unknown": _unknown_words(plan, room),
        "figures": [
            (words, _VERDICT_TONES[key], plan.counts[key])
            for key, words in results.verdict_words(to_come=True).items()
            if key in _VERDICT_TONES
        ],
        "sample": _sample(plan),
        "last_year": clock.today().year - 1,
        "asks_year": plan.needs_year or run.year is not None,
        "first_headings": [heading for heading in plan.book.heads[0].headings if heading],
    }
    return _no_store(
        render(request, "desk/import/preview.html", context, status=422 if problem else 200)
    )


def _column_choices(plan: planning.Plan) -> list[dict[str, Any]]:
    listed = headings.targets(plan.ledger, plan.columns.values())
    choices = [("", _("keep as it was said")), *listed]
    return [
        {
            "name": f"column-{index}",
            "heading": heading,
            "options": [(code, title, code == target) for code, title in choices],
        }
        for index, (heading, target) in enumerate(plan.columns.items())
    ]


def _unknown_words(plan: planning.Plan, room: Unit) -> list[dict[str, Any]]:
    """The words a person says the meaning of, once: a select each."""
    titles = dict(headings.targets(plan.ledger))
    return [
        {
            "name": f"value-{name}-{said}",
            "field": titles.get(name, name),
            "said": said,
            "count": count,
            "choices": planning.codes_for(room, plan.ledger, name),
        }
        for name, words in plan.unknown.items()
        for said, count in words.most_common(_MOST_WORDS)
    ]


def _sample(plan: planning.Plan) -> list[dict[str, Any]]:
    words = results.verdict_words(to_come=True)
    wanted = [
        [column for column, heading in enumerate(head.headings) if heading]
        for head in plan.book.heads
    ]
    return [
        {
            "number": row.number,
            "cells": [
                cell_text(row.cells[column]) if column < len(row.cells) else ""
                for column in wanted[row.sheet]
            ],
            "verdict": {"title": words.get(verdict, ""), "tone": _VERDICT_TONES.get(verdict, "")},
            "reasons": reasons,
        }
        for row, verdict, reasons in plan.sample
        if row.sheet == 0
    ]


def _put_right(request: HttpRequest, run: ImportRun, ledger: Register, room: Unit) -> None:
    """Keep what the person said: the year for this file, columns and words for the room."""
    book = planning.open_book(files.get(run, files.UPLOAD), ledger, room.pk)
    now = planning.columns_of(book, ledger, room.pk, run.columns)
    chosen = {
        heading: request.POST.get(f"column-{index}", now[heading])
        for index, heading in enumerate(now)
    }
    changed = {heading: target for heading, target in chosen.items() if target != now[heading]}
    if book.twice(chosen):
        raise ValidationError(
            _("Two columns cannot be the same field. Choose for each another one.")
        )
    planning.teach_columns(room, ledger, changed)
    for key, code in request.POST.items():
        if key.startswith("value-") and code:
            _start_word, name, said = key.split("-", 2)
            taught = "" if code == "said" else str(code)
            planning.teach_value(room, ledger, name, said, taught)
    year = request.POST.get("year", "").strip()
    if year and not 1950 <= (as_count(year) or 0) <= 2100:
        raise ValidationError(_("Write the year with four digits, such as 2025."))
    ImportRun.objects.filter(pk=run.pk, status=Status.PREVIEW).update(
        columns=chosen, year=int(year) if year else run.year
    )
    run.refresh_from_db()


def _start(run: ImportRun, ledger: Register) -> HttpResponse:
    if planning.indispensable(ledger) not in run.columns.values():
        raise ValidationError(running.no_column(ledger))
    running.prepare(run, columns=run.columns, year=run.year)
    send(run)
    return redirect("import_run", run.pk)


def _drop(request: HttpRequest, run: ImportRun) -> HttpResponse:
    if ImportRun.objects.filter(pk=run.pk, status=Status.PREVIEW).delete()[0]:
        files.drop(run)
        messages.success(request, _("The file was thrown away. Nothing was imported."))
    return redirect("import_upload", run.ledger)


def _no_store(answer: HttpResponse) -> HttpResponse:
    """Pages with cells of a file are not kept by the browser."""
    answer["Cache-Control"] = "no-store"
    return answer


__all__ = ["FileRefused", "go_on", "page", "progress", "result", "undo", "upload"]
