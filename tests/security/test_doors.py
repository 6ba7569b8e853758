"""Doors: sign-in, redirects, what is typed shown as text, and a receipt that is nobody's."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.ledger.entries import receipts
from tests.cast import PASSWORD, cast, record, signed_in, totp_code

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")


def test_between_password_and_second_step_nothing_is_open() -> None:
    people = cast(PASSWORD)
    entry = record("visits", people.li, people.room).entry
    client = Client()
    typed = {"login": people.li.username, "password": PASSWORD}
    assert client.post("/sign-in/", typed).headers["Location"].startswith("/sign-in/code/")
    for path in (
        "/", "/desk/", "/account/", f"/entries/{entry}/", "/account/second-step/on/",
        "/account/recovery-codes/", "/account/password/", "/ledgers/visits/",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 302 and "/sign-in/" in answer.headers["Location"], path
    before = client.session.session_key
    assert client.post("/sign-in/code/", {"code": totp_code()}).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_redirect_leads_elsewhere(target: str) -> None:
    people = cast(PASSWORD)
    entry = record("visits", people.chen, people.room).entry
    client = Client()
    typed = {"login": people.chen.username, "password": PASSWORD, "next": target}
    for answer in (
        client.post("/sign-in/", typed),
        client.get("/sign-in/", {"next": target}),
        client.post("/language/", {"language": "en", "next": target}),
        client.post(f"/entries/{entry}/do/note/", {"note": "x", "rev": "1", "back": target}),
    ):
        assert answer.status_code == 302
        assert "evil" not in answer.headers["Location"]
        assert not answer.headers["Location"].startswith("javascript")


def test_what_is_typed_is_shown_as_text(client: Client) -> None:
    people = cast()
    entry = record(
        "visits", people.li, people.room, narrative=SCRIPT, place=SCRIPT,
        visitors=[{"name": SCRIPT, "note": SCRIPT, "phone": "13800000001"}],
    ).entry  # fmt: skip
    li = signed_in(client, people.li)
    li.post(f"/entries/{entry}/do/note/", {"note": SCRIPT, "rev": "1"})
    li.post(f"/entries/{entry}/do/ask/", {"question": SCRIPT, "rev": "2"})
    code = receipts.issue(entry, people.room.pk, people.branch.pk)
    pages = [
        li.get(path)
        for path in (
            "/desk/",
            f"/entries/{entry}/",
            "/ledgers/visits/",
            f"/entries/{entry}/do/correct/",
            f"/entries/{entry}/saved/",
            "/worklog/",
            f"/find/?q={SCRIPT}",
            f"/ledgers/visits/?words={SCRIPT}&cols={SCRIPT}&state={SCRIPT}",
        )
    ]
    pages += [
        li.post(f"/entries/{entry}/reveal/", {"purpose": "permit"}),
        li.post("/ledgers/visits/similar/", {"narrative": SCRIPT, "place": SCRIPT}),
        li.post("/ledgers/visits/new/", {"narrative": SCRIPT, "place": SCRIPT}),
        client.post("/receipt/", {"code": code}),
        client.post("/receipt/", {"code": SCRIPT}),
        client.get("/report/", {"q": SCRIPT}),
        client.post(f"/r/{people.room.code}/report/", {"what": SCRIPT, "token": SCRIPT}),
    ]
    for page in pages:
        assert "text/html" in page.headers["Content-Type"], page
        text = page.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, page.request
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_typst_reads_what_is_typed_as_text(client: Client) -> None:
    people = cast()
    typed = '#read("/linli/settings.py") #panic("x") $x$ #import "/x.typ" ]] #[ \\'
    entry = record("visits", people.li, people.room, narrative=typed, place=typed).entry
    li = signed_in(client, people.li)
    for path in (f"/entries/{entry}/print/", "/ledgers/visits/print/"):
        page = li.get(path)
        assert page.status_code == 200 and page.content.startswith(b"%PDF")
        assert "no-store" in page.headers["Cache-Control"]


def test_a_foreign_page_sends_no_form_of_ours() -> None:
    people = cast()
    entry = record("visits", people.li, people.room).entry
    strict = signed_in(Client(enforce_csrf_checks=True), people.li)
    for path in (
        f"/entries/{entry}/do/void/", f"/entries/{entry}/receipt/", f"/entries/{entry}/reveal/",
        "/desk/whereabouts/", "/account/sessions/end-others/", "/sign-out/", "/ledgers/visits/new/",
        "/drafts/save/visits/record/",
    ):  # fmt: skip
        assert strict.post(path, {"reason": "x", "purpose": "permit"}).status_code == 403, path


def test_figures_for_machines_are_not_for_visitors(client: Client) -> None:
    cast()
    for headers in ({"X-Forwarded-For": "1.2.3.4"}, {"Forwarded": "for=1.2.3.4"}):
        assert client.get("/metrics", headers=headers).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    told = client.get("/readyz", REMOTE_ADDR="10.0.0.9").json()
    assert set(told) == {"ready", "database", "migrations", "keyring"}
