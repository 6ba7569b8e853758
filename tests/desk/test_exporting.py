"""An export at the desk: asked for, approved, fetched by its maker alone, erased."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.access.actor import system_actor
from linli.ground import clock
from linli.history.models import ReadLog
from linli.ledger.declaration import registry
from linli.ledger.exports import asking, running, tables
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.reading.lists import Filters
from linli.ledger.runs.forgetting import forget
from linli.ledger.runs.lease import TakenOver
from linli.org import actions
from linli.org.models import Posting, Staff
from tests.cast import Cast, actor, cast, record, signed_in

pytestmark = pytest.mark.django_db
ASK = "/ledgers/visits/export/"
PERSON = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
NAMES = {"names": "on", "purpose": "other", "words": "上级要求提供来访人员名单核对"}


@pytest.fixture
def people() -> Cast:
    people = cast()
    for number in range(3):
        record("visits", people.li, people.room, place=f"梅苑路 {number} 号", visitors=[PERSON])
    record("visits", people.neighbour, people.next_room, place="隔壁")
    return people


As = Callable[[Staff], Client]


@pytest.fixture
def as_(people: Cast) -> As:
    return lambda staff: signed_in(Client(), staff)


@pytest.fixture(autouse=True)
def no_files_of_other_tests() -> None:
    for path in files():
        path.unlink()


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def asked(client: Client, url: str = ASK, **data: str) -> ExportRun:
    answer = client.post(url, {"form": "csv", **data})
    assert answer.status_code == 302, answer.content.decode()
    return ExportRun.objects.get(pk=answer["Location"].split("/")[2])


def rows_of(client: Client, run: ExportRun) -> list[list[str]]:
    text = content(client.get(f"/exports/{run.pk}/file/")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def files() -> list[Path]:
    return list((Path(settings.HOME) / "files" / "exports").glob("*"))


def test_the_whole_way(as_: As, people: Cast) -> None:
    client = as_(people.li)
    assert f"{ASK}?words=" in client.get("/ledgers/visits/?words=梅苑").content.decode()
    page = client.get(f"{ASK}?state=open").content.decode()
    assert "<b>3</b>" in page and 'name="query" value="state=open"' in page
    run = asked(client, query="state=open")
    assert (run.status, run.entries, run.written) == (Status.DONE, 3, 3)
    seen = client.get(f"/exports/{run.pk}/").content.decode()
    assert f"/exports/{run.pk}/file/" in seen
    assert client.get(f"/exports/{run.pk}/progress/").status_code == 200
    answer = client.get(f"/exports/{run.pk}/file/")
    assert "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]
    text = content(answer).decode("utf-8-sig")
    assert len(text.encode("utf-8-sig")) == int(answer["Content-Length"])
    assert "张*" in text and "张小花" not in text and "13800001234" not in text
    assert "隔壁" not in text
    logged = ReadLog.objects.get(kind="export")
    assert (logged.room, logged.count, logged.actor) == (people.room.pk, 3, people.li.pk)
    assert f"/exports/{run.pk}/" in client.get("/exports/").content.decode()


def test_it_is_filtered_as_the_list_is(as_: As, people: Cast) -> None:
    client = as_(people.li)
    wanted = "梅苑路 1 号"
    listed = client.get("/ledgers/visits/?words=梅苑路 1").content.decode()
    rows = rows_of(client, asked(client, query="words=梅苑路 1"))
    assert sum(f"梅苑路 {n} 号" in listed for n in range(3)) == len(rows) - 1
    assert any(wanted in cell for row in rows for cell in row)
    assert len(rows_of(client, asked(client, query="state=closed"))) == 1


def test_each_room_gets_its_line_in_the_log(as_: As, people: Cast) -> None:
    asked(as_(people.chief))
    counted = dict(ReadLog.objects.filter(kind="export").values_list("room", "count"))
    assert counted == {people.room.pk: 3, people.next_room.pk: 1}


def test_nobody_else_gets_it(as_: As, people: Cast) -> None:
    run = asked(as_(people.li))
    for staff in (people.wang, people.head, people.chief, people.neighbour, people.outsider):
        for part in ("", "progress/", "file/"):
            assert as_(staff).get(f"/exports/{run.pk}/{part}").status_code == 404, staff.name
        for part in ("again/", "answer/", "erase/"):
            assert as_(staff).post(f"/exports/{run.pk}/{part}").status_code == 404, staff.name
    assert ExportRun.objects.get().status == Status.DONE
    assert Client().get(f"/exports/{run.pk}/file/").status_code == 302


def test_without_the_right_there_is_no_export(as_: As, people: Cast) -> None:
    for staff in (people.chen, people.clerk, people.desk):
        client = as_(staff)
        assert client.get(ASK).status_code == 403
        assert client.post(ASK, {"form": "csv"}).status_code == 403
        assert "/export/" not in client.get("/ledgers/visits/").content.decode()
    assert as_(people.auditor).get(ASK).status_code == 404
    assert as_(people.li).get("/ledgers/surveys/export/").status_code == 404
    assert as_(people.outsider).post(ASK, {"form": "csv"}).status_code == 302
    assert ExportRun.objects.get().entries == 0


def test_a_room_of_others_in_the_filter_gives_nothing(as_: As, people: Cast) -> None:
    run = asked(as_(people.li), query=f"room={people.next_room.pk}")
    assert run.entries == 0 and len(rows_of(as_(people.li), run)) == 1


def test_names_need_a_purpose_and_another_person(as_: As, people: Cast) -> None:
    client = as_(people.li)
    refused = client.post(ASK, {"form": "csv", "names": "on"})
    assert refused.status_code == 422 and not ExportRun.objects.exists()
    run = asked(client, **NAMES)
    assert run.status == Status.ASKED and not ReadLog.objects.filter(kind="export").exists()
    assert client.get(f"/exports/{run.pk}/file/").status_code == 404
    assert client.post(f"/exports/{run.pk}/answer/", {"yes": "1"}).status_code == 403
    for staff in (people.neighbour, people.outsider, people.far_chief):
        assert as_(staff).post(f"/exports/{run.pk}/answer/", {"yes": "1"}).status_code == 404
    head = as_(people.head)
    assert f"/exports/{run.pk}/" in head.get("/exports/").content.decode()
    assert "/exports/" in head.get("/").content.decode()
    assert "/exports/" not in as_(people.neighbour).get("/").content.decode()
    assert "上级要求提供" in head.get(f"/exports/{run.pk}/").content.decode()
    assert head.post(f"/exports/{run.pk}/answer/", {"yes": "1"}).status_code == 302
    run.refresh_from_db()
    assert (run.status, run.approved_by) == (Status.DONE, people.head.pk)
    assert head.get(f"/exports/{run.pk}/file/").status_code == 404
    rows = rows_of(client, run)
    assert any("张小花" in cell for row in rows for cell in row)
    assert any("13800001234" in cell for row in rows for cell in row)
    logged = ReadLog.objects.get(kind="export")
    assert logged.purpose == "other" and "names" in logged.fields
    assert people.head.name in logged.words


def test_what_came_in_after_the_asking_was_not_approved(as_: As, people: Cast) -> None:
    run = asked(as_(people.li), **NAMES)
    person = {"role": "visitor", "name": "后来人", "phone": "13800005678"}
    record("visits", people.li, people.room, place="后来登记", visitors=[person])
    as_(people.head).post(f"/exports/{run.pk}/answer/", {"yes": "1"})
    run.refresh_from_db()
    cells = [cell for row in rows_of(as_(people.li), run) for cell in row]
    assert any("张小花" in cell for cell in cells)
    assert not [cell for cell in cells if "后来" in cell]


def test_not_approved_is_not_made(as_: As, people: Cast) -> None:
    run = asked(as_(people.li), **NAMES)
    as_(people.wang).post(f"/exports/{run.pk}/answer/", {"no": "1"})
    run.refresh_from_db()
    assert run.status == Status.REFUSED and files() == []
    assert running.carry_on(run.pk).status == Status.REFUSED


def test_who_was_moved_away_gets_nothing_any_more(as_: As, people: Cast) -> None:
    run = asked(as_(people.li))
    for posting in Posting.objects.filter(staff=people.li):
        actions.end_posting(posting=posting, by=system_actor("tests"))
    actions.post(staff=people.li, unit=people.far_room, role="officer", by=system_actor("tests"))
    answer = as_(people.li).get(f"/exports/{run.pk}/file/")
    assert answer.status_code == 404


def test_it_is_erased_after_a_few_days(as_: As, people: Cast) -> None:
    client = as_(people.li)
    run = asked(client)
    [path] = files()
    assert b"\xe6\xa2\x85\xe8\x8b\x91" not in path.read_bytes()  # sealed on the disk
    assert forget(running.EXPORT) == 0
    with clock.fixed(clock.now() + timedelta(days=8)):
        with pytest.raises(Exception):  # noqa: B017 - refused, whatever the reason's class
            running.fetch(run, actor(people.li))
        assert forget(running.EXPORT) == 1
    run.refresh_from_db()
    assert (run.status, bytes(run.box)) == (Status.GONE, b"")
    assert files() == []
    assert client.get(f"/exports/{run.pk}/file/").status_code == 404
    assert client.get(f"/exports/{run.pk}/").status_code == 200


def test_what_was_killed_goes_and_old_runs_too(as_: As, people: Cast) -> None:
    run = asked(as_(people.li))
    for name in ("ab12.part", "ab12"):
        (files()[0].parent / name).write_text("half")
    (files()[0].parent / "ab12.work").mkdir()
    with clock.fixed(clock.now() + timedelta(hours=2)):
        assert forget(running.EXPORT) >= 1
    assert [path.name for path in files()] == [run.stored]
    running.throw_away(run)
    with clock.fixed(clock.now() + timedelta(days=40)):
        forget(running.EXPORT)
    assert not ExportRun.objects.exists()


def test_its_maker_erases_it(as_: As, people: Cast) -> None:
    client = as_(people.li)
    run = asked(client)
    client.post(f"/exports/{run.pk}/erase/")
    assert files() == [] and client.get(f"/exports/{run.pk}/file/").status_code == 404


@pytest.mark.parametrize("wrong", [OSError(28, "full"), KeyboardInterrupt()])
def test_after_a_crash_it_is_begun_again(
    as_: As, people: Cast, monkeypatch: pytest.MonkeyPatch, wrong: BaseException
) -> None:
    def crash(out: Any, **_how: Any) -> int:
        out.write("梅苑".encode() * 100_000)
        raise wrong

    run = asking.ask(
        actor=actor(people.li), ledger=registry.get("visits"), filters=Filters(), form="csv"
    )
    with monkeypatch.context() as patched:
        patched.setattr(tables, "write", crash)
        if isinstance(wrong, OSError):
            running.carry_on(run.pk)
        else:
            with pytest.raises(KeyboardInterrupt):
                running.carry_on(run.pk)
    run.refresh_from_db()
    assert run.status == Status.STOPPED and run.problem and files() == []
    client = as_(people.li)
    assert "/again/" in client.get(f"/exports/{run.pk}/").content.decode()
    client.post(f"/exports/{run.pk}/again/")
    run.refresh_from_db()
    assert run.status == Status.DONE and len(rows_of(client, run)) == 4


def test_two_processes_make_one_file(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose process seemed lost is taken over; the lost one gives up and leaves nothing."""
    run = asking.ask(
        actor=actor(people.li), ledger=registry.get("visits"), filters=Filters(), form="csv"
    )
    write = tables.write

    def slow(out: Any, **how: Any) -> int:
        with monkeypatch.context() as patched:
            patched.setattr(tables, "write", write)
            with clock.fixed(clock.now() + timedelta(minutes=2)):
                running.carry_on(run.pk)  # the other process
        return write(out, **how)

    monkeypatch.setattr(tables, "write", slow)
    with suppress(TakenOver):
        running.carry_on(run.pk)
    run.refresh_from_db()
    assert run.status == Status.DONE and [path.name for path in files()] == [run.stored]


def test_who_leads_a_room_takes_all_of_it(as_: As, people: Cast) -> None:
    for staff in (people.li, people.chen):
        assert as_(staff).get("/exports/room/").status_code == 403
    assert as_(people.admin).get("/exports/room/").status_code == 404
    chief = as_(people.chief)
    page = chief.get("/exports/room/").content.decode()
    assert people.room.name in page and people.far_room.name not in page
    assert chief.post("/exports/room/", {"room": str(people.far_room.pk)}).status_code == 422
    run = asked(chief, "/exports/room/", room=str(people.room.pk))
    assert run.status == Status.DONE, run.problem
    with zipfile.ZipFile(io.BytesIO(content(chief.get(f"/exports/{run.pk}/file/")))) as opened:
        assert {"manifest.json", "README.zh.md", "ledgers/visits/entries.csv"} <= set(
            opened.namelist()
        )
        assert "张小花" not in opened.read("ledgers/visits/entries.jsonl").decode()
    assert ReadLog.objects.get(kind="export").count == 3
    assert as_(people.head).get(f"/exports/{run.pk}/file/").status_code == 404
