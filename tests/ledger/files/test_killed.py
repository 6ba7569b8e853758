"""Power cuts between content and row: what was acknowledged is there, what is left over goes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from linli.ledger.files import reading, storage
from linli.ledger.files.models import Attachment
from linli.ledger.retention import uploads
from linli.org import tree
from tests.cast import Cast, cast
from tests.ledger.test_hammer import all_gone, database_url

KILLS = 8


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return cast()


def killed_after(people: Cast, seconds: float) -> set[str]:
    """Ids that a program acknowledged before it was killed."""
    district = tree.district_of(people.room.pk)
    environment = {
        **os.environ,
        "LINLI_HOME": str(settings.HOME),
        "LINLI_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    writer = subprocess.Popen(
        [
            sys.executable, "-m", "tests.ledger.files.upload_writer", str(people.room.pk),
            str(district), "3",
        ],
        env=environment, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read().decode()
    writer.wait()
    all_gone()
    lines = (first.decode() + rest).split("\n")
    return {line for line in lines if len(line) == 36}


@pytest.mark.slow
def test_what_was_acknowledged_is_whole_and_nothing_stays_over(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    acknowledged: set[str] = set()
    for _kill in range(KILLS):
        acknowledged |= killed_after(people, chance.uniform(0.05, 0.6))
    rows = {str(row.id): row for row in Attachment.objects.all()}
    assert len(acknowledged) > KILLS
    assert acknowledged <= rows.keys()
    for row in rows.values():  # also of those nobody heard of any more
        assert len(reading.whole(row)) == row.size
    monkeypatch.setattr(uploads, "_YOUNG", timedelta(seconds=-5))
    on_disk = {path.name for path in uploads._old_contents()}
    left_over = on_disk - {row.stored for row in rows.values()}
    assert uploads.sweep() == len(left_over)
    assert {path.name for path in uploads._old_contents()} == on_disk - left_over
    for row in rows.values():
        storage.drop(row.stored)
