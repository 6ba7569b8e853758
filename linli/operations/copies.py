"""Old copies of everything on this machine: backups in the home, and what a restore put aside.

They hold what was erased since, with the keys of that time, so they live only as long as the rule
`retention.backups` says. The newest backup stays, whatever its age: somebody may have stopped making
them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from linli.ground import clock, rules

RULE: Final = "retention.backups"
_BACKUP = re.compile(r"linli-(\d{8}-\d{6})\.backup")
_ASIDE = re.compile(r"before-restore-(\d{8}-\d{6})-[0-9a-f]+")


def forget() -> int:
    """Remove old backups in the home and folders that a restore put aside; gives how many."""
    home = Path(settings.HOME)
    return forget_backups(home / "backups") + sum(_remove(path) for path in _late(home, _ASIDE))


def forget_backups(folder: Path) -> int:
    """Remove the backups of a folder that are older than the rule says, but never the newest one."""
    kept = max((path.name for path in _dated(folder, _BACKUP)), default="")
    return sum(_remove(path) for path in _late(folder, _BACKUP) if path.name != kept)


def days() -> int:
    """For how many days an old copy lives."""
    return rules.on(clock.today()).span(RULE).n


def _late(folder: Path, shape: re.Pattern[str]) -> Iterator[Path]:
    before = clock.now() - timedelta(days=days())
    for path, made in _dated(folder, shape).items():
        if made < before:
            yield path


def _dated(folder: Path, shape: re.Pattern[str]) -> dict[Path, datetime]:
    """The copies in a folder by the moment in their names: copying changes what the disk says."""
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        if named := shape.fullmatch(path.name):
            made = datetime.strptime(named[1], "%Y%m%d-%H%M%S")  # noqa: DTZ007 - made aware below
            found[path] = made.replace(tzinfo=clock.SHANGHAI)
    return found


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return 1
