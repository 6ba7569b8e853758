"""Lists and search over 10,000 and 1,000,000 entries, on PostgreSQL.

    python -m bench.lists [--rows 10000,1000000] [--keep]

Entries, their search words and their rooms are made by the database from some hundred templates
that the engine's own code has cut into words: equal in shape to recorded ones, without their steps.
A list of 50 is measured by the API's own application in one process against the same rows by raw
SQL on the same connection; a search through the web server by one client at a time.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bench import load, world
from bench.api import facts
from bench.load import Request

RARE, COMMON = "龙舟", "漏水"
RARE_EVERY = 20_000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", default="10000,1000000")
    options.add_argument("--keep", action="store_true", help="do not drop the database")
    chosen = options.parse_args()
    print(facts())
    for rows in (int(text) for text in chosen.rows.split(",")):
        place = world.make("postgresql", f"linli_lists_{rows}")
        began = time.monotonic()
        place.python("-m", "bench.lists_fill", str(rows))
        print(f"\n{rows:,} entries made in {time.monotonic() - began:.0f} s", flush=True)
        token = next(o["token"] for o in place.officers)
        chief = place.python("-m", "bench.lists_fill", "token").strip()
        done = subprocess.run(
            [sys.executable, "-m", "bench.lists", "inside", token, chief],
            env=place.env,
            cwd=world.ROOT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.returncode)
        _find(place, {"room": token, "district": chief})
        if not chosen.keep:
            world.end(place)


def _find(place: world.World, tokens: dict[str, str]) -> None:
    """Search through the server by one client; latencies in milliseconds."""
    with load.serving(place, "linli.wsgi:application") as port:
        for who, token in tokens.items():
            for name, words in (("rare", RARE), ("common", COMMON), ("pinyin", "loushui")):
                one = [Request("GET", f"/api/v1/find?q={quote(words)}&size=50", token)]
                load.run(port, one, clients=1, seconds=1)
                found = load.run(port, one, clients=1, seconds=4)
                print(
                    f"find {name:8} {who:9} p50 {found.p50:6.1f} ms  p95 {found.p95:6.1f} ms"
                    f"  errors {found.errors}",
                    flush=True,
                )


def inside(officer: str, chief: str) -> None:
    """In one process: the API's list against raw SQL."""
    from linli.wsgi import application

    def call(path: str, token: str, query: str = "") -> Any:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "HTTP_AUTHORIZATION": f"Bearer {token}",
        }
        status: list[str] = []
        answer = application(environ, lambda said, headers: status.append(said))
        body = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        if not status[0].startswith("200"):
            raise SystemExit(f"{path}: {status[0]} {body.decode()}")
        return json.loads(body)

    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    from linli.access.tokens import actor_for_token
    from linli.ledger.entries.models import Entry

    columns = ", ".join(field.column for field in Entry._meta.concrete_fields)
    path = "/api/v1/ledgers/visits/entries"
    for who, token in (("room", officer), ("district", chief)):
        actor = actor_for_token(token)
        assert actor is not None
        reach = actor.reach("read", "visits")
        where = "district = %s AND room = %s" if reach.rooms else "district = %s"
        values = [*(reach.districts or reach.whole), *reach.rooms]
        sql = (
            f"SELECT {columns} FROM ledger_entry WHERE {where} AND ledger = 'visits'"
            " ORDER BY received_at DESC, id DESC LIMIT 50"
        )

        def raw(sql: str = sql, values: list[Any] = values) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                cursor.fetchall()

        def ours(token: str = token) -> None:
            call(path, token)

        page = call(path, token)
        deep = page["next"].partition("?")[2]
        floor, first = _median(raw), _median(ours)
        second = _median(lambda token=token, deep=deep: call(path, token, deep))  # type: ignore[misc]
        reset_queries()
        with CaptureQueriesContext(connection) as asked:
            ours()
        print(
            f"list {who:9} raw {floor:5.2f} ms  ours {first:5.2f} ms  ratio {first / floor:4.1f}"
            f"  next page {second:5.2f} ms  queries {len(asked)}",
            flush=True,
        )


def _median(run: Callable[[], None], times: int = 200) -> float:
    for _warm in range(10):
        run()
    took = []
    for _time in range(times):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


if __name__ == "__main__":
    random.seed(1)
    if sys.argv[1:2] == ["inside"]:
        inside(*sys.argv[2:4])
    else:
        main()
