"""A draft of an own ledger: its settings, its fields one by one, and how its form will look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from linli.access.routes import needs
from linli.desk.designing.forms import KINDS, FieldForm, SettingsForm
from linli.desk.designing.pages import design_or_404, draft_or_404
from linli.desk.refilling import in_lines, spare_rows
from linli.desk.requests import Asked
from linli.ledger.custom import definition, designs, drafting
from linli.ledger.custom.compiling import compiled
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.forms.forms import form_class
from linli.org import tree


@dataclass(frozen=True)
class Line:
    """A field of a draft in the list of its page."""

    told: Mapping[str, Any]
    kind: str | Promise
    inside: str
    rules: list[tuple[str, str]]
    problems: list[definition.Problem]
    first: bool
    last: bool
    choices: int


def _lines(draft: Mapping[str, Any], problems: list[definition.Problem]) -> list[Line]:
    lines = []
    for field, rows in definition.every_field(draft):
        here = (rows or draft)["fields"]
        titles = {
            "shown_if": pgettext("condition", "only if"), "constraint": pgettext("condition", "taken if"), "calculate": pgettext("condition", "worked out"),
        }  # fmt: skip
        rules = [(title, field[part]["text"]) for part, title in titles.items() if field.get(part)]
        lines.append(
            Line(
                field, KINDS.get(field["kind"], field["kind"]), rows["name"] if rows else "", rules,
                [one for one in problems if one.field in (field["name"], field.get("list"))],
                here[0] is field, here[-1] is field,
                len(draft["lists"].get(field.get("list") or "", ())),
            )
        )  # fmt: skip
    return lines


@needs("design")
def draft(request: Asked, design: UUID) -> HttpResponse:
    """The draft as it stands, with what is still missing; a published version to be read."""
    found = design_or_404(request, design)
    checked = definition.check(found.definition)
    lines = _lines(found.definition, checked.problems)
    placed = {id(problem) for line in lines for problem in line.problems}
    context = {
        "design": found,
        "is_draft": found.state == LedgerDesign.DRAFT,
        "draft": found.definition,
        "unit": tree.names([found.unit]).get(found.unit, ""),
        "columns": [
            line.told["title"].get("zh") or line.told["name"]
            for name in checked.definition["columns"]
            for line in lines
            if line.told["name"] == name
        ],
        "lines": lines,
        "problems": [one for one in checked.problems if id(one) not in placed],
        "ready": not checked.problems,
        "versions": designs.visible(request.actor).filter(code=found.code).order_by("-version"),
    }
    return render(request, "desk/own/draft.html", context)


@needs("design")
def settings(request: Asked, design: UUID) -> HttpResponseBase:
    """Title, numbers, deadline, retention, who may see it, columns."""
    found = draft_or_404(request, design)
    form = SettingsForm(found.definition, found.version == 1, request.POST or None)
    if request.method == "POST" and form.is_valid() and _kept(request, found, form):
        return redirect("own:draft", found.id)
    context = {"design": found, "form": form}
    return render(request, "desk/own/settings.html", context, status=422 if form.errors else 200)


def _kept(request: Asked, found: LedgerDesign, form: SettingsForm | FieldForm) -> bool:
    """Save the draft as the form changes it; False with the reason on the form."""
    try:
        designs.change(by=request.actor, draft=found, definition=form.changed_draft())
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True


@needs("design")
def add_field(request: Asked, design: UUID) -> HttpResponseBase:
    """One more field, perhaps inside rows (`?in=`)."""
    found = draft_or_404(request, design)
    inside = request.GET.get("in", "")
    rows = drafting.find(found.definition, inside) if inside else None
    if inside and (rows is None or rows["kind"] != "rows"):
        raise Http404
    return _field_page(request, found, None, inside)


@needs("design")
def change_field(request: Asked, design: UUID, name: str) -> HttpResponseBase:
    """Change one field."""
    found = draft_or_404(request, design)
    was = drafting.find(found.definition, name)
    if was is None:
        raise Http404
    inside = next(
        (rows["name"] for one, rows in definition.every_field(found.definition)
         if rows and one["name"] == name),
        "",
    )  # fmt: skip
    return _field_page(request, found, was, inside)


def _field_page(
    request: Asked, found: LedgerDesign, was: Mapping[str, Any] | None, inside: str
) -> HttpResponseBase:
    form = FieldForm(found.definition, was, inside, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed_draft()
        _tell(form, changed)
        if not form.errors and _kept(request, found, form):
            if "another" in request.POST:
                query = f"?in={inside}" if inside else ""
                messages.success(request, _("Kept: %(title)s") % {"title": _title(form)})
                return redirect(f"{request.path.split('/fields/')[0]}/fields/new/{query}")
            return redirect("own:draft", found.id)
    context = {"design": found, "form": form, "was": was, "inside": inside}
    return render(request, "desk/own/field.html", context, status=422 if form.errors else 200)


def _title(form: FieldForm) -> str:
    return str(form.cleaned_data["title_zh"])


def _tell(form: FieldForm, changed: Mapping[str, Any]) -> None:
    """Put what is wrong with this field beside its parts; what is wrong elsewhere waits."""
    before = {(p.field, p.part) for p in definition.check(form.draft).problems}
    parts = {"list": "choices", "title": "title_zh"}
    names = {field["name"] for field, _rows in definition.every_field(changed)}
    names -= {field["name"] for field, _rows in definition.every_field(form.draft)}
    mine = names | ({str(form.was["name"])} if form.was else set())
    for problem in definition.check(changed).problems:
        about = problem.field in mine or problem.part.startswith("choice ")
        if not about or ((problem.field, problem.part) in before and problem.field not in mine):
            continue
        if problem.part == "kind" and form.cleaned_data["kind"] == "rows":
            continue  # rows get their fields next
        part = parts.get(problem.part, "choices" if "choice" in problem.part else problem.part)
        form.add_error(part if part in form.fields else None, str(problem.message))


@needs("design")
@require_POST
def move_field(request: Asked, design: UUID, name: str) -> HttpResponseBase:
    """One place up or down."""
    found = draft_or_404(request, design)
    by = -1 if request.POST.get("to") == "up" else 1
    designs.change(
        by=request.actor, draft=found, definition=drafting.move(found.definition, name, by)
    )
    return redirect("own:draft", found.id)


@needs("design")
@require_POST
def remove_field(request: Asked, design: UUID, name: str) -> HttpResponseBase:
    """Take a field out of the draft."""
    found = draft_or_404(request, design)
    designs.change(
        by=request.actor, draft=found, definition=drafting.remove(found.definition, name)
    )
    return redirect("own:draft", found.id)


@needs("design")
def preview(request: Asked, design: UUID) -> HttpResponseBase:
    """The form as it will be filled in; nothing typed here is kept."""
    found = design_or_404(request, design)
    checked = definition.check({**found.definition, "letter": {"zh": "T", "en": "T"}})
    if checked.problems:
        return redirect("own:draft", found.id)
    ledger = compiled(checked.definition, code=found.code, version=found.version)
    names = [ask.name for ask in ledger.all_actions["record"].asks if ask.name != "received_at"]
    form = form_class(ledger, "record", names)()
    spare_rows(form, None)
    context = {"design": found, "ledger": ledger, "form": form, "bounds": in_lines(list(form))}
    return render(request, "desk/own/preview.html", context)
