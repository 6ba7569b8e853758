"""The program has one clock: whoever asks another one is found here, or allowed with a reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, ours

# What tells the time of day, in the languages that the program is written in.
PYTHON = (
    r"\bdatetime\.(?:now|utcnow|today)\(", r"\bdate\.today\(", r"\btime\.(?:time|time_ns|localtime|gmtime|ctime)\(",
    r"\btimezone\.(?:now|localdate|localtime)\b", r"\bauto_now(?:_add)?\b", r"\bNow\(\)", r"\bdb_default\b",
    r"\bst_[amc]time", r"\bget[amc]time\(", r"\bfromtimestamp\([^,()]*\)", r"\buuid(?:1|6|7)\(",
    r"\bfrom time import .*\b(?:time|time_ns|localtime|gmtime)\b", r"\btimezone import .*\bnow\b",
    r"(?i:\bcurrent_(?:timestamp|date|time)\b)",
    r"(?i:['\"][^'\"]*(?<![.\w])now\(\)[^'\"]*['\"])",
    r"(?i:\b(?:select|where|values|interval)\b.*(?<![.\w])now\(\))",
    r"(?i:\b(?:clock|statement|transaction)_timestamp\()", r"(?i:\b(?:datetime|date|julianday|unixepoch)\('now')",
    r"(?i:strftime\([^)]*'now')",
)  # fmt: skip
SCRIPT = (r"\bDate\.now\(", r"\bnew Date\(\)", r"\bnew Date\b(?!\()", r"(?<!new )\bDate\(\)")
TEMPLATE = (r"\{%\s*now\b", r"\|\s*(?:timesince|timeuntil|naturaltime|naturalday)\b")
KINDS = {".py": PYTHON, ".js": SCRIPT, ".html": TEMPLATE + SCRIPT}

ALLOWED = {
    ("linli/ground/clock.py", "datetime.now("): "it is the clock",
    ("linli/ground/ids.py", "uuid7("): (
        "an id is made to be unique and to grow, also while the clock stands still; nobody reads a"
        " date from it"
    ),
    ("linli/ground/keyring.py", "st_mtime"): "has the file changed since it was read; not a date",
    ("linli/operations/preparing.py", "st_mtime"): "which of two files is newer",
    ("linli/operations/checks.py", "st_mtime"): "which of two files is newer",
    ("linli/ledger/runs/kept_files.py", "st_mtime"): "against clock.machine_time",
    ("linli/ledger/retention/uploads.py", "st_mtime"): "against clock.machine_time",
    ("linli/ledger/printing/word/template_in_use.py", "st_mtime"): (
        "shown: when somebody laid the file there, as the file system says"
    ),
    ("linli/access/signin.py", "time.time("): "allauth dates a sign-in so",
    ("linli/demo/commands.py", "time.time("): "six digits are made of the machine's clock (RFC 6238)",
    ("linli/ledger/static/ledger/expressions.js", "Date.now("): (
        "counts on from the moment that the server brought with the page"
    ),
    ("linli/design/static/design/js/draft.js", "new Date()"): (
        "the hour of the last save, told to the one whose clock it is"
    ),
    ("linli/ledger/static/ledger/files.js", "new Date()"): "the name of a pasted picture",
}  # fmt: skip


def asked(path: Path, text: str) -> Iterator[tuple[str, int]]:
    """What asks for the time in a file's text, with the number of the line."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in KINDS[path.suffix]:
            for found in re.finditer(pattern, line):
                yield found[0], number


@pytest.fixture(scope="module")
def everywhere() -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for path in ours(*KINDS):
        for what, line in asked(path, path.read_text("utf-8")):
            found.setdefault((path.relative_to(ROOT).as_posix(), what), []).append(line)
    return found


def test_nobody_asks_another_clock(everywhere: dict[tuple[str, str], list[int]]) -> None:
    assert {where: lines for where, lines in everywhere.items() if where not in ALLOWED} == {}


def test_what_is_allowed_is_still_there(everywhere: dict[tuple[str, str], list[int]]) -> None:
    assert {where for where in ALLOWED if where not in everywhere} == set()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.py", "at = datetime.now(UTC)"), ("a.py", "day = date.today()"), ("a.py", "x = time.time() - 3"),
        ("a.py", "at = timezone.now()"), ("a.py", "default=timezone.now)"), ("a.py", "models.DateField(auto_now=True)"),
        ("a.py", "filter(at__lt=Now())"), ("a.py", '"WHERE at < now() - interval"'), ("a.py", "SELECT current_timestamp"),
        ("a.py", "DATETIME('now', '-1 day')"), ("a.py", "path.stat().st_mtime_ns"), ("a.py", "datetime.fromtimestamp(x)"),
        ("a.py", "os.path.getmtime(path)"), ("a.py", "made = uuid7()"), ("a.py", "from time import time"),
        ("a.js", "const a = Date.now();"), ("a.js", "new Date().getDay()"),
        ("a.html", '{% now "Y" %}'), ("a.html", "{{ at|timesince }}"),
    ],
)  # fmt: skip
def test_each_kind_of_clock_is_found(name: str, line: str) -> None:
    assert list(asked(Path(name), line))


@pytest.mark.parametrize(
    "line",
    [
        "at = clock.now()", "day = clock.today()", "held_now()", "time.monotonic()", "time(8, 30)",
        "datetime.fromtimestamp(held / 1000, UTC)", "datetime.combine(day, time(), SHANGHAI)", "at = now()",
    ],
)  # fmt: skip
def test_the_one_clock_may_be_asked(line: str) -> None:
    assert not list(asked(Path("a.py"), line))


STARTS = """
import os, subprocess, sys
from tests import another_day
another_day.begin()
from linli.ground import clock
print(clock.today(), flush=True)
own = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
subprocess.run([sys.executable, "-c", "from linli.ground import clock; print(clock.today())"], env=own)
"""


def test_what_a_test_of_another_day_starts_lives_on_that_day() -> None:
    kept = {k: v for k, v in os.environ.items() if k not in ("TESTS_CLOCK_AHEAD", "PYTHONPATH")}
    ran = subprocess.run(
        [sys.executable, "-c", STARTS], env=kept | {"DAY": "2031-01-01T12:00"}, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["2031-01-01", "2031-01-01"]


def test_no_setting_of_the_program_moves_its_clock() -> None:
    asks = "from linli.ground import clock; print(clock._ahead)"
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    told = kept | {"DAY": "2031-01-01", "TESTS_CLOCK_AHEAD": "86400"}
    ran = subprocess.run(
        [sys.executable, "-c", asks], env=told, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "0:00:00"
