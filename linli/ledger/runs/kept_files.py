"""Files of runs: written whole or not at all, named at random, gone from the row before the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from linli.ground import clock, keyring
from linli.ledger.runs.long_work import Files, LongWork
from linli.ledger.runs.run import Run

PART: Final = ".part"
WORK: Final = ".work"
_YOUNG: Final = timedelta(hours=1)  # a file may lie there a moment before its row says so


def folder(files: Files) -> Path:
    """Where the files of a kind of work lie, made if it is not there. Raises OSError."""
    path = Path(settings.HOME) / "files" / files.folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Where to write a file, which gets its name when all of it is on the disk. Raises OSError."""
    part = path.with_suffix(PART)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def put(path: Path, content: bytes, bound: bytes) -> None:
    """Seal and store; `bound` says what it is, so that it opens nowhere else. Raises OSError."""
    box = keyring.load(settings.HOME).seal_blob(content, bound)
    with written(path) as out:
        out.write(box)


def get(path: Path, bound: bytes) -> bytes:
    """What was stored. Raises FileNotFoundError, SealBroken."""
    return keyring.load(settings.HOME).open_blob(path.read_bytes(), bound)


def remove(files: Files, name: str) -> None:
    """Remove what lies there under a name, also half-way."""
    if name:
        path = folder(files) / name
        for one in (path, path.with_suffix(PART), path.with_suffix(WORK)):
            if one.is_dir():
                shutil.rmtree(one, ignore_errors=True)
            else:
                one.unlink(missing_ok=True)


def drop(run: Run, files: Files) -> None:
    """Let the files of a run go; its row stays and says so."""
    row = type(run)._default_manager.filter(pk=run.pk)
    row.update(**{files.column: "", **files.gone})
    remove(files, getattr(run, files.column))


def throw_away(run: Run, files: Files) -> None:
    """A run that nobody needs any more, with its files."""
    run.delete()
    remove(files, getattr(run, files.column))


def sweep(work: LongWork[Any]) -> int:
    """Remove what no row knows: a process was killed, or a row went. Gives how many."""
    if (files := work.files) is None:
        return 0
    known = work.model._default_manager.exclude(**{files.column: ""})
    names = set(known.values_list(files.column, flat=True))
    unknown: dict[str, float] = {}
    for path in folder(files).iterdir():
        if path.stem not in names:
            with suppress(FileNotFoundError):  # just renamed or erased
                at = path.stat().st_mtime
                unknown[path.stem] = max(at, unknown.get(path.stem, at))
    before = clock.machine_time(clock.now() - _YOUNG).timestamp()
    late = [name for name, at in unknown.items() if at < before]
    for name in late:
        remove(files, name)
    return len(late)
