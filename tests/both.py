"""`make test`: the whole suite on SQLite, then on PostgreSQL; then what depends on the day, on other
days. Ends with pytest's own last line.

With a day (`make test DAY=2027-02-10`) everything is run as if it were that day, and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE))

from linli.ground.clock import REHEARSAL  # noqa: E402
from tests import postgres  # noqa: E402

# The end of a year, a leap day, a Sunday of a year whose holidays nobody has announced.
OTHER_DAYS = ("2026-12-31", "2028-02-29", "2031-06-01")
# What reckons with days: rules, deadlines, logs, hours, imports without a year.
BY_THE_DAY = (
    "tests/ground", "tests/access", "tests/duty", "tests/disputes", "tests/home_watch",
    "tests/meetings", "tests/care_visits", "tests/test_reactions.py", "tests/publicsite",
    "tests/ledger/test_recording.py", "tests/ledger/test_escalation.py",
    "tests/ledger/retention", "tests/desk/test_recording.py", "tests/desk/test_seeing.py",
)  # fmt: skip


def main(which: list[str]) -> int:
    """Run on the databases asked for (both); 0 only when every run passed."""
    codes = []
    day = os.environ.get("DAY", "")
    if day:
        say(f"as if it were {day}")
    if "sqlite" in which:
        say("on SQLite")
        codes.append(pytest("sqlite", {}))
    if "postgresql" in which:
        with postgres.server() as (url, where):
            if url is None:
                say(f"NOT RUN on PostgreSQL: {where}")
                codes.append(1 if os.environ.get("CI") == "true" else 0)
            else:
                say(f"on PostgreSQL ({where})")
                suffix = os.environ.get("LINLI_TEST_DB_SUFFIX", f"_{os.getpid()}")
                codes.append(
                    pytest(
                        "postgresql", {"LINLI_DATABASE_URL": url, "LINLI_TEST_DB_SUFFIX": suffix}
                    )
                )
    if len(which) == 2 and not day:
        for other in OTHER_DAYS:
            say(f"of what reckons with days, as if it were {other}")
            codes.append(pytest("day", {REHEARSAL: other}, BY_THE_DAY))
    return max(codes)


def say(words: str) -> None:
    print(f"==== tests {words}", flush=True)


def pytest(name: str, environment: dict[str, str], of: Sequence[str] = ()) -> int:
    """One run of the suite (or a part `of` it) over two processes, with a home of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in ("LINLI_DATABASE_URL", "LINLI_HOME")}
    if day := os.environ.get("DAY"):
        clean[REHEARSAL] = day
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "--create-db"]
    with tempfile.TemporaryDirectory(prefix=f"linli-{name}-") as folder:
        clean |= {"TMPDIR": folder, "LINLI_HOME": f"{folder}/home"}
        return subprocess.run(
            [*command, *of, *os.environ.get("PYTEST_ARGS", "").split()],
            cwd=SOURCE,
            env={**clean, **environment},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["sqlite", "postgresql"]))
