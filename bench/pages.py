"""Officers' and residents' pages with the demo: a page's own bytes, and how long the server renders.

    python -m bench.pages [--kind sqlite] [--kind postgresql]

Makes the demo in a home of its own (and says how long that took), then asks for every page through
Django's handler in this process, signed in, each some forty times in turn: what is timed is what
the server does for a page, without the network. Bytes are counted as a browser fetches them the
first time: the page and every style sheet, script and picture of ours that it names, gzipped.
Goals: 150 kB an officer's page, 100 kB a public one, p95 under 60 ms.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import statistics
import subprocess
import sys
import time
from typing import Any

from bench import world
from bench.api import facts

TIMES = 40
OURS = re.compile(r"""(?:href|src)="(/static/[^"#?]+)""")
IMPORTED = re.compile(r"""(?:from\s+|import\s+|import\()["'](\.{1,2}/[^"']+)["']""")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kind", action="append", choices=["sqlite", "postgresql"])
    chosen = options.parse_args()
    print(facts())
    for kind in chosen.kind or ["sqlite", "postgresql"]:
        place = world.empty(kind, "linli_pages")
        began = time.monotonic()
        place.python("-m", "linli.cli", "demo", "--no-serve")
        print(f"\n{kind}: the demo made in {time.monotonic() - began:.1f} s (goal 20 s)")
        inside = [sys.executable, "-m", "bench.pages_inside"]
        done = subprocess.run(inside, env=place.env, cwd=world.ROOT, check=False)
        world.end(place)
        if done.returncode:
            raise SystemExit(done.returncode)


def measure() -> None:
    """In the world's own process: all pages in turn."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django

    django.setup()
    from django.test import Client

    from linli.org.models import Staff

    officer, nobody = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    officer.force_login(
        Staff.objects.get(username="lijianguo"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    print(f"{'page':34}{'p50 ms':>8}{'p95 ms':>8}{'queries':>9}{'page kB':>9}{'all kB':>8}")
    for name, path in _pages():
        client = nobody if name.startswith("public") else officer
        _report(name, client, path)


def _pages() -> list[tuple[str, str]]:
    from linli.ledger.entries.models import Entry
    from linli.org.models import Staff, Unit

    officer = Staff.objects.get(username="lijianguo")
    room = Unit.objects.get(postings__staff=officer, kind="room")
    entry = Entry.objects.filter(room=room.pk, ledger="incidents").order_by("-received_at")[0]
    return [
        ("desk", "/desk/"),
        ("list of incidents", "/ledgers/incidents/"),
        ("list of visits, open", "/ledgers/visits/?state=open"),
        ("record a visit", "/ledgers/visits/new/"),
        ("record an incident", "/ledgers/incidents/new/"),
        ("an entry", f"/entries/{entry.id}/"),
        ("find two characters", "/find/?q=%E7%94%B5%E5%8A%A8"),
        ("work log", "/worklog/"),
        ("public: room", f"/r/{room.code}/"),
        ("public: report", f"/r/{room.code}/report/"),
        ("public: receipt", "/receipt/"),
    ]


def _report(name: str, client: Any, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path)
    queries = len(asked)  # the next request begins a new log
    if page.status_code != 200:
        raise SystemExit(f"{name}: {path} answers {page.status_code}")
    took = []
    for _time in range(TIMES):
        began = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    html = page.content
    own = len(gzip.compress(html, 6))
    total = own + sum(_gzipped(url) for url in _loaded(html.decode()))
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"{name:34}{statistics.median(took):8.1f}{p95:8.1f}{queries:9}"
        f"{own / 1000:9.1f}{total / 1000:8.1f}"
    )


def _loaded(html: str) -> set[str]:
    """Our files that the page names, and the modules those import."""
    waiting, found = set(OURS.findall(html)), set()
    while waiting:
        url = waiting.pop()
        found.add(url)
        if url.endswith(".js"):
            folder = url.rsplit("/", 1)[0]
            for name in IMPORTED.findall(_content(url).decode("utf-8", "replace")):
                waiting.add(os.path.normpath(f"{folder}/{name}"))
        waiting -= found
    return found


def _content(url: str) -> bytes:
    from django.contrib.staticfiles import finders

    name = url.removeprefix("/static/")
    path = finders.find(name) or finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name))
    if path is None:
        raise SystemExit(f"no file is behind {url}")
    with open(path, "rb") as file:  # noqa: PTH123 - a path as finders give it
        return file.read()


def _gzipped(url: str) -> int:
    data = _content(url)
    return len(data) if url.endswith((".png", ".woff2")) else len(gzip.compress(data, 6))


if __name__ == "__main__":
    main()
