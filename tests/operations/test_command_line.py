"""The command line: one clear line for what may be expected, never a traceback."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from linli import cli
from linli.history.models import ReadLog
from tests.cast import Cast, record

COMMANDS = (
    "serve", "worker", "migrate", "backup", "restore", "check", "ledgers list", "ledgers add", "audit verify",
    "audit counts", "export", "units load", "admin create", "token create", "import", "demo",
)  # fmt: skip


def linli(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("LINLI_DATABASE_URL", "LANGUAGE")}
    return subprocess.run(
        [sys.executable, "-m", "linli.cli", *arguments],
        env=clean | {"LINLI_HOME": str(home), "LANG": "en_US.UTF-8"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0
    assert "usage: linli" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_it_speaks_the_language_of_the_terminal(environment: dict[str, str], language: str) -> None:
    assert cli.language(environment) == language


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (("check",), {"LINLI_DATABASE_URL": "oracle://x"}, "LINLI_DATABASE_URL"),
        (("audit", "verify"), {}, "linli migrate"),
        (("restore", "/nowhere/x.backup", "--passphrase-file", "/nowhere/p"), {}, "no such file"),
        (("backup",), {}, "keyring is missing"),
        (
            ("audit", "verify"),
            {"LINLI_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
            "database cannot be used",
        ),
    ],
)
def test_expected_troubles_are_one_clear_line(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    if arguments == ("backup",):
        (tmp_path / "p").write_text("correct horse battery\n")
        arguments = ("backup", "--passphrase-file", str(tmp_path / "p"))
    run = linli(*arguments, home=tmp_path / "home", **environment)
    assert run.returncode == 2, run.stderr
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_ledgers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(cli.parser().parse_args(["ledgers", "list"])) == 0
    out = capsys.readouterr().out
    assert "incidents" in out
    assert "visits" in out
    assert re.search(r"declared in \d\d+ lines of linli.visits.ledger", out)


def test_verification_says_how_much_it_looked_at(
    people: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(cli.parser().parse_args(["audit", "verify"])) == 0
    assert re.search(r"\d+ steps in \d+ chains verified, 0 findings", capsys.readouterr().out)
    arguments = ["audit", "verify", "--room", "nowhere"]
    assert cli.run(cli.parser().parse_args(arguments)) == 2


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_an_export_is_masked_harmless_and_logged(people: Cast, tmp_path: Path, suffix: str) -> None:
    record("visits", people.li, people.room, place="=cmd|' /C calc'!A0")
    record("visits", people.neighbour, people.next_room, place="隔壁")
    out = tmp_path / f"visits.{suffix}"
    arguments = ["export", "visits", "--room", people.room.code, "--out", str(out)]
    assert cli.run(cli.parser().parse_args(arguments)) == 0
    text = out.read_text("utf-8-sig")
    assert "13800001234" not in text
    assert "张小花" not in text
    assert "隔壁" not in text
    if suffix == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert any("'=cmd" in cell for row in rows for cell in row.values())
    else:
        rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 5
    logged = ReadLog.objects.get(kind="export")
    assert (logged.room, logged.count) == (people.room.pk, 5)


def test_serve_starts_both_starts_a_dead_worker_again_and_ends_both(tmp_path: Path) -> None:
    home, port = tmp_path / "home", _free_port()
    clean = {k: v for k, v in os.environ.items() if k not in ("LINLI_DATABASE_URL", "LANGUAGE")}
    server = subprocess.Popen(
        [sys.executable, "-m", "linli.cli", "serve", "--port", str(port)],
        env=clean | {"LINLI_HOME": str(home), "LANG": "en_US.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert _eventually(lambda: _get(port, "/readyz")["ready"] is True)
        assert (home / "keyring.json").stat().st_mode & 0o077 == 0
        first = _eventually(lambda: _worker(home))
        os.kill(first, signal.SIGKILL)
        assert _eventually(lambda: _worker(home) != first)
        refused = linli("restore", str(home / "keyring.json"), home=home, LINLI_TEST="1")
        assert refused.returncode == 2
    finally:
        server.send_signal(signal.SIGINT)
        out, _nothing = server.communicate(timeout=180)
    assert server.returncode == 0, out
    assert "Linli answers at" in out
    assert "no copy of the keyring" in out
    assert not Path(f"/proc/{_worker(home)}").exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_port_in_use_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = linli("serve", "--port", port, "--no-migrate", home=tmp_path / "home")
    assert run.returncode == 2
    assert f"Port {port} is in use" in run.stderr
    assert "Traceback" not in run.stderr


def _worker(home: Path) -> int:
    return int(json.loads((home / "worker.beat").read_text())["pid"])


def _get(port: int, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return dict(json.loads(answer.read()))


def _eventually(ask: object, seconds: float = 180) -> int:
    """Ask until the answer is true; what cannot be asked yet is asked again."""
    until = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():  # type: ignore[operator]
                return answer
        except (OSError, ValueError, KeyError):
            pass
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
