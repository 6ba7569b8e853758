"""`linli check` names what is wrong and how to put it right."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from linli.access.actor import system_actor
from linli.ground import clock, keyring
from linli.history import guards
from linli.history.models import Head
from linli.operations import backup, checks, running
from linli.operations.checks import OK, WARNING, WRONG, Finding
from linli.operations.passphrases import Secret
from linli.org import actions
from linli.org.models import WorkdayOverride
from tests.cast import Cast


def of(check: object) -> list[Finding]:
    return list(check())  # type: ignore[operator]


def test_everything_is_looked_at_and_a_sound_installation_has_nothing_wrong(
    people: Cast, secret: Secret, elsewhere: Path, home: Path
) -> None:
    home.chmod(0o700)
    backup.make(secret, folder=elsewhere)
    running.beat()
    found = list(checks.all_findings())
    assert len(found) >= 14
    assert [finding for finding in found if finding.level == WRONG] == []
    assert all(finding.how for finding in found if finding.level)


def test_an_open_home_is_wrong(people: Cast, home: Path) -> None:
    home.chmod(0o755)
    try:
        assert [f.level for f in of(checks.home)] == [WRONG]
    finally:
        home.chmod(0o700)
    assert [f.level for f in of(checks.home)] == [OK]


def test_a_keyring_of_another_database_is_found(
    people: Cast, home: Path, tmp_path: Path, settings: object
) -> None:
    assert [f.level for f in of(checks.sealed_rows)] == [OK]
    own = (home / "keyring.json").read_bytes()
    keyring.create(tmp_path / "other")
    try:
        (home / "keyring.json").write_bytes((tmp_path / "other" / "keyring.json").read_bytes())
        assert [f.level for f in of(checks.sealed_rows)] == [WRONG]
        assert WRONG in [f.level for f in of(checks.chains)]
    finally:
        (home / "keyring.json").write_bytes(own)
    assert [f.level for f in of(checks.sealed_rows)] == [OK]


def test_a_cut_chain_is_found(people: Cast) -> None:
    assert [f.level for f in of(checks.chains)] == [OK]
    Head.objects.filter(room=people.room.pk).update(seq=1)
    assert [f.level for f in of(checks.chains)] == [WRONG]


def test_a_silent_worker_is_found(people: Cast, home: Path) -> None:
    (home / "worker.beat").unlink(missing_ok=True)
    assert [f.level for f in of(checks.worker)] == [WARNING]
    running.beat()
    assert [f.level for f in of(checks.worker)] == [OK]
    with clock.fixed(clock.now() + timedelta(minutes=5)):
        assert [f.level for f in of(checks.worker)] == [WARNING]


def test_missing_migrations_are_found(people: Cast) -> None:
    assert [f.level for f in of(checks.migrations)] == [OK]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'history' AND name LIKE '0002%%'")
    try:
        assert [f.level for f in of(checks.migrations)] == [WRONG]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('history', '0002_guards', '2026-01-01 00:00:00')"
            )
        guards.install(connection)


def test_a_clock_set_back_is_found(people: Cast) -> None:
    assert [f.level for f in of(checks.time)] == [OK]
    with clock.fixed(clock.now() - timedelta(days=3)):
        assert [f.level for f in of(checks.time)] == [WRONG]


def test_a_year_without_calendar_is_a_warning_until_it_is_entered(people: Cast) -> None:
    with clock.fixed(clock.now().replace(year=2031, month=6, day=1)):
        assert [f.level for f in of(checks.calendar)] == [WARNING]
        days = [date(2031, 1, 1) + timedelta(days=n) for n in range(365)]
        for unit, told in ((None, days[:1]), (people.room, days)):
            WorkdayOverride.objects.bulk_create(
                WorkdayOverride(day=day, working=True, unit=unit) for day in told
            )
        assert [f.level for f in of(checks.calendar)] == [WARNING], (
            "a year is all its days, for all"
        )
        actions.set_workdays(days=dict.fromkeys(days, (True, "")), by=system_actor("tests"))
        assert [f.level for f in of(checks.calendar)] == [OK]


@pytest.mark.parametrize("content", ["{", json.dumps({"format": 9})])
def test_a_damaged_keyring_is_a_finding_and_not_the_end(
    people: Cast, home: Path, content: str
) -> None:
    own = (home / "keyring.json").read_bytes()
    try:
        (home / "keyring.json").write_text(content)
        found = list(checks.all_findings())
    finally:
        (home / "keyring.json").write_bytes(own)
    assert len(found) > 8
    assert any(f.level == WRONG and "keyring" in f.what for f in found)


def test_no_new_keyring_hides_that_the_right_one_is_lost(people: Cast, home: Path) -> None:
    from linli.operations import preparing
    from linli.operations.troubles import CouldNotError

    (home / "keyring.json").rename(home / "keyring.away")
    try:
        with pytest.raises(CouldNotError, match="keyring is missing"):
            preparing.prepare_home()
        assert not (home / "keyring.json").exists()
    finally:
        (home / "keyring.away").rename(home / "keyring.json")
    preparing.prepare_home()
