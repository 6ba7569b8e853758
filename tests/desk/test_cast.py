"""The cast itself: what it promises to other tests."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.access import second_factor
from tests.cast import PASSWORD, cast, totp_code

pytestmark = pytest.mark.django_db


def test_the_cast_signs_in_through_the_page(client: Client) -> None:
    people = cast(PASSWORD)
    page = client.post("/sign-in/", {"login": "lijianguo", "password": PASSWORD})
    assert page.status_code == 302
    page = client.post(page["Location"], {"code": totp_code()})
    assert page.status_code == 302, page.content.decode()
    assert second_factor.has_one(people.li.pk)
    assert client.get("/").status_code == 200
