"""Every request of the API comes in here: its language, its token, its permission; and every
answer leaves with the headers that keep personal data out of caches."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError
from ninja.security.base import AuthBase
from pydantic import BaseModel

from linli.access.actor import Actor
from linli.access.roles import PERMISSIONS
from linli.access.routes import Access
from linli.access.tokens import actor_for_token
from linli.api import problems
from linli.api.problems import Problem

MOST_BYTES: Final = 1_000_000  # of a body; the longest narrative is 40 kB
_ENGLISH: Final = "en"
_CHINESE: Final = "zh-hans"

Operation = Callable[..., Any]
M = TypeVar("M", bound=BaseModel)


class BearerToken(AuthBase):
    """`Authorization: Bearer linli_...`; puts the actor into `request.actor`."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "A token made on the account page or by `linli token`."

    def __call__(self, request: HttpRequest) -> Actor:
        scheme, _blank, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        actor = actor_for_token(token.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise AuthenticationError
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def needs(permission: str) -> Callable[[Operation], Operation]:
    """The operation is for whoever holds the permission somewhere; rows still come from policy.

    Others get 404; somebody who may read gets 403.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission} is not a permission of roles.py")

    def decorate(operation: Operation) -> Operation:
        @wraps(operation)
        def guarded(request: HttpRequest, **kwargs: Any) -> Any:
            actor = actor_of(request)
            if not actor.may(permission):
                raise PermissionDenied if actor.may("read") else Http404
            return operation(request, **kwargs)

        # Names in annotations mean what they mean in the operation's module, not here.
        guarded.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        guarded.access = Access("needs", permission)  # type: ignore[attr-defined]
        return guarded

    return decorate


def any_token(operation: Operation) -> Operation:
    """The operation is for everybody with a token."""
    operation.access = Access("token")  # type: ignore[attr-defined]
    return operation


def actor_of(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def read(request: HttpRequest, shape: type[M]) -> M:
    """The body as `shape`; raises Problem 413, 415, and pydantic's error (400, 422)."""
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
        raise Problem(415, _("The Content-Type must be application/json."))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Problem(413)
    body = request.body
    if b"\\u0000" in body:  # no database keeps it, and nobody types it
        raise Problem(422, _("The character NUL cannot be kept."))
    return shape.model_validate_json(body)


def _language(request: HttpRequest) -> str:
    """English where it is preferred to Chinese, else Chinese."""
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    if "en" not in header:
        return _CHINESE
    english, chinese = header.find("en"), header.find("zh")
    return _ENGLISH if chinese < 0 or english < chinese else _CHINESE


def entrance(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around every view of the API, also those of the library."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = _language(request)
        with translation.override(language):
            nul = "%00" in request.META.get("QUERY_STRING", "")  # no database compares with it
            answer = problems.response(400) if nul else view(request, *args, **kwargs)
            if isinstance(answer, HttpResponseNotAllowed):
                allowed = answer.headers["Allow"]
                answer = problems.response(405)
                answer.headers["Allow"] = allowed
        headers = answer.headers
        headers["Cache-Control"] = "no-store"
        headers["Content-Language"] = language
        headers["X-Content-Type-Options"] = "nosniff"
        return answer

    run.csrf_exempt = True  # type: ignore[attr-defined]  # no cookies are looked at here
    return run
