"""The own ledgers of one's units: begun, taken from a workbook, published, renewed, retired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access.routes import needs
from linli.desk.designing.forms import BeginForm, RetireForm
from linli.desk.requests import Asked
from linli.ledger.custom import definition, designs, workbook
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.sheets import opening
from linli.org import tree
from linli.org.models import Unit


@dataclass(frozen=True)
class Line:
    """One own ledger: its version in use, and the draft of the next one."""

    newest: LedgerDesign
    draft: LedgerDesign | None
    unit: str
    entries: int

    @property
    def retired(self) -> bool:
        return self.newest.state == LedgerDesign.RETIRED

    @property
    def published(self) -> bool:
        return self.newest.state == LedgerDesign.PUBLISHED


def design_or_404(request: Asked, design: UUID) -> LedgerDesign:
    """A design of one's units; Http404 for any other."""
    found = designs.visible(request.actor).filter(id=design).first()
    if found is None:
        raise Http404
    return found


def draft_or_404(request: Asked, design: UUID) -> LedgerDesign:
    found = design_or_404(request, design)
    if found.state != LedgerDesign.DRAFT:
        raise Http404
    return found


def _newest_or_404(request: Asked, code: str) -> LedgerDesign:
    found = designs.visible(request.actor).filter(code=code).order_by("-version").first()
    if found is None:
        raise Http404
    return found


@needs("design")
def own_ledgers(request: Asked) -> HttpResponse:
    """All own ledgers of one's units."""
    rows = list(designs.visible(request.actor).order_by("code", "-version"))
    names = tree.names({row.unit for row in rows})
    lines = []
    for code in dict.fromkeys(row.code for row in rows):
        versions = [row for row in rows if row.code == code]
        drafts = [row for row in versions if row.state == LedgerDesign.DRAFT]
        shown = [row for row in versions if row.state != LedgerDesign.DRAFT]
        lines.append(
            Line(
                (shown or drafts)[0],
                drafts[0] if drafts else None,
                names.get(versions[0].unit, ""),
                Entry.objects.filter(ledger=code).count() if shown else 0,
            )
        )
    return render(request, "desk/own/list.html", {"lines": lines})


@needs("design")
def begin(request: Asked) -> HttpResponseBase:
    """A new ledger: by hand (a title), or from a workbook."""
    units = designs.units_of(request.actor)
    form = BeginForm(units, request.POST if "title" in request.POST else None)
    if request.method == "POST" and "file" in request.FILES:
        return _upload(request, units, form)
    if request.method == "POST" and "title" not in request.POST:
        return _begin_page(request, form, problem=_("Choose a file."))
    if request.method == "POST" and form.is_valid():
        draft = definition.blank_draft()
        draft["title"]["zh"] = form.cleaned_data["title"].strip()
        made = designs.begin(
            by=request.actor, unit=_unit(units, form.cleaned_data["unit"]), definition=draft
        )
        return redirect("own:draft", made.id)
    return _begin_page(request, form)


def _begin_page(
    request: Asked,
    form: BeginForm,
    *,
    problem: str = "",
    problems: Sequence[workbook.RowProblem] = (),
) -> HttpResponse:
    wrong = bool(problem or problems or form.errors)
    context = {"form": form, "problem": problem, "problems": problems, "units": form.fields["unit"]}
    return render(request, "desk/own/begin.html", context, status=422 if wrong else 200)


def _unit(units: list[Unit], wanted: str) -> Unit:
    found = next((one for one in units if str(one.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _upload(request: Asked, units: list[Unit], form: BeginForm) -> HttpResponseBase:
    """A draft from a workbook: of a new ledger, or of the next version of the one it was before."""
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    try:
        told = workbook.read(opening.take(file))
    except ValidationError as refused:
        return _begin_page(request, form, problem=" ".join(refused.messages))
    if told.problems:
        return _begin_page(request, form, problems=told.problems)
    unit = _unit(units, request.POST.get("unit", ""))
    made = designs.take_over(by=request.actor, unit=unit, definition=told.draft, code=told.code)
    for remark in told.remarks[:20]:
        messages.info(request, remark)
    return redirect("own:draft", made.id)


@needs("design")
@require_POST
def next_version(request: Asked, code: str) -> HttpResponseBase:
    """Go on with the draft of a ledger, or begin its next version."""
    _newest_or_404(request, code)
    made = designs.next_version(by=request.actor, code=code)
    return redirect("own:draft", made.id)


@needs("design")
def retire(request: Asked, code: str) -> HttpResponseBase:
    """Take a ledger out of use, with a reason."""
    newest = _newest_or_404(request, code)
    if not designs.visible(request.actor).filter(code=code, state=LedgerDesign.PUBLISHED).exists():
        raise Http404
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        designs.retire(by=request.actor, code=code, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(title)s is retired.") % {"title": newest.title_zh})
        return redirect("own:list")
    context = {"form": form, "design": newest, "ledger": registry.get(code)}
    return render(request, "desk/own/retire.html", context, status=422 if form.errors else 200)


@needs("design")
@require_POST
def publish(request: Asked, design: UUID) -> HttpResponseBase:
    """Publish a draft, or go back to it with what is wrong."""
    draft = draft_or_404(request, design)
    try:
        done = designs.publish(by=request.actor, draft=draft)
    except designs.UnfinishedError as unfinished:
        for problem in unfinished.problems[:5]:
            messages.error(request, str(problem.message))
        return redirect("own:draft", draft.id)
    messages.success(
        request,
        _("%(title)s is published as version %(version)d.")
        % {"title": done.title_zh, "version": done.version},
    )
    return redirect("desk:ledger", done.code)


@needs("design")
@require_POST
def drop(request: Asked, design: UUID) -> HttpResponseBase:
    """Throw a draft away."""
    draft = draft_or_404(request, design)
    designs.drop(by=request.actor, draft=draft)
    messages.success(request, _("The draft is gone."))
    return redirect("own:list")


Context = dict[str, Any]
