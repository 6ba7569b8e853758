"""Where the tests find PostgreSQL: a server told of, the one of this machine, or one of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


def works(url: str) -> bool:
    """Whether we can make databases there."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=20) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


@contextmanager
def server() -> Iterator[tuple[str | None, str]]:
    """(URL, where it comes from); the URL is None where there is no PostgreSQL, and why."""
    told = os.environ.get("LINLI_TEST_POSTGRES")
    if told:
        yield (
            (told, "LINLI_TEST_POSTGRES")
            if works(told)
            else (None, "LINLI_TEST_POSTGRES does not answer")
        )
    elif works(LOCAL):
        yield LOCAL, "127.0.0.1:5432"
    elif programs := _programs():
        with _own_cluster(programs) as url:
            yield url, f"a cluster of its own by {programs}"
    else:
        yield None, "no server at 127.0.0.1:5432, no LINLI_TEST_POSTGRES, no initdb"


def _programs() -> str | None:
    """The folder of initdb, newest version first."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(str(Path(found).parent))
    return next((folder for folder in folders if Path(folder, "pg_ctl").exists()), None)


@contextmanager
def _own_cluster(programs: str) -> Iterator[str]:
    """A cluster that is thrown away; PostgreSQL refuses root, so root runs it as somebody else."""
    folder = tempfile.mkdtemp(prefix="linli-postgresql-")
    data, port = f"{folder}/data", _free_port()
    before: list[str] = []
    if os.geteuid() == 0:
        user = next(name for name in ("postgres", "nobody") if _exists(name))
        shutil.chown(folder, user)
        before = ["setpriv", f"--reuid={user}", "--clear-groups"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    initdb = [
        f"{programs}/initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    start = [f"{programs}/pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start"]
    stop = [f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop"]
    subprocess.run([*before, *initdb], check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        subprocess.run([*before, *start], check=True, stdout=subprocess.DEVNULL, cwd="/")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*before, *stop], check=False, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
