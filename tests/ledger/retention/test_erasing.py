"""What goes, what stays, and what stops it: a slice at a time, whole or not at all."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from linli.ground import clock, keyring
from linli.history import sealing_reads
from linli.history.models import ReadLog, Step, StepBody
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.entries import counting
from linli.ledger.entries.models import Entry, ErasedEntry, Sealed
from linli.ledger.exchange.runs import files as import_files
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exports.models import ExportRun
from linli.ledger.exports.sealed_files import KEPT
from linli.ledger.printing import ordered_books
from linli.ledger.printing.models import Book
from linli.ledger.retention import due, erasing, holding, keys, nightly, on_request, reads
from linli.ledger.retention.models import Hold
from linli.ledger.runs.kept_files import folder
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, do, record

TEN_YEARS = timedelta(days=3660)


@pytest.fixture(autouse=True)
def keyring_of_this_test_alone(home: Path):  # type: ignore[no-untyped-def]
    """A new one: that of all tests may hold keys of months that other tests set the clock to."""
    shared = (home / "keyring.json").read_bytes()
    (home / "keyring.json").unlink()
    keyring.create(home)
    (home / "tombstones.jsonl").unlink(missing_ok=True)
    yield
    (home / "keyring.json").write_bytes(shared)
    (home / "tombstones.jsonl").unlink(missing_ok=True)


def closed(people: Cast, **data: object) -> Entry:
    person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
    done = record("visits", people.li, people.room, visitors=[person], **data)
    do("visits", "handle", people.li, done.entry, result="已办")
    return Entry.objects.get(id=done.entry)


def district(people: Cast) -> UUID:
    return tree.district_of(people.room.pk)


def wrong() -> list[str]:
    return [found.message for found in verify() if found.wrong]


def buried() -> list[str]:
    lines = keyring.load(settings.HOME).tombstones()
    return [id for line in lines if line["kind"] == "entries" for id in line["subjects"]]


def test_every_table_that_names_an_entry_is_cleared() -> None:
    """A new table with rows of an entry must say whether they go with it."""
    kept = {
        # Rows that outlive the entry: the log of looks has a time of its own.
        ("history.ReadLog", "entry"),
    }
    known = {(model._meta.label, column) for model, column in erasing.OF_ENTRY} | kept
    named = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        for field in model._meta.concrete_fields
        if field.name in ("entry", "cause", "effect", "meant_for")
        and isinstance(field, models.UUIDField)
    }
    assert named - known == set()


def test_it_goes_with_all_its_rows_and_its_serial_stays(people: Cast) -> None:
    gone, stays = closed(people, place="要走的"), closed(people, place="要留的")
    wanted = Entry.objects.filter(id=gone.id)
    before = Step.objects.count()
    assert erasing.erase(people.room.pk, district(people), wanted, "retention.visits") == 1
    for model, column in erasing.OF_ENTRY:
        assert not model._default_manager.filter(**{column: gone.id}).exists(), model
    assert Step.objects.count() == before + 1  # headers stay
    assert not StepBody.objects.filter(text__contains="要走的").exists()
    assert StepBody.objects.filter(text__contains="要留的").exists()
    stub = ErasedEntry.objects.get()
    assert (stub.id, stub.serial_no, stub.received_on) == (gone.id, gone.serial_no, clock.today())
    body = json.loads(StepBody.objects.get(step=stub.step).text)
    assert body["entries"] == {str(gone.id): f"visits/{gone.serial_year}/{gone.serial_no}"}
    assert wrong() == [] and buried() == [gone.id.hex]
    assert record("visits", people.li, people.room).serial_no == stays.serial_no + 1
    assert counting.rebuild_and_compare() == []
    counting.rebuild_and_compare(repair=True)
    assert counting.rebuild_and_compare() == []


def test_a_failure_half_way_leaves_everything_and_nothing_in_the_journal(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = closed(people)

    def full(*_what: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyring.Keyring, "bury_entries", full)
    with pytest.raises(OSError, match="No space"):
        erasing.erase(people.room.pk, district(people), Entry.objects.all(), "retention.visits")
    assert Entry.objects.filter(id=gone.id).exists() and Sealed.objects.exists()
    assert not ErasedEntry.objects.exists() and buried() == [] and wrong() == []


def test_a_run_goes_in_slices_and_is_gone_on_with(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "SLICE", 2)
    for _number in range(5):
        closed(people)
    with clock.fixed(clock.now() + TEN_YEARS):
        assert nightly.run("test").erased == 5
        assert Step.objects.filter(action=erasing.ACTION).count() == 3
        assert wrong() == []


def test_a_hold_stops_the_clock_until_it_is_released(people: Cast) -> None:
    entry = closed(people)
    chief = actor(people.chief)
    hold = holding.place(entry, by=chief, reason=" 法院  调取 ")
    holding.place(entry, by=chief, reason="审计", until=clock.today() + timedelta(days=400))
    assert hold.reason == "法院 调取"
    with clock.fixed(clock.now() + TEN_YEARS):
        [visits] = [one for one in due.plan() if one.ledger.code == "visits"]
        assert (visits.due, visits.held) == (0, 1)
        run = nightly.run("test")
        assert (run.erased, run.held) == (0, 1)
        assert [one.id for one in holding.of_entry(entry.id)] == [hold.id]  # the other has ended
        assert holding.release(hold, by=chief, reason="结案")
        assert not holding.release(hold, by=chief, reason="结案")
        assert wrong() == []
        assert nightly.run("test").erased == 1
        assert not Hold.objects.exists()
        assert not StepBody.objects.filter(text__contains="调取").exists()
        assert wrong() == []


def test_a_hold_needs_a_reason_and_a_day_to_come(people: Cast) -> None:
    entry = closed(people)
    for reason, until in (("  ", None), ("x" * 301, None), ("x", date(2020, 1, 1))):
        with pytest.raises(ValidationError):
            holding.place(entry, by=actor(people.chief), reason=reason, until=until)
    assert not Hold.objects.exists()


def test_one_matter_is_erased_on_request_but_not_while_open_or_held(people: Cast) -> None:
    translation.activate("en")
    opened = Entry.objects.get(id=record("visits", people.li, people.room).entry)
    with pytest.raises(ValidationError, match="open"):
        on_request.erase(opened, reason="2026-7")
    held = closed(people)
    holding.place(held, by=actor(people.chief), reason="审计")
    with pytest.raises(ValidationError, match="hold"):
        on_request.erase(held, reason="2026-7")
    gone = closed(people)
    with pytest.raises(ValidationError, match="reason"):
        on_request.erase(gone, reason=" ")
    on_request.erase(gone, reason="决定 2026-7，电话 13800001234")
    assert not Entry.objects.filter(id=gone.id).exists()
    stub = ErasedEntry.objects.get()
    assert stub.rule == "request"
    text = StepBody.objects.get(step=stub.step).text
    assert "2026-7" in text and "13800001234" not in text
    assert wrong() == []


def test_files_of_the_import_go_with_the_first_of_its_matters(
    people: Cast, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    run = ImportRun.objects.create(
        district=district(people), room=people.room.pk, ledger="visits", file_name="旧台账.xlsx",
        digest="0" * 64, folder="of-this-test", language="zh-hans", status=Status.DONE,
    )  # fmt: skip
    import_files.put(run, import_files.UPLOAD, b"rows")
    gone = closed(people)
    Entry.objects.filter(id=gone.id).update(import_run=run.id)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(
            people.room.pk, district(people), Entry.objects.filter(id=gone.id), "retention.visits"
        )
    assert not (settings.HOME / "files" / "exchange" / "of-this-test" / "upload").exists()
    run.refresh_from_db()
    assert (run.file_name, run.has_result) == ("", False)


def test_exports_of_the_room_in_which_it_stands_go_too(
    people: Cast, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    def export(ledger: str, room: UUID) -> ExportRun:
        stored = f"{ledger or 'all'}-{room.hex[-8:]}"
        (folder(KEPT) / stored).write_bytes(b"sealed")
        return ExportRun.objects.create(
            ledger=ledger, rooms={str(room): [str(district(people)), 1]}, form="csv",
            by=people.li.pk, by_name="李建国", via="web", language="zh-hans", status="done",
            stored=stored, box=b"x",
        )  # fmt: skip

    same, whole = export("visits", people.room.pk), export("", people.room.pk)
    other, elsewhere = export("incidents", people.room.pk), export("visits", people.far_room.pk)
    gone = closed(people)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(
            people.room.pk, district(people), Entry.objects.filter(id=gone.id), "retention.visits"
        )
    for run, stays in ((same, False), (whole, False), (other, True), (elsewhere, True)):
        assert (folder(KEPT) / run.stored).exists() is stays
        run.refresh_from_db()
        assert bool(run.stored) is stays


def test_books_of_its_days_go_too(people: Cast, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    def book(**query: str) -> Book:
        one = Book.objects.create(
            ledger="visits", by=people.li.pk, by_name="李建国", query=query, language="zh-hans",
        )  # fmt: skip
        ordered_books._keep(one, b"%PDF")
        one.save()
        return one

    whole, before = book(), book(until="2020-12-31")
    other_room = book(room=str(people.far_room.pk))
    gone = closed(people)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(
            people.room.pk, district(people), Entry.objects.filter(id=gone.id), "retention.visits"
        )
    assert set(Book.objects.values_list("id", flat=True)) == {before.id, other_room.id}
    assert (
        not ordered_books._path(whole.file).exists() and ordered_books._path(before.file).exists()
    )


def look(people: Cast, entry: UUID | None = None) -> ReadLog:
    return note_read(
        actor_id=people.li.pk, actor_name="李建国", kind="lookup", room=people.room.pk,
        district=district(people), purpose="visit", entry=entry,
    )  # fmt: skip


def test_reads_go_after_their_own_time_and_the_seals_still_add_up(people: Cast) -> None:
    look(people)
    sealing_reads.seal_all()
    held = closed(people)
    holding.place(held, by=actor(people.chief), reason="审计")
    look(people, held.id)
    sealing_reads.seal_all()
    with clock.fixed(clock.now() + timedelta(days=3 * 365)):
        assert reads.forget(clock.today()) == 0  # 2028 has a day more
    with clock.fixed(clock.now() + timedelta(days=3 * 366)):
        look(people)
        sealing_reads.seal_all()
        assert reads.forget(clock.today()) == 1
        assert reads.forget(clock.today()) == 0
        assert ReadLog.objects.count() == 2  # one of a held matter, one of today
        assert list(sealing_reads.check()) == [] and wrong() == []


def test_a_key_goes_with_its_last_row_once_its_month_is_over(people: Cast) -> None:
    ring = keyring.load(settings.HOME)
    month = f"visits/{clock.today():%Y-%m}"
    first, second = closed(people), closed(people)
    assert set(Sealed.objects.values_list("key_id", flat=True)) == {month}
    erase = lambda one: erasing.erase(  # noqa: E731
        people.room.pk, district(people), Entry.objects.filter(id=one.id), "retention.visits"
    )
    erase(first)
    erase(second)
    assert month not in keys.destroy_idle(clock.today())  # somebody may be sealing just now
    with clock.fixed(clock.now() + timedelta(days=40)):
        third = closed(people, received_at=(clock.now() - timedelta(days=39)).isoformat())
        own = Sealed.objects.get(entry=third.id).key_id
        assert own == f"visits/{clock.today():%Y-%m}" != month  # what is late has today's key
        assert keys.destroy_idle(clock.today()) == [month]
        assert month not in ring.key_ids and own in ring.key_ids
        assert Step.objects.filter(action=keys.DESTROYED).count() == 1
        assert wrong() == []


def test_the_night_comes_once(people: Cast) -> None:
    at = clock.now().replace(hour=18, minute=0)  # two o'clock in Shanghai
    assert nightly.is_time(at)
    with clock.fixed(at):
        nightly.run("test")
    assert not nightly.is_time(at + timedelta(minutes=10))
    assert not nightly.is_time(at + timedelta(hours=8))  # ten in the morning
    assert nightly.is_time(at + timedelta(hours=23))  # one o'clock of the next night
    assert nightly.is_time(at + timedelta(hours=31))  # it was off at night


def test_two_runs_at_once_are_one(people: Cast) -> None:
    with nightly._alone(), pytest.raises(nightly.AtWorkError):
        nightly.run("test")


def test_a_gate_pass_goes_after_a_month_though_nobody_closed_it(people: Cast) -> None:
    codes = registry.get("gate_passes").categories
    assert codes
    first = next(iter(codes.walk())).code
    done = record("gate_passes", people.li, people.room, category=first, place="3 栋 201")
    assert Entry.objects.get(id=done.entry).is_open
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert nightly.run("test").ledgers["gate_passes"]["erased"] == 1
        assert wrong() == []
