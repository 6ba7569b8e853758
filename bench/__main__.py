"""`make bench`: every benchmark, one after the other; each also runs alone (`python -m bench.api`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Parts of benchmarks, not benchmarks: they need arguments or a server.
PARTS = {
    "__init__", "__main__", "bare", "bare_settings", "lists_fill", "load", "pages_inside", "world",
}  # fmt: skip


def main() -> int:
    """Run all; 0 only when every one ran (a goal that was missed is printed, not a failure)."""
    here = Path(__file__).parent
    worst = 0
    for path in sorted(here.glob("*.py")):
        if path.stem not in PARTS:
            print(f"==== bench.{path.stem}", flush=True)
            run = subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], check=False)
            worst = max(worst, abs(run.returncode))
    return worst


if __name__ == "__main__":
    sys.exit(main())
