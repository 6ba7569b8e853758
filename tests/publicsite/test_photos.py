"""Photos with a report: cleaned, kept while the form is wrong, seen by the officer, gone in time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.ground import clock
from linli.ledger.entries.models import Entry
from linli.ledger.files import reading, taking_in
from linli.ledger.files.models import Attachment
from linli.ledger.verify import verify
from tests.cast import Cast, actor, signed_in
from tests.ledger.files.conftest import pdf, picture, upload
from tests.publicsite.conftest import FILLED, MORNING, hidden


@pytest.fixture
def path(people: Cast) -> str:
    return f"/r/{people.room.code}/report/"


def token_of(resident: Client, path: str) -> str:
    with clock.fixed(MORNING):
        return hidden(resident.get(path), "token")


def post(resident: Client, path: str, token: str, *, wait: int = 20, **filled: Any) -> Any:
    with clock.fixed(MORNING + timedelta(seconds=wait)):
        return resident.post(path, {**FILLED, "token": token, **filled})


def test_photos_come_with_the_report_and_the_officer_sees_them(
    people: Cast, resident: Client, path: str, client: Client
) -> None:
    token = token_of(resident, path)
    page = resident.get(path).content.decode()
    assert 'enctype="multipart/form-data"' in page and 'type="file"' in page
    files = [upload(picture(gps=True), "IMG_1.jpg"), upload(picture(kind="PNG"), "IMG_2.png")]
    sent = post(resident, path, token, photos=files)
    assert sent.status_code == 200
    entry = Entry.objects.get()
    rows = list(Attachment.objects.all())
    assert [row.entry for row in rows] == [entry.id, entry.id]
    assert {row.key_id.split("/")[0] for row in rows} == {"report_attachments"}
    with clock.fixed(MORNING + timedelta(minutes=1)):
        _name, pieces = reading.content(actor(people.li), rows[0])
    content = b"".join(pieces)
    assert b"Exif" not in content and b"SpyCam" not in content
    assert [found for found in verify() if found.wrong] == []
    shown = signed_in(client, people.li).get(f"/entries/{entry.id}/").content.decode()
    assert "IMG_1.jpg" in shown and "IMG_2.png" in shown


def test_they_stay_when_the_form_is_wrong_and_can_be_left_out_again(
    resident: Client, path: str
) -> None:
    token = token_of(resident, path)
    files = [upload(picture(), "one.jpg"), upload(picture(), "two.jpg")]
    page = post(resident, path, token, what="", photos=files)
    assert page.status_code == 422 and not Entry.objects.exists()
    ids = re.findall(r'name="photo" value="([^"]+)" checked', page.content.decode())
    assert len(ids) == 2 and "one.jpg" in page.content.decode()
    assert post(resident, path, token, photo=[ids[1]]).status_code == 200
    assert [row.entry is None for row in Attachment.objects.order_by("id")] == [True, False]


@pytest.mark.parametrize(
    ("content", "name"), [(pdf(), "a.pdf"), (b"MZ", "a.jpg"), (picture()[:400], "half.jpg")]
)
def test_what_is_no_photo_is_told_and_the_words_stay(
    resident: Client, path: str, content: bytes, name: str
) -> None:
    page = post(resident, path, token_of(resident, path), photos=[upload(content, name)])
    assert page.status_code == 422 and FILLED["what"] in page.content.decode()
    assert not Entry.objects.exists() and not Attachment.objects.exists()


def test_no_more_than_three(resident: Client, path: str) -> None:
    token = token_of(resident, path)
    page = post(resident, path, token, photos=[upload(picture(), f"{n}.jpg") for n in range(5)])
    assert page.status_code == 422 and Attachment.objects.count() == 3
    assert 'type="file"' not in page.content.decode()


def test_one_form_does_not_fill_the_disk(resident: Client, path: str) -> None:
    token = token_of(resident, path)
    for _n in range(5):
        page = post(
            resident, path, token, what="", photos=[upload(picture(), f"{n}.jpg") for n in range(3)]
        )
    assert Attachment.objects.count() == 9
    assert "请明天再试" in page.content.decode()


def test_all_forms_together_do_not_either(
    resident: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "MOST_UNSENT", 1)
    for _n in range(2):
        post(resident, path, token_of(resident, path), what="", photos=[upload(picture())])
    assert Attachment.objects.count() == 1


def test_strangers_photos_keep_nobody_waiting(
    resident: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "_A_MOMENT", 0.01)
    with taking_in._of_residents:  # somebody else's photo is being looked at
        page = post(
            resident,
            path,
            token_of(resident, path),
            photos=[upload(picture(), f"{n}.jpg") for n in range(3)],
        )
        assert page.status_code == 422 and not Attachment.objects.exists()
        assert taking_in.wash(picture()).media.code == "image/jpeg"  # an officer's need not wait


def test_anothers_photo_cannot_be_named(resident: Client, path: str) -> None:
    post(resident, path, token_of(resident, path), what="", photos=[upload(picture(), "mine.jpg")])
    [row] = Attachment.objects.all()
    page = post(resident, path, token_of(resident, path), what="", photo=[str(row.id)])
    assert "mine.jpg" not in page.content.decode()
    assert post(resident, path, token_of(resident, path), photo=[str(row.id)]).status_code == 200
    row.refresh_from_db()
    assert row.entry is None


def test_a_forged_or_trapped_form_takes_no_photo_in(resident: Client, path: str) -> None:
    post(resident, path, "forged", photos=[upload(picture())])
    post(resident, path, token_of(resident, path), website="x", photos=[upload(picture())])
    assert not Attachment.objects.exists()


def test_what_is_far_too_long_is_not_read(resident: Client, path: str) -> None:
    token = token_of(resident, path)
    with clock.fixed(MORNING + timedelta(seconds=20)):
        page = resident.post(path, {**FILLED, "token": token}, CONTENT_LENGTH=str(90 * 1024 * 1024))
    assert page.status_code == 413 and not Entry.objects.exists()
