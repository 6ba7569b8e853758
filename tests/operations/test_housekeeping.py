"""What the worker does again and again: counts, sealed reads, forgetting, orphans."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Sum
from django_tasks_db.models import DBTaskResult, get_date_max

from linli.ground import clock
from linli.ground.ids import new_id
from linli.history import guards, sealing_reads
from linli.history.models import ReadLog, Step
from linli.history.reads import note_read
from linli.ledger.entries import counting
from linli.ledger.entries.models import CountDelta, DailyCount, Draft, Entry
from linli.ledger.verify import verify
from linli.operations import housekeeping, running, working
from tests.cast import Cast, do, record


def received() -> int:
    folded = DailyCount.objects.filter(measure="received").aggregate(n=Sum("n"))["n"] or 0
    waiting = CountDelta.objects.filter(measure="received").aggregate(n=Sum("n"))["n"] or 0
    return folded + waiting


def test_folding_changes_no_figure_and_leaves_nothing_waiting(people: Cast) -> None:
    assert received() == 4
    assert counting.fold() == 4
    assert CountDelta.objects.count() == 0
    assert received() == 4
    record("visits", people.li, people.room)
    assert counting.fold() == 1
    assert counting.fold() == 0
    assert received() == 5


def test_several_may_fold_at_once(people: Cast) -> None:
    for _number in range(6):
        record("visits", people.wang, people.room)
    done: list[int] = []

    def fold() -> None:
        done.append(counting.fold())
        connections.close_all()

    threads = [threading.Thread(target=fold) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 10
    assert received() == 10


def test_counts_agree_with_the_entries_after_everything_that_can_happen(people: Cast) -> None:
    first, second, third = Entry.objects.order_by("serial_no")[:3]
    do("visits", "handle", people.li, first.id, result="已办")
    do("visits", "handle", people.li, second.id, result="已办")
    do("visits", "reopen", people.li, second.id, reason="居民又来")
    do("visits", "void", people.li, third.id, reason="重复")
    corrected = {"received_at": clock.now() - timedelta(days=2), "category": "consultation"}
    do("visits", "correct", people.li, first.id, reason="补正", **corrected)
    assert counting.rebuild_and_compare() == []


def test_wrong_counts_are_found_and_put_right(people: Cast) -> None:
    counting.fold()
    DailyCount.objects.filter(measure="received").update(n=7)
    differences = counting.rebuild_and_compare()
    assert [(d.counted, d.actual) for d in differences] == [(7, 4)]
    counting.rebuild_and_compare(repair=True)
    assert counting.rebuild_and_compare() == []
    assert received() == 4


def look(people: Cast, **more: object) -> ReadLog:
    return note_read(
        actor_id=people.li.pk, actor_name="李建国", kind="lookup", room=people.room.pk,
        district=people.branch.pk, purpose="visit", words="张", **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_reads_are_chained_and_then_fixed(people: Cast) -> None:
    rows = [look(people) for _number in range(3)]
    note_read(actor_id=None, actor_name="linli export", kind="search")
    assert sealing_reads.seal_all() == 4
    assert sealing_reads.seal_all() == 0
    steps = {ReadLog.objects.get(id=row.id).sealed_by for row in rows}
    assert len(steps) == 1
    assert Step.objects.get(id=steps.pop()).room == people.room.pk
    assert [found for found in verify() if found.wrong] == []
    assert list(sealing_reads.check()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadLog.objects.filter(id=rows[0].id).update(purpose="other")


def test_a_read_changed_or_removed_behind_the_guards_is_found(people: Cast) -> None:
    rows = [look(people) for _number in range(3)]
    sealing_reads.seal_all()
    guards.remove(connection)
    try:
        ReadLog.objects.filter(id=rows[1].id).update(words="王")
        assert ["changed" in found.message for found in sealing_reads.check()] == [True]
        ReadLog.objects.filter(id=rows[1].id).delete()
        assert ["2 logged" in found.message for found in sealing_reads.check()] == [True]
    finally:
        guards.install(connection)


def test_drafts_past_their_retention_are_forgotten(people: Cast) -> None:
    def draft(days: int) -> Draft:
        return Draft.objects.create(
            staff=people.li.pk, room=people.room.pk, ledger="visits", box=b"x",
            saved_at=clock.now() - timedelta(days=days),
        )  # fmt: skip

    old, fresh = draft(31), draft(29)
    assert housekeeping.forget() == 1
    assert not Draft.objects.filter(pk=old.pk).exists()
    assert Draft.objects.filter(pk=fresh.pk).exists()


def test_a_chore_that_fails_does_not_stop_the_others(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough, done = threading.Event(), []

    def fail() -> int:
        raise RuntimeError("no")

    def end() -> int:
        done.append(1)
        enough.set()
        return 1

    chores = [housekeeping.Chore("fails", 1, fail), housekeeping.Chore("ends", 1, end)]
    monkeypatch.setattr(housekeeping, "chores", lambda: chores)
    housekeeping.keep(enough)
    assert done == [1]
    assert running.worker_alive()


@pytest.mark.parametrize(("worker", "taken"), [("gone", 1), ("alive", 0), ("elsewhere", 0)])
def test_tasks_of_a_dead_worker_of_this_machine_wait_again(
    people: Cast, worker: str, taken: int
) -> None:
    names = {
        "gone": working.name_of(2**22 + 17),
        "alive": working.name_of(os.getppid()),
        "elsewhere": "another-machine:12345:abcd",
    }
    task = DBTaskResult.objects.create(
        id=new_id(), status="RUNNING", args_kwargs={"args": [], "kwargs": {}}, task_path="x.y",
        backend_name="default", run_after=get_date_max(), worker_ids=[names[worker]],
    )  # fmt: skip
    assert working.take_back_orphans() == taken
    assert DBTaskResult.objects.get(pk=task.pk).status == ("READY" if taken else "RUNNING")
