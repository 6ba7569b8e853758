"""A home of its own, with heads, for whatever keeps or replaces it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from linli.history import heads
from linli.operations.passphrases import Secret, passphrase
from tests.cast import Cast, cast, record


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def people(transactional_db: None, home: Path) -> Iterator[Cast]:
    """The cast with four visits; the heads of other tests are out of the way."""
    heads.log_path().unlink(missing_ok=True)
    people = cast()
    for number in range(4):
        person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
        record("visits", people.li, people.room, place=f"梅苑路 {number} 号", visitors=[person])
    yield people
    heads.log_path().unlink(missing_ok=True)
    for folder in home.glob("before-restore-*"):
        shutil.rmtree(folder)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Secret:
    """A passphrase that costs no quarter of a second in every test."""
    monkeypatch.setattr("linli.operations.sealed_stream.SCRYPT", {"n": 2**10, "r": 8, "p": 1})
    return passphrase("correct horse battery", new=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path / "another disk"
