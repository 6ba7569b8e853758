"""`make test`: the whole suite on SQLite, then on PostgreSQL, then a part of it on other days (see
other_days.py). Ends with pytest's own last line.

`make test DAY=2027-02-10` runs everything as if it were that day, and no other (see another_day).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE))

from tests import postgres  # noqa: E402
from tests.other_days import DAYS, PART  # noqa: E402


def main(which: list[str]) -> int:
    """Run what is asked for; 0 only when every run passed."""
    codes = [0]
    if day := os.environ.get("DAY"):
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
    if "days" in which and not day:
        for other in DAYS:
            say(f"that reckon with days, as if it were {other}")
            codes.append(pytest("days", {"DAY": other}, *PART))
    return max(codes)


def say(words: str) -> None:
    print(f"==== tests {words}", flush=True)


def pytest(name: str, environment: dict[str, str], *part: str) -> int:
    """One run of the suite, or a part of it, over two processes, with a home of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in ("LINLI_DATABASE_URL", "LINLI_HOME")}
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "--create-db"]
    with tempfile.TemporaryDirectory(prefix=f"linli-{name}-") as folder:
        clean |= {"TMPDIR": folder, "LINLI_HOME": f"{folder}/home"}
        return subprocess.run(
            [*command, *os.environ.get("PYTEST_ARGS", "").split(), *part],
            cwd=SOURCE,
            env={**clean, **environment},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["sqlite", "postgresql", "days"]))
