"""The gallery served to a real browser, without a database."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import override_settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "gallery" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "linli.design.context.nav",
            ]
        },
    }
]
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Threaded(ThreadingMixIn, WSGIServer):
    """Chromium opens connections in advance and says nothing on them: one must not block another."""

    daemon_threads = True


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """Address of the gallery with the product's own content security policy."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler

    from linli.design import nav

    before = (dict(nav._items), dict(nav._slots))
    with override_settings(
        ROOT_URLCONF="tests.design.gallery.urls",
        TEMPLATES=TEMPLATES,
        MIDDLEWARE=MIDDLEWARE,
        ALLOWED_HOSTS=["*"],
        DEBUG=True,
    ):
        server = make_server(
            "127.0.0.1", 0, StaticFilesHandler(WSGIHandler()),
            server_class=Threaded, handler_class=Quiet,
        )  # fmt: skip
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
    nav._items.clear()
    nav._items.update(before[0])
    nav._slots.clear()
    nav._slots.update(before[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no chromium on this machine")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: object) -> Iterator[object]:
    """A new page; the test fails on any message of the console (a refused script, a wrong policy)."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})  # type: ignore[attr-defined]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert said == []
