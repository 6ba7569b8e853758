"""What stays behind: in browsers, cookies, logs, on the disk."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.test import Client

from linli.access import lapsed_forms
from linli.access.models import ParkedForm
from linli.ledger.declaration import registry
from linli.ledger.exchange.runs import files, results
from linli.ledger.exchange.runs.models import ImportRun
from linli.ledger.exchange.runs.results import Verdict, VerdictWriter
from linli.logs import WithoutWords
from tests.cast import cast, record, signed_in

pytestmark = pytest.mark.django_db
WORDS = "张三丰在梅苑小区吵架"


@pytest.mark.parametrize(
    "path", ["/desk/", "/ledgers/visits/", "/entries/{}/", "/entries/{}/do/correct/"]
)
def test_pages_of_staff_are_kept_by_no_browser(client: Client, path: str) -> None:
    people = cast()
    entry = record("visits", people.li, people.room, narrative=WORDS).entry
    page = signed_in(client, people.li).get(path.format(entry))
    assert WORDS in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_a_message_about_a_matter_is_no_cookie(client: Client) -> None:
    people = cast()
    entry = record("visits", people.li, people.room, narrative=WORDS).entry
    li = signed_in(client, people.li)
    answer = li.post(f"/entries/{entry}/do/note/", {"note": "看过", "rev": "1"})
    assert answer.status_code == 302
    assert "messages" not in answer.cookies
    assert WORDS in li.get("/desk/").content.decode()


def test_the_words_of_an_exception_stay_out_of_the_log() -> None:
    try:
        try:
            {}["420106199001010001"]
        except KeyError as error:
            raise ValueError(f"no such person: {WORDS}") from error
    except ValueError:
        record_ = logging.getLogger("test").makeRecord(
            "test", logging.ERROR, __file__, 1, "failed", (), __import__("sys").exc_info()
        )
    text = WithoutWords("%(message)s").format(record_)
    assert WORDS not in text and "420106" not in text
    assert "ValueError" in text and "KeyError" in text and "test_what_stays.py" in text


def test_every_handler_writes_without_words(settings: object) -> None:
    from django.conf import settings as ours

    formats = {name: one["formatter"] for name, one in ours.LOGGING["handlers"].items()}
    assert set(formats.values()) == {"line"}
    assert ours.LOGGING["formatters"]["line"]["()"] == "linli.logs.WithoutWords"


def test_a_password_is_never_parked(client: Client) -> None:
    people = cast()
    strict = signed_in(Client(enforce_csrf_checks=True), people.li)
    for path, typed in (
        ("/account/password/", {"oldpassword": "linli-test-only-9", "password1": "x"}),
        ("/account/again/", {"password": "linli-test-only-9"}),
        ("/sign-in/code/", {"code": "123456"}),
    ):
        strict.post(path, {**typed, "csrfmiddlewaretoken": "old"})
    assert not ParkedForm.objects.exists()


def test_strangers_do_not_crowd_out_the_forms_of_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    people = cast()
    monkeypatch.setattr(lapsed_forms, "MOST_OF_UNKNOWN", 2)
    stranger = Client()
    for _n in range(4):
        stranger.post("/ledgers/visits/new/", {"narrative": WORDS})
    assert ParkedForm.objects.count() == 2
    strict = signed_in(Client(enforce_csrf_checks=True), people.li)
    strict.post("/ledgers/visits/new/", {"narrative": WORDS, "csrfmiddlewaretoken": "old"})
    assert ParkedForm.objects.filter(staff=people.li).count() == 1


def test_reasons_of_an_import_lie_sealed() -> None:
    people = cast()
    assert registry.get("visits")
    run = ImportRun(
        district=people.branch.pk, room=people.room.pk, ledger="visits", file_name="x.csv",
        digest="", folder="testing-verdicts", language="zh-hans",
    )  # fmt: skip
    path: Path = files.folder(run) / files.VERDICTS
    told = [Verdict(0, n, "warned", (f"备注“{WORDS}”",), f"访-2026-{n}") for n in range(5)]
    with VerdictWriter(path) as writer:
        writer.write(told[:3])
        writer.write(told[3:])
    assert WORDS.encode() not in path.read_bytes()
    assert list(results.verdicts(run)) == told
    files.drop(run)


def test_a_work_log_has_no_receipt(client: Client) -> None:
    from linli.duty.signing import sign_off
    from linli.ground import clock
    from tests.cast import actor

    people = cast()
    record("visits", people.li, people.room)
    log = sign_off(actor=actor(people.li), day=clock.today(), remark="").entry
    assert signed_in(client, people.li).post(f"/entries/{log}/receipt/").status_code == 404
