"""Fields that hold files: bound by recording, added to by actions, replaced by a correction."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.ledger.entries.models import Entry
from linli.ledger.files import reading
from linli.ledger.files.models import Attachment
from linli.ledger.verify import verify
from tests.cast import Cast, do, record, signed_in
from tests.ledger.files.conftest import Take, picture, upload

HAZARD = {
    "category": "fire_exits",
    "severity": "serious",
    "place": "梅苑小区 3 栋",
    "narrative": "楼道堆放杂物",
}


def hazard(people: Cast, *rows: Attachment) -> UUID:
    found: UUID = record(
        "hazards", people.li, people.room, **HAZARD, photos=[str(row.id) for row in rows]
    ).entry
    return found


def fields(entry: UUID) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in reading.of_entry(entry):
        found.setdefault(one.field, []).append(str(one.id))
    return found


def test_recorded_with_photos(people: Cast, take: Take) -> None:
    rows = [take(), take()]
    entry = hazard(people, *rows)
    ids = [str(row.id) for row in rows]
    assert Entry.objects.get(id=entry).data["photos"] == ids
    assert fields(entry) == {"photos": ids}
    assert [found for found in verify() if found.wrong] == []


def test_recorded_with_a_photo_that_is_not_ones_own_nothing_is_recorded(
    people: Cast, take: Take
) -> None:
    with pytest.raises(ValidationError) as caught:
        hazard(people, take(), take(staff=people.wang))
    assert set(caught.value.error_dict) == {"photos"}
    assert not Entry.objects.exists()
    assert not Attachment.objects.exclude(entry=None).exists()


def test_an_action_adds_and_a_correction_replaces(people: Cast, take: Take) -> None:
    first, after = take(), take()
    entry = hazard(people, first)
    do("hazards", "put_right", people.li, entry, result="已清理", photos_after=[str(after.id)])
    assert fields(entry) == {"photos": [str(first.id)], "photos_after": [str(after.id)]}
    other = take()
    do("hazards", "correct", people.li, entry, "换一张", photos=[str(other.id)])
    assert fields(entry) == {"photos": [str(other.id)], "photos_after": [str(after.id)]}
    assert Attachment.objects.get(id=first.id).ended
    do("hazards", "detach", people.li, entry, "传错了", removed_files=[str(after.id)])
    assert Entry.objects.get(id=entry).data["photos_after"] == []
    assert [found for found in verify() if found.wrong] == []


def test_the_record_form_without_script(client: Client, people: Cast) -> None:
    """One thing is missing: the photo that came along is not sent a second time."""
    li = signed_in(client, people.li)
    page = li.get("/ledgers/hazards/new/").content.decode()
    assert 'name="photos-new"' in page and 'enctype="multipart/form-data"' in page
    typed = {**HAZARD, "outcome": "open", "photos-there": "1"}
    answer = li.post(
        "/ledgers/hazards/new/", {**typed, "narrative": "", "photos-new": [upload(picture())]}
    )
    assert answer.status_code == 422
    [row] = Attachment.objects.all()
    assert f'value="{row.id}" checked' in answer.content.decode()
    answer = li.post("/ledgers/hazards/new/", {**typed, "photos": [str(row.id)]})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.entry and fields(row.entry) == {"photos": [str(row.id)]}
    correct = li.get(f"/entries/{row.entry}/do/correct/").content.decode()
    assert f'value="{row.id}" checked' in correct
    page = li.get(f"/entries/{row.entry}/").content.decode()
    assert "IMG_0001.jpg" in page


def test_a_correction_of_something_else_leaves_the_photos_alone(
    client: Client, people: Cast, take: Take
) -> None:
    row = take()
    entry = hazard(people, row)
    li = signed_in(client, people.li)
    typed = {"rev": "1", "photos-there": "1", "photos": [str(row.id)], "reason": "补充", **HAZARD}
    answer = li.post(f"/entries/{entry}/do/correct/", {**typed, "place": "梅苑小区 5 栋"})
    assert answer.status_code == 302
    assert fields(entry) == {"photos": [str(row.id)]}
