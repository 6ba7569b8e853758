"""Reporting a matter to a room."""

from __future__ import annotations

from uuid import UUID

import segno
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.ground.ids import new_id
from linli.ledger.entries import receipts
from linli.ledger.files import media, taking_in
from linli.org.models import Unit
from linli.publicsite import following, photos, reporting, rooms, texts, tokens
from linli.publicsite.forms import ReportForm
from linli.publicsite.languages import resident_page, unkept
from linli.publicsite.room_views import no_such_room, room_context

_NO_PHOTOS = photos.Sent()
# Where an error of the ledger belongs on the resident's form.
_FIELD_OF = {"narrative": "what", "place": "place", "people": "phone", "visitors": "phone"}

_TOO_OLD = gettext_lazy(
    "This form was open for a long time. What you typed is still here: look it over and send it "
    "again."
)
_TOO_QUICK = gettext_lazy("That was very quick. Look it over once more and send it again.")
_TRAPPED = gettext_lazy(
    "A field that must stay empty was filled in, perhaps by your browser. It is empty now: send "
    "the form again."
)


@resident_page
def choose_room(request: HttpRequest) -> HttpResponse:
    """Which room? By the name of the community, the street or the station."""
    code = request.GET.get("room", "").strip()
    if code:
        if rooms.open_room(code) is None:
            return no_such_room(request)
        return HttpResponseRedirect(reverse("public_report", args=[code]))
    words = request.GET.get("q", "").strip()[:60]
    found = rooms.search(words)
    context = {
        "words": words,
        "found": found,
        "too_short": bool(words) and len(words.replace(" ", "")) < rooms.SHORTEST_QUERY,
    }
    return render(request, "publicsite/choose_room.html", context)


@resident_page
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and what becomes of it."""
    room = rooms.open_room(code)
    if room is None:
        return no_such_room(request)
    if reporting.responsible_for(room) is None:
        return _nobody_there(request, room)
    if request.method == "POST":
        if photos.too_long(request):
            return unkept(_too_long(request, room))
        return unkept(_sent(request, room))
    asked_for = request.GET.get("kind", "")
    form = ReportForm(
        initial={"token": _token(room), "kind": asked_for if asked_for in texts.kinds() else ""},
        places_needed=reporting.places_needed(),
    )
    return unkept(_form_page(request, room, form))


def _sent(request: HttpRequest, room: Unit) -> HttpResponse:
    form = ReportForm(request.POST, places_needed=reporting.places_needed())
    note = tokens.read("report", request.POST.get("token", ""))
    if note is None or note.said.get("room") != str(room.pk):
        return _again(request, room, form, _TOO_OLD, fresh=True)
    if request.POST.get("website"):
        return _again(request, room, form, _TRAPPED)
    entry = UUID(note.said["entry"])
    sent = photos.taken(request, room, entry)
    form.is_valid()
    for problem in sent.problems:  # also in the summary on top: the place itself is far below
        form.add_error(None, problem)
    if form.errors:
        return _form_page(request, room, form, status=422, sent=sent)
    if note.age < tokens.SHORTEST:
        return _again(request, room, form, _TOO_QUICK, sent=sent)
    return _recorded(request, room, form, entry, sent)


def _too_long(request: HttpRequest, room: Unit) -> HttpResponse:
    """The photos together are too large to be read at all: the form anew."""
    form = ReportForm(initial={"token": _token(room)}, places_needed=reporting.places_needed())
    problem = photos.Sent(problems=[_("The photos are too large. Choose smaller or fewer ones.")])
    return _form_page(request, room, form, status=413, sent=problem)


def _recorded(
    request: HttpRequest, room: Unit, form: ReportForm, entry: UUID, along: photos.Sent
) -> HttpResponse:
    told = form.cleaned_data
    sent = reporting.Report(
        texts.kinds()[told["kind"]],
        *(told[name] for name in ("what", "place", "when", "name", "phone")),
    )
    try:
        code = reporting.submit(entry=entry, room=room, report=sent, files=along.ids)
    except reporting.NobodyThere:
        return _nobody_there(request, room)
    except reporting.TooMany:
        return _form_page(request, room, form, status=429, full=True, sent=along)
    except reporting.AlreadyReceived:
        context = room_context(room)
        return render(request, "publicsite/already.html", context, status=409)
    except ValidationError as error:
        _take_over(form, error)
        return _form_page(request, room, form, status=422, sent=along)
    context = room_context(room) | {
        "code": receipts.grouped(code),
        "qr": _code_picture(request, code),
        "matter": following.matter_of(entry),
    }
    return render(request, "publicsite/received.html", context)


def _take_over(form: ReportForm, error: ValidationError) -> None:
    """What the ledger found wrong, at the field where the resident can put it right."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(_FIELD_OF.get(name), problems)


def _code_picture(request: HttpRequest, code: str) -> SafeString:
    """The code with the address where it is used, to be scanned from the screen; inside the page,
    so that the code is in no address."""
    address = request.build_absolute_uri(reverse("public_receipt"))
    drawn = segno.make(f"{receipts.grouped(code)}\n{address}", error="m", micro=False)
    picture = drawn.svg_inline(omitsize=True, border=4, light="#fff", title=_("Receipt code"))
    return mark_safe(picture)  # noqa: S308 - made by segno from our own signs


def _again(
    request: HttpRequest,
    room: Unit,
    form: ReportForm,
    why: Promise,
    fresh: bool = False,
    sent: photos.Sent = _NO_PHOTOS,
) -> HttpResponse:
    """The same form with what was typed, asked for once more; the trap empty, the token as it was
    (so that a matter is not recorded twice) unless it is of no use any more."""
    typed = request.POST.copy()
    typed["website"] = ""
    if fresh:
        typed["token"] = _token(room)
    form = ReportForm(typed, places_needed=reporting.places_needed())
    form.add_error(None, str(why))
    return _form_page(request, room, form, status=422, sent=sent)


def _form_page(
    request: HttpRequest,
    room: Unit,
    form: ReportForm,
    status: int = 200,
    full: bool = False,
    sent: photos.Sent = _NO_PHOTOS,
) -> HttpResponse:
    context = room_context(room) | {
        "form": form,
        "full": full,
        "sent": sent,
        "photos_left": photos.most() - len(sent.photos),
        "photos_megabytes": taking_in.most_bytes() // 1_048_576,
        "photos_days": photos.kept_for(),
        "accept": media.ACCEPT_PHOTOS,
    }
    return render(request, "publicsite/report.html", context, status=status)


def _token(room: Unit) -> str:
    """Says for which room the form is, and which id the matter will have."""
    return tokens.make("report", room=str(room.pk), entry=str(new_id()))


def _nobody_there(request: HttpRequest, room: Unit) -> HttpResponse:
    """The room takes no reports: where to go instead."""
    status = 409 if request.method == "POST" else 200
    return render(request, "publicsite/nobody.html", room_context(room), status=status)
