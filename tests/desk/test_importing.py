"""An import in the browser: upload, preview, words and year, start, result, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs.models import ColumnMemory, ImportRun, ValueMemory
from linli.org.models import Staff
from tests.cast import Cast, cast, signed_in
from tests.ledger.exchange.conftest import INCIDENTS_FILE, VISITS_FILE

pytestmark = pytest.mark.django_db
UPLOAD = "/ledgers/incidents/import/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def as_(people: Cast) -> Callable[[Staff], Client]:
    return lambda staff: signed_in(Client(), staff)


def uploaded(client: Client, url: str = UPLOAD, content: bytes = b"") -> str:
    file = SimpleUploadedFile("接处警登记簿2025.xlsx", content or INCIDENTS_FILE.read_bytes())
    answer = client.post(url, {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_the_whole_way(as_: Callable[[Staff], Client], people: Cast) -> None:
    client = as_(people.li)
    page = uploaded(client)
    seen = client.get(page).content.decode()
    assert "微信群" in seen
    assert 'name="year"' in seen
    assert not Entry.objects.exists()
    said = {
        "year": "2025", "value-channel-微信群": "online", "value-category-经济纠纷": "dispute.other",
        "value-category-服务类": "help.other",
    }  # fmt: skip
    assert client.post(page, {**said, "again": "1"}).status_code == 302
    assert ValueMemory.objects.count() == 3
    assert "value-channel-微信群" not in client.get(page).content.decode()
    client.post(page, {"year": "2025", "start": "1"})
    run = ImportRun.objects.get()
    assert (run.status, run.imported, run.warned, run.duplicate, run.refused) == (
        "done",
        337,
        74,
        10,
        7,
    )
    summary = client.get(page).content.decode()
    assert f"/imports/{run.pk}/result/" in summary
    result = client.get(f"{page}result/")
    assert (result.content[:2], result["Cache-Control"]) == (b"PK", "no-store")
    assert "411" in client.get(f"{page}undo/").content.decode()
    client.post(f"{page}undo/")
    run.refresh_from_db()
    assert run.status == "undone"
    assert not Entry.objects.exclude(state="void").exists()


def test_a_corrected_column_is_remembered(as_: Callable[[Staff], Client], people: Cast) -> None:
    client = as_(people.li)
    page = uploaded(client, "/ledgers/visits/import/", VISITS_FILE.read_bytes())
    client.post(page, {"column-3": "place", "again": "1"})  # 住址
    assert ColumnMemory.objects.get().target == "place"
    client.post(page, {"drop": "1"})
    assert not ImportRun.objects.exists()
    page = uploaded(client, "/ledgers/visits/import/", VISITS_FILE.read_bytes())
    client.post(page, {"start": "1"})
    assert Entry.objects.filter(place="小区北门").count() == 10


def test_a_wrong_file_is_explained_and_nothing_kept(
    as_: Callable[[Staff], Client], people: Cast
) -> None:
    client = as_(people.li)
    for content in (b"%PDF-1.4 x", b"<html><table>", b"a,b\n1,2"):
        answer = client.post(UPLOAD, {"file": SimpleUploadedFile("x.xlsx", content)})
        assert answer.status_code == 422
    assert client.post(UPLOAD, {}).status_code == 422
    assert not ImportRun.objects.exists()


def test_two_columns_cannot_be_the_same_field(as_: Callable[[Staff], Client], people: Cast) -> None:
    client = as_(people.li)
    page = uploaded(client)
    assert client.post(page, {"column-6": "narrative", "start": "1"}).status_code == 422
    assert not ColumnMemory.objects.exists()


def test_nobody_else_sees_it(as_: Callable[[Staff], Client], people: Cast) -> None:
    page = uploaded(as_(people.li))
    assert as_(people.wang).get(page).status_code == 404  # of the room, but not whose file it is
    as_(people.li).post(page, {"start": "1", "year": "2025"})
    for url in ("", "progress/", "result/", "undo/"):
        for staff in (people.neighbour, people.outsider, people.far_chief):
            assert as_(staff).get(page + url).status_code == 404, url
        assert as_(people.chen).get(page + url).status_code in (403, 404)
    assert as_(people.wang).get(page).status_code == 200
    assert as_(people.wang).get(f"{page}result/").status_code == 404
    assert Client().get(page).status_code == 302
