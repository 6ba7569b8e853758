"""The files of a run: sealed, in a folder of its own with a random name.

What lies here in the clear for a moment (the result workbook while it is written) is readable by
the program's own user only, and removed at once.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from linli.ground import clock, keyring
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets.opening import FileRefused, said_of

UPLOAD, RESULT, VERDICTS = "upload", "result", "verdicts"


def folder(run: ImportRun) -> Path:
    """The folder of a run, made if it is not there. Raises FileRefused (a full disk)."""
    path = Path(settings.HOME) / "files" / "exchange" / run.folder
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise FileRefused(said_of(wrong), code="disk") from wrong
    return path


def put(run: ImportRun, name: str, content: bytes) -> None:
    """Seal and store; whole or not at all. Raises FileRefused (a full disk)."""
    path = folder(run) / name
    part = path.with_suffix(".part")
    box = keyring.load(settings.HOME).seal_blob(content, _bound(run, name))
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(box)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as wrong:
        part.unlink(missing_ok=True)
        raise FileRefused(said_of(wrong), code="disk") from wrong


def get(run: ImportRun, name: str) -> bytes:
    """What was stored. Raises FileNotFoundError, SealBroken."""
    box = (folder(run) / name).read_bytes()
    return keyring.load(settings.HOME).open_blob(box, _bound(run, name))


def drop(run: ImportRun) -> None:
    """Remove all files of a run."""
    shutil.rmtree(folder(run), ignore_errors=True)


def forget(before: datetime) -> int:
    """Remove the files of runs that nobody has gone on with since; what they brought in stays, and
    can still be undone. Gives how many runs."""
    root = Path(settings.HOME) / "files" / "exchange"
    gone = 0
    for path in root.iterdir() if root.is_dir() else ():
        run = ImportRun.objects.filter(folder=path.name).first()
        if run and run.status in (Status.WAITING, Status.RUNNING, Status.UNDOING):
            continue
        last = run.progress_at or run.made_at if run else clock.written_at(path)
        if last >= before:
            continue
        shutil.rmtree(path, ignore_errors=True)
        if run and run.status == Status.PREVIEW:
            run.delete()
        elif run:
            ImportRun.objects.filter(pk=run.pk).update(has_result=False)
        gone += 1
    return gone


def _bound(run: ImportRun, name: str) -> bytes:
    return f"exchange/{run.folder}/{name}".encode()
