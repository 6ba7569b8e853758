"""A changed byte in any step, or a missing step, is found and named."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.ground import clock
from linli.history import guards, heads
from linli.history.chain import GENESIS, header_hash
from linli.history.models import Erasure, Head, Step, StepBody
from linli.ledger import verify as verifying
from linli.ledger.entries.models import Entry, EntryPerson, ErasedEntry, Sealed
from linli.ledger.retention import erasing
from linli.ledger.verify import Finding, verify
from tests.cast import Cast, cast, do, record


@contextmanager
def as_an_attacker() -> Iterator[None]:
    """Somebody who may alter the tables and so can take the triggers away."""
    guards.remove(connection)
    yield
    guards.install(connection)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    heads.log_path().unlink(missing_ok=True)
    people = cast()
    person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
    for number in range(4):
        record("visits", people.li, people.room, place=f"{number} 号", visitors=[person])
    entry = Entry.objects.filter(room=people.room.pk).first()
    assert entry
    do("visits", "note", people.li, entry.id, note="备注")
    assert not list(verify())
    return people


def found(people: Cast) -> list[Finding]:
    return [finding for finding in verify([people.room.pk]) if finding.wrong]


def step(people: Cast, number: int) -> Step:
    """The step with this number among those of entries (4 recorded, then a note)."""
    entries = Entry.objects.filter(room=people.room.pk).values("id")
    return Step.objects.filter(subject__in=entries).order_by("seq")[number - 1]


def test_a_step_under_another_district_is_found(people: Cast) -> None:
    one = step(people, 3)
    with as_an_attacker():
        Step.objects.filter(id=one.id).update(district=people.other_branch.pk)
    assert [(f.seq, f.code) for f in found(people)] == [(one.seq, "district")]
    assert [(f.seq, f.code) for f in verify() if f.wrong] == [(one.seq, "district")]


def test_each_slice_of_a_chain_is_asked_for_as_its_index_begins(people: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert found(people) == []
    slices = [q["sql"] for q in asked if 'ORDER BY "history_step"."seq"' in q["sql"]]
    assert slices
    assert [sql for sql in slices if 'WHERE ("history_step"."district"' not in sql] == []


def test_the_database_refuses_to_change_history(people: Cast) -> None:
    one = step(people, 2)
    for change in (
        lambda: Step.objects.filter(id=one.id).update(action="x"),
        lambda: Step.objects.filter(id=one.id).delete(),
        lambda: StepBody.objects.filter(step=one.id).update(text="{}"),
        lambda: StepBody.objects.filter(step=one.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_body_goes_only_together_with_its_erasure_and_verification_says_so(people: Cast) -> None:
    one = step(people, 2)
    with transaction.atomic():
        erasing.take_bodies(
            one.room, one.district, [(one.id, one.seq)], {"rule": "retention.visits"}
        )
    assert found(people) == []
    told = [f for f in verify([people.room.pk]) if not f.wrong]
    assert [(f.seq, f.code) for f in told] == [(one.seq, "erased")]
    assert "retention.visits" in told[0].message
    by = Step.objects.filter(action="erased").get()
    assert str(by.seq) in told[0].message


@pytest.mark.parametrize("named", ["an ordinary step", "an erasure of another step", "nothing"])
def test_a_body_that_no_erasure_names_is_found_though_the_database_let_it_go(
    people: Cast, named: str
) -> None:
    """Who can write the table of erasures gets past the guard, but not past verification."""
    one, other = step(people, 2), step(people, 5)
    by = other.id
    if named == "an erasure of another step":
        by = erasing.take_bodies(one.room, one.district, [(other.id, other.seq)], {"rule": "x"})
    elif named == "nothing":
        by = one.act
    Erasure.objects.create(step=one.id, by=by)
    StepBody.objects.filter(step=one.id).delete()
    assert (one.seq, "erasure_unfounded") in [(f.seq, f.code) for f in found(people)]


def test_a_stub_that_no_step_founds_hides_no_deleted_entry(people: Cast) -> None:
    entry = Entry.objects.filter(room=people.room.pk).last()
    assert entry
    one = step(people, 4)
    EntryPerson.objects.filter(entry=entry.id).delete()
    Entry.objects.filter(id=entry.id).delete()
    ErasedEntry.objects.create(
        id=entry.id, district=entry.district, room=entry.room, ledger="visits", serial_year=2026,
        serial_no=entry.serial_no, received_on=clock.today(), rule="retention.visits",
        erased_at=clock.now(), step=one.id,
    )  # fmt: skip
    assert "erasure_unfounded" in [f.code for f in found(people)]


HEADER_CHANGES: dict[str, Callable[[Step], object]] = {
    "action": lambda s: "voided",
    "actor": lambda s: None,
    "subject": lambda s: s.id,
    "serial": lambda s: "visits/2026/9",
    "acted_at": lambda s: s.acted_at.replace(microsecond=(s.acted_at.microsecond + 1) % 10**6),
    "recorded_at": lambda s: s.recorded_at.replace(year=2020),
    "act": lambda s: s.id,
    "digest": lambda s: bytes([bytes(s.digest)[0] ^ 1]) + bytes(s.digest)[1:],
    "hash": lambda s: bytes([bytes(s.hash)[0] ^ 1]) + bytes(s.hash)[1:],
}


@pytest.mark.parametrize("column", HEADER_CHANGES)
def test_a_changed_header_is_named(people: Cast, column: str) -> None:
    one = step(people, 3)
    with as_an_attacker():
        Step.objects.filter(id=one.id).update(**{column: HEADER_CHANGES[column](one)})
    findings = found(people)
    assert findings and any(f.seq == one.seq and str(one.id) in f.message for f in findings)


def test_a_changed_body_is_named(people: Cast) -> None:
    one = step(people, 3)
    body = StepBody.objects.get(step=one.id)
    with as_an_attacker():
        StepBody.objects.filter(step=one.id).update(text=body.text.replace("2 号", "3 号"))
    assert (one.seq, "body") in [(f.seq, f.code) for f in found(people)]


def test_a_missing_body_is_named(people: Cast) -> None:
    one = step(people, 3)
    with as_an_attacker():
        StepBody.objects.filter(step=one.id).delete()
    assert (one.seq, "body_missing") in [(f.seq, f.code) for f in found(people)]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_missing_step_is_named_also_the_last(people: Cast, number: int) -> None:
    seq = step(people, number).seq
    with as_an_attacker():
        Step.objects.filter(room=people.room.pk, seq=seq).delete()
    assert (seq, "missing") in [(f.seq, f.code) for f in found(people)]


def test_a_cut_tail_is_found_even_when_the_head_row_was_cut_too(people: Cast) -> None:
    kept, cut = step(people, 4), step(people, 5)
    with as_an_attacker():
        Step.objects.filter(id=cut.id).delete()
        Head.objects.filter(room=people.room.pk).update(seq=kept.seq, hash=bytes(kept.hash))
    assert (cut.seq, "missing") in [(f.seq, f.code) for f in found(people)]


def test_a_recomputed_chain_is_found_by_the_signed_head(people: Cast) -> None:
    """The attacker changes a step and recomputes every hash after it, head included."""
    with as_an_attacker():
        previous = GENESIS
        for one in Step.objects.filter(room=people.room.pk).order_by("seq"):
            action = "forged" if one.seq == 2 else one.action
            previous = header_hash(
                previous, one.room, one.seq, one.id, one.subject, action, one.actor, one.act,
                one.serial, one.acted_at, one.recorded_at, bytes(one.digest),
            )  # fmt: skip
            Step.objects.filter(id=one.id).update(action=action, hash=previous)
        Head.objects.filter(room=people.room.pk).update(hash=previous)
    assert "head_differs" in [f.code for f in found(people)]


def test_a_forged_signed_head_is_found(people: Cast) -> None:
    lines = heads.log_path().read_text().splitlines()
    forged = [
        " ".join([*line.split()[:4], "00" * 64]) if line.startswith(people.room.pk.hex) else line
        for line in lines
    ]
    heads.log_path().write_text("\n".join(forged) + "\n")
    assert "head_forged" in [f.code for f in found(people)]


def test_an_entry_changed_behind_its_history_is_found(people: Cast) -> None:
    entry = Entry.objects.filter(room=people.room.pk).last()
    assert entry
    Entry.objects.filter(id=entry.id).update(narrative="别的", responsible=people.wang.pk)
    findings = found(people)
    assert [f.code for f in findings] == ["entry"]
    assert "narrative" in findings[0].message and "responsible" in findings[0].message


def test_an_exchanged_sealed_value_is_found(people: Cast) -> None:
    first, second = Sealed.objects.filter(room=people.room.pk)[:2]
    Sealed.objects.filter(id=first.id).update(box=bytes(second.box))
    assert [f.code for f in found(people)] == ["entry"]


def test_an_entry_without_steps_and_a_step_without_entry_are_found(people: Cast) -> None:
    entry = Entry.objects.filter(room=people.room.pk).last()
    assert entry
    EntryPerson.objects.filter(entry=entry.id).delete()
    Entry.objects.filter(id=entry.id).delete()
    assert [f.code for f in found(people)] == ["entry_missing"]


@pytest.mark.parametrize("between", ["_head_row", "steps_of", "bodies_of"])
def test_what_is_written_meanwhile_is_no_tampering(
    people: Cast, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer adds a note after the one was read and before the other."""
    entry = Entry.objects.filter(room=people.room.pk).last()
    assert entry
    then = getattr(verifying, between)

    def at_work(*args: object) -> object:
        monkeypatch.setattr(verifying, between, then)
        do("visits", "hand_over", people.li, entry.id, reason="换班", hand_to=str(people.wang.pk))
        return then(*args)

    monkeypatch.setattr(verifying, between, at_work)
    assert found(people) == []


def test_a_folded_log_of_heads_says_the_same(people: Cast) -> None:
    before = heads.read_all()
    assert heads.fold() > 0
    assert heads.read_all() == before


def test_nobody_writes_into_a_log_that_is_being_folded(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fold at once: whoever waited for the other holds the file that has the name now."""
    path, really = heads.log_path(), fcntl.flock

    def while_another_folds(log: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", really)
        heads.fold()
        really(log, how)

    monkeypatch.setattr(fcntl, "flock", while_another_folds)
    with (
        heads._held(path, fcntl.LOCK_EX),
        path.open("a") as writer,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(writer, fcntl.LOCK_SH | fcntl.LOCK_NB)
