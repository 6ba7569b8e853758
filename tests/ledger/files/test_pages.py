"""Files in the browser, without script and with it: sent, kept while a form is wrong, looked at."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from linli.history.models import ReadLog
from linli.ledger.entries.models import Entry
from linli.ledger.files import storage, taking_in
from linli.ledger.files.models import Attachment
from tests.cast import Cast, do, record, signed_in
from tests.ledger.files.conftest import Take, pdf, picture, upload, wave


@pytest.fixture
def li(client: Client, people: Cast) -> Client:
    return signed_in(client, people.li)


@pytest.fixture
def entry(people: Cast) -> UUID:
    found: UUID = record("visits", people.li, people.room).entry
    return found


def attached(people: Cast, take: Take, entry: UUID, content: bytes, name: str) -> Attachment:
    row = take(content, name)
    do("visits", "attach", people.li, entry, added_files=[str(row.id)])
    return row


def test_without_script_files_travel_with_the_form(li: Client, entry: UUID) -> None:
    path = f"/entries/{entry}/do/attach/"
    form = li.get(path).content.decode()
    assert 'enctype="multipart/form-data"' in form and 'name="added_files-new"' in form
    sent = {
        "rev": "1", "added_files-there": "1",
        "added_files-new": [upload(picture(), "a.jpg"), upload(pdf(), "b.pdf")],
    }  # fmt: skip
    answer = li.post(path, sent)
    assert answer.status_code == 302
    page = li.get(f"/entries/{entry}/").content.decode()
    assert "a.jpg" in page and "b.pdf" in page
    assert len(re.findall(r"/files/[0-9a-f-]{36}/thumbnail/", page)) == 1


def test_what_was_sent_stays_when_the_form_is_wrong(
    li: Client, people: Cast, take: Take, entry: UUID
) -> None:
    """One file is not taken: the other stands in the form as a ticked line, sent only once."""
    path = f"/entries/{entry}/do/attach/"
    sent = {"rev": "1", "added_files-there": "1"}
    files = [upload(picture(), "good.jpg"), upload(b"MZ\x90", "bad.jpg")]
    answer = li.post(path, {**sent, "added_files-new": files})
    page = answer.content.decode()
    assert answer.status_code == 422 and "bad.jpg" in page and "good.jpg" in page
    assert Entry.objects.get(id=entry).rev == 1
    [row] = Attachment.objects.all()
    assert re.search(rf'name="added_files" value="{row.id}" checked', page)
    answer = li.post(path, {**sent, "added_files": [str(row.id)]})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.entry == entry


def test_nothing_chosen_is_told(li: Client, entry: UUID) -> None:
    answer = li.post(f"/entries/{entry}/do/attach/", {"rev": "1", "added_files-there": "1"})
    assert answer.status_code == 422


def test_a_form_names_nobody_elses_uploads(
    client: Client, people: Cast, take: Take, entry: UUID
) -> None:
    """An id that was guessed or found gives neither name nor thumbnail."""
    others = take(name="secret.jpg", staff=people.li)
    wang = signed_in(client, people.wang)
    sent = {"rev": "1", "added_files-there": "1", "added_files": [str(others.id)]}
    answer = wang.post(f"/entries/{entry}/do/attach/", sent)
    assert answer.status_code == 422 and "secret" not in answer.content.decode()


def test_by_script_one_file_at_a_time(li: Client) -> None:
    answer = li.post("/files/", {"file": upload(picture(), "a.jpg"), "field": "added_files"})
    assert answer.status_code == 201 and 'name="added_files"' in answer.content.decode()
    [row] = Attachment.objects.all()
    assert li.get(f"/files/{row.id}/thumbnail/").status_code == 200
    assert li.get(f"/files/{row.id}/").status_code == 404  # no matter yet
    refused = li.post("/files/", {"file": upload(b"MZ", "a.jpg")})
    assert refused.status_code == 422 and refused.headers["Content-Type"].startswith("text/plain")
    assert "a.jpg" in refused.content.decode()
    assert li.post("/files/").status_code == 422


def test_the_content_runs_nowhere_and_is_kept_nowhere(
    li: Client, people: Cast, take: Take, entry: UUID
) -> None:
    photo = attached(people, take, entry, picture(), "x.html")
    paper = attached(people, take, entry, pdf(), "p.pdf")
    for row, media, shown in ((photo, "image/jpeg", "inline"), (paper, "application/pdf", "att")):
        answer = li.get(f"/files/{row.id}/content/")
        assert answer.status_code == 200
        head = answer.headers
        assert head["Content-Type"] == media and head["Content-Disposition"].startswith(shown)
        assert head["X-Content-Type-Options"] == "nosniff" and "no-store" in head["Cache-Control"]
        assert head["Content-Security-Policy"] == "default-src 'none'; sandbox"
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert len(body) == row.size == int(head["Content-Length"])
    assert ReadLog.objects.filter(kind="file", entry=entry).count() == 2
    assert li.get(f"/files/{photo.id}/").status_code == 200
    saved = li.get(f"/files/{photo.id}/content/?download")
    assert saved.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-", 206, 0, None),
        ("bytes=65500-65600", 206, 65500, 65601),
        ("bytes=-4", 206, -4, None),
        ("bytes=10-9999999", 206, 10, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=9999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_a_player_asks_for_parts(
    li: Client, people: Cast, take: Take, entry: UUID, asked: str, status: int, first: int,
    end: int | None,
) -> None:  # fmt: skip
    sound = wave(20)
    row = attached(people, take, entry, sound, "r.wav")
    answer = li.get(f"/files/{row.id}/content/", headers={"range": asked})
    assert answer.status_code == status
    if status != 416:
        assert b"".join(answer.streaming_content) == sound[first:end]  # type: ignore[attr-defined]
        assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_content_that_is_gone_is_no_mistake_of_the_program(
    li: Client, people: Cast, take: Take, entry: UUID
) -> None:
    row = attached(people, take, entry, picture(), "a.jpg")
    storage.drop(row.stored, row.thumbnail)
    for path in ("content", "thumbnail"):
        assert li.get(f"/files/{row.id}/{path}/").status_code == 404


def test_taking_off_is_a_form_of_ticks(li: Client, people: Cast, take: Take, entry: UUID) -> None:
    row = attached(people, take, entry, picture(), "wrong.jpg")
    path = f"/entries/{entry}/do/detach/"
    form = li.get(f"{path}?file={row.id}").content.decode()
    assert re.search(rf'value="{row.id}"[^>]* checked', form) and "wrong.jpg" in form
    answer = li.post(path, {"rev": "2", "removed_files": [str(row.id)], "reason": "传错了"})
    assert answer.status_code == 302
    assert "wrong.jpg" not in li.get(f"/entries/{entry}/").content.decode()
    page = li.get(f"/files/{row.id}/")
    assert page.status_code == 200 and b"/do/detach/" not in page.content


def test_a_draft_keeps_the_uploads_it_names(li: Client, take: Take, entry: UUID) -> None:
    row = take()
    before = row.kept_until
    answer = li.post(
        f"/drafts/save/visits/attach/?entry={entry}", {"added_files": [str(row.id)], "rev": "1"}
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.kept_until and before and (row.kept_until - before).days >= 28
    page = li.get(f"/entries/{entry}/do/attach/?draft={answer.json()['draft']}").content.decode()
    assert f'value="{row.id}" checked' in page


def test_with_a_scanner_nothing_passes_unscanned(
    li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scanner that finds something, one that finds nothing, and one that is not there."""
    import socketserver
    import threading

    class Clamd(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(length)
            found = b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
            self.wfile.write(found)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(settings, "CLAMD", f"127.0.0.1:{server.server_address[1]}")
        bad = li.post("/files/", {"file": upload(pdf() + b"\n% EICAR", "a.pdf")})
        assert bad.status_code == 422 and "Eicar-Signature" in bad.content.decode()
        assert li.post("/files/", {"file": upload(picture())}).status_code == 201
        assert [row.scan for row in Attachment.objects.all()] == [taking_in.SCANNED]
        server.shutdown()
    assert li.post("/files/", {"file": upload(picture())}).status_code == 422
    assert Attachment.objects.count() == 1


def test_a_huge_upload_fills_no_disk_and_is_told(
    li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut while it arrives (as if 1 MB were the most), and refused with its true size."""
    monkeypatch.setattr(taking_in.BoundedUploads, "MOST", 1024 * 1024)
    written = []
    keep = TemporaryFileUploadHandler.receive_data_chunk

    def counting(self: Any, raw_data: bytes, start: int) -> None:
        written.append(len(raw_data))
        keep(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", counting)
    answer = li.post("/files/", {"file": upload(bytes(25 * 1024 * 1024), "film.jpg")})
    assert answer.status_code == 422 and "25.0 MB" in answer.content.decode()
    assert sum(written) <= 1024 * 1024
