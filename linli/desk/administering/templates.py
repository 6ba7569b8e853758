"""A bureau's own Word templates: which paper is made by which, upload with all that is wrong, preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.access.routes import needs
from linli.desk.administering import scope
from linli.desk.books import answer_file
from linli.desk.documents import DOCX
from linli.desk.requests import Asked
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.printing.word import fields, filling, judging, opening, template_in_use


def _paper_or_404(code: str, name: str) -> tuple[Ledger, str]:
    """(ledger, title of the paper)."""
    try:
        ledger = registry.get(code)
    except registry.UnknownLedger:
        raise Http404 from None
    title = dict(template_in_use.papers_of(ledger)).get(name)
    if title is None or ledger.frozen:
        raise Http404
    return ledger, title


def _may_change(request: Asked) -> None:
    if not scope.may_set_for_all(request.actor):
        raise PermissionDenied(
            _("Templates hold for all: an administrator of the bureau sets them.")
        )


def origin_words() -> dict[str, tuple[str, str]]:
    """Where a template comes from: (words, tone)."""
    return {
        "uploaded": (_("own template"), "done"),
        "home": (_("own template, put on the server"), "done"),
        "shipped": (_("shipped"), "plain"),
    }


@needs("administer")
@require_safe
def papers(request: Asked) -> HttpResponse:
    """All papers of all ledgers, and by which template each is made in Word."""
    words = origin_words()
    shown = []
    for ledger in registry.all_ledgers():
        if ledger.frozen:  # nobody prints its entries one by one
            continue
        rows = [
            {"name": name, "title": title, "kept": held, "origin": words[held.origin]}
            for name, title in template_in_use.papers_of(ledger)
            if (held := template_in_use.kept(ledger, name))
        ]
        shown.append((ledger, rows))
    context = {"ledgers": shown, "may_change": scope.may_set_for_all(request.actor)}
    return render(request, "desk/administer/templates.html", context)


@needs("administer")
def paper(request: Asked, code: str, name: str) -> HttpResponse:
    """One paper: its template, its fields, a new template (POST: `try` to look at it first)."""
    ledger, title = _paper_or_404(code, name)
    problems: list[str] = []
    if request.method == "POST":
        _may_change(request)
        try:
            return _uploaded(request, ledger, name)
        except ValidationError as refused:
            problems = refused.messages
    held = template_in_use.kept(ledger, name)
    context: dict[str, Any] = {
        "ledger": ledger,
        "name": name,
        "title": title,
        "held": held,
        "origin": origin_words()[held.origin],
        "home_path": template_in_use.home_path(ledger, name),
        "fields": list(fields.listed(template_in_use.shape_for(ledger, name))),
        "problems": problems,
        "broken": _broken(ledger, name),
        "most": opening.MOST_BYTES // 1_048_576,
        "may_change": scope.may_set_for_all(request.actor),
    }
    status = 422 if problems else 200
    return render(request, "desk/administer/template.html", context, status=status)


def _broken(ledger: Ledger, name: str) -> list[str]:
    """What is wrong with the template that holds: one on the server, or one from before a change."""
    try:
        template_in_use.template(ledger, name)
    except template_in_use.TemplateBroken as broken:
        return broken.problems
    return []


def _uploaded(request: Asked, ledger: Ledger, name: str) -> HttpResponse:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise ValidationError(_("Choose a file."))
    if file.size is None or file.size > opening.MOST_BYTES:
        raise ValidationError(
            _("The file is larger than %d MB.") % (opening.MOST_BYTES // 1_048_576)
        )
    content = file.read()
    if "try" in request.POST:
        shape = template_in_use.shape_for(ledger, name)
        made = filling.example(judging.judged(content, shape), shape)
        return answer_file(made, f"{ledger.title} {name}.docx", DOCX)
    template_in_use.upload(
        actor=request.actor, unit=scope.roots(request.actor)[0].pk, ledger=ledger, name=name,
        file_name=file.name or "", content=content,
    )  # fmt: skip
    messages.success(request, _("The template is in use."))
    return HttpResponseRedirect(reverse("administer:template", args=[ledger.code, name]))


@needs("administer")
@require_safe
def file(request: Asked, code: str, name: str) -> HttpResponse:
    """The template that holds, as a start for one's own."""
    ledger, title = _paper_or_404(code, name)
    held = template_in_use.kept(ledger, name)
    return answer_file(held.content, f"{ledger.title} {title}.docx", DOCX)


@needs("administer")
@require_safe
def preview(request: Asked, code: str, name: str) -> HttpResponse:
    """The template that holds, filled with the names of its fields."""
    ledger, title = _paper_or_404(code, name)
    try:
        made = filling.example(
            template_in_use.template(ledger, name), template_in_use.shape_for(ledger, name)
        )
    except template_in_use.TemplateBroken:
        return HttpResponseRedirect(reverse("administer:template", args=[code, name]))
    return answer_file(made, f"{ledger.title} {title}.docx", DOCX)


@needs("administer")
@require_POST
def remove(request: Asked, code: str, name: str) -> HttpResponse:
    """Back to the template that comes with the program."""
    ledger, _title = _paper_or_404(code, name)
    _may_change(request)
    unit = scope.roots(request.actor)[0].pk
    if template_in_use.remove(actor=request.actor, unit=unit, ledger=ledger, name=name):
        messages.success(request, _("The template was removed."))
    return HttpResponseRedirect(reverse("administer:template", args=[code, name]))
