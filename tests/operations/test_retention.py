"""Retention on a clock moved five years: what had to go is found nowhere, what had to stay is there,
and the chain verifies and names what was erased."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from linli.ground import clock, keyring
from linli.ground.words import query_words
from linli.history import sealing_reads
from linli.history.models import Step
from linli.history.reads import note_read
from linli.ledger.acts import reacting
from linli.ledger.entries import counting, receipts
from linli.ledger.entries.models import (
    DailyCount,
    Entry,
    EntryLink,
    EntryPerson,
    ErasedEntry,
    Sealed,
)
from linli.ledger.entries.people import associated
from linli.ledger.files import storage, taking_in
from linli.ledger.files.models import Attachment
from linli.ledger.forms import drafts
from linli.ledger.reading import entry_view, search
from linli.ledger.retention import holding, nightly
from linli.ledger.verify import verify
from linli.operations import backup, restore
from linli.operations.passphrases import Secret
from linli.org import tree
from tests.cast import Cast, actor, do, record
from tests.ledger.files.conftest import picture, upload

pytestmark = pytest.mark.xdist_group("restore")

# Words that stand only in what has to go, and only in what has to stay.
GOES, STAYS = "蘑菇凉亭", "青石拱桥"
GONE_PERSON = {"role": "visitor", "name": "欧阳小蘑", "phone": "13900001111"}
KEPT_PERSON = {"role": "visitor", "name": "司徒小桥", "phone": "13800002222"}
FIVE_YEARS = timedelta(days=5 * 366 + 40)


@pytest.fixture(autouse=True)
def keys_of_this_test_alone(home: Path) -> Iterator[None]:
    """A destroyed month would be missing to the tests that follow in this process; what they left
    on the disk is none of ours."""
    shutil.rmtree(home / "files", ignore_errors=True)
    ring = (home / "keyring.json").read_bytes()
    (home / "tombstones.jsonl").unlink(missing_ok=True)
    yield
    (home / "keyring.json").write_bytes(ring)
    (home / "tombstones.jsonl").unlink(missing_ok=True)


@contextmanager
def later(span: timedelta = FIVE_YEARS) -> Iterator[None]:
    with clock.fixed(clock.now() + span):
        yield


def everything(home: Path) -> str:
    """All that the database and the files of the home say, as text."""
    said = []
    for model in apps.get_models():
        for row in model._default_manager.values():
            said.append(" ".join(str(_plain(value)) for value in row.values()))
    for path in home.rglob("*"):
        if path.is_file() and "before-restore" not in str(path):
            said.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(said)


def _plain(value: Any) -> Any:
    return (
        bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview | bytes) else value
    )


def pairs(text: str) -> list[str]:
    """The pairs of characters that the index of words holds of a text."""
    return query_words(text).all_of


@pytest.fixture
def matters(people: Cast) -> dict[str, UUID]:
    """Closed matters full of what has to go; an open one, a held one and one closed later."""
    goes = record(
        "visits", people.li, people.room, narrative=f"{GOES}里丢了东西", place=f"{GOES} 3 号",
        visitors=[GONE_PERSON],
    )  # fmt: skip
    li, district = actor(people.li), tree.district_of(people.room.pk)
    photo = taking_in.take(
        actor=li, upload=upload(picture(), f"{GOES}.jpg"), room=people.room.pk, district=district
    )
    do("visits", "attach", people.li, goes.entry, added_files=[str(photo.id)])
    do("visits", "note", people.li, goes.entry, note=f"又去了{GOES}")
    do("visits", "correct", people.li, goes.entry, reason="补", narrative=f"{GOES}丢了伞")
    do("visits", "handle", people.li, goes.entry, result=f"在{GOES}找到")
    receipts.issue(goes.entry, people.room.pk, district)
    drafts.save(
        actor=li, room=people.room.pk, ledger="visits", action="reopen", data={"reason": GOES},
        entry=goes.entry,
    )  # fmt: skip
    cause = record(
        "incidents", people.li, people.room, category="dispute.neighbours",
        narrative=f"{GOES}争吵", people=[GONE_PERSON | {"role": "reporter"}],
    )  # fmt: skip
    effect = reacting.effect_id(cause.entry, "incident_dispute")
    assert EntryLink.objects.filter(cause=cause.entry, effect=effect).exists()
    return {
        "goes": goes.entry,
        "photo": photo.id,
        "cause": cause.entry,
        "effect": effect,
        "open": _stays(people),
        "held": _stays(people, close=True),
        "late": _stays(people),
    }


def _stays(people: Cast, *, close: bool = False) -> UUID:
    done = record(
        "visits", people.wang, people.room, narrative=f"{STAYS}下的摊位", visitors=[KEPT_PERSON]
    )
    if close:
        do("visits", "handle", people.wang, done.entry, result="已办")
    return UUID(str(done.entry))


def settle(people: Cast, matters: dict[str, UUID]) -> None:
    """Close what is to go, hold what is held; four years on, close one of those that stay."""
    for ledger, name in (("incidents", "cause"), ("disputes", "effect")):
        entry = Entry.objects.get(id=matters[name])
        if entry.is_open:
            do(ledger, "void", people.li, entry.id, reason="测试")
    for entry in Entry.objects.filter(is_open=True).exclude(id__in=[matters["open"], matters["late"]]):  # fmt: skip
        do(entry.ledger, "void", people.li, entry.id, reason="测试")
    holding.place(Entry.objects.get(id=matters["held"]), by=actor(people.chief), reason="法院调取")
    note_read(
        actor_id=people.li.pk, actor_name="李建国", kind="search", words=GOES,
        room=people.room.pk, district=tree.district_of(people.room.pk),
    )  # fmt: skip
    sealing_reads.seal_all()
    with later(timedelta(days=4 * 365)):
        do("visits", "handle", people.wang, matters["late"], result="拖了很久")


STAYING = ("open", "held", "late")


def nothing_is_left(home: Path, matters: dict[str, UUID]) -> None:
    said = everything(home)
    for word in (GOES, "欧阳", "13900001111", "139****1111", *pairs(GOES)):
        assert word not in said, word
    assert set(Entry.objects.values_list("id", flat=True)) == {matters[name] for name in STAYING}
    assert not Sealed.objects.exclude(entry__in=[matters[name] for name in STAYING]).exists()
    assert not Attachment.objects.exists()
    contents = [path for path in storage.root().rglob("*") if path.is_file()]
    assert contents == []


def what_stays_is_there(people: Cast, matters: dict[str, UUID]) -> None:
    for name in STAYING:
        entry = Entry.objects.get(id=matters[name])
        assert STAYS in entry.narrative
        [person] = EntryPerson.objects.filter(entry=entry.id)
        opened = entry_view.reveal(actor=actor(people.li), entry=entry, purpose="matter")
        assert opened[person.id]["name"] == KEPT_PERSON["name"]
    found = search.find(actor(people.li), STAYS).entries
    assert {one.id for one in found} == {matters[name] for name in STAYING}
    assert search.find(actor(people.li), GOES).entries == []
    by_phone = search.find_person(
        actor(people.li), kind="phone", value="13900001111", purpose="matter", matter="访-2026-0001"
    )
    assert by_phone == []


def history_is_whole(matters: dict[str, UUID]) -> None:
    findings = list(verify())
    assert [found for found in findings if found.wrong] == []
    assert list(sealing_reads.check()) == []
    erased = [found for found in findings if found.code == "erased"]
    of_gone = set(Step.objects.filter(subject=matters["goes"]).values_list("id", flat=True))
    assert len(of_gone) == 5
    assert of_gone <= {found.step for found in erased}
    by = Step.objects.get(id=ErasedEntry.objects.get(id=matters["goes"]).step)
    assert any(
        re.search(rf"erased by step {by.seq} under retention.visits on 203", found.message)
        for found in erased
    )


def test_after_five_years_what_had_to_go_is_found_nowhere(
    people: Cast, matters: dict[str, UUID], secret: Secret, elsewhere: Path, home: Path
) -> None:
    settle(people, matters)
    number = Entry.objects.get(id=matters["goes"]).serial_no
    made = backup.make(secret, folder=elsewhere)
    counting.fold()
    counted = DailyCount.objects.filter(measure="received").count()
    assert GOES in everything(home)
    ring = keyring.load(home)
    copied = Sealed.objects.filter(entry=matters["cause"]).get()  # as a copy of the database has it
    with later():
        run = nightly.run("test")
        assert (run.held, run.reads) == (1, 1)
        assert run.ledgers["visits"]["erased"] == run.erased - 2
        nothing_is_left(home, matters)
        what_stays_is_there(people, matters)
        history_is_whole(matters)
        stub = ErasedEntry.objects.get(id=matters["goes"])
        assert (stub.serial_no, stub.rule) == (number, "retention.visits")
        assert counting.rebuild_and_compare() == []
        assert DailyCount.objects.filter(measure="received").count() == counted
        # the keys of what is gone altogether are gone; that of what stays is there
        month = f"{clock.local(clock.now() - FIVE_YEARS):%Y-%m}"
        assert run.keys and f"incidents/{month}" not in ring.key_ids
        assert f"visits/{month}" in ring.key_ids
        box = keyring.SealedValue(copied.key_id, bytes(copied.wrapped), bytes(copied.box))
        with pytest.raises(keyring.KeyDestroyed):
            ring.open(box, aad=associated(copied.owner, copied.entry))
        again = nightly.run("test")
        assert (again.erased, again.again, again.reads, again.keys) == (0, 0, 0, [])

        result = restore.restore(made.path, secret, replace=True)

        assert result.findings == []
        assert result.erased_entries == run.erased
        for aside in home.glob("before-restore-*"):  # what was there before: also without it
            assert f"{GOES}里丢了" not in _of_folder(aside)
        nothing_is_left(home, matters)
        what_stays_is_there(people, matters)
        history_is_whole(matters)
        assert nightly.run("test").erased == 0
        record("visits", people.li, people.room)  # and life goes on


def _of_folder(folder: Path) -> str:
    return "".join(p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file())  # fmt: skip
