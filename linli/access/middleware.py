"""Who is asking, for every request: the actor, the idle time-out, the person's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from linli.access.actor import NOBODY, Actor, actor_for
from linli.ground import rules
from linli.ground.clock import now, today
from linli.org.models import Staff

_SEEN: Final = "seen"
# A session is written anew at most this often: not one write for every page.
_WRITE_EVERY: Final = 60


class ActorMiddleware:
    """Sets `request.actor`; ends sessions that were idle for longer than the rule `session.idle`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL")  # no database compares with it, and nobody types it
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        if "_auth_user_id" not in request.session:  # nobody is signed in: nothing to look up
            return self.get_response(request)
        _end_if_idle(request)
        response = self._in_their_language(request)
        # What staff see stays in no cache: the next person at this computer may be somebody else.
        response.setdefault("Cache-Control", "no-store")
        return response

    def _in_their_language(self, request: HttpRequest) -> HttpResponse:
        # The language switch of the header sets a cookie, which holds for this browser.
        chosen_here = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        language = "" if chosen_here else getattr(request.user, "language", "")
        if not language:
            return self.get_response(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language() or language
            response = self.get_response(request)
            response.headers["Content-Language"] = request.LANGUAGE_CODE
            return response


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    return actor_for(user, "web") if isinstance(user, Staff) else NOBODY


def _end_if_idle(request: HttpRequest) -> None:
    """Sign out somebody who came back too late; `request.lapsed_staff` says who it was."""
    moment = int(now().timestamp())
    seen = request.session.get(_SEEN)
    if seen is None or 0 <= moment - seen <= idle_time().total_seconds():
        if seen is None or moment - seen >= _WRITE_EVERY:
            request.session[_SEEN] = moment
        return
    request.lapsed_staff = request.user.pk  # type: ignore[attr-defined]
    logout(request)


def idle_time() -> timedelta:
    """How long a session may be idle, by the rule of the day."""
    span = rules.on(today()).span("session.idle")
    seconds = {"minutes": 60, "hours": 3600, "days": 86400}[span.unit]
    return timedelta(seconds=int(span.n) * seconds)
