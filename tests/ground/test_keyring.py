import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.ground import keyring
from linli.ground.keyring import KeyDestroyed, Keyring, SealBroken, SealedValue

MONTH = "incidents/2026-03"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return keyring.create(tmp_path / "home")


@pytest.fixture(scope="module")
def shared_ring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return keyring.create(tmp_path_factory.mktemp("home"))


def test_a_keyring_is_its_owners_alone_and_made_once(ring: Keyring) -> None:
    assert ring.home.stat().st_mode & 0o777 == 0o700
    assert (ring.home / "keyring.json").stat().st_mode & 0o777 == 0o600
    assert keyring.load(ring.home) is ring
    with pytest.raises(keyring.KeyringExists):
        keyring.create(ring.home)
    assert ring.problems() == ("never_copied",)
    ring.mark_copied()
    (ring.home / "keyring.json").chmod(0o644)
    assert ring.problems() == ("file_open",)


def test_a_missing_or_damaged_keyring_is_named(tmp_path: Path, ring: Keyring) -> None:
    with pytest.raises(keyring.KeyringMissing):
        keyring.load(tmp_path / "nowhere")
    path = ring.home / "keyring.json"
    for damaged in ("{", "[]", '{"format": 99}', '{"format": 1}'):
        path.write_text(damaged)
        with pytest.raises(keyring.KeyringUnreadable):
            keyring.load(ring.home)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.binary(max_size=200), aad=st.binary(max_size=40), sm4=st.booleans())
def test_what_is_sealed_opens_and_nothing_else_does(
    shared_ring: Keyring, plain: bytes, aad: bytes, sm4: bool
) -> None:
    shared_ring.choose_algorithm("SM4-GCM" if sm4 else "AES-256-GCM")
    value = shared_ring.seal(plain, key_id=MONTH, aad=aad)
    again = shared_ring.seal(plain, key_id=MONTH, aad=aad)
    assert value.box != again.box
    assert value.wrapped != again.wrapped
    shared_ring.choose_algorithm("AES-256-GCM")
    assert shared_ring.open(value, aad=aad) == plain
    with pytest.raises(SealBroken):
        shared_ring.open(value, aad=aad + b"x")
    blob = shared_ring.seal_blob(plain, aad)
    assert shared_ring.open_blob(blob, aad) == plain
    with pytest.raises(SealBroken):
        shared_ring.open_blob(blob, aad + b"x")


@pytest.mark.parametrize("part", ["wrapped", "box"])
def test_any_changed_or_cut_byte_is_found(ring: Keyring, part: str) -> None:
    value = ring.seal(b"420106", key_id=MONTH, aad=b"row")
    raw: bytes = getattr(value, part)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        for wrong in (changed, raw[:place]):
            with pytest.raises(SealBroken):
                ring.open(value._replace(**{part: wrong}), aad=b"row")


def test_a_value_of_another_keyring_does_not_open(ring: Keyring, tmp_path: Path) -> None:
    other = keyring.create(tmp_path / "other")
    value = other.seal(b"secret", key_id=MONTH, aad=b"")
    with pytest.raises(SealBroken):
        ring.open(value, aad=b"")
    ring.wrap(MONTH)
    with pytest.raises(SealBroken):
        ring.open(value, aad=b"")
    assert ring.lookup("phone", "1") != other.lookup("phone", "1")
    assert ring.fingerprint != other.fingerprint


def test_a_destroyed_key_is_gone_for_ever(ring: Keyring) -> None:
    value = ring.seal(b"secret", key_id=MONTH, aad=b"")
    kept = ring.seal(b"kept", key_id="incidents/2026-04", aad=b"")
    ring.destroy(MONTH)
    ring.destroy(MONTH)
    with pytest.raises(KeyDestroyed):
        ring.open(value, aad=b"")
    with pytest.raises(KeyDestroyed):
        ring.seal(b"more", key_id=MONTH, aad=b"")
    with pytest.raises(KeyDestroyed):
        ring.rewrap(value, "incidents/2026-04")
    assert ring.open(kept, aad=b"") == b"kept"
    assert MONTH not in (ring.home / "keyring.json").read_text().partition("wrapping")[2]


def test_a_restored_older_keyring_forgets_again(ring: Keyring) -> None:
    path = ring.home / "keyring.json"
    value = ring.seal(b"secret", key_id=MONTH, aad=b"")
    backup = path.read_bytes()
    ring.destroy(MONTH)
    ring.bury("entry", "0190-7")
    path.write_bytes(backup)
    assert keyring.load(ring.home).open(value, aad=b"") == b"secret"
    assert ring.replay_tombstones() == 1
    assert ring.replay_tombstones() == 0
    with pytest.raises(KeyDestroyed):
        ring.open(value, aad=b"")
    assert [(line["kind"], line["subject"]) for line in ring.tombstones()] == [
        ("key", MONTH),
        ("entry", "0190-7"),
    ]


def test_a_tombstone_cut_by_a_crash_harms_no_other(ring: Keyring) -> None:
    ring.bury("entry", "one")
    with (ring.home / "tombstones.jsonl").open("a") as journal:
        journal.write('{"kind": "en')
    ring.bury("entry", "two")
    assert [line["subject"] for line in ring.tombstones()] == ["one", "two"]


def test_rewrapping_keeps_the_box(ring: Keyring) -> None:
    value = ring.seal(b"secret", key_id=MONTH, aad=b"row")
    moved = ring.rewrap(value, "closed/2031-03")
    assert moved.box == value.box
    assert moved.key_id == "closed/2031-03"
    ring.destroy(MONTH)
    assert ring.open(moved, aad=b"row") == b"secret"
    swapped = SealedValue("closed/2031-03", value.wrapped, value.box)
    with pytest.raises(SealBroken):
        ring.open(swapped, aad=b"row")


def test_signatures(ring: Keyring) -> None:
    signature = ring.sign(b"head")
    assert ring.verify(b"head", signature)
    assert not ring.verify(b"heap", signature)
    assert not ring.verify(b"head", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not ring.verify(b"head", b"")


def test_lookups_differ_by_kind_and_value(ring: Keyring) -> None:
    found = {ring.lookup(kind, value) for kind in ("phone", "identity") for value in ("1", "2")}
    assert len(found) == 4
    assert {len(one) for one in found} == {16}
    assert ring.lookup("phone", "1") == ring.lookup("phone", "1")


MAKE_KEYS = """
import sys
from pathlib import Path
from linli.ground import keyring
ring = keyring.load(Path(sys.argv[1]))
for month in range(20):
    value = ring.seal(b"x", key_id=f"visits/{month}", aad=b"")
    print(value.key_id, value.wrapped.hex(), value.box.hex())
"""


def test_processes_and_threads_make_the_same_keys(ring: Keyring) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE_KEYS, str(ring.home)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]  # fmt: skip
    sealed: list[SealedValue] = []

    def make() -> None:
        sealed.extend(ring.seal(b"x", key_id=f"visits/{n}", aad=b"") for n in range(20))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for maker in makers:
        out, _err = maker.communicate(timeout=180)
        assert maker.returncode == 0
        for line in out.splitlines():
            key_id, wrapped, box = line.split()
            sealed.append(SealedValue(key_id, bytes.fromhex(wrapped), bytes.fromhex(box)))
    assert len(sealed) == 7 * 20
    assert {ring.open(value, aad=b"") for value in sealed} == {b"x"}
    assert len(json.loads((ring.home / "keyring.json").read_text())["wrapping"]) == 20


def test_another_process_destroying_a_key_is_noticed(ring: Keyring) -> None:
    value = ring.seal(b"secret", key_id=MONTH, aad=b"")
    other = Keyring(ring.home)
    other.destroy(MONTH)
    with pytest.raises(KeyDestroyed):
        ring.open(value, aad=b"")


def test_lookup_is_hmac_sha256(tmp_path: Path) -> None:
    import base64
    import hmac
    import json

    ring = keyring.create(tmp_path / "hmac")
    key = base64.b64decode(json.loads((tmp_path / "hmac" / "keyring.json").read_bytes())["lookup"])
    expected = hmac.digest(key, "name\0张三".encode(), "sha256")[:16]
    assert ring.lookup("name", "张三") == expected


def test_a_line_that_a_stranger_wrote_erases_nothing(ring: Keyring, tmp_path: Path) -> None:
    ring.bury_entries(["aa", "bb"], "retention.visits")
    journal = ring.home / "tombstones.jsonl"
    genuine = json.loads(journal.read_text())
    forged = [genuine | {"subjects": ["cc"]}, {"kind": "entries", "subjects": ["dd"], "rule": "x"}]
    with journal.open("a") as out:
        out.writelines(f"{json.dumps(one)}\n" for one in forged)
    assert [line["subjects"] for line in ring.tombstones()] == [["aa", "bb"]]
    assert ring.strange_tombstones() == 2
    other = keyring.create(tmp_path / "another home")
    (other.home / "tombstones.jsonl").write_text(journal.read_text())
    assert list(other.tombstones()) == []


def test_keys_buried_before_lines_were_hashed_stay_destroyed(ring: Keyring) -> None:
    ring.wrap(MONTH)
    (ring.home / "tombstones.jsonl").write_text(
        json.dumps({"kind": "key", "subject": MONTH, "at": "2026-11-01T00:00:00+00:00"}) + "\n"
    )
    assert ring.replay_tombstones() == 1
    with pytest.raises(KeyDestroyed):
        ring.wrap(MONTH)
