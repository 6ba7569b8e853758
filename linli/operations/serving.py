"""`linli serve`: the web server and the worker, supervised.

One process watches two children, starts a dead one again (waiting longer each time it dies soon),
and ends both when it is asked to end. Should the supervisor itself be killed, the kernel ends them.
"""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from django.db import connection, connections
from django.utils.translation import gettext as _

from linli.operations import running
from linli.operations.troubles import CouldNotError

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
STEADY = 20.0  # a child that lived so long starts with the first wait again
PATIENCE = 15.0  # seconds a child has to end before it is killed
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    again_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            process_group=0,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call of the kernel
        )

    def look(self, now: float) -> None:
        """Note a death, and start again when the waiting is over."""
        if self.process is None:
            if now >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.deaths += 1
        self.wait = FIRST_WAIT if now - self.started > STEADY else min(self.wait * 2, LONGEST_WAIT)
        log.error("%s ended with %s; started again in %.1f s", self.name, code, self.wait)
        self.process, self.again_at = None, now + self.wait

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self, until: float) -> None:
        """Wait for the end until then; after that the whole group is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("%s does not end and is killed", self.name)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Keeps its children running until it is asked to end."""

    children: list[Child]
    patience: float = PATIENCE
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Run until SIGINT or SIGTERM; always ends all children. Gives 0."""
        previous = {s: signal.signal(s, self._signalled) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            for child in self.children:
                child.start()
            while not self._ended.wait(0.3):
                for child in self.children:
                    child.look(time.monotonic())
        finally:
            self._end_all()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return 0

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self._ended.set()

    def _end_all(self) -> None:
        for child in self.children:
            child.ask_to_end()
        until = time.monotonic() + self.patience
        for child in self.children:
            child.end(until)


def web_command(
    host: str, port: int, workers: int | None = None, threads: int | None = None
) -> list[str]:
    """How the web server is started: granian, WSGI, no access log (addresses are personal data).

    SQLite: one process, whose writers queue in order; PostgreSQL: a process per core, at most four.
    """
    if workers is None:
        workers = 1 if connection.vendor == "sqlite" else min(os.cpu_count() or 2, 4)
    return [
        sys.executable, "-m", "granian", "linli.wsgi:application",
        "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads or 4),
        "--no-ws", "--no-access-log", "--log-level", "warning",
        "--respawn-failed-workers", "--workers-kill-timeout", "10",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, "-m", "linli.cli", "worker"]


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    threads: int | None = None,
    with_worker: bool = True,
    announce: Callable[[], None] | None = None,
) -> int:
    """Start and supervise the web server and the worker. Everything must be prepared.

    `announce` is called when the server answers. Raises StillRunningError during a restore,
    CouldNotError where the port is taken.
    """
    check_port(host, port)
    children = [Child("web server", web_command(host, port, workers, threads))]
    if with_worker:
        children.append(Child("worker", worker_command()))
    connections.close_all()
    with running.being_used():
        if announce is not None:
            threading.Thread(target=_tell, args=(host, port, announce), daemon=True).start()
        return Supervisor(children).run()


def check_port(host: str, port: int) -> None:
    """CouldNotError where nobody can listen: most likely Linli itself does already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            if trouble.errno == errno.EADDRINUSE:
                problem = _(
                    "Port %(port)d is in use. End what runs there, or choose another: --port N"
                )
            else:
                problem = _("Nobody can listen on %(host)s, port %(port)d.")
            raise CouldNotError(problem % {"host": host, "port": port}) from None


def _tell(host: str, port: int, announce: Callable[[], None]) -> None:
    """Call `announce` once the server takes connections, or after half a minute anyway."""
    there = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared only
    for _try in range(150):
        try:
            socket.create_connection((there, port), timeout=0.2).close()
            break
        except OSError:
            time.sleep(0.2)
    announce()
