"""The real server, killed with SIGKILL under load, twenty times: what it acknowledged is there."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from linli.access import tokens
from linli.history.models import Step, StepBody
from linli.ledger.entries.models import Entry, EntryPerson, Sealed, SearchText
from linli.ledger.verify import verify
from tests.cast import Cast, cast
from tests.ledger.test_hammer import all_gone, database_url

KILLS, CLIENTS = 20, 6
MATTER = {
    "category": "help",
    "narrative": "楼上漏水",
    "visitors": [{"role": "visitor", "name": "张小花", "phone": "13800001234"}],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> subprocess.Popen[bytes]:
    """The web server in a process group of its own, answering when this returns."""
    environment = {
        **os.environ,
        "LINLI_HOME": str(settings.HOME),
        "LINLI_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
            "--workers", "1", "--blocking-threads", "4", "--no-ws", "linli.wsgi:application",
        ],
        env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            client.request("GET", "/healthz")
            client.getresponse().read()
            return server
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise AssertionError("the server did not come up within three minutes")


class Load(threading.Thread):
    """One client that sends again, with the same key, what was not acknowledged."""

    def __init__(self, number: int, port: int, token: str) -> None:
        super().__init__()
        self.number, self.port, self.token = number, port, token
        self.acknowledged: dict[str, UUID] = {}
        self.stop = threading.Event()
        self.sent = 0
        self.refused: AssertionError | None = None

    def run(self) -> None:
        try:
            self.work()
        except AssertionError as refused:
            self.refused = refused

    def work(self) -> None:
        while not self.stop.is_set():
            self.sent += 1
            key = f"{self.number}-{self.sent}"
            while key not in self.acknowledged and not self.stop.is_set():
                try:
                    self.acknowledged[key] = self.record(key)
                except (OSError, http.client.HTTPException, ValueError):
                    time.sleep(0.02)

    def record(self, key: str) -> UUID:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        client.request(
            "POST", "/api/v1/ledgers/visits/entries", json.dumps({"data": MATTER}), headers
        )
        answer = client.getresponse()
        body = answer.read()
        assert answer.status in (200, 201), (answer.status, body[:300])
        return UUID(json.loads(body)["id"])


def working(clients: list[Load]) -> None:
    """Return when something more was acknowledged: the server is in the middle of its work."""
    before = sum(len(client.acknowledged) for client in clients)
    until = time.monotonic() + 120
    while sum(len(client.acknowledged) for client in clients) <= before:
        assert all(client.is_alive() for client in clients), [one.refused for one in clients]
        assert time.monotonic() < until, "the server acknowledges nothing"
        time.sleep(0.01)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return cast()


@pytest.mark.slow
def test_the_server_killed_twenty_times_under_load(people: Cast) -> None:
    """Every acknowledged entry is there once, none is half, serials have no gap, chains hold."""
    port, chance = free_port(), random.Random(20261121)
    token = tokens.create(people.li, "load")
    server = start(port)
    clients = [Load(number, port, token) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for _kill in range(KILLS):
            working(clients)
            time.sleep(chance.uniform(0.02, 0.4))
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            server = start(port)
        working(clients)
    finally:
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    assert [one.refused for one in clients if one.refused] == []
    connection.close()
    all_gone()
    acknowledged = [id for client in clients for id in client.acknowledged.values()]
    assert len(acknowledged) > KILLS
    assert len(set(acknowledged)) == len(acknowledged)
    entries = dict(Entry.objects.filter(room=people.room.pk).values_list("id", "serial_no"))
    assert set(acknowledged) <= set(entries)
    assert len(entries) <= len(acknowledged) + CLIENTS  # at most one each was not acknowledged
    assert sorted(entries.values()) == list(range(1, len(entries) + 1))
    for model in (EntryPerson, Sealed, SearchText):
        assert model.objects.filter(room=people.room.pk).count() == len(entries)
    assert StepBody.objects.count() == Step.objects.count()
    assert [finding.message for finding in verify([people.room.pk]) if finding.wrong] == []
