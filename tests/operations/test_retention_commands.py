"""`linli retention ...`, the worker's night, the journal that is replayed, and old copies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from linli import cli
from linli.ground import clock, keyring
from linli.history.models import Step
from linli.ledger.entries.models import Entry, ErasedEntry
from linli.ledger.retention import erasing, on_request
from linli.ledger.retention.models import Hold, RetentionRun
from linli.ledger.verify import verify
from linli.operations import backup, checks, copies, housekeeping, metrics, preparing, restore
from linli.operations.passphrases import Secret
from tests.cast import Cast, do

pytestmark = pytest.mark.xdist_group("restore")
LATER = timedelta(days=5 * 366)


@pytest.fixture(autouse=True)
def keys_of_this_test_alone(home: Path) -> Iterator[None]:
    ring = (home / "keyring.json").read_bytes()
    (home / "tombstones.jsonl").unlink(missing_ok=True)
    yield
    (home / "keyring.json").write_bytes(ring)
    (home / "tombstones.jsonl").unlink(missing_ok=True)
    shutil.rmtree(home / "backups", ignore_errors=True)


@pytest.fixture
def closed(people: Cast) -> Entry:
    """The first of the four visits, closed."""
    entry = Entry.objects.order_by("serial_no")[0]
    do("visits", "handle", people.li, entry.id, result="已办")
    return Entry.objects.get(id=entry.id)


def linli(*words: str) -> int:
    return cli.run(cli.parser().parse_args(["retention", *words]))


def test_a_dry_run_says_and_does_nothing(
    people: Cast, closed: Entry, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock.fixed(clock.now() + LATER):
        assert linli("run", "--dry-run") == 0
        said = capsys.readouterr().out
        assert "visits: 1 due, 0 held; kept 3 years from “closed” (retention.visits)" in said
        assert Entry.objects.count() == 4
        assert linli("run") == 0
        assert "visits: 1 erased, 0 held" in capsys.readouterr().out
    assert Entry.objects.count() == 3  # the open ones


def test_a_hold_from_the_command_line(
    people: Cast, closed: Entry, capsys: pytest.CaptureFixture[str]
) -> None:
    serial = f"V-{closed.serial_year}-{closed.serial_no}"
    assert linli("hold", serial, "--reason", "court 7", "--until", "2099-12-31") == 0
    assert linli("holds") == 0
    said = capsys.readouterr().out
    assert str(closed.id) in said and "court 7" in said and "2099-12-31" in said
    assert linli("erase", str(closed.id), "--reason", "decision 3") == 2
    assert "hold" in capsys.readouterr().err
    assert linli("release", serial, "--room", people.room.code, "--reason", "done") == 0
    assert linli("erase", str(closed.id), "--reason", "decision 3") == 0
    assert not Hold.objects.exists()
    assert ErasedEntry.objects.get().rule == "request"
    assert linli("hold", serial, "--reason", "x") == 2
    assert "no entry" in capsys.readouterr().err
    assert linli("hold", "nonsense", "--reason", "x") == 2


def test_the_worker_does_it_once_a_night(people: Cast, closed: Entry) -> None:
    night = (clock.now() + LATER).replace(hour=18)  # two o'clock in Shanghai
    with clock.fixed(night):
        assert housekeeping.retain() == 1
        assert housekeeping.retain() == 0
    [run] = RetentionRun.objects.all()
    assert (run.erased, run.by_name, run.problem) == (1, "linli worker", "")
    assert run.finished_at is not None


def test_a_single_erasure_is_done_again_after_a_restore(
    people: Cast, closed: Entry, secret: Secret, elsewhere: Path
) -> None:
    made = backup.make(secret, folder=elsewhere)
    on_request.erase(closed, reason="decision 3")
    result = restore.restore(made.path, secret, replace=True)
    assert (result.erased_entries, result.due_entries, result.findings) == (1, 0, [])
    assert not Entry.objects.filter(id=closed.id).exists()
    assert ErasedEntry.objects.get(id=closed.id).rule == "request"
    assert [one for one in verify() if one.wrong] == []


def test_a_restore_on_a_new_machine_takes_the_journal_along(
    people: Cast, closed: Entry, secret: Secret, elsewhere: Path, home: Path
) -> None:
    made = backup.make(secret, folder=elsewhere)
    on_request.erase(closed, reason="decision 3")
    journal = elsewhere / "newest.jsonl"
    (home / "tombstones.jsonl").rename(journal)  # all that is left of the old machine
    result = restore.restore(made.path, secret, replace=True, journal=journal)
    assert result.erased_entries == 1
    assert not Entry.objects.filter(id=closed.id).exists()


def test_what_a_stranger_wrote_into_the_journal_erases_nothing_and_is_told(
    people: Cast, closed: Entry, secret: Secret, elsewhere: Path, home: Path
) -> None:
    made = backup.make(secret, folder=elsewhere)
    (home / "tombstones.jsonl").write_text(
        f'{{"kind": "entries", "subjects": ["{closed.id.hex}"], "rule": "x", "mac": "00"}}\n'
    )
    result = restore.restore(made.path, secret, replace=True)
    assert (result.erased_entries, result.strange_tombstones) == (0, 1)
    assert not result.sound
    assert Entry.objects.filter(id=closed.id).exists()


def test_a_database_put_back_behind_the_programs_back_is_erased_again_at_the_start(
    people: Cast, closed: Entry
) -> None:
    """As after a restore by PostgreSQL's own means: rows are back, the journal names them."""
    keyring.load(backup.settings.HOME).bury_entries([closed.id.hex], "retention.visits")
    assert preparing.erase_again() == 1
    assert preparing.erase_again() == 0
    assert not Entry.objects.filter(id=closed.id).exists()
    assert Step.objects.filter(action=erasing.ACTION).count() == 1
    assert [one for one in verify() if one.wrong] == []


def test_old_copies_are_removed_but_never_the_last_backup(home: Path, elsewhere: Path) -> None:
    shutil.rmtree(home / "backups", ignore_errors=True)  # of other tests
    for folder in (home / "backups", elsewhere):
        folder.mkdir(parents=True, exist_ok=True)
        for day in ("20260101", "20260201", "20260301"):
            (folder / f"linli-{day}-030000.backup").write_bytes(b"x")
        (folder / "notes.txt").write_bytes(b"x")
    aside = home / "before-restore-20260101-030000-abcd"
    aside.mkdir()
    assert copies.forget() == 3
    assert not aside.exists()
    left = {path.name for path in (home / "backups").iterdir()}
    assert left == {"linli-20260301-030000.backup", "notes.txt"}
    assert copies.forget_backups(elsewhere) == 2


def test_the_check_tells_when_nobody_erases(people: Cast, closed: Entry, home: Path) -> None:
    assert [found.level for found in checks.retained()] == [checks.OK]  # it is young
    with clock.fixed(clock.now() + timedelta(days=4)):
        assert [found.level for found in checks.retained()] == [checks.WARNING]
        assert linli("run") == 0
        assert [found.level for found in checks.retained()] == [checks.OK]
        assert b"linli_retention_age_seconds 0.0" in metrics.text()
    (home / "tombstones.jsonl").write_text('{"kind": "entries", "subjects": [], "mac": "0"}\n')
    assert checks.WRONG in [found.level for found in checks.retained()]
