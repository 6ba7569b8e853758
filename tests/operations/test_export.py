"""`linli export`: everything of a room as an archive that can be checked; lists with filters."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from linli import cli
from linli.history.chain import body_digest
from linli.history.models import ReadLog, Step
from linli.ledger.entries.models import Entry
from linli.ledger.exports import archived, checking
from linli.ledger.files import storage, taking_in
from linli.ledger.files.models import Attachment
from linli.operations import export
from linli.org.tree import district_of
from tests.cast import Cast, actor, do, record
from tests.ledger import custom
from tests.ledger.files.conftest import picture, upload

WHY = "移交给新的系统，全部资料"


def run(*arguments: str) -> int:
    return cli.run(cli.parser().parse_args(["export", *arguments]))


@pytest.fixture
def archive(people: Cast, tmp_path: Path) -> Path:
    """Of a room with visits, an own ledger, a file and a history."""
    made = custom.published(people.head, people.room, custom.field("a", title="甲"), title="便民")
    record(made.code, people.li, people.room, a="=1+1")
    visit = Entry.objects.filter(ledger="visits").order_by("received_at", "id")[0]
    photo = taking_in.take(
        actor=actor(people.li), upload=upload(picture(), "现场/照片?.jpg"), room=people.room.pk,
        district=district_of(people.room.pk),
    )  # fmt: skip
    do("visits", "attach", people.li, visit.id, added_files=[str(photo.id)])
    record("visits", people.neighbour, people.next_room, narrative="隔壁的事")
    out = tmp_path / "all.zip"
    assert run("--room", people.room.code, "--all", str(out)) == 0
    return out


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_everything_of_a_room_is_in_it_and_nothing_of_others(people: Cast, archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        names = set(opened.namelist())
        every = b"".join(opened.read(name) for name in names)
        visits = lines(opened.read("ledgers/visits/entries.jsonl"))
        table = opened.read("ledgers/visits/entries.csv").decode("utf-8-sig")
        [code] = {n.split("/")[1] for n in names if n.startswith("ledgers/") and "visits" not in n}
        definition = json.loads(opened.read(f"ledgers/{code}/definition.json"))
        [photo] = [name for name in names if name.startswith("files/")]
        [told] = lines(opened.read("files.jsonl"))
        steps = lines(opened.read("history/steps.jsonl"))
        staff = opened.read("staff.csv").decode("utf-8-sig")
        manifest = json.loads(opened.read("manifest.json"))
        assert opened.read(photo)[:3] == b"\xff\xd8\xff"
        assert hashlib.sha256(opened.read(photo)).hexdigest() == manifest["files"][photo]["sha256"]
    assert {"README.zh.md", "README.en.md", "room.json", "links.csv"} <= names
    assert len(visits) == 4 == len(list(csv.reader(io.StringIO(table, newline="")))) - 1
    assert "隔壁的事".encode() not in every and b"13800001234" not in every
    assert "张小花".encode() not in every
    assert definition["versions"][0]["as_designed"]["fields"][0]["title"]["zh"] == "甲"
    assert told["path"] == photo and told["name"].endswith(".jpg")
    assert photo.startswith("files/visits/") and "?" not in photo
    assert len(steps) == Step.objects.filter(room=people.room.pk).count()
    assert people.li.name in staff and "password" not in staff
    assert manifest["people_masked"] is True
    logged = ReadLog.objects.get(kind="export")
    assert (logged.room, logged.count) == (people.room.pk, 5)


def test_the_history_in_it_can_be_followed(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        raw = opened.read("history/steps.jsonl").splitlines()
    for line in raw:
        step = orjson.loads(line)
        body = line[line.index(b'"body":') + 7 : -1].decode()
        assert body_digest(bytes.fromhex(step["salt"]), body).hex() == step["digest"]
    assert len(raw) > 5


def test_it_is_checked(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check", str(archive)) == 0
    said = capsys.readouterr().out
    assert "0 findings" in said and "by this installation" in said


def changed(archive: Path, change: Any) -> Path:
    """A copy whose members went through `change(name, content)`; None leaves one out."""
    out = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out


def test_tampering_is_found(archive: Path) -> None:
    def findings(change: Any) -> list[str]:
        return checking.check(changed(archive, change)).wrong

    csv_name = "ledgers/visits/entries.csv"
    assert findings(lambda n, c: c) == []
    [one] = findings(lambda n, c: c[:-1] + b"X" if n == csv_name else c)
    assert csv_name in one
    [one] = findings(lambda n, c: c + b"\n" if n == csv_name else c)
    assert csv_name in one
    [one] = findings(lambda n, c: None if n == csv_name else c)
    assert csv_name in one

    def both(name: str, content: bytes) -> bytes:
        """A file and its line in the list are changed together."""
        if name == csv_name:
            return b"x"
        if name == "manifest.json":
            told = json.loads(content)
            told["files"][csv_name] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
            return json.dumps(told).encode()
        return content

    [one] = findings(both)
    assert "signed" in one
    more = changed(archive, lambda n, c: c)
    with zipfile.ZipFile(more, "a") as opened:
        opened.writestr("ledgers/visits/more.csv", "x")
    assert len(checking.check(more).wrong) == 1
    assert run("--check", str(more)) == 1


def test_what_is_no_archive_is_told(people: Cast, tmp_path: Path, archive: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("a", "b")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-400])
    for path in (other, cut, tmp_path / "nowhere.zip"):
        assert run("--check", str(path)) == 2
    flipped = bytearray(archive.read_bytes())
    flipped[len(flipped) // 3] ^= 0xFF
    cut.write_bytes(bytes(flipped))
    assert run("--check", str(cut)) in (1, 2)


def test_a_damaged_file_keeps_nobody_s_data_here(
    people: Cast, archive: Path, tmp_path: Path
) -> None:
    path = storage.path_of(Attachment.objects.get().stored)
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    out = tmp_path / "again.zip"
    assert run("--room", people.room.code, "--all", str(out)) == 0
    with zipfile.ZipFile(out) as opened:
        [told] = lines(opened.read("files.jsonl"))
        assert told["gone"] is True and told["path"] == ""
        assert not [name for name in opened.namelist() if name.startswith("files/")]
    assert checking.check(out).wrong == []


def test_names_are_in_it_with_a_reason(people: Cast, tmp_path: Path) -> None:
    out = tmp_path / "all.zip"
    arguments = ("--room", people.room.code, "--all", str(out), "--names")
    assert run(*arguments) == 2 and not out.exists()
    assert run(*arguments, "--purpose", WHY) == 0
    with zipfile.ZipFile(out) as opened:
        said = opened.read("ledgers/visits/entries.csv").decode()
        assert "张小花" in said and "13800001234" in said
    logged = ReadLog.objects.get(kind="export")
    assert "names" in logged.fields and WHY in logged.words


def test_every_model_of_a_room_is_in_it_or_left_out_on_purpose() -> None:
    labels = {model._meta.label_lower for model in archived.others()}
    assert "patrols.checkpoint" in labels
    assert not {"ledger.draft", "ledger.sealed", "history.readlog"} & labels


def test_a_list_with_filters_for_an_account(people: Cast, tmp_path: Path) -> None:
    record("visits", people.neighbour, people.next_room, place="隔壁")
    out = tmp_path / "v.csv"
    assert run("visits", "--out", str(out), "--user", "lijianguo", "--filter", "state=open") == 0
    assert "隔壁" not in out.read_text("utf-8-sig")
    assert len(out.read_text("utf-8-sig").splitlines()) == 5
    assert run("visits", "--out", str(out)) == 0
    assert "隔壁" in out.read_text("utf-8-sig")
    assert run("visits", "--out", str(out), "--gb18030") == 0
    assert "隔壁" in out.read_bytes().decode("gb18030")
    for wrong in (
        ["visits"], ["visits", "--out", "x.doc"], ["visits", "--out", str(out), "--filter", "x=1"],
        ["visits", "--out", str(out), "--filter", "since=soon"], ["nothing", "--out", str(out)],
        ["visits", "--out", str(out), "--user", "chenjing"], ["--all", str(out)],
        ["visits", "--out", str(out), "--user", "lijianguo", "--names", "--purpose", WHY],
        ["--room", people.room.code, "--all", str(tmp_path / "x.zip"), "--user", "lijianguo"],
    ):  # fmt: skip
        assert run(*wrong) == 2, wrong


def test_one_that_was_killed_is_begun_again(
    people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "v.csv"
    out.with_name("v.csv.unfinished").write_text("half")
    out.write_text("the one before")

    def crash(*_a: Any, **_k: Any) -> int:
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr(export.tables, "write", crash)
        assert run("visits", "--out", str(out)) == 2
    assert out.read_text() == "the one before"
    assert [path.name for path in tmp_path.iterdir()] == ["v.csv"]
    assert run("visits", "--out", str(out)) == 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 5
