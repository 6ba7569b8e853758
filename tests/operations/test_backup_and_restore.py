"""What was backed up comes back whole, or nothing is changed at all."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from linli.ground import keyring
from linli.history import heads
from linli.ledger.entries.models import Entry
from linli.ledger.files import reading as files
from linli.ledger.files import taking_in
from linli.ledger.reading import entry_view
from linli.ledger.verify import verify
from linli.operations import archive, backup, loading, passphrases, restore, running, warnings
from linli.operations.passphrases import Secret
from linli.operations.sealed_stream import DamagedError, NotABackupError, WrongSecretError
from linli.operations.troubles import CouldNotError
from linli.org import tree
from tests.cast import Cast, actor, do, record
from tests.ledger.files.conftest import picture, upload

pytestmark = pytest.mark.xdist_group("restore")


def narratives() -> list[str]:
    return sorted(Entry.objects.values_list("place", flat=True))


def phones(people: Cast) -> set[str]:
    """The unmasked phones of all entries: only the right keyring gives them."""
    ids = [
        (entry.id, [person.id for person in entry_view.people_of(entry)])
        for entry in Entry.objects.all()
    ]
    with transaction.atomic():
        return {
            values["phone"]
            for entry, persons in ids
            for values in entry_view.open_people(entry, persons).values()
        }


def test_it_comes_back_as_it_was(people: Cast, secret: Secret, elsewhere: Path, home: Path) -> None:
    picture = home / "files" / "ab" / "cdef"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"\x89PNG" + bytes(300_000))
    made = backup.make(secret, folder=elsewhere)
    before = narratives()
    record("visits", people.li, people.room, place="后来的一件")
    picture.write_bytes(b"changed")

    result = restore.restore(made.path, secret, replace=True)

    assert narratives() == before
    assert phones(people) == {"13800001234"}
    assert picture.read_bytes() == b"\x89PNG" + bytes(300_000)
    assert result.findings == []
    assert result.lost_steps == 1
    assert keyring.load(home).copied_at is not None
    assert result.aside is not None
    assert (result.aside / "keyring.json").exists()
    assert (result.aside / "heads" / "heads.log").exists()
    # and life goes on: serials, automatic keys and the chain continue
    done = record("visits", people.li, people.room, place="恢复以后")
    assert done.serial_no == 5
    assert [found for found in verify() if found.wrong] == []


def test_photos_come_back_with_their_keys(
    people: Cast, secret: Secret, elsewhere: Path, home: Path
) -> None:
    """Lost with the whole folder, and back: named, opened, compared with their steps."""
    district = tree.district_of(people.room.pk)
    li = actor(people.li)
    photo = taking_in.take(
        actor=li, upload=upload(picture(), "门口.jpg"), room=people.room.pk, district=district
    )
    entry = Entry.objects.latest("recorded_at").id
    do("visits", "attach", people.li, entry, added_files=[str(photo.id)])
    photo.refresh_from_db()
    content = files.whole(photo)
    made = backup.make(secret, folder=elsewhere)
    shutil.rmtree(home / "files")
    assert any(found.code == "file" for found in verify())
    result = restore.restore(made.path, secret, replace=True)
    assert result.findings == []
    assert files.whole(photo) == content
    assert [one.name for one in files.of_entry(entry)] == ["门口.jpg"]


def test_what_a_bureau_put_into_the_home_comes_back(
    people: Cast, secret: Secret, elsewhere: Path, home: Path
) -> None:
    """Without its own categories every entry of them would be called by a bare code."""
    own = home / "categories" / "visits.toml"
    own.parent.mkdir()
    own.write_text("# own")
    made = backup.make(secret, folder=elsewhere)
    own.write_text("# changed")
    restore.restore(made.path, secret, replace=True)
    assert own.read_text() == "# own"
    shutil.rmtree(own.parent)


def test_a_file_that_is_exchanged_at_that_moment_is_copied_whole(
    secret: Secret, tmp_path: Path
) -> None:
    """As the keyring is, by a key that is made or destroyed between the opening and the copying."""
    ring = tmp_path / "keyring.json"
    ring.write_text("the longer one")

    class Exchanged(type(ring)):  # type: ignore[misc]
        def open(self, *args: object, **kwargs: object) -> object:
            opened = ring.open(*args, **kwargs)  # type: ignore[call-overload]
            (tmp_path / "fresh").write_text("short")
            (tmp_path / "fresh").replace(ring)
            return opened

    target = tmp_path / "copy"
    with target.open("wb") as file:
        writer = archive.ArchiveWriter(file, secret)
        writer.add_file("keyring.json", Exchanged(ring))
        writer.finish()
    members = {name: content.read() for name, content in archive.read(target, secret)}
    assert members["keyring.json"] == b"the longer one"


def test_it_is_made_while_others_write(people: Cast, secret: Secret, elsewhere: Path) -> None:
    enough = threading.Event()
    written = []

    def write() -> None:
        while not enough.is_set():
            written.append(record("visits", people.wang, people.room, place="并发"))
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made, before = [], 0
        while len(made) < 3 or before <= 3:  # the last one is made when others have written
            assert writer.is_alive()
            before = len(written)
            made.append(backup.make(secret, folder=elsewhere / str(len(made))))
    finally:
        enough.set()
        writer.join()
    result = restore.restore(made[-1].path, secret, replace=True)
    assert result.findings == []
    assert 4 < Entry.objects.count() <= 4 + len(written)


def test_without_replace_nothing_of_what_is_here_is_touched(
    people: Cast, secret: Secret, elsewhere: Path
) -> None:
    made = backup.make(secret, folder=elsewhere)
    record("visits", people.li, people.room, place="新的")
    with pytest.raises(CouldNotError, match="--replace"):
        restore.restore(made.path, secret)
    assert "新的" in narratives()


def test_a_wrong_passphrase_is_told_from_a_damaged_file(
    people: Cast, secret: Secret, elsewhere: Path, home: Path
) -> None:
    made = backup.make(secret, folder=elsewhere)
    with pytest.raises(WrongSecretError):
        restore.restore(made.path, passphrases.passphrase("another passphrase"), replace=True)
    with pytest.raises(WrongSecretError, match="passphrase"):
        restore.restore(made.path, Secret("key", bytes(32)), replace=True)
    whole = made.path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], _flipped(whole, len(whole) - 40)):
        made.path.write_bytes(damaged)
        with pytest.raises(DamagedError):
            restore.restore(made.path, secret, replace=True)
    made.path.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(NotABackupError):
        restore.restore(made.path, secret, replace=True)
    assert len(narratives()) == 4
    assert list(home.glob(".restoring-*")) == []
    assert list(home.glob("before-restore-*")) == []


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_it_holds_nothing_in_the_clear(people: Cast, secret: Secret, elsewhere: Path) -> None:
    made = backup.make(secret, folder=elsewhere)
    content = made.path.read_bytes()
    assert "梅苑路".encode() not in content
    assert made.path.stat().st_mode & 0o077 == 0
    assert list(elsewhere.iterdir()) == [made.path]


def test_what_goes_wrong_half_way_leaves_everything_as_it_was(
    people: Cast, secret: Secret, elsewhere: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.make(secret, folder=elsewhere)
    record("visits", people.li, people.room, place="新的")
    ring = (home / "keyring.json").read_bytes()

    def full(*_what: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restore._Exchange, "done", full)
    if connection.vendor == "postgresql":  # inside the transaction, not behind it
        original = restore._move
        monkeypatch.setattr(restore, "_move", lambda e, s: (original(e, s), full()))
    with pytest.raises(OSError, match="No space"):
        restore.restore(made.path, secret, replace=True)
    assert "新的" in narratives()
    assert (home / "keyring.json").read_bytes() == ring
    assert list(home.glob("before-restore-*")) == []
    assert [found for found in verify() if found.wrong] == []


def test_it_refuses_while_something_runs(people: Cast, secret: Secret, elsewhere: Path) -> None:
    made = backup.make(secret, folder=elsewhere)
    with running.being_used(), pytest.raises(CouldNotError, match="running"):
        restore.restore(made.path, secret, replace=True)


def test_a_key_destroyed_since_stays_destroyed(
    people: Cast, secret: Secret, elsewhere: Path, home: Path
) -> None:
    ring = keyring.load(home)
    ring.wrap("retention.test/2020-01")
    made = backup.make(secret, folder=elsewhere)
    ring.destroy("retention.test/2020-01")
    result = restore.restore(made.path, secret, replace=True)
    assert result.erased_again == 1
    with pytest.raises(keyring.KeyDestroyed):
        keyring.load(home).wrap("retention.test/2020-01")


def test_a_backup_of_a_newer_program_is_refused(
    people: Cast, secret: Secret, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.make(secret, folder=elsewhere)
    monkeypatch.setattr(loading, "unknown_migrations", lambda made_with: ["ledger.0099_future"])
    with pytest.raises(CouldNotError, match=r"newer version.*0099_future"):
        restore.restore(made.path, secret, replace=True)


def test_the_warning_goes_when_a_copy_is_elsewhere_and_comes_with_a_new_key(
    people: Cast,
    secret: Secret,
    elsewhere: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tree, "year_known", lambda _year: True)  # that is another warning
    path = home / "keyring.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"copied_at": None}))
    (home / warnings.LAST_BACKUP).unlink(missing_ok=True)
    assert any("no copy" in str(text) for text in warnings.warnings())
    inside = backup.make(secret)
    assert not inside.outside
    assert any("no copy" in str(text) for text in warnings.warnings())
    assert backup.make(secret, folder=elsewhere).outside
    assert not any("backup" in str(text) or "copy" in str(text) for text in warnings.warnings())
    keyring.load(home).wrap("retention.test/2020-02")
    assert any("no backup holds" in str(text) for text in warnings.warnings())


def test_a_key_file_opens_what_it_closed(people: Cast, elsewhere: Path, tmp_path: Path) -> None:
    key = tmp_path / "backup.key"
    passphrases.new_key_file(key)
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(CouldNotError, match="exists"):
        passphrases.new_key_file(key)
    made = backup.make(passphrases.ask(None, key, new=True), folder=elsewhere)
    members = [
        name for name, _content in archive.read(made.path, passphrases.ask(None, key, new=False))
    ]
    assert "keyring.json" in members
    key.write_text("linli-backup-key-1:AAAA")
    with pytest.raises(CouldNotError, match="no key"):
        passphrases.ask(None, key, new=False)


def test_a_short_new_passphrase_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words"
    file.write_text("short\n")
    with pytest.raises(CouldNotError, match="too short"):
        passphrases.ask(file, None, new=True)
    assert passphrases.ask(file, None, new=False).raw == b"short"


def test_the_home_of_the_tests_is_not_the_home_of_this_checkout() -> None:
    assert Path(settings.HOME) != Path(settings.SOURCE).parent / "var"
    assert heads.log_path().is_relative_to(settings.HOME)
