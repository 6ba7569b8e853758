"""The day's limits hold for people, not for presses of a button, and also for many at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from linli.access import limits
from linli.access.limits import LimitReached
from linli.history.models import ReadLog
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view
from tests.cast import Cast, actor, cast, record


def visit(people: Cast) -> Entry:
    visitors = [{"name": f"张三{n}", "phone": f"1380000000{n}"} for n in range(3)]
    return Entry.objects.get(id=record("visits", people.li, people.room, visitors=visitors).entry)


@pytest.mark.django_db
def test_three_people_need_three_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    people = cast()
    entry = visit(people)
    monkeypatch.setattr(limits, "limit", lambda actor, kind: 2)
    with pytest.raises(LimitReached):
        entry_view.reveal(actor=actor(people.li), entry=entry, purpose="permit")
    assert not ReadLog.objects.exists()
    two = [one.id for one in entry_view.people_of(entry)[:2]]
    opened = entry_view.reveal(
        actor=actor(people.li), entry=entry, people_ids=two, purpose="permit"
    )
    assert len(opened) == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_get_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    people = cast()
    entry, li = visit(people), actor(people.li)
    one = [entry_view.people_of(entry)[0].id]
    monkeypatch.setattr(limits, "limit", lambda actor, kind: 1)
    together, refused = threading.Barrier(5), []

    def ask() -> None:
        together.wait()
        try:
            entry_view.reveal(actor=li, entry=entry, people_ids=one, purpose="permit")
        except LimitReached:
            refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ReadLog.objects.filter(kind="reveal").count(), len(refused)) == (1, 4)
