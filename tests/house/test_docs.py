"""What the documents say can be done, can be done."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from linli import cli
from tests.house.source import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
ENTERED = re.compile(r"^(?:\.venv/bin/)?(?P<what>linli|make) (?P<rest>[^#\n]*)", re.MULTILINE)


def commands(path: Path) -> list[tuple[str, list[str]]]:
    """Every `linli ...` and `make ...` in the shell blocks of a document."""
    blocks = re.findall(r"```sh\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    return [
        (found["what"], shlex.split(re.sub(r"\[.*?\]|\.\.\.", "", found["rest"])))
        for block in blocks
        for found in ENTERED.finditer(block)
    ]


def test_the_readmes_say_the_same() -> None:
    def both(path: Path) -> list[tuple[str, list[str]]]:
        return [(what, words[:2]) for what, words in commands(path)]

    assert both(ROOT / "README.md") == both(ROOT / "README.zh.md")
    assert len(both(ROOT / "README.md")) >= 8


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_is_understood(path: Path) -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for what, words in commands(path):
        if what == "make":
            assert words[0] in targets, words
        else:
            given = words if words[-1] != "--passphrase-file" else [*words, "x"]
            cli.parser().parse_args(given)


@pytest.mark.parametrize(
    "path", [*DOCUMENTS, *sorted((ROOT / "deploy").glob("*.md"))], ids=lambda p: p.name
)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8")):
        if not target.endswith(".png"):
            assert (path.parent / target).exists(), target


def test_what_the_readme_says_for_use_works_on_a_new_installation(tmp_path: Path) -> None:
    """The block "Use it", line by line, up to the server; then check finds only warnings it may."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "LANGUAGE"))}
    environment = clean | {"LINLI_HOME": str(tmp_path / "home"), "LANG": "en_US.UTF-8"}
    words = tmp_path / "words"
    words.write_text("correct horse battery\n")
    extra = {
        "admin": ["--password-stdin"],
        "backup": ["--passphrase-file", str(words)],
        "check": ["--quiet"],
    }
    ran = []
    for what, arguments in commands(ROOT / "README.md"):
        if what != "linli" or arguments[0] == "serve":
            continue
        if arguments[0] == "backup":
            arguments = ["backup", "--to", str(tmp_path / "other-disk")]
        run = subprocess.run(
            [sys.executable, "-m", "linli.cli", *arguments, *extra.get(arguments[0], [])],
            env=environment, cwd=ROOT, input="a password for tests 9\n",
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert "Traceback" not in run.stderr
        # before its first backup an installation is not in order, and check says so
        assert run.returncode == (2 if arguments[0] == "check" else 0), (
            arguments,
            run.stdout,
            run.stderr,
        )
        ran.append(arguments[0])
    assert ran == ["migrate", "units", "admin", "check", "backup"]
