"""A file belongs to nobody's matter until a step binds it, and the step says what it was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from linli.access.actor import resident_actor
from linli.ground import clock, keyring
from linli.history.models import ReadLog, Step, StepBody
from linli.ledger.acts import attaching, carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.files import reading as files
from linli.ledger.files import storage, taking_in
from linli.ledger.files.models import Attachment
from linli.ledger.reading import entry_view
from linli.ledger.retention import holding, uploads
from linli.ledger.verify import verify
from linli.org import tree
from tests.cast import Cast, actor, do, record
from tests.ledger.files.conftest import Take, pdf, picture, upload, wave


def attach(people: Cast, *rows: Attachment, entry: UUID | None = None) -> UUID:
    """A visit of 李建国 with these files; gives its id."""
    entry = entry or record("visits", people.li, people.room).entry
    do("visits", "attach", people.li, entry, added_files=[str(row.id) for row in rows])
    return entry


def last_body(entry: UUID) -> dict:
    step = Step.objects.filter(subject=entry).order_by("-seq").first()
    return orjson.loads(StepBody.objects.get(step=step.id).text)


def wrong() -> list[str]:
    return [found.message for found in verify() if found.wrong]


def content(people: Cast, row: Attachment) -> bytes:
    return b"".join(files.content(actor(people.li), row)[1])


def test_the_step_says_digest_size_and_type_and_no_name(people: Cast, take: Take) -> None:
    row = take(name="张三身份证.jpg")
    entry = attach(people, row)
    body = last_body(entry)
    said = body["files"][str(row.id)]
    assert said == {
        "digest": bytes(row.digest).hex(), "size": row.size, "type": "image/jpeg", "field": "",
    }  # fmt: skip
    assert "张三" not in StepBody.objects.get(step=Step.objects.latest("seq").id).text
    [shown] = files.of_entry(entry)
    assert shown.name == "张三身份证.jpg" and shown.is_photo and shown.has_thumbnail
    assert wrong() == []
    [line, *_rest] = entry_view.timeline(Entry.objects.get(id=entry))
    assert line.action == "attach" and line.said


def test_nothing_on_the_disk_or_in_the_row_can_be_read_without_the_keyring(
    people: Cast, take: Take, home: Path
) -> None:
    row = take(wave(), name="张三的录音.wav")
    attach(people, row)
    row.refresh_from_db()
    stored = storage.path_of(row.stored).read_bytes()
    assert b"RIFF" not in stored and bytes(500) not in stored
    assert storage.path_of(row.stored).is_relative_to(home / "files")
    assert row.stored not in str(row.id) and "张三".encode() not in bytes(row.box)
    assert content(people, row) == wave()


def test_the_name_gets_the_suffix_of_what_it_is(people: Cast, take: Take) -> None:
    rows = [
        take(pdf(), "C:\\scan\\a.jpg"),
        take(picture(kind="PNG"), "../../x.exe"),
        take(None, ".jpg"),
    ]
    attach(people, *rows)
    entry = Attachment.objects.get(id=rows[0].id).entry
    assert entry
    names = [one.name for one in files.of_entry(entry)]
    assert names[:2] == ["a.pdf", "x.exe.png"] and names[2].endswith(".jpg") and len(names[2]) > 4


def test_only_who_sent_it_binds_it_and_only_once(people: Cast, take: Take) -> None:
    entry = record("visits", people.li, people.room).entry
    other = take(staff=people.wang)
    for ids in ([str(other.id)], [str(uuid4())]):
        with pytest.raises(ValidationError) as caught:
            do("visits", "attach", people.li, entry, added_files=ids)
        assert "added_files" in caught.value.error_dict
    mine = take()
    attach(people, mine, entry=entry)
    second = record("visits", people.li, people.room).entry
    with pytest.raises(ValidationError):
        attach(people, mine, entry=second)
    assert Attachment.objects.get(id=mine.id).entry == entry
    assert Entry.objects.get(id=second).rev == 1


def test_bound_by_two_at_once_it_goes_to_one(people: Cast, take: Take) -> None:
    """Both acts were planned before either was written."""
    row = take()
    [one, two] = (record("visits", people.li, people.room).entry for _n in range(2))
    visits = registry.get("visits")
    batch = [
        Act(visits, "attach", actor(people.li), {"added_files": [str(row.id)]}, entry=entry)
        for entry in (one, two)
    ]
    with pytest.raises(ValidationError):
        carrying_out.carry_out(batch)
    assert Attachment.objects.get(id=row.id).entry is None
    assert Step.objects.filter(action="attach").count() == 0


def test_a_matter_has_at_most_twenty(people: Cast, take: Take) -> None:
    rows = [take(pdf()) for _n in range(21)]
    with pytest.raises(ValidationError) as caught:
        attach(people, *rows)
    assert caught.value.error_dict["added_files"][0].code == "too_many"
    entry = attach(people, *rows[:20])
    with pytest.raises(ValidationError):
        attach(people, rows[20], entry=entry)


def test_it_is_taken_off_with_a_reason_and_stays_on_the_disk(people: Cast, take: Take) -> None:
    keep, gone = take(), take(pdf(), "b.pdf")
    entry = attach(people, keep, gone)
    with pytest.raises(ValidationError):
        do("visits", "detach", people.li, entry, removed_files=[str(gone.id)])
    with pytest.raises(PermissionDenied):
        do("visits", "detach", people.chen, entry, "错误", removed_files=[str(gone.id)])
    do("visits", "detach", people.li, entry, "传错了", removed_files=[str(gone.id)])
    assert [one.id for one in files.of_entry(entry)] == [keep.id]
    assert last_body(entry)["files_ended"] == [str(gone.id)]
    assert storage.path_of(gone.stored).exists()
    assert wrong() == []
    with pytest.raises(ValidationError):
        do("visits", "detach", people.li, entry, "再", removed_files=[str(gone.id)])


def test_whoever_may_not_read_the_matter_knows_nothing_of_its_files(
    people: Cast, take: Take
) -> None:
    row, waiting = take(), take()
    attach(people, row)
    for stranger in (people.neighbour, people.far_chief, people.outsider, people.analyst):
        for file in (row, waiting):
            with pytest.raises(Attachment.DoesNotExist):
                files.fetch(actor(stranger), file.id)
    assert files.fetch(actor(people.wang), row.id).id == row.id
    with pytest.raises(Attachment.DoesNotExist):
        files.fetch(actor(people.wang), waiting.id)
    assert files.waiting(actor(people.wang), [waiting.id]) == []
    assert [one.id for one in files.waiting(actor(people.li), [waiting.id])] == [waiting.id]


def test_opening_leaves_a_trace_or_gives_nothing(
    people: Cast, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = take()
    entry = attach(people, row)
    row.refresh_from_db()
    assert files.thumbnail(row) and not ReadLog.objects.exists()
    content(people, row)
    list(files.content(actor(people.li), row, 10, 20)[1])  # a player asks part by part
    [trace] = ReadLog.objects.all()
    assert (trace.kind, trace.entry, trace.actor, trace.fields) == (
        "file", entry, people.li.pk, [str(row.id)],
    )  # fmt: skip
    with monkeypatch.context() as an_hour_on:
        later(an_hour_on, timedelta(hours=1))
        content(people, row)
    assert ReadLog.objects.count() == 2

    def fail(**_said: object) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr(files, "note_read", fail)
    with pytest.raises(RuntimeError):
        files.content(actor(people.wang), row)


def test_any_part_of_a_long_recording_is_opened_by_itself(people: Cast, take: Take) -> None:
    sound = wave(40)  # five chunks
    row = take(sound, "r.wav")
    attach(people, row)
    row.refresh_from_db()
    size = len(sound)
    for first, end in ((0, 10), (65_530, 65_550), (131_072, 196_608), (size - 5, size), (0, size)):
        part = b"".join(files.content(actor(people.li), row, first, end)[1])
        assert part == sound[first:end], (first, end)


# Verification


def test_verify_names_a_file_that_is_missing_changed_or_exchanged(people: Cast, take: Take) -> None:
    rows = [take(), take(pdf(), "b.pdf"), take(wave(), "c.wav")]
    attach(people, *rows)
    paths = [storage.path_of(row.stored) for row in rows]
    whole = [path.read_bytes() for path in paths]
    assert wrong() == []

    paths[0].unlink()
    paths[1].write_bytes(whole[1][:-1] + bytes([whole[1][-1] ^ 1]))
    paths[2].write_bytes(whole[2][: len(whole[2]) // 2])
    found = wrong()
    assert len(found) == 3
    for row in rows:
        assert any(str(row.id) in line for line in found)

    paths[0].write_bytes(whole[1])  # another content of ours, whole in itself
    paths[1].write_bytes(whole[1])
    paths[2].write_bytes(whole[2])
    [line] = wrong()
    assert str(rows[0].id) in line


def test_verify_names_rows_that_were_tampered_with(people: Cast, take: Take) -> None:
    row, other = take(), take(pdf())
    attach(people, row)
    Attachment.objects.filter(id=row.id).update(ended=True)
    assert str(row.id) in wrong()[0]
    Attachment.objects.filter(id=row.id).update(ended=False, digest=bytes(32))
    assert str(row.id) in wrong()[0]
    Attachment.objects.filter(id=row.id).update(digest=row.digest, erased_at=clock.now())
    assert str(row.id) in wrong()[0]
    Attachment.objects.filter(id=row.id).update(erased_at=None)
    assert wrong() == []
    slipped_in = Attachment.objects.filter(id=other.id)
    slipped_in.update(entry=Attachment.objects.get(id=row.id).entry)
    assert str(other.id) in wrong()[0]
    Attachment.objects.all().delete()
    assert str(row.id) in wrong()[0]


# What goes


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    now = clock.now() + span
    monkeypatch.setattr(clock, "now", lambda: now)


def test_the_months_key_erases_a_content_in_every_copy(people: Cast, take: Take) -> None:
    row = take(name="张三.jpg")
    entry = attach(people, row)
    row.refresh_from_db()
    assert row.key_id == f"visits/{clock.today():%Y-%m}"
    copy = storage.path_of(row.stored).read_bytes()
    ring = keyring.load(settings.HOME)
    ring.destroy(row.key_id)
    try:
        with pytest.raises(files.ContentGone):
            files.content(actor(people.li), row)
        [shown] = files.of_entry(entry)
        assert shown.gone and "张三" not in shown.name
        assert storage.path_of(row.stored).read_bytes() == copy
        assert wrong() == []
    finally:  # the home outlives this test: its month must be usable again
        ring._change(lambda kept: kept["destroyed"].remove(row.key_id))
        (settings.HOME / "tombstones.jsonl").unlink()


def test_uploads_that_nobody_bound_go_after_a_day(
    people: Cast, take: Take, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    waiting, bound, in_a_draft = take(), take(), take()
    attach(people, bound)
    uploads.hold(actor(people.li), [in_a_draft.id])
    uploads.hold(actor(people.wang), [waiting.id])
    assert uploads.forget_unbound() == 0
    later(monkeypatch, timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.forget_unbound() == 1
    assert not storage.path_of(waiting.stored).exists()
    assert not storage.path_of(waiting.thumbnail).exists()
    for kept in (bound, in_a_draft):
        assert storage.path_of(kept.stored).exists()
    assert set(Attachment.objects.values_list("id", flat=True)) == {bound.id, in_a_draft.id}


def test_a_reports_photos_go_after_their_rule_and_verify_says_so(
    people: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    district = tree.district_of(people.room.pk)
    resident = resident_actor(people.room.pk, district, "Resident")
    entry = uuid4()
    row = taking_in.take(
        actor=resident, upload=upload(picture(), "我家.jpg"), room=people.room.pk,
        district=district, meant_for=entry,
    )  # fmt: skip
    told = {"category": "help", "narrative": "路灯坏了"}
    carrying_out.carry_out(
        [
            Act(
                registry.get("visits"), "record", resident, told, people.room.pk, district, entry,
                responsible=people.li.pk, files=(row.id,),
            )
        ]
    )  # fmt: skip
    row.refresh_from_db()
    assert row.entry == entry and row.key_id.startswith(f"{attaching.OF_REPORTS}/")
    later(monkeypatch, timedelta(days=179))
    assert uploads.forget_reports() == 0
    later(monkeypatch, timedelta(days=2))
    matter = Entry.objects.get(id=entry)
    hold = holding.place(matter, by=actor(people.chief), reason="法院调取")
    assert uploads.forget_reports() == 0  # a hold stops its clock too
    holding.release(hold, by=actor(people.chief), reason="结案")
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.forget_reports() == 1
    assert uploads.forget_reports() == 0
    row.refresh_from_db()
    assert bytes(row.box) == b"" and not storage.path_of(row.stored).exists()
    assert [one.gone for one in files.of_entry(entry)] == [True]
    assert wrong() == []


def test_a_residents_file_is_bound_by_their_own_report_alone(people: Cast) -> None:
    district = tree.district_of(people.room.pk)
    resident = resident_actor(people.room.pk, district, "Resident")
    row = taking_in.take(
        actor=resident, upload=upload(picture()), room=people.room.pk, district=district,
        meant_for=uuid4(),
    )  # fmt: skip
    act = Act(
        registry.get("visits"), "record", resident, {"category": "help", "narrative": "x"},
        people.room.pk, district, uuid4(), responsible=people.li.pk, files=(row.id,),
    )  # fmt: skip
    with pytest.raises(ValidationError):
        carrying_out.carry_out([act])
    entry = record("visits", people.li, people.room).entry
    with pytest.raises(ValidationError):
        attach(people, row, entry=entry)


def test_a_full_disk_is_told_and_leaves_nothing(
    people: Cast, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(storage.root().rglob("*"))

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(taking_in.FileRefused) as caught:
        take()
    assert caught.value.code == "disk"
    assert not Attachment.objects.exists()
    assert {path for path in storage.root().rglob("*") if path.is_file()} <= before


def test_the_sweep_takes_what_no_row_knows_and_never_everything(
    people: Cast, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = take()
    orphan = storage.path_of(storage.fresh_name())
    part = storage.path_of(storage.fresh_name()).with_suffix(".part")
    for path in (orphan, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left by a killed upload")
    uploads.sweep()
    assert orphan.exists() and part.exists()  # they may be of an upload under way
    monkeypatch.setattr(uploads, "_YOUNG", timedelta(seconds=-5))
    others = [one for one in uploads._old_contents() if one not in (orphan, part)]
    others = [one for one in others if not one.name.startswith(row.stored)]
    for one in others:  # left by other tests
        one.unlink()
    assert uploads.sweep() == 2
    assert storage.path_of(row.stored).exists() and storage.path_of(row.thumbnail).exists()
    for _n in range(30):  # as if the program had been pointed at another database
        path = storage.path_of(storage.fresh_name())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of another database")
    assert uploads.sweep() == 0
    for path in uploads._old_contents():
        path.unlink()


def test_settled_months_lose_their_upload_keys(
    people: Cast, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = keyring.load(settings.HOME)
    ring.wrap("uploads/2020-01")
    waiting = take()
    uploads.forget()
    assert "uploads/2020-01" not in ring.key_ids
    assert waiting.key_id in ring.key_ids
    (settings.HOME / "tombstones.jsonl").unlink()
