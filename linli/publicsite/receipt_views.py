"""Following a matter by its receipt code: what became of it, questions and answers.

No session: the code is sent once, and a signed note in the form carries on for half an hour.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.ledger.entries import receipts
from linli.ledger.entries.models import Entry
from linli.ledger.printing.slip import slip_of
from linli.org.models import Unit
from linli.publicsite import following, tokens
from linli.publicsite.forms import CodeForm, MessageForm, SurveyForm
from linli.publicsite.languages import resident_page, unkept
from linli.publicsite.limits import wrong_tries
from linli.publicsite.room_views import room_context
from linli.surveys import answering


@resident_page
def receipt(request: HttpRequest) -> HttpResponse:
    """GET asks for the code; POST shows the matter, or takes a message to it."""
    if request.method != "POST":
        return unkept(render(request, "publicsite/code.html", {"form": CodeForm()}))
    if "token" in request.POST:
        return unkept(_followed_on(request))
    return unkept(_code_typed(request))


@resident_page
def not_in_the_address(request: HttpRequest, typed: str) -> HttpResponse:
    """A code in the address: leads to the page that asks for it, without it."""
    return unkept(HttpResponseRedirect(reverse("public_receipt")))


@resident_page
def slip(request: HttpRequest) -> HttpResponse:
    """The receipt on paper, for who sends its code (never in an address)."""
    code = request.POST.get("code", "")[:60]
    found = receipts.find(code) if code else None
    if found is None or request.method != "POST":
        if code and wrong_tries.too_many():
            return unkept(HttpResponse(status=429))
        return unkept(HttpResponseRedirect(reverse("public_receipt")))
    address = request.build_absolute_uri(reverse("public_receipt"))
    made = slip_of(found, code, address, request.POST.get("paper", ""))
    headers = {"Content-Disposition": 'inline; filename="receipt.pdf"'}
    return unkept(HttpResponse(made, content_type="application/pdf", headers=headers))


def _code_typed(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "publicsite/code.html", {"form": form}, status=422)
    found = receipts.find(form.cleaned_data["code"])
    matter = following.receipt_matter(found) if found else None
    if matter is not None:
        return _matter_page(request, matter)
    if wrong_tries.too_many():
        problem = _("Many wrong codes are being tried at the moment. Wait a minute and try again.")
        status = 429
    else:
        problem = _(
            "There is no matter with this code. Compare it sign by sign with what you wrote down. "
            "If you have lost it, ask in the room."
        )
        status = 422
    form.add_error("code", problem)
    return render(request, "publicsite/code.html", {"form": form}, status=status)


def _followed_on(request: HttpRequest) -> HttpResponse:
    """The page was opened by the code before; its note says which matter it is."""
    note = tokens.read("receipt", request.POST["token"])
    matter = following.matter_of(UUID(note.said["entry"])) if note else None
    if note is None or matter is None:
        return _asked_for_code(request)
    if "survey" in request.POST:
        return _survey_answered(request, matter)
    if "text" not in request.POST:
        return _matter_page(request, matter)
    form = MessageForm(request.POST, asked=matter.asked)
    if form.is_valid():
        return _written(request, matter, form, note.said["nonce"])
    return _matter_page(request, matter, form=form, nonce=note.said["nonce"], status=422)


def _written(
    request: HttpRequest, matter: following.Matter, form: MessageForm, nonce: str
) -> HttpResponse:
    try:
        following.write(entry=matter.entry, text=form.cleaned_data["text"], nonce=nonce)
    except following.TooMuch:
        form.add_error(None, _("You have written very often. Wait an hour, or call the room."))
        return _matter_page(request, matter, form=form, nonce=nonce, status=429)
    except (ValidationError, Entry.DoesNotExist):
        form.add_error(None, _("This matter takes no messages any more. Call the room."))
        return _matter_page(request, matter, form=form, nonce=nonce, status=409)
    fresh = following.matter_of(matter.entry)
    return _matter_page(request, fresh or matter, sent=True)


def _survey_answered(request: HttpRequest, matter: following.Matter) -> HttpResponse:
    """Keep what they say of how it went. Sent twice it is kept once, and thanked for twice."""
    form = SurveyForm(request.POST)
    if not matter.survey:
        return _matter_page(request, matter, thanked=True)
    if not form.is_valid():
        return _matter_page(request, matter, survey=form, status=422)
    with suppress(answering.AnsweredBefore, Entry.DoesNotExist):
        answering.answer(Entry.objects.get(id=matter.entry), form.cleaned_data)
    fresh = following.matter_of(matter.entry)
    return _matter_page(request, fresh or matter, thanked=True)


def _matter_page(
    request: HttpRequest,
    matter: following.Matter,
    *,
    form: MessageForm | None = None,
    nonce: str = "",
    sent: bool = False,
    survey: SurveyForm | None = None,
    thanked: bool = False,
    status: int = 200,
) -> HttpResponse:
    nonce = nonce or secrets.token_hex(8)
    context = room_context(Unit.objects.select_related("parent").get(pk=matter.room)) | {
        "matter": matter,
        "form": form or MessageForm(asked=matter.asked),
        "token": tokens.make("receipt", entry=str(matter.entry), nonce=nonce),
        "sent": sent,
        "survey": (survey or SurveyForm()) if matter.survey else None,
        "thanked": thanked,
    }
    return render(request, "publicsite/matter.html", context, status=status)


def _asked_for_code(request: HttpRequest) -> HttpResponse:
    """The note is too old: the code is asked for again, and what was typed is shown to be copied."""
    form = CodeForm()
    context = {"form": form, "lapsed": True, "typed": request.POST.get("text", "")}
    return render(request, "publicsite/code.html", context, status=422)
