"""Nothing but the program's clock knows what day it is."""

from __future__ import annotations

import re

import pytest

from tests.house.source import ROOT, ours

DIRECT = re.compile(
    r"datetime\.(?:now|today|utcnow)\(|date\.today\(|timezone\.(?:now|localtime|localdate)\("
    r"|\btime\.(?:time|localtime|gmtime)\(|auto_now|fromtimestamp\(path|\.st_mtime\b(?!_ns)"
)
# Who may ask the machine itself, and why.
ALLOWED = {
    "linli/ground/clock.py": "it is the clock",
    "linli/access/signin.py": "compares with what the library of sign-in wrote by the machine's clock",
    "linli/demo/commands.py": "how long the six digits hold is agreed with a telephone",
    "linli/operations/checks.py": "whether one file is newer than another",
    "linli/operations/preparing.py": "whether one file is newer than another",
}


@pytest.mark.parametrize("path", ours(".py"), ids=str)
def test_who_wants_to_know_the_day_asks_the_clock(path) -> None:
    name = str(path.relative_to(ROOT))
    found = [] if name in ALLOWED else DIRECT.findall(path.read_text("utf-8"))
    assert found == [], f"{name}: ask linli.ground.clock"
