"""The short way of an API request: no session, no CSRF, no messages, no cookies, no pages.

`linli.wsgi` sends /api/v1/ here, so that a program's request passes through its entrance alone
(see entrance.py); the pages' middleware would double its cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

App = Callable[[dict[str, Any], Any], Iterable[bytes]]

PREFIX: Final = "/api/v1/"
_PAGES: Final = ("/api/v1/docs",)  # for people, with scripts: by the long way with its CSP


class ApiHandler(WSGIHandler):
    """Django's handler without middleware, over the API's routes alone."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = self._answer

    def _answer(self, request: WSGIRequest) -> HttpResponseBase:
        request.urlconf = "linli.api.urls"
        answer: HttpResponseBase = self._get_response(request)  # type: ignore[attr-defined]
        # The pages' CommonMiddleware does this; without it the body would be sent in chunks.
        if isinstance(answer, HttpResponse) and "Content-Length" not in answer.headers:
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer


def dispatch(pages: App) -> App:
    """A WSGI application that takes the short way for the API and `pages` for all else."""
    api = ApiHandler()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(PREFIX) and not path.startswith(_PAGES):
            return api(environ, start_response)
        return pages(environ, start_response)

    return application
