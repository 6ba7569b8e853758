"""Every kind of long work: claimed once, heard of, taken over, stopped in words, forgotten."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connections
from django.utils import translation
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoDbBlocker

from linli.ground import clock
from linli.ledger.runs import doing, kept_files, long_work, tasks
from linli.ledger.runs.claiming import claim, is_silent, take_over
from linli.ledger.runs.forgetting import forget
from linli.ledger.runs.lease import Lease, TakenOver
from linli.ledger.runs.long_work import LongWork
from tests.cast import Cast, cast
from tests.ledger.runs.samples import ASKED_FOR

SECRET = "张小花 13800001234"
EVERY = long_work.kinds()
WITH_FILES = [work for work in EVERY if work.files]


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with translation.override("en"):
        yield cast()


def ask(work: LongWork[Any], people: Cast) -> Any:
    """A run of this kind that waits to be done."""
    run = ASKED_FOR[work.code](people)
    run.refresh_from_db()
    assert run.status == work.states.waiting and long_work.kind_of(run) is work
    return run


def doing_instead(
    monkeypatch: pytest.MonkeyPatch, work: LongWork[Any], wrong: BaseException
) -> LongWork[Any]:
    """The same kind of work, which goes wrong."""

    def goes_wrong(lease: Lease[Any]) -> None:
        lease.beat()
        raise wrong

    other = dataclasses.replace(work, do=goes_wrong)
    monkeypatch.setitem(long_work._kinds, work.code, other)
    return other


def later(**time: int) -> Any:
    return clock.fixed(clock.now() + timedelta(**time))


def test_every_kind_is_tried_here() -> None:
    assert set(ASKED_FOR) == {work.code for work in EVERY}


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="two kinds"):
        long_work.declare(EVERY[0])


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_it_is_done_and_then_there_is_nothing_to_do(work: LongWork[Any], people: Cast) -> None:
    run = doing.carry_out(work, ask(work, people).pk)
    assert (run.status, run.problem, run.claim) == (work.states.done, "", None)
    assert getattr(run, work.states.ended_at) is not None
    assert claim(work, run.pk) is None and not take_over(run) and not is_silent(run)
    with pytest.raises(ValueError, match="nothing to do"):
        tasks.send(run)


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_of_two_workers_one_has_it(work: LongWork[Any], people: Cast) -> None:
    run = ask(work, people)
    lease = claim(work, run.pk)
    assert lease is not None
    with pytest.raises(TakenOver):
        claim(work, run.pk)
    tasks.send(run)  # a second task for it goes by
    lease.beat()
    run.refresh_from_db()
    assert (run.status, run.claim) == (work.states.running, lease.claim)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_of_many_at_the_same_moment_one_has_it(
    work: LongWork[Any], django_db_blocker: DjangoDbBlocker
) -> None:
    with translation.override("en"):
        run = ask(work, cast())
    start, got = threading.Barrier(6), []

    def compete() -> None:
        start.wait()
        try:
            got.append(claim(work, run.pk))
        except TakenOver:
            got.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=compete) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [lease for lease in got if lease]
    assert len(got) == 6 and len(winners) == 1
    run.refresh_from_db()
    assert run.claim == winners[0].claim


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_who_falls_silent_loses_it(work: LongWork[Any], people: Cast) -> None:
    run = ask(work, people)
    lost = claim(work, run.pk)
    assert lost is not None
    run.refresh_from_db()
    assert not is_silent(run) and not take_over(run)
    with later(seconds=50):
        lost.beat()
    with later(seconds=100):
        run.refresh_from_db()
        assert not is_silent(run)  # its last word is 50 seconds old
    with later(seconds=120):
        assert is_silent(run)
        done = doing.carry_out(work, run.pk)
    assert done.status == work.states.done
    with pytest.raises(TakenOver):
        lost.beat()
    lost.stop("too late")
    run.refresh_from_db()
    assert (run.status, run.problem) == (work.states.done, "")


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_its_owner_lets_another_go_on(work: LongWork[Any], people: Cast) -> None:
    run = ask(work, people)
    lost = claim(work, run.pk)
    assert lost is not None
    run.refresh_from_db()
    with later(minutes=2):
        assert take_over(run)
        assert not take_over(run)  # what this page shows is an older state
        run.refresh_from_db()
        assert (run.status, run.claim) == (work.states.waiting, None) and not is_silent(run)
        with pytest.raises(TakenOver):
            lost.beat()
        tasks.send(run)
    run.refresh_from_db()
    assert run.status == work.states.done


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_a_task_taken_back_from_a_dead_worker_waits_for_no_silence(
    work: LongWork[Any], people: Cast
) -> None:
    run = ask(work, people)
    assert claim(work, run.pk)
    assert doing.carry_out(work, run.pk, attempt=2).status == work.states.done


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_what_kills_its_worker_again_and_again_is_given_up(
    work: LongWork[Any], people: Cast
) -> None:
    run = ask(work, people)
    assert claim(work, run.pk)
    given_up = doing.carry_out(work, run.pk, attempt=work.tries + 1)
    assert given_up.status == work.states.stopped and given_up.claim is None
    assert str(work.tries) in given_up.problem
    assert take_over(given_up)  # its owner may still want it
    assert doing.carry_out(work, run.pk).status == work.states.done


WRONG: dict[str, Any] = {
    "refused": ValidationError("Choose another year."),
    "denied": PermissionDenied(SECRET),
    "disk": OSError(5, SECRET),
    "full": OSError(28, SECRET),
    "database": DatabaseError(SECRET),
    "nobody foresaw": KeyError(SECRET),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_it_is_stopped_in_words_and_can_be_gone_on_with(
    work: LongWork[Any], people: Cast, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    run = ask(work, people)
    with monkeypatch.context() as patched:
        doing_instead(patched, work, WRONG[wrong])
        tasks.send(run)
    run.refresh_from_db()
    words = {
        "refused": "Choose another year.",
        "denied": str(work.told.denied),
        "disk": str(work.told.unwritten) % os.strerror(5),
        "full": "The disk is full. Make room and try again.",
        "database": str(work.told.database),
        "nobody foresaw": str(work.told.stopped),
    }
    assert (run.status, run.problem) == (work.states.stopped, words[wrong])
    assert is_silent(run) == (work.states.stopped in work.states.at_work)
    assert take_over(run)
    run.refresh_from_db()
    assert run.problem == ""
    tasks.send(run)
    run.refresh_from_db()
    assert run.status == work.states.done


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_its_words_are_in_the_language_of_its_owner(
    work: LongWork[Any], people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(work, people)
    work.model._default_manager.filter(pk=run.pk).update(language="zh-hans")
    wrong = doing_instead(monkeypatch, work, PermissionDenied(SECRET))
    with translation.override("zh-hans"):
        expected = str(work.told.denied)
    assert doing.carry_out(wrong, run.pk).problem == expected != str(work.told.denied)


@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_a_process_told_to_end_leaves_words(
    work: LongWork[Any], people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(work, people)
    with pytest.raises(KeyboardInterrupt):
        doing.carry_out(doing_instead(monkeypatch, work, KeyboardInterrupt()), run.pk)
    run.refresh_from_db()
    assert (run.status, run.problem) == (work.states.stopped, str(work.told.stopped))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", ["denied", "database", "nobody foresaw"])
@pytest.mark.parametrize("work", EVERY, ids=lambda work: work.code)
def test_no_table_has_words_of_exceptions(
    work: LongWork[Any], wrong: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real queue and its worker, which keeps the traceback of what failed."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with translation.override("en"):
        run = ask(work, cast())
    doing_instead(monkeypatch, work, WRONG[wrong])
    tasks.send(run)
    Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id="of-this-test", excluded_queue_names=[],
    ).run()  # fmt: skip
    [kept] = DBTaskResult.objects.all()
    assert (kept.status == "FAILED") == (wrong == "nobody foresaw")
    assert bool(kept.traceback) == (wrong == "nobody foresaw")
    run.refresh_from_db()
    assert run.problem
    for row in (kept, run):
        for field in row._meta.concrete_fields:
            assert "张小花" not in str(getattr(row, field.attname)), field.name
            assert "13800001234" not in str(getattr(row, field.attname)), field.name


def lying(work: LongWork[Any]) -> set[str]:
    assert work.files
    return {path.stem for path in kept_files.folder(work.files).iterdir()}


@pytest.mark.parametrize("work", WITH_FILES, ids=lambda work: work.code)
def test_its_files_go_in_time(work: LongWork[Any], people: Cast) -> None:
    run = doing.carry_out(work, ask(work, people).pk)
    name = getattr(run, work.files.column)
    assert name in lying(work)
    forget(work)
    assert name in lying(work)
    with later(days=40):
        assert forget(work) >= 1
        assert name not in lying(work)
        left = work.model._default_manager.filter(pk=run.pk).first()
        assert left is None or getattr(left, work.files.column) == ""
        assert forget(work) == 0


@pytest.mark.parametrize("work", WITH_FILES, ids=lambda work: work.code)
def test_what_a_crash_left_lying_goes_after_an_hour(work: LongWork[Any], people: Cast) -> None:
    run = doing.carry_out(work, ask(work, people).pk)
    there = kept_files.folder(work.files)
    for name in ("ab12.part", "ab12"):
        (there / name).write_text("half")
    (there / "ab12.work").mkdir()
    (there / "ab12.work" / "sheet").write_text("in the clear")
    forget(work)
    assert "ab12" in lying(work)  # its row may be about to say so
    with later(hours=2):
        forget(work)
    assert "ab12" not in lying(work) and getattr(run, work.files.column) in lying(work)


@pytest.mark.parametrize("work", WITH_FILES, ids=lambda work: work.code)
def test_a_row_whose_files_are_gone_touches_no_others(work: LongWork[Any], people: Cast) -> None:
    """An empty name is the folder of them all."""
    gone = doing.carry_out(work, ask(work, people).pk)
    kept_files.drop(gone, work.files)
    there = kept_files.folder(work.files) / "of-another"
    there.write_text("stays")
    gone.refresh_from_db()
    kept_files.drop(gone, work.files)
    kept_files.throw_away(gone, work.files)
    assert there.read_text() == "stays"
    there.unlink()
