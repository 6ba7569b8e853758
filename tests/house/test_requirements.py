"""What is installed is pinned and hashed, and names no package index."""

import re
import tomllib

import pytest

from tests.house.source import ROOT

FILES = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(path) -> None:
    text = path.read_text()
    pinned = re.findall(r"^([a-z0-9][\w.\-]*(?:\[[\w,\-]+\])?)==\S+ \\$", text, re.MULTILINE)
    named = re.findall(r"^([a-z0-9][\w.\-]*(?:\[[\w,\-]+\])?)\b.*$", text, re.MULTILINE)
    assert len(pinned) > 20
    assert pinned == named
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.splitlines()[0]:
            assert "--hash=sha256:" in block


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_address_of_an_index_is_written_down(path) -> None:
    assert not re.search(r"https?://|file://|--index-url|--find-links", path.read_text())


def test_every_package_we_ask_for_is_explained() -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    for name in ("base.in", "dev.in"):
        for line in (ROOT / "requirements" / name).read_text().splitlines():
            package = re.match(r"[\w\-.]+", line)
            if package and not line.startswith("-"):
                assert f"`{package.group().lower()}`" in explained, package.group()


def test_what_the_build_needs_is_among_the_requirements() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert [line.split(">")[0] for line in build] == ["flit_core"]
    assert "flit-core==" in (ROOT / "requirements" / "base.txt").read_text()
