"""What holds for all usual services of a room: lost property, keys, watch, services, care visits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.utils import translation

from linli.ground import clock, rules
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.exchange.words import headings
from linli.ledger.printing import form
from linli.ledger.printing.book import book_pdf
from linli.ledger.verify import verify
from tests.care_visits.test_ledger import GRANNY
from tests.cast import Cast, actor, cast, record, signed_in
from tests.entrusted_keys.test_ledger import KEY
from tests.home_services.test_ledger import ASKED
from tests.home_watch.test_ledger import HOME
from tests.lost_property.test_ledger import THING

pytestmark = pytest.mark.django_db

RECORDED: dict[str, dict[str, Any]] = {
    "lost_property": THING, "entrusted_keys": KEY, "home_watch": HOME, "home_services": ASKED,
    "care_visits": GRANNY,
}  # fmt: skip
SERVICES = pytest.mark.parametrize("code", RECORDED)


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    made = cast()
    with clock.fixed(datetime(2026, 11, 23, 9, 30, tzinfo=clock.SHANGHAI)):
        yield made


def recorded(people: Cast, code: str) -> Entry:
    return Entry.objects.get(id=record(code, people.li, people.room, **RECORDED[code]).entry)


@SERVICES
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_field_is_known_by_its_own_title(code: str, language: str) -> None:
    ledger = registry.get(code)
    known = headings.words(ledger).columns
    with translation.override(language):
        for field in ledger.fields:
            if field.kind.code in ("people", "files"):  # not in one column of a file
                continue
            target = known.get(headings.plain(str(field.title)), "")
            assert target.split("[")[0] == field.name, (field.name, str(field.title), target)


@SERVICES
def test_it_prints_as_a_book_and_as_a_form(people: Cast, code: str) -> None:
    entry = recorded(people, code)
    ledger = registry.get(code)
    by = actor(people.li)
    with translation.override("zh-hans"):
        for made in (
            book_pdf(ledger, [entry], people.room.name, "2026-11", by),
            form.entry_pdf(entry, by),
        ):
            pages = pypdf.PdfReader(io.BytesIO(made)).pages
            text = "".join("".join(page.extract_text().split()) for page in pages)
            assert "梅苑" in text
            assert "张小花" not in text and "13800001234" not in text
        assert str(ledger.book).endswith("登记簿")


@SERVICES
def test_its_pages_open_and_outsiders_find_nothing(client: Client, people: Cast, code: str) -> None:
    entry = recorded(people, code)
    signed_in(client, people.li)
    for path in (f"/ledgers/{code}/", f"/ledgers/{code}/new/", f"/entries/{entry.id}/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "张小花" not in page.content.decode()
    signed_in(client, people.outsider)
    assert client.get(f"/entries/{entry.id}/").status_code == 404


@SERVICES
def test_its_rules_stand_in_the_pack(code: str) -> None:
    ledger = registry.get(code)
    now = rules.on(clock.today())
    assert ledger.retention in now
    assert now.span(ledger.retention).unit in ("days", "months", "years")
    named = {one for one in now if one.startswith(f"deadline.{code}.")}
    assert named and all(now.rule(one).source for one in named)


@SERVICES
def test_the_form_asks_for_what_is_needed_and_for_people(
    client: Client, people: Cast, code: str
) -> None:
    page = signed_in(client, people.li).get(f"/ledgers/{code}/new/").content.decode()
    record_asks = registry.get(code).all_actions["record"].asks
    for ask in record_asks:
        if ask.required:
            assert f'name="{ask.name}' in page, ask.name
    named = next(f.name for f in registry.get(code).fields if f.kind.code == "people")
    assert f'name="{named}-0-name"' in page


def test_found_and_fetched_at_once_at_the_counter(client: Client, people: Cast) -> None:
    """The finder stands in the form, who fetches it beside what was done."""
    sent = {
        "category": "keys", "narrative": "钥匙一串", "received_at": "2026-11-23 09:00",
        "people-0-role": "finder", "people-0-name": "张小花", "outcome": "give_back",
        "give_back-people-0-role": "collector", "give_back-people-0-name": "刘大勇",
        "give_back-proof": "mark", "give_back-finished_at": "2026-11-23 09:20",
    }  # fmt: skip
    page = signed_in(client, people.li).post("/ledgers/lost_property/new/", sent)
    assert page.status_code == 302, page.content.decode()
    entry = Entry.objects.get(ledger="lost_property")
    assert entry.state == "returned"
    there = EntryPerson.objects.filter(entry=entry.id).order_by("position")
    assert [one.role for one in there] == ["finder", "collector"]
    assert [found for found in verify() if found.wrong] == []
