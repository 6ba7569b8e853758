"""A run carried out by this process; what went wrong is told to its owner in words."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.ledger.runs.claiming import claim
from linli.ledger.runs.lease import Lease, R, TakenOver
from linli.ledger.runs.long_work import LongWork

log = logging.getLogger(__name__)

_FORESEEN = (ValidationError, PermissionDenied, OSError, DatabaseError)


def carry_out(
    work: LongWork[R], run: UUID, *, attempt: int = 1, tick: Callable[[R], None] | None = None
) -> R:
    """Do a run, or go on with it. Gives it as it is then: done, or stopped (`problem` says why).

    A second attempt is that of a task whose first process died. Raises TakenOver where another
    process has it, the model's DoesNotExist, and what nobody foresaw (its owner is told by then).
    """
    lease = claim(work, run, orphaned=attempt > 1)
    if lease is None:
        return work.model._default_manager.get(pk=run)
    lease.tick = tick
    with translation.override(lease.run.language):
        if attempt > work.tries:
            lease.stop(_given_up(work.tries))
        else:
            _do(work, lease)
    lease.run.refresh_from_db()
    return lease.run


def _do(work: LongWork[R], lease: Lease[R]) -> None:
    try:
        work.do(lease)
    except TakenOver:
        raise
    except BaseException as wrong:
        if not isinstance(wrong, ValidationError | PermissionDenied):
            name = type(wrong).__name__
            log.error("%s %s was stopped: %s", work.code, lease.run.pk, name)
        lease.stop(in_words(work, wrong))
        if not isinstance(wrong, _FORESEEN):
            raise


def in_words(work: LongWork[R], wrong: BaseException) -> str:
    """Why it was stopped, for its owner. Of the exceptions only a ValidationError speaks itself:
    the words of others may tell of what is in a row."""
    if isinstance(wrong, ValidationError):
        return " ".join(wrong.messages)
    if isinstance(wrong, PermissionDenied):
        return str(work.told.denied)
    if isinstance(wrong, OSError):
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
            return _("The disk is full. Make room and try again.")
        return str(work.told.unwritten) % os.strerror(wrong.errno or errno.EIO)
    return str(work.told.database if isinstance(wrong, DatabaseError) else work.told.stopped)


def _given_up(tries: int) -> str:
    return ngettext(
        "It was tried %d time, and the process that did it went away.",
        "It was tried %d times, and each time the process that did it went away.",
        tries,
    ) % tries  # fmt: skip
