"""Residents: what they see and send, without an account, a cookie or a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.ground import clock
from linli.publicsite.limits import wrong_tries
from tests.cast import Cast
from tests.cast import cast as make_cast

MORNING = datetime(2026, 3, 12, 1, 30, tzinfo=UTC)  # a Thursday, 09:30 in Shanghai


@pytest.fixture
def people(db: None) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def no_tries_before() -> Iterator[None]:
    wrong_tries.forget()
    yield
    wrong_tries.forget()


@pytest.fixture
def resident() -> Client:
    return Client(headers={"accept-language": "zh-CN,zh;q=0.9"}, enforce_csrf_checks=True)


def hidden(page: HttpResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, f"no hidden field {name}"
    return found[1]


def code_of(page: HttpResponse) -> str:
    found = re.search(r'<span class="code">([^<]+)</span>', page.content.decode())
    assert found, page.content.decode()[:2000]
    return found[1]


FILLED = {"kind": "help", "what": "楼道灯坏了，老人上下楼不方便", "place": "梅苑小区 3 栋 2 单元"}


@pytest.fixture
def send(resident: Client) -> Callable[..., HttpResponse]:
    """Open the form of a room, fill it in like a person and send it."""

    def run(code: str, wait: float = 20, at: datetime = MORNING, **filled: str) -> HttpResponse:
        with clock.fixed(at):
            form = resident.get(f"/r/{code}/report/")
            token = hidden(form, "token")
        with clock.fixed(at + timedelta(seconds=wait)):
            return resident.post(f"/r/{code}/report/", {**FILLED, "token": token, **filled})

    return run
