"""What every residents' page has in common: anybody may open it, in the language they choose,
without a session and without a cookie but the one that remembers a chosen language."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from linli.access.routes import View, public

Page = Callable[..., HttpResponse]


def resident_page(view: Page) -> View:
    """A public page; `?lang=en` changes its language for this browser.

    Exempt from Django's form token, which needs a cookie: nobody is signed in here, so there is no
    account that a foreign page could misuse, and the forms carry signed tokens of their own.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("lang", "")
        if chosen not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = chosen
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", httponly=True)
        return response

    return public(csrf_exempt(sensitive_post_parameters()(page)))


def unkept(response: HttpResponse) -> HttpResponse:
    """A page that no browser or proxy may keep: it shows a code or what somebody wrote."""
    response.headers["Cache-Control"] = "no-store"
    return response
