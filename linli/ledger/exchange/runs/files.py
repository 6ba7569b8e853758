"""The files of a run: sealed, in a folder of its own with a random name.

What lies here in the clear for a moment (the result workbook while it is written) is readable by
the program's own user only, and removed at once.
"""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db.models import Q

from linli.ground import clock, rules
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets.opening import FileRefused, said_of
from linli.ledger.runs import kept_files
from linli.ledger.runs.long_work import Files

UPLOAD, RESULT, VERDICTS = "upload", "result", "verdicts"
_AT_WORK: Final = (Status.WAITING, Status.RUNNING, Status.UNDOING)


def folder(run: ImportRun) -> Path:
    """The folder of a run, made if it is not there. Raises FileRefused (a full disk),
    FileNotFoundError where its files are gone."""
    if not run.folder:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    try:
        path = kept_files.folder(KEPT) / run.folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise FileRefused(said_of(wrong), code="disk") from wrong
    return path


def put(run: ImportRun, name: str, content: bytes) -> None:
    """Seal and store; whole or not at all. Raises FileRefused (a full disk)."""
    path = folder(run) / name
    try:
        kept_files.put(path, content, _bound(run, name))
    except OSError as wrong:
        raise FileRefused(said_of(wrong), code="disk") from wrong


def get(run: ImportRun, name: str) -> bytes:
    """What was stored. Raises FileNotFoundError, SealBroken."""
    return kept_files.get(folder(run) / name, _bound(run, name))


def drop(run: ImportRun) -> None:
    """Remove all files of a run; what it brought in stays, and can still be undone."""
    kept_files.drop(run, KEPT)


def left(now: datetime) -> Q:
    """The runs that nobody has gone on with for as long as a draft is kept."""
    before = now - rules.on(clock.local(now).date()).days("retention.drafts")
    late = Q(progress_at__lt=before) | Q(progress_at=None, made_at__lt=before)
    return late & ~Q(status__in=_AT_WORK)


def never_begun(now: datetime) -> Q:
    """Those of them of which nothing came."""
    return left(now) & Q(status=Status.PREVIEW)


KEPT: Final = Files(folder="exchange", column="folder", past=left, gone={"has_result": False})


def _bound(run: ImportRun, name: str) -> bytes:
    return f"exchange/{run.folder}/{name}".encode()
