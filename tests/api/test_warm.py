"""A web process is ready when it says so: no first request waits for what could be loaded before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cast import Cast

Calls = Callable[..., Any]

READY = """
import gc, sys
import linli.wsgi
loaded = set(sys.modules)
from linli.ground import words
assert {"linli.urls", "linli.api.urls", "linli.desk.urls"} <= loaded, loaded
assert words._table.cache_info().currsize == 1
assert words._told_readings.cache_info().currsize == 1
assert gc.get_freeze_count() > 50_000, gc.get_freeze_count()
"""


def test_the_web_process_has_loaded_what_requests_need(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "LINLI_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", READY], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_short_way_says_how_long_its_answer_is(people: Cast, calls: Calls) -> None:
    for path in ("/nothing", "/ledgers/visits/entries"):
        answer = calls(people.li).get(path)
        assert int(answer.headers["Content-Length"]) == len(answer.text) > 0
