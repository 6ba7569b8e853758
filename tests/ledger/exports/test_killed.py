"""The process of an export is killed: nothing of it can be fetched, and it is begun again."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.exports import asking, running
from linli.ledger.exports.models import Status
from linli.ledger.exports.sealed_files import KEPT
from linli.ledger.reading.lists import Filters
from linli.ledger.runs.claiming import is_silent, take_over
from linli.ledger.runs.kept_files import folder, remove
from tests.cast import Cast, actor, cast, record
from tests.ledger.test_hammer import all_gone, database_url


@pytest.fixture
def people(transactional_db: None) -> Cast:
    for path in folder(KEPT).iterdir():
        remove(KEPT, path.stem)
    return cast()


def killed(run: str) -> int:
    """The exit code of a program that was killed while it made this export."""
    environment = {
        **os.environ,
        "LINLI_HOME": str(settings.HOME),
        "LINLI_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.exports.killed_export", run],
        env=environment, check=False, timeout=120,
    )  # fmt: skip
    all_gone()
    return done.returncode


def test_a_killed_export_is_begun_again(people: Cast) -> None:
    record("visits", people.li, people.room, place="梅苑路")
    li = actor(people.li)
    run = asking.ask(actor=li, ledger=registry.get("visits"), filters=Filters(), form="csv")
    assert killed(str(run.pk)) == -9
    run.refresh_from_db()
    assert run.status == Status.RUNNING and not running.may_fetch(run, li)
    left = {path.suffix for path in folder(KEPT).iterdir()}
    assert left == {".part", ".work"}
    with clock.fixed(clock.now() + timedelta(minutes=2)):
        assert is_silent(run) and take_over(run)
    running.carry_on(run.pk)
    run.refresh_from_db()
    assert run.status == Status.DONE
    assert [path.name for path in folder(KEPT).iterdir()] == [run.stored]
    _name, _media, pieces = running.fetch(run, li)
    assert "梅苑路" in b"".join(pieces).decode()
