"""`linli admin create`, `linli token create`, `linli units load`."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest
from django.test import Client

from linli.access import commands, tokens
from linli.history.models import Step
from linli.org import commands as org_commands
from linli.org import loading
from linli.org.models import Posting, Staff, Unit
from tests.cast import PASSWORD, cast, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.pages")]


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    commands.add_commands(subparsers)
    org_commands.add_commands(subparsers)
    args = parser.parse_args(words)
    code: int = args.func(args)
    return code


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))


@pytest.mark.usefixtures("typed")
def test_the_first_administrator_signs_in_with_what_was_printed(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    people = cast()
    made = ("admin", "create", "--username", "Root", "--name", "管理员", "--password-stdin")
    assert run(*made) == 0
    printed = capsys.readouterr().out
    assert PASSWORD not in printed
    secret = printed.split("secret=")[1].split("&")[0]
    posting = Posting.objects.get(staff__username="root")
    assert (posting.unit, posting.role) == (people.bureau, "administrator")
    client.post("/sign-in/", {"login": "root", "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": totp_code(secret)}).status_code == 302
    assert client.get("/desk/").content.decode() == "管理员"


@pytest.mark.usefixtures("typed")
def test_without_units_or_with_a_weak_password_nothing_is_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("admin", "create", "--username", "root", "--password-stdin") == 2
    assert "linli units load" in capsys.readouterr().err
    cast()
    monkeypatch.setattr("sys.stdin", io.StringIO("12345678\n"))
    assert run("admin", "create", "--username", "root", "--password-stdin") == 2
    assert not Staff.objects.filter(username="root").exists()


def test_a_token_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    people = cast()
    assert run("token", "create", "--user", "lijianguo", "--days", "3") == 0
    who = tokens.actor_for_token(capsys.readouterr().out.strip())
    assert who is not None
    assert who.id == people.li.pk
    assert run("token", "create", "--user", "nobody") == 2
    with pytest.raises(SystemExit):  # a key for no day at all is no key for ever
        run("token", "create", "--user", "lijianguo", "--days", "0")


def test_units_load_says_what_it_added(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    lines = loading.SHIPPED.read_text(encoding="utf-8").splitlines()[:4]
    small.write_text("\n".join(lines), encoding="utf-8")
    assert run("units", "load", str(small)) == 0
    assert "3" in capsys.readouterr().out
    assert Unit.objects.filter(kind="room").count() == 3
    assert run("units", "load", str(tmp_path / "none.csv")) == 2


def test_a_lost_phone_and_a_forgotten_password(
    client: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = cast(PASSWORD)
    for _try in range(5):
        client.post("/sign-in/", {"login": "lijianguo", "password": "wrong-wrong-9"})
    monkeypatch.setattr("sys.stdin", io.StringIO("ganz-anders-2026\n"))
    assert run("admin", "reset", "--user", "lijianguo", "--password-stdin", "--second-step") == 0
    assert "ganz-anders" not in capsys.readouterr().out
    entered = Client().post("/sign-in/", {"login": "lijianguo", "password": "ganz-anders-2026"})
    assert entered.headers["Location"] == "/account/second-step/on/"
    actions = Step.objects.filter(subject=people.li.pk).values_list("action", flat=True)
    assert {"staff.password", "staff.second_step_off"} <= set(actions)
