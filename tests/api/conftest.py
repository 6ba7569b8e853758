"""A caller of the API in tests: a token of somebody of the cast, JSON in and out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from linli.access import tokens
from linli.api.without_middleware import dispatch
from linli.org.models import Staff
from tests.cast import Cast, cast


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def _no_pages(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    raise AssertionError(f"{environ['PATH_INFO']} went the long way")


_application = dispatch(_no_pages)


@dataclass(frozen=True)
class Caller:
    """Calls the API by the short way, as the web server does."""

    token: str = ""
    language: str = "zh"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body if body is not None else {}, **headers)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        path, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/api/v1{path}", "QUERY_STRING": query,
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(len(sent)),
            "CONTENT_TYPE": "application/json", "HTTP_ACCEPT_LANGUAGE": self.language,
            **({"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}),
            **self.headers, **headers,
        }  # fmt: skip
        got: list[Any] = []
        for signal in (request_started, request_finished):  # the test's own connection stays
            signal.disconnect(close_old_connections)
        try:
            chunks = _application(environ, lambda status, heads: got.extend((status, heads)))
            text = b"".join(chunks)
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        return Answer(int(got[0].split()[0]), dict(got[1]), text)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def calls() -> Callable[..., Caller]:
    def caller(staff: Staff, *, language: str = "zh", **token: Any) -> Caller:
        return Caller(tokens.create(staff, "test", **token), language)

    return caller
