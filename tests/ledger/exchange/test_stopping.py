"""Stopped in the middle, run twice, undone: nothing is lost and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from linli.cli import main
from linli.ground import clock
from linli.ledger.acts import bulk_entry
from linli.ledger.acts.bulk_rows import Parcel
from linli.ledger.declaration import registry
from linli.ledger.entries.models import CountDelta, Entry
from linli.ledger.exchange.runs import row_pool, running, undoing
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.runs.claiming import is_silent
from linli.ledger.runs.lease import TakenOver
from linli.ledger.verify import verify
from tests.cast import Cast, actor
from tests.ledger.exchange.conftest import INCIDENTS_FILE, bring, counts, csv_of
from tests.ledger.test_hammer import all_gone

MANY = 2500


def many(count: int = MANY) -> bytes:
    rows = (f"2025-1-{n % 28 + 1} 8:{n % 60:02},求助,路{n}号,事{n}" for n in range(count))
    return csv_of("报警时间,警情类别,地点,简要警情", *rows)


@pytest.mark.django_db
def test_going_on_after_an_error_in_the_middle(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = bulk_entry.enter, 0

    def fails_the_third_time(parcel: Parcel) -> list[tuple[int, int]]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        return real(parcel)

    monkeypatch.setattr(bulk_entry, "enter", fails_the_third_time)
    run = bring(people, "incidents", many())
    assert (run.status, Entry.objects.count()) == ("stopped", 2 * row_pool.BATCH)
    assert run.problem
    run = running.carry_on(run.pk)
    assert (run.status, *counts(run)) == ("done", MANY, 0, 0, 0)
    numbers = sorted(Entry.objects.values_list("serial_no", flat=True))
    assert numbers == list(range(1, MANY + 1))
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_killed_in_the_middle_and_again(people: Cast, tmp_path: Path) -> None:
    """The whole program with a pool of processes, SIGKILLed while it writes."""
    file = tmp_path / "many.csv"
    total = 12 * row_pool.BATCH
    file.write_bytes(many(total))
    assert file.stat().st_size > row_pool.POOL_FROM
    name = connection.settings_dict["NAME"]
    url = (
        f"postgresql://postgres@127.0.0.1:5432/{name}"
        if connection.vendor == "postgresql"
        else f"sqlite:///{name}"
    )
    command = ["import", "incidents", str(file), "--room", people.room.code, "--year", "2025"]
    killed = subprocess.Popen(
        [sys.executable, "-c", "import sys; from linli.cli import main; sys.exit(main())", *command],
        env={**os.environ, "LINLI_DATABASE_URL": url}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(6000):
            if Entry.objects.count() >= 1000 or killed.poll() is not None:
                break
            time.sleep(0.05)
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    all_gone()
    there = Entry.objects.count()
    assert 1000 <= there < total
    assert there % row_pool.BATCH == 0
    assert main(command) == 0
    assert Entry.objects.count() == total
    run = ImportRun.objects.get()
    assert (run.status, *counts(run)) == ("done", total, 0, 0, 0)
    numbers = sorted(Entry.objects.values_list("serial_no", flat=True))
    assert numbers == list(range(1, total + 1))
    assert list(verify()) == []
    assert main(command) == 0
    assert Entry.objects.count() == total


@pytest.mark.django_db
def test_undone_as_one_act_and_imported_again(people: Cast) -> None:
    content = INCIDENTS_FILE.read_bytes()
    run = bring(people, "incidents", content)
    undoing.begin_undo(run, actor(people.li))
    run = undoing.undo(run.pk)
    assert (run.status, run.undone_by) == ("undone", people.li.pk)
    assert set(Entry.objects.values_list("state", flat=True)) == {"void"}
    assert sum(CountDelta.objects.values_list("n", flat=True)) == 0
    from linli.history.models import Step

    assert Step.objects.filter(act=run.undo_act, action="void").count() == 411
    again = bring(people, "incidents", content)
    assert counts(again) == (263, 148, 10, 7)
    assert Entry.objects.exclude(state="void").count() == 411
    assert list(verify()) == []


@pytest.mark.django_db
def test_who_may_not_import_cannot(people: Cast) -> None:
    for staff in (people.chen, people.neighbour, people.outsider, people.auditor):
        with pytest.raises(PermissionDenied):
            running.receive(
                actor=actor(staff), ledger=registry.get("incidents"), room=people.room, name="f",
                content=b"x",
            )  # fmt: skip


@pytest.mark.django_db
def test_one_run_is_worked_on_by_one_process(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bring(people, "incidents", many(1))
    ImportRun.objects.filter(pk=run.pk).update(status="stopped")
    progress = running._progress

    def taken_over(passage: running._Passage, **also: object) -> None:
        ImportRun.objects.filter(pk=run.pk).update(claim=run.pk)
        progress(passage, **also)

    monkeypatch.setattr(running, "_progress", taken_over)
    with pytest.raises(TakenOver):
        running.carry_on(run.pk)


@pytest.mark.django_db
def test_the_command_line(people: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = ["import", "incidents", str(INCIDENTS_FILE), "--room", people.room.code]
    assert main([*told, "--dry-run"]) == 1
    assert not Entry.objects.exists()
    assert "--year" in capsys.readouterr().out
    result = tmp_path / "result.xlsx"
    words = [
        "--map",
        "微信群=online",
        "--map",
        "经济纠纷=dispute.other",
        "--map",
        "服务类=help.other",
    ]
    assert main([*told, "--year", "2025", *words, "--result", str(result)]) == 1
    assert "337" in capsys.readouterr().out
    assert result.read_bytes().startswith(b"PK")
    assert main([*told[:3], "--room", "no-such-room"]) == 2
    assert main([*told, "--map", "微信群=no.such.code"]) == 2
    assert main(["import", "nothing", str(INCIDENTS_FILE), "--room", people.room.code]) == 2
    assert main(["import", "visits", str(tmp_path / "no.csv"), "--room", people.room.code]) == 2


@pytest.mark.django_db
def test_a_run_begun_long_after_its_preview_is_not_called_silent(people: Cast) -> None:
    run = running.receive(
        actor=actor(people.li), ledger=registry.get("incidents"), room=people.room, name="f",
        content=many(3), year=2025, language="zh-hans",
    )  # fmt: skip
    ImportRun.objects.filter(pk=run.pk).update(made_at=clock.now() - 5 * running.IMPORT.silent_for)
    running.prepare(run, columns={}, year=2025)
    assert not is_silent(run)
