"""`linli restore`: put a backup back, whole or not at all.

The backup is read to its end into a folder beside what is there; only when every hash is right, and
the database opens and is brought up to date, do the new files take the place of the old ones, which
are put aside and never deleted. What was erased since the backup is erased again.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections
from django.utils.translation import gettext as _

from linli.ground import clock, keyring
from linli.history.models import Head
from linli.ledger.retention import nightly, replaying
from linli.operations import archive, auditing, backup, loading, running, warnings
from linli.operations.passphrases import Secret
from linli.operations.troubles import CouldNotError

TOMBSTONES: Final = "tombstones.jsonl"


@dataclass
class Restored:
    """What a restore did, and what is to be looked at."""

    made_at: str
    aside: Path | None = None
    erased_again: int = 0
    erased_entries: int = 0
    due_entries: int = 0
    strange_tombstones: int = 0
    lost_steps: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings and not self.strange_tombstones

    def lines(self) -> Iterator[str]:
        """The result in words."""
        moment = clock.local(datetime.fromisoformat(self.made_at))
        yield _("The backup of %(moment)s is back.") % {"moment": f"{moment:%Y-%m-%d %H:%M}"}
        if self.aside:
            yield _("What was there before lies in %(path)s.") % {"path": self.aside}
        if self.lost_steps:
            yield _("%(n)d steps that were recorded after the backup are not in it.") % {
                "n": self.lost_steps
            }
        if self.erased_again:
            yield _("%(n)d keys that had been destroyed are destroyed again.") % {
                "n": self.erased_again
            }
        if self.erased_entries:
            yield _("%(n)d entries that had been erased are erased again.") % {
                "n": self.erased_entries
            }
        if self.due_entries:
            yield _("%(n)d entries whose time is over by now were erased.") % {
                "n": self.due_entries
            }
        if self.strange_tombstones:
            yield _(
                "%(n)d lines of tombstones.jsonl were not written by this keyring: left out."
            ) % {"n": self.strange_tombstones}
        yield from self.findings
        if not self.findings:
            yield _("The history was verified and is whole.")


def restore(
    path: Path, secret: Secret, *, replace: bool = False, journal: Path | None = None
) -> Restored:
    """Put the backup back into this home and database. `journal`: a newer tombstones.jsonl from
    elsewhere (of a newer backup, or of the machine that was lost); what it names is erased again.

    Raises CouldNotError (with nothing changed) where something runs, data are there and `replace`
    was not said, the secret is wrong, the file is damaged, or it is of a newer program.
    """
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with running.alone(), _staging(home) as staged:
            about = _unpack(path, secret, staged)
            _check(about)
            if journal is not None:
                _merge_tombstones(journal, staged / TOMBSTONES)
            if not _something_here(home):
                _clear(home)
            elif not replace:
                raise CouldNotError(
                    _("There are data here already. With --replace they are put aside.")
                )
            result = _put_back(home, staged, about)
    except running.StillRunningError:
        raise CouldNotError(
            _("Linli is running here. End it first: Ctrl-C, or stop the service.")
        ) from None
    if not path.resolve().is_relative_to(home):  # this file is a copy of the keyring elsewhere
        warnings.note_copied(home, keyring.load(home).key_ids)
    return result


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """A folder on the same disk as the home, so that moving is renaming; gone afterwards."""
    folder = Path(tempfile.mkdtemp(dir=home, prefix=".restoring-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, secret: Secret, staged: Path) -> dict[str, Any]:
    """Write all members into the staging folder; gives what the backup says about itself."""
    for name, content in archive.read(path, secret):
        target = staged / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
        target.chmod(0o600)
    about: dict[str, Any] = json.loads((staged / archive.ABOUT).read_text())
    return about


def _check(about: dict[str, Any]) -> None:
    if about.get("format") != 1:
        raise CouldNotError(_("The backup is of a kind that this version does not know."))
    if about["database"] != connection.vendor:
        raise CouldNotError(
            _(
                "The backup is of %(theirs)s, this installation uses %(ours)s: set LINLI_DATABASE_URL."
            )
            % {"theirs": about["database"], "ours": connection.vendor}
        )
    if unknown := loading.unknown_migrations(about["migrations"]):
        raise CouldNotError(
            _("The backup was made by a newer version (%(version)s, %(what)s). Install that one.")
            % {"version": about["program"], "what": unknown[0]}
        )


def _something_here(home: Path) -> bool:
    return (home / "keyring.json").exists() or loading.has_tables()


def _clear(home: Path) -> None:
    """Take away what any first command makes: a key for cookies and an empty SQLite file."""
    (home / "secret_key").unlink(missing_ok=True)
    if connection.vendor == "sqlite":
        connections.close_all()
        Path(str(connection.settings_dict["NAME"])).unlink(missing_ok=True)


def _put_back(home: Path, staged: Path, about: dict[str, Any]) -> Restored:
    result = Restored(about["made_at"])
    old_heads = _seqs(home / backup.HEADS)
    _merge_tombstones(home / TOMBSTONES, staged / TOMBSTONES)
    with _Exchange(home) as exchange:
        if connection.vendor == "postgresql":
            loading.load_postgresql(
                staged / "db", about, before_commit=lambda: _move(exchange, staged)
            )
        else:
            loading.bring_up_to_date(staged / loading.SQLITE_MEMBER)
            connections.close_all()
            _move(exchange, staged)
            exchange.database(staged / loading.SQLITE_MEMBER)
        exchange.done()
    call_command("migrate", interactive=False, verbosity=0)  # what Django notes after migrating
    result.aside = exchange.aside_if_used()
    _afterwards(home, old_heads, result)
    return result


def _move(exchange: _Exchange, staged: Path) -> None:
    for name in (*backup.KEYS, "heads", backup.FILES):
        exchange.take(name, staged / name)
    for name in backup.OWN:  # older backups have none of it: what is there stays
        if (staged / name).exists():
            exchange.take(name, staged / name)


def _afterwards(home: Path, old_heads: dict[UUID, int], result: Restored) -> None:
    """Erase again what had been erased and what is due by now, end all sessions, compare with the
    old heads, verify."""
    ring = keyring.load(home)
    now = dict(Head.objects.values_list("room", "seq"))
    result.lost_steps = sum(max(0, seq - now.get(room, 0)) for room, seq in old_heads.items())
    result.strange_tombstones = ring.strange_tombstones()
    result.erased_again = ring.replay_tombstones()
    result.erased_entries = replaying.erase_again()
    result.due_entries = nightly.run("linli restore").erased
    Session.objects.all()._raw_delete("default")  # nobody is signed in by an old cookie
    result.findings = [line for wrong, line in auditing.verify() if wrong]


def _seqs(path: Path) -> dict[UUID, int]:
    """Of the heads log that was here: how far each room's chain had come."""
    newest: dict[UUID, int] = {}
    if path.exists():
        for line in path.read_text(errors="replace").splitlines():
            words = line.split(" ")
            try:
                room, seq = UUID(words[0]), int(words[1])
            except (ValueError, IndexError):
                continue
            newest[room] = max(seq, newest.get(room, 0))
    return newest


def _merge_tombstones(here: Path, staged: Path) -> None:
    """What was erased since the backup stays erased: the journal here is added to the copy's."""
    if not here.exists():
        return
    known = staged.read_text().splitlines() if staged.exists() else []
    new = [line for line in here.read_text().splitlines() if line and line not in set(known)]
    staged.write_text("".join(f"{line}\n" for line in (*known, *new)))
    staged.chmod(0o600)


class _Exchange:
    """Renames new files into place and old ones aside; undoes all of it unless it is `done`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        moment = f"{clock.local(clock.now()):%Y%m%d-%H%M%S}"
        self._aside = home / f"before-restore-{moment}-{secrets.token_hex(2)}"
        self._renamed: list[tuple[Path, Path]] = []
        self._done = False

    def __enter__(self) -> _Exchange:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._done:
            connections.close_all()
            for before, after in reversed(self._renamed):
                after.rename(before)
            if self._aside.exists():
                shutil.rmtree(self._aside)

    def take(self, name: str, new: Path) -> None:
        """Put `<home>/<name>` aside, and the new file or folder in its place if there is one."""
        self._away(self._home / name)
        if new.exists():
            self._rename(new, self._home / name)

    def database(self, new: Path) -> None:
        """The same for the SQLite database, which may lie outside the home."""
        target = Path(str(connection.settings_dict["NAME"]))
        for suffix in ("", "-wal", "-shm"):
            self._away(target.with_name(target.name + suffix))
        if new.stat().st_dev == target.parent.stat().st_dev:
            self._rename(new, target)
        else:
            beside = target.with_name(target.name + ".restored")
            shutil.copyfile(new, beside)
            self._rename(beside, target)
        target.chmod(0o600)

    def _away(self, old: Path) -> None:
        if old.exists():
            self._aside.mkdir(mode=0o700, exist_ok=True)
            if old.stat().st_dev == self._aside.stat().st_dev:
                self._rename(old, self._aside / old.name)
            else:  # on another disk: beside itself
                self._rename(old, old.with_name(f"{old.name}.{self._aside.name}"))

    def _rename(self, before: Path, after: Path) -> None:
        before.rename(after)
        self._renamed.append((before, after))

    def done(self) -> None:
        self._done = True

    def aside_if_used(self) -> Path | None:
        return self._aside if self._aside.exists() else None
