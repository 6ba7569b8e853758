"""A form sent with a lapsed session is not lost: it is sealed, kept an hour and given back once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from linli.access.models import ParkedForm
from linli.ground import keyring
from linli.ground.clock import now

KEPT: Final = timedelta(hours=1)
LARGEST: Final = 256 * 1024  # bytes of a form as it was sent; files are not kept
# Somebody without an account can make us keep a form: no more than this many at a time, and of
# those whose sender is not known fewer, so that nobody crowds out the forms of staff.
MOST: Final = 2000
MOST_OF_UNKNOWN: Final = 500


def from_script(request: HttpRequest) -> bool:
    """Whether a page's script asks (an autosave): it keeps what was typed and tries again itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def park(request: HttpRequest, staff_id: UUID | None = None) -> str | None:
    """Keep the body of a POSTed form; give the path (with `?parked=id`) that will show it again.

    None when it is not a form, holds a password or code, is too large or too many are kept; the
    caller goes on without it.
    """
    if request.method != "POST" or not request.POST or _holds_a_secret(request):
        return None
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    body = typed.urlencode().encode()
    moment = now()
    ParkedForm.objects.filter(expires__lt=moment).delete()
    staff_id = staff_id or getattr(request, "lapsed_staff", None)
    if len(body) > LARGEST or len(request.path) > 400 or _crowded(staff_id):
        return None
    key = secrets.token_hex(16)
    ParkedForm.objects.create(
        id=key,
        path=request.path,
        staff_id=staff_id,
        blob=keyring.load(settings.HOME).seal_blob(body, _bound_to(key, request.path)),
        at=moment,
        expires=moment + KEPT,
    )
    return f"{request.path}?parked={key}"


def _holds_a_secret(request: HttpRequest) -> bool:
    """Whether it is a form of sign-in or of one's account: passwords and codes are typed anew."""
    return request.path.startswith(("/sign-in/", "/account/")) or any(
        "password" in name for name in request.POST
    )


def _crowded(staff_id: UUID | None) -> bool:
    """Whether there is no room for one more form of this sender (None: not known)."""
    if ParkedForm.objects.count() >= MOST:
        return True
    return staff_id is None and ParkedForm.objects.filter(staff=None).count() >= MOST_OF_UNKNOWN


def take(request: HttpRequest) -> QueryDict | None:
    """What was typed, once, for the page it was typed on; None when there is nothing (any more).

    The form is to be filled with it and sent again by the person: nothing is carried out here.
    """
    key = request.GET.get("parked", "")
    if not key or not request.user.is_authenticated:
        return None
    form = ParkedForm.objects.filter(pk=key, path=request.path, expires__gte=now()).first()
    if form is None or form.staff_id not in (None, request.user.pk):
        return None
    if not ParkedForm.objects.filter(pk=key).delete()[0]:  # somebody was quicker: given back once
        return None
    body = keyring.load(settings.HOME).open_blob(bytes(form.blob), _bound_to(key, form.path))
    return QueryDict(body)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is an old one (signed in anew in another tab): keep it and show it again.

    A form without any token did not come from our pages and is refused.
    """
    if from_script(request):
        return HttpResponse(status=403)
    came_from_us = "csrfmiddlewaretoken" in request.POST
    path = park(request, request.user.pk) if came_from_us else None
    if path is None or request.path == settings.LOGIN_URL:
        return render(request, "access/form_too_old.html", status=403)
    if request.user.is_authenticated:
        return HttpResponseRedirect(path)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(path, safe='/')}")


def _bound_to(key: str, path: str) -> bytes:
    return f"parked {key} {path}".encode()
