"""A backup put back into an empty home, by the commands alone: what a new machine does."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.operations.test_command_line import linli


def test_an_empty_home_takes_a_backup_and_is_in_order(tmp_path: Path) -> None:
    old, new, disk = tmp_path / "old", tmp_path / "new", tmp_path / "disk"
    words = tmp_path / "words"
    words.write_text("correct horse battery\n")
    secret = ("--passphrase-file", str(words))
    assert linli("migrate", home=old).returncode == 0
    assert linli("units", "load", home=old).returncode == 0
    made = linli("backup", "--to", str(disk), *secret, home=old)
    assert made.returncode == 0, made.stderr
    [file] = disk.iterdir()
    shutil.rmtree(old)

    put_back = linli("restore", str(file), *secret, home=new)
    assert put_back.returncode == 0, put_back.stderr
    assert "whole" in put_back.stdout
    assert list(new.glob("before-restore-*")) == []
    assert {"keyring.json", "linli.sqlite3", "heads"} <= {path.name for path in new.iterdir()}
    verified = linli("audit", "verify", home=new)
    assert "0 findings" in verified.stdout
    checked = linli("check", "--quiet", home=new)
    assert checked.returncode == 1, checked.stdout
    assert "copy of the keyring" not in checked.stdout
    again = linli("restore", str(file), *secret, home=new)
    assert again.returncode == 2
    assert "--replace" in again.stderr
