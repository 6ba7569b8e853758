"""What monitoring asks, and who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from linli.ground import keyring
from linli.ledger.entries import counting
from linli.operations import warnings
from linli.org import tree
from tests.cast import Cast, actor


def test_alive_and_ready(people: Cast, client: Client, home: Path) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json() == {
        "ready": True, "database": True, "migrations": True, "keyring": True,
    }  # fmt: skip
    (home / "keyring.json").rename(home / "keyring.away")
    try:
        answer = client.get("/readyz")
    finally:
        (home / "keyring.away").rename(home / "keyring.json")
    assert answer.status_code == 503
    assert answer.json()["keyring"] is False


def test_figures_name_nobody(people: Cast, client: Client) -> None:
    counting.fold()
    text = client.get("/metrics").content.decode()
    assert 'linli_entries{ledger="visits"} 4.0' in text
    assert "linli_reads_unsealed" in text
    assert "李建国" not in text
    assert str(people.room.pk) not in text


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "10.0.0.9"},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.9"},
        {"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_figures_are_for_this_machine_or_a_token(
    people: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, extra: dict[str, str]
) -> None:
    assert client.get("/metrics", **extra).status_code == 404
    monkeypatch.setenv("LINLI_METRICS_TOKEN", "right")
    assert client.get("/metrics", **extra).status_code == 404
    extra["HTTP_AUTHORIZATION"] = "Bearer right"
    assert client.get("/metrics", **extra).status_code == 200


def test_warnings_are_told_to_those_who_can_act(
    people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keyring.create(tmp_path)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(tree, "year_known", lambda _year: True)
    [for_admin] = map(str, warnings.warnings_for(actor(people.admin)))
    [for_head] = map(str, warnings.warnings_for(actor(people.head)))
    assert "linli backup" in for_admin
    assert "linli" not in for_head and "administrator" in for_head
    assert warnings.warnings_for(actor(people.li)) == []
    assert warnings.warnings_for(actor(people.auditor)) == []
    monkeypatch.setattr(tree, "year_known", lambda _year: False)
    for one in (people.admin, people.head):
        assert "estimates" in str(warnings.warnings_for(actor(one))[-1])
    assert warnings.warnings_for(actor(people.li)) == []
