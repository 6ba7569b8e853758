"""What is found by words, by every way that the search takes, in the order of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection

from linli.access import policy
from linli.ground import clock
from linli.ground.ids import new_id
from linli.ground.words import index_words, query_words
from linli.ledger.entries.models import SearchText
from linli.ledger.reading import search, word_query
from tests.cast import Cast, actor

pytestmark = pytest.mark.django_db
NEWEST = datetime(2026, 1, 31, 20, tzinfo=clock.SHANGHAI)


@pytest.fixture
def texts(people: Cast) -> dict[UUID, list[UUID]]:
    """Two rooms of one district over two years; by room the entries with the word, newest first."""
    made: dict[UUID, list[UUID]] = {people.room.pk: [], people.next_room.pk: []}
    rows = []
    for number in range(240):
        room = people.room.pk if number % 2 else people.next_room.pk
        entry, wanted = new_id(), number % 5 == 0
        narrative = "楼上漏水" if wanted else "楼上噪音"
        rows.append(
            SearchText(
                district=people.branch.pk, room=room, ledger="visits", entry=entry,
                received_at=NEWEST - timedelta(days=3 * number), words=index_words(narrative, "梅苑"),
            )
        )  # fmt: skip
        if wanted:
            made[room].append(entry)
    SearchText.objects.bulk_create(rows)
    return made


@pytest.mark.parametrize("walk", [1, 200])
@pytest.mark.parametrize("words", ["漏水", "loushui", "楼上 漏水"])
def test_every_way_finds_the_same_in_the_order_of_time(
    people: Cast, texts: dict[UUID, list[UUID]], words: str, walk: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    then = SimpleNamespace(now=lambda: NEWEST + timedelta(hours=1))
    monkeypatch.setattr(word_query, "clock", then)
    monkeypatch.setattr(word_query, "WALK", walk)
    monkeypatch.setattr(word_query, "WALK_ON", walk * 10 if walk > 1 else 1)
    both = [one for pair in zip(*reversed(texts.values()), strict=True) for one in pair]
    for who, expected in ((people.li, texts[people.room.pk]), (people.desk, both)):
        seen = policy.visible(actor(who), SearchText, "search", "visits")
        rooms = search.rooms_only(actor(who), "visits")
        assert bool(rooms) == (who == people.li)
        for limit, start in ((5, 0), (5, 3), (12, 6), (100, 0), (5000, 0)):
            found = search.by_words(seen, query_words(words), limit, start, rooms)
            assert found == expected[start : start + limit], (who.name, limit, start)
    assert search.by_words(seen, query_words("没有"), 5) == []


def test_the_mark_of_a_room_opens_no_other_room(
    people: Cast, texts: dict[UUID, list[UUID]]
) -> None:
    """`rooms` quickens a search; what may be seen is asked of the rows all the same."""
    seen = policy.visible(actor(people.li), SearchText, "search", "visits")
    other = frozenset({people.next_room.pk})
    if connection.vendor == "postgresql":
        assert search.by_words(seen, query_words("漏水"), 500, 0, other) == []
    assert query_words(f"r:{people.next_room.pk}").all_of == [] or not search.by_words(
        seen, query_words(f"r:{people.next_room.pk}"), 500
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the index is PostgreSQL's")
def test_the_index_is_used_as_the_question_is_written(people: Cast, texts: object) -> None:
    """Letter by letter: an index over another expression would not be used, and nobody would see."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN SELECT 1 FROM ledger_searchtext WHERE {word_query.INDEXED} @> '{{a}}'::text[]"
        )
        assert "words_by_room" in "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'words_by_room'::regclass"
        )
        assert cursor.fetchall() == [(True,)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the index is PostgreSQL's")
@pytest.mark.django_db(transaction=True)
def test_the_change_of_the_index_goes_back_and_forth() -> None:
    """Outside of a transaction, so that nobody waits for it; again after it was stopped halfway."""
    from importlib import import_module

    module = import_module("linli.ledger.migrations.0008_words_by_room")
    assert module.Migration.atomic is False
    assert module.INDEXED == word_query.INDEXED
    for statements, index in (
        (module.BACKWARDS, "words_gin"),
        (module.FORWARDS[:2], ""),
        (module.FORWARDS, "words_by_room"),
    ):
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'ledger_searchtext' AND indexdef LIKE '%USING gin%'"
            )
            if index:
                assert cursor.fetchall() == [(index,)]
