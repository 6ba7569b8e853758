"""The addresses of the API. Every one declares its access and passes the entrance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from ninja.openapi.docs import Swagger

from linli.access.routes import PUBLIC, TOKEN, Access
from linli.api import entries, exports, files, finding, ledgers, problems, things
from linli.api.declared import Api
from linli.api.entrance import BearerToken, entrance

api = Api(
    title="Linli",
    version="1",
    description="Entries of the ledgers: record, act, read, find. People are masked.",
    urls_namespace="api",
    docs=Swagger(),
    auth=BearerToken(),
)
problems.handle(api)
for room in (entries, things, files, ledgers, finding, exports):
    api.add_router("", room.router)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Whatever begins with /api/ and is no operation."""
    return problems.response(404)


def _declared(view: Callable[..., Any], access: Access) -> Callable[..., Any]:
    guarded = entrance(view)
    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def _operations() -> Iterator[URLPattern]:
    """The library's patterns, each through the entrance; its description needs no token."""
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            public = pattern.name in ("openapi-json", "openapi-view")
            pattern.callback = _declared(pattern.callback, PUBLIC if public else TOKEN)
            yield pattern


_nothing = _declared(nothing_here, PUBLIC)

urlpatterns = [
    path("api/v1/", ([*_operations(), path("", _nothing, name="api-root")], "ninja", "api")),
    re_path("^api/", _nothing, name="api-nothing"),
]
