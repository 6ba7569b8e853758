"""Files by a program: sent, named in an action, listed with the entry, read with a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from linli.history.models import ReadLog
from linli.ledger.files.models import Attachment
from tests.api.conftest import Answer, Caller
from tests.cast import Cast, record
from tests.ledger.files.conftest import pdf, picture, upload, wave

Calls = Callable[..., Caller]


def send(caller: Caller, content: bytes, name: str = "a.jpg") -> Answer:
    body = encode_multipart(BOUNDARY, {"file": upload(content, name)})
    return caller.call("POST", "/files", body, CONTENT_TYPE=MULTIPART_CONTENT)


def test_sent_attached_listed_and_read(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    entry = record("visits", people.li, people.room).entry
    assert caller.get(f"/entries/{entry}").json["files"] == []
    sound = wave(20)
    sent = [send(caller, picture()), send(caller, sound, "r.wav")]
    assert [one.status for one in sent] == [201, 201]
    ids = [one.json["id"] for one in sent]
    done = caller.post(f"/entries/{entry}/actions/attach", {"data": {"added_files": ids}})
    assert done.status == 200
    files: list[dict[str, Any]] = caller.get(f"/entries/{entry}").json["files"]
    assert [(one["id"], one["type"], one["name"]) for one in files] == [
        (ids[0], "image/jpeg", "a.jpg"), (ids[1], "audio/wav", "r.wav"),
    ]  # fmt: skip
    assert not ReadLog.objects.exists()
    whole = caller.get(f"/files/{ids[1]}")
    assert whole.status == 200 and whole.text == sound
    part = caller.get(f"/files/{ids[1]}", HTTP_RANGE="bytes=100-199")
    assert part.status == 206 and part.text == sound[100:200]
    assert [one.kind for one in ReadLog.objects.all()] == ["file"]


def test_refusals_are_problems(people: Cast, calls: Calls) -> None:
    caller = calls(people.li)
    for content, code in (
        (b"MZ", "type"),
        (pdf(script="x"), "active"),
        (picture()[:300], "damaged"),
    ):
        refused = send(caller, content)
        assert refused.status == 422
        assert refused.json["errors"][0]["field"] == "file"
        assert refused.json["errors"][0]["code"] == code
    assert caller.post("/files", {}).status == 415
    assert Attachment.objects.count() == 0


def test_others_know_nothing_of_a_file(people: Cast, calls: Calls) -> None:
    sent = send(calls(people.li), picture()).json["id"]
    entry = record("visits", people.wang, people.room).entry
    assert calls(people.wang).get(f"/files/{sent}").status == 404
    taken = calls(people.wang).post(
        f"/entries/{entry}/actions/attach", {"data": {"added_files": [sent]}}
    )
    assert taken.status == 422
    assert Attachment.objects.get(id=UUID(sent)).entry is None
    for stranger in (people.neighbour, people.outsider):
        assert calls(stranger).get(f"/files/{sent}").status == 404
    assert Caller().get(f"/files/{sent}").status == 401
