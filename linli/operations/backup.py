"""`linli backup`: one encrypted file with the database, the keyring, the signed heads, the files and
what a bureau put into the home, made while everything runs, and read back before it counts.

The order matters: the heads are copied before the database (none in the copy is then ahead of its
chain), the keyring after it (it then has the key of every row).
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from linli.ground import clock, keyring
from linli.operations import archive, dumping, warnings
from linli.operations.passphrases import Secret
from linli.operations.troubles import CouldNotError

# Files of the home beside the database; what can be made again (static files, locks) is left out.
HEADS: Final = "heads/heads.log"
KEYS: Final = ("keyring.json", "tombstones.jsonl", "secret_key")
FILES: Final = "files"
# What whoever runs the installation put there in place of what ships.
OWN: Final = ("categories", "checklists", "templates")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back. `size` in bytes; `outside` the home of Linli."""

    path: Path
    size: int
    members: int
    outside: bool


def make(secret: Secret, *, folder: Path | None = None) -> Made:
    """Write a backup into `folder` (`<home>/backups`), verify it, and only then give it its name.

    A backup outside the home counts as a copy of the keyring. Raises CouldNotError, OSError.
    """
    home = Path(settings.HOME)
    ring = keyring.load(home)
    folder = (folder or home / "backups").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = clock.local(clock.now())
    target = folder / f"linli-{moment:%Y%m%d-%H%M%S}.backup"
    unfinished = target.with_suffix(".unfinished")
    try:
        keys = _write(unfinished, secret, ring)
        members = verify(unfinished, secret)
        if target.exists():
            raise CouldNotError(_("%(path)s exists already.") % {"path": target})
        unfinished.replace(target)
        _sync(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    outside = not target.is_relative_to(home)
    if outside:
        warnings.note_copied(home, keys)
    return Made(target, target.stat().st_size, members, outside)


def _write(path: Path, secret: Secret, ring: keyring.Keyring) -> tuple[str, ...]:
    """Write all members; gives the ids of the keys that are in it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        writer = archive.ArchiveWriter(file, secret)
        try:
            keys = _fill(writer, ring)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        file.flush()
        os.fsync(file.fileno())
    return keys


def _fill(writer: archive.ArchiveWriter, ring: keyring.Keyring) -> tuple[str, ...]:
    home = ring.home
    writer.add_file(HEADS, home / HEADS)
    if connection.vendor == "postgresql":
        with closing(dumping.open_snapshot()) as snapshot:
            tables = dumping.tables_of(snapshot)
            writer.add_json(archive.ABOUT, _about(ring, tables, _migrations(snapshot)))
            dumping.add_postgresql(writer, snapshot, tables)
    else:
        writer.add_json(archive.ABOUT, _about(ring, {}, dumping.applied_migrations()))
        dumping.add_sqlite(writer, home)
    copied = ring.key_ids  # before the file is read: whatever is in this list is in the file
    for name in KEYS:
        writer.add_file(name, home / name)
    for folder in (FILES, *OWN):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file():
                writer.add_file(str(path.relative_to(home)), path)
    return copied


def _migrations(snapshot: psycopg.Connection[Any]) -> list[list[str]]:
    rows = snapshot.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    return [list(row) for row in rows]


def _about(
    ring: keyring.Keyring, tables: dict[str, list[str]], migrations: list[list[str]]
) -> dict[str, Any]:
    return {
        "format": 1,
        "made_at": clock.now().isoformat(),
        "program": program_version(),
        "database": connection.vendor,
        "tables": tables,
        "migrations": migrations,
        "keyring": ring.fingerprint,
    }


def program_version() -> str:
    try:
        return version("linli")
    except PackageNotFoundError:
        return "?"


def verify(path: Path, secret: Secret) -> int:
    """Read a backup to its end, comparing every hash; gives the number of its members."""
    return sum(1 for _member in archive.read(path, secret))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def readable(size: int) -> str:
    """A size in bytes in the unit a person would use."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit in ("B", "kB") else f"{amount:.1f} {unit}"
