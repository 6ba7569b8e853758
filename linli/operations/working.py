"""`linli worker`: carries out what was put off (imports, prints) and keeps house."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from linli.operations import housekeeping, running

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds between two looks for tasks


def work(*, batch: bool = False) -> int:
    """Carry out tasks until SIGINT or SIGTERM (`batch`: until none is left). Gives 0.

    Raises StillRunningError during a restore.
    """
    with running.being_used():
        take_back_orphans()
        enough = threading.Event()
        house = threading.Thread(target=housekeeping.keep, args=(enough,), name="housekeeping")
        if not batch:
            house.start()
        try:
            worker = Worker(
                queue_names=["*"],
                interval=LOOK_EVERY,
                batch=batch,
                backend_name="default",
                startup_delay=False,
                max_tasks=None,
                worker_id=name_of(os.getpid()),
                excluded_queue_names=[],
            )
            worker.configure_signals()
            worker.run()
        finally:
            enough.set()
            if not batch:
                house.join(10)
    return 0


def name_of(pid: int) -> str:
    """A worker's name: machine, process and a chance part, since process numbers come back."""
    return f"{socket.gethostname()[:30]}:{pid}:{secrets.token_hex(4)}"


def take_back_orphans() -> int:
    """Tasks of workers of this machine that died in the middle wait again; gives how many.

    Every task of ours is safe to run twice.
    """
    here = socket.gethostname()[:30]
    taken = 0
    for task in DBTaskResult.objects.running():
        machine, _, rest = str((task.worker_ids or ["::"])[-1]).partition(":")
        pid = rest.partition(":")[0]
        if machine != here or not pid.isdigit() or _lives(int(pid)):
            continue
        taken += DBTaskResult.objects.filter(
            pk=task.pk, status="RUNNING", worker_ids=task.worker_ids
        ).update(status="READY")
    if taken:
        log.warning("%d tasks of a worker that died wait again", taken)
    return taken


def _lives(pid: int) -> bool:
    if pid == os.getpid():
        return False  # the number came back: our own tasks are not running yet
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
