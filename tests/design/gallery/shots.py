"""Render the gallery and take screenshots: shots.py FOLDER [name ...].

Light and dark, 1280 and 360 px, with Debian's chromium. Also reports what axe would be asked first:
horizontal overflow, requests that failed and messages of the console.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
SHOTS = [
    ("1280", 1280, 800, "light"),
    ("1280-dark", 1280, 800, "dark"),
    ("360", 360, 740, "light"),
    ("360-dark", 360, 740, "dark"),
]


def configure() -> None:
    settings.configure(
        DEBUG=True, SECRET_KEY="gallery", ROOT_URLCONF="tests.design.gallery.urls", ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.staticfiles", "linli.design"],
        MIDDLEWARE=["django.middleware.locale.LocaleMiddleware", "django.middleware.csrf.CsrfViewMiddleware", "csp.middleware.CSPMiddleware"],
        CONTENT_SECURITY_POLICY={"DIRECTIVES": {"default-src": ["'self'"], "img-src": ["'self'", "data:"]}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "DIRS": [HERE / "templates"],
                    "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.template.context_processors.i18n", "linli.design.context.nav"]}}],
        LANGUAGE_CODE="zh-hans", LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")], TIME_ZONE="Asia/Shanghai", USE_TZ=True, STATIC_URL="/static/",
    )  # fmt: skip
    django.setup()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def main(folder: Path, only: list[str]) -> None:
    configure()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from playwright.sync_api import sync_playwright

    from tests.design.gallery.urls import PAGES

    server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder.mkdir(parents=True, exist_ok=True)
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for name in only or PAGES:
            for label, width, height, scheme in SHOTS:
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
                )
                page.on("console", lambda message: print("  console:", message.text))
                page.on(
                    "response",
                    lambda answer: answer.status >= 400 and print("  ", answer.status, answer.url),
                )
                page.goto(f"http://127.0.0.1:{server.server_port}/{name}/")
                page.wait_for_load_state("networkidle")
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                print(name, label, "OVERFLOW" if wide > 0 else "", wide if wide > 0 else "")
                page.screenshot(path=str(folder / f"{name}-{label}.png"), full_page=True)
                if name == "print" and label == "1280":
                    page.pdf(path=str(folder / "print.pdf"), prefer_css_page_size=True)
                page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
