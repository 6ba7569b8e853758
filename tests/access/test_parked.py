"""A form sent with a lapsed session is not lost."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from linli.access import lapsed_forms
from linli.access.models import ParkedForm
from linli.ground import clock
from tests.cast import PASSWORD, Cast, cast, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.pages")]
TYPED = {"narrative": "二楼漏水,𡈽地庙旁", "csrfmiddlewaretoken": "x"}


@pytest.fixture
def people() -> Cast:
    cache.clear()
    return cast(PASSWORD)


def lapse(client: Client) -> str:
    """Send the form after an hour of nothing; where `next` leads after sign-in."""
    with clock.fixed(clock.now() + timedelta(hours=1)):
        response = client.post("/form/", TYPED)
        where = urlsplit(response.headers["Location"])
        assert where.path == "/sign-in/"
        return parse_qs(where.query)["next"][0]


def test_what_was_typed_comes_back_once_after_signing_in(client: Client, people: Cast) -> None:
    signed_in(client, people.chen).get("/desk/")
    back = lapse(client)
    assert back.startswith("/form/?parked=")
    assert "保留" in client.get("/sign-in/", {"next": back}).content.decode()
    row = ParkedForm.objects.get()
    assert row.staff == people.chen
    assert "漏水".encode() not in bytes(row.blob)
    with clock.fixed(clock.now() + timedelta(hours=1, minutes=1)):
        entered = client.post(
            "/sign-in/", {"login": "chenjing", "password": PASSWORD, "next": back}
        )
        assert entered.headers["Location"] == back
        assert client.get(back).content.decode() == TYPED["narrative"]
        assert client.get(back).content.decode() == "empty"
    assert not ParkedForm.objects.exists()


def test_nobody_else_gets_it_and_not_after_an_hour(client: Client, people: Cast) -> None:
    signed_in(client, people.chen).get("/desk/")
    back = lapse(client)
    start = clock.now() + timedelta(hours=1)
    with clock.fixed(start):
        assert signed_in(Client(), people.li).get(back).content == b"empty"
        assert Client().get(back).status_code == 302
    with clock.fixed(start + timedelta(minutes=61)):
        assert signed_in(Client(), people.chen).get(back).content == b"empty"


def test_it_belongs_to_the_page_it_was_typed_on(client: Client, people: Cast) -> None:
    signed_in(client, people.chen).get("/desk/")
    key = lapse(client).partition("parked=")[2]
    ParkedForm.objects.filter(pk=key).update(path="/other/")
    assert signed_in(Client(), people.chen).get(f"/form/?parked={key}").content == b"empty"


def test_an_old_token_of_the_form_keeps_it_too(people: Cast) -> None:
    strict = signed_in(Client(enforce_csrf_checks=True), people.chen)
    kept = strict.post("/form/", TYPED)
    assert kept.status_code == 302
    assert strict.get(kept.headers["Location"]).content.decode() == TYPED["narrative"]
    foreign = strict.post("/form/", {"narrative": "x"})
    assert foreign.status_code == 403
    assert not ParkedForm.objects.exists()


def test_too_much_is_not_kept(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lapsed_forms, "LARGEST", 10)
    response = client.post("/form/", TYPED)
    assert response.headers["Location"] == "/sign-in/?next=/form/"
    monkeypatch.undo()
    monkeypatch.setattr(lapsed_forms, "MOST", 1)
    assert "parked" in client.post("/form/", TYPED).headers["Location"]
    assert "parked" not in client.post("/form/", TYPED).headers["Location"]
