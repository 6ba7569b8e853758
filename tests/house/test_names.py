"""Names and sizes: domain nouns, and files that can be read in one go."""

from pathlib import Path

import pytest

from tests.house.source import PROGRAM, ROOT, ours

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}
LONGEST = 440  # "about 400": split by meaning before this


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_there_is_a_program_to_look_at() -> None:
    assert len(ours(".py")) > 60


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    named = [path for path in PROGRAM.rglob("*") if path.stem.lower() in EMPTY_NAMES]
    assert named == []


@pytest.mark.parametrize("suffix", [".py", ".js", ".css", ".html"])
def test_files_stay_short(suffix: str) -> None:
    long = {str(p.relative_to(ROOT)): lines(p) for p in ours(suffix) if lines(p) > LONGEST}
    assert long == {}
