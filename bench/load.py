"""Load and the server under it: granian on one side, wrk on the other; where there is no wrk, a
plain client of sockets in a process of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.world import ROOT, World

HERE = Path(__file__).parent
WORKERS, THREADS = 2, 8


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    token: str = ""
    body: str = ""


@dataclass(frozen=True)
class Result:
    """Requests per second, latencies in milliseconds, answers that were no success."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int


@contextmanager
def serving(world: World, application: str) -> Iterator[int]:
    """Granian with this WSGI application; gives its port."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        str(workers(world)),
        "--blocking-threads",
        str(THREADS),
        "--no-ws",
        "--log-level",
        "warning",
        application,
    ]
    log = world.home / "server.log"
    with log.open("ab") as out:
        server = subprocess.Popen(command, env=world.env, cwd=ROOT, stdout=out, stderr=out)
    try:
        _wait(port, server, log)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def workers(world: World) -> int:
    """As `linli serve` does: one process on SQLite, whose writers queue in order."""
    return 1 if world.url.startswith("sqlite") else WORKERS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(900):
        if server.poll() is not None:
            raise SystemExit(f"the server ended:\n{log.read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.5)
                return
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


def run(
    port: int, requests: Sequence[Request], *, clients: int = 16, seconds: float = 10
) -> Result:
    """Send the requests over and over from `clients` connections."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.tsv"
        plan.write_text("".join(f"{r.method}\t{r.path}\t{r.token}\t{r.body}\n" for r in requests))
        if shutil.which("wrk"):
            command = [
                "wrk",
                "-t1",
                f"-c{clients}",
                f"-d{max(round(seconds), 1)}s",
                "-s",
                str(HERE / "load.lua"),
                f"http://127.0.0.1:{port}",
                "--",
                str(plan),
            ]
        else:
            command = [
                sys.executable,
                "-m",
                "bench.load",
                str(port),
                str(plan),
                str(clients),
                str(seconds),
            ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Result(
        found["requests"] / found["seconds"],
        found["p50"],
        found["p95"],
        found["p99"],
        found["errors"],
    )


def _client(port: int, plan: str, clients: int, seconds: float) -> None:
    """The plain client: one thread and one kept connection per client."""
    requests = []
    for line in Path(plan).read_text().splitlines():
        method, path, token, body = line.split("\t")
        sent = body.encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Bearer {token}\r\n" if token else ""
        requests.append(head.encode() + b"Content-Length: %d\r\n\r\n" % len(sent) + sent)
    took: list[float] = []
    errors: list[int] = []
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_one, args=(port, requests, n, clients, end, took, errors))
        for n in range(clients)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, took = time.monotonic() - began, sorted(took) or [0.0]
    at = {
        name: took[int(len(took) * share)] * 1000
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    print(json.dumps({"requests": len(took), "seconds": spent, **at, "errors": sum(errors)}))


def _one(
    port: int,
    requests: list[bytes],
    first: int,
    step: int,
    end: float,
    took: list[float],
    errors: list[int],
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link, link.makefile("rb") as answers:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = first
        while (began := time.monotonic()) < end:
            link.sendall(requests[number % len(requests)])
            number += step
            status = answers.readline().split(b" ", 2)[1]
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)
            took.append(time.monotonic() - began)
            errors.append(status[:1] != b"2")


if __name__ == "__main__":
    _client(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
