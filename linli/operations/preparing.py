"""Making an installation ready: home, keyring, tables, words, files for the browser.

Safe to run any number of times and by several servers at once.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command as Collect
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from whitenoise.storage import CompressedManifestStaticFilesStorage

from linli.ground import keyring
from linli.ground.tombstones import JOURNAL
from linli.history.models import Head
from linli.ledger.retention import replaying
from linli.operations.troubles import CouldNotError

log = logging.getLogger(__name__)

_MIGRATING = 0x4C494E4C  # "LINL": the advisory lock under which one server migrates


def prepare(*, migrate: bool = True, collect: bool = True) -> None:
    """Make everything that `linli serve` needs and that is not there yet."""
    prepare_home()
    compile_words()
    if migrate:
        migrate_database()
    erase_again()
    if collect:
        collect_files()


def prepare_home() -> None:
    """The home folder, for its owner alone, with a keyring.

    A new installation gets a keyring. Where the database has data already, CouldNotError: a new
    keyring would open none of them, and would hide that the right one is lost.
    """
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if home.stat().st_uid == os.getuid():
        home.chmod(0o700)
    if (home / "keyring.json").exists():
        return
    if _has_data():
        raise CouldNotError(
            _("The keyring is missing: %(path)s. Restore it from a backup.")
            % {"path": home / "keyring.json"}
        )
    with suppress(keyring.KeyringExists):  # another process was quicker
        keyring.create(home)


def _has_data() -> bool:
    """Whether anybody has recorded anything in the database."""
    try:
        return Head.objects.exists()
    except DatabaseError:  # no tables yet; a database out of reach is told by whoever needs it
        return False


def migrate_database() -> None:
    """Bring the tables up to date; several servers starting at once do it one after the other."""
    with _one_at_a_time():
        call_command("migrate", interactive=False, verbosity=0)


def erase_again() -> int:
    """What was erased stays so, also where somebody put an older database back by other means than
    `linli restore`; gives how many entries went again."""
    if not (Path(settings.HOME) / JOURNAL).exists():
        return 0
    try:
        gone = replaying.erase_again(glance=True)
    except DatabaseError:  # no tables yet, or an older state of them: --no-migrate
        log.warning("the journal of erasures could not be replayed: are the tables up to date?")
        return 0
    if gone:
        log.warning("%d entries had come back that were erased: they are erased again", gone)
    return gone


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if connection.vendor != "postgresql":  # SQLite: its transactions are alone anyway
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def catalogues() -> list[Path]:
    """The files of translated words (.po), one per room."""
    return sorted(Path(settings.SOURCE).glob("*/locale/*/LC_MESSAGES/django.po"))


def compile_words() -> int:
    """Compile the catalogues that are newer than their .mo; gives how many.

    Where the program's folder may not be written (a package of the system), words were compiled
    when it was installed.
    """
    done = 0
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, target)
        except PermissionError:
            log.warning("words of %s are not compiled and may not be", source.parts[-5])
            continue
        done += 1
    return done


def _compile(source: Path, target: Path) -> None:
    fresh = target.with_suffix(f".{os.getpid()}.fresh")
    with source.open("rb") as read, fresh.open("wb") as write:
        write_mo(write, read_po(read))
    fresh.replace(target)


def collect_files() -> bool:
    """Put style sheets and scripts, compressed and with a hash in their names, into `<home>/static`.

    Gives whether anything was to be done: a fingerprint tells that nothing changed since.
    """
    root = Path(settings.STATIC_ROOT)
    stamp, seen = root / ".fingerprint", _fingerprint()
    if (root / "staticfiles.json").exists() and _read(stamp) == seen:
        return False
    collect = Collect()
    collect.storage = CompressedManifestStaticFilesStorage()
    call_command(collect, interactive=False, verbosity=0)
    stamp.write_text(seen)
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _fingerprint() -> str:
    """Changes when any of the files for the browser does."""
    whole = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            seen = Path(storage.path(name)).stat()
            whole.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return whole.hexdigest()
