"""Before anything stands on the engine: many writers in one room, and power cuts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections

from linli.history.models import Head, Step, StepBody
from linli.ledger.acts.act import Done
from linli.ledger.entries.models import Entry, EntryPerson, Sealed, SearchText
from linli.ledger.verify import verify
from tests.cast import Cast, cast, do, record

WRITERS, EACH = 20, 15
KILLS = 20


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return cast()


def wrong(people: Cast) -> list[str]:
    return [finding.message for finding in verify([people.room.pk]) if finding.wrong]


def serials_are_whole(people: Cast) -> None:
    numbers = Entry.objects.filter(room=people.room.pk, ledger="visits").values_list(
        "serial_no", flat=True
    )
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_twenty_writers_in_one_room(people: Cast) -> None:
    """Serials without gap or double, the chain unbroken, every entry whole."""
    problems: list[BaseException] = []
    done: list[Done] = []

    def write() -> None:
        try:
            for number in range(EACH):
                one = record("visits", people.li, people.room, visitors=[{"name": "张三"}])
                done.append(one)
                if number % 3 == 0:
                    do("visits", "handle", people.li, one.entry, result="已办")
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write) for _writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not problems, problems[:3]
    assert len(done) == WRITERS * EACH
    serials_are_whole(people)
    assert wrong(people) == []


def database_url() -> str:
    chosen = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{chosen['NAME']}"
    return f"postgresql://{chosen['USER']}@{chosen['HOST']}:{chosen['PORT']}/{chosen['NAME']}"


def all_gone() -> None:
    """Nobody else is in the database any more.

    PostgreSQL ends the transaction of a killed program a moment later, or commits what was sent:
    until then what is counted in two statements may differ.
    """
    if connection.vendor != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s AND backend_type = 'client backend'"
    until = time.monotonic() + 120
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            cursor.execute(others, [cursor.fetchone()[0]])
            if cursor.fetchone()[0] == 0:
                return
        assert time.monotonic() < until, "a killed program is still in the database"
        time.sleep(0.02)


def killed_while_writing(people: Cast, out: Path, seconds: float) -> None:
    environment = {
        **os.environ,
        "LINLI_HOME": str(settings.HOME),
        "LINLI_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    arguments = [str(people.room.pk), str(people.branch.pk), str(people.li.pk), "4"]
    with out.open("ab") as file:
        before = file.tell()
        program = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("hammer_writer.py")), *arguments],
            stdout=file, env=environment,
        )  # fmt: skip
        deadline = time.monotonic() + 180
        while out.stat().st_size == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(seconds)
        program.send_signal(signal.SIGKILL)
        program.wait()


@pytest.mark.slow
def test_killed_twenty_times_under_load(people: Cast, tmp_path: Path) -> None:
    """Every acknowledged entry is there, none is half, serials have no gap, the chain holds."""
    out = tmp_path / "acknowledged"
    out.touch()
    chance = random.Random(20261121)
    for _kill in range(KILLS):
        killed_while_writing(people, out, chance.uniform(0.02, 0.3))
    all_gone()
    lines = [line.split() for line in out.read_text().splitlines() if line.count(" ") == 1]
    assert len(lines) > KILLS
    entries = dict(Entry.objects.filter(room=people.room.pk).values_list("id", "serial_no"))
    for id, serial in lines:
        assert entries[UUID(id)] == int(serial)
    serials_are_whole(people)
    for model in (EntryPerson, Sealed, SearchText):
        assert model.objects.filter(room=people.room.pk).count() == len(entries)
    assert StepBody.objects.count() == Step.objects.count()
    head = Head.objects.get(room=people.room.pk)
    assert head.seq == Step.objects.filter(room=people.room.pk).count()
    assert wrong(people) == []
