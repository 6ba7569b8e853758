"""Which entries have these words, the newest first, on PostgreSQL with a million of them.

The planner guesses how rare a word is, and for words outside its statistics it guesses wrong by a
hundredfold. So it is not asked:

1. A short walk back in time shows whether a word is common; then it goes on and fills the page.
2. Any other word is looked for in the index (see migration `words_by_room`), which holds the room and the month
   of an entry beside its words. In a room, or a few, all is asked at once: the index joins room and
   words itself, without looking at the rows of other rooms. In a district month by month, as long
   as a page needs; a word that two months hardly know is rare, and then all is asked.

Measured with a million entries: a rare word in a room 15 ms by two indexes, 0.3 ms by this one; a
word in every fiftieth entry of a district 760 ms (20,000 rows), 33 ms by the newest month.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from linli.ground import clock
from linli.ground.words import Query
from linli.ledger.entries.models import SearchText

PAGE: Final = 200  # longer lists are no page: nothing is saved by beginning with the newest
WALK: Final = 200  # texts that show how common a word is
WALK_ON: Final = 2000  # as far as the walk goes on where that will surely fill the page
FEW_ROOMS: Final = 12
MONTHS: Final = 2

# As in the index, letter by letter: else it is not used.
INDEXED: Final = (
    "(words || ARRAY['r:' || room, 'm:' || (extract(year from received_at AT TIME ZONE 'UTC') * 12"
    " + extract(month from received_at AT TIME ZONE 'UTC'))]) COLLATE \"C\""
)


def newest_with(
    texts: QuerySet[SearchText],
    query: Query,
    limit: int,
    start: int = 0,
    rooms: Collection[UUID] = (),
) -> list[UUID]:
    """Entries among `texts` whose words include the query's, the newest first.

    `rooms`: where all of the texts are known to be in these.
    """
    if not query:
        return []
    search, need = _Search(texts, query), start + limit
    try:
        found = search.walk(need) if need <= PAGE else None
        if found is None and 0 < len(rooms) <= FEW_ROOMS:
            found = search.in_rooms(rooms, need)
        elif found is None:
            found = search.by_months(need)
    except EmptyResultSet:
        return []
    # Two looks, a matter in between: what was last in one may be first in the other.
    return list(dict.fromkeys(found))[start:need]


class _Search:
    """One search: the texts that may be seen, and the words."""

    def __init__(self, texts: QuerySet[SearchText], query: Query) -> None:
        self.texts = texts
        # All of these words, and one of the ways to read Latin letters.
        self.ways = [[*query.all_of, *way] for way in query.any_of or [[]]]

    def walk(self, need: int) -> list[UUID] | None:
        """From the newest text back; None where the page is not full before it gets long."""
        found, read = self._walked(0, WALK, need)
        if found and read < WALK:  # there are no more texts
            return found
        if len(found) < need and len(found) * WALK_ON > 1.5 * need * WALK:
            found += self._walked(WALK, WALK_ON, need - len(found))[0]
        return found if len(found) == need else None

    def _walked(self, after: int, to: int, need: int) -> tuple[list[UUID], int]:
        """What is found, and among how many texts (known only where something is found)."""
        texts = self.texts.order_by("-received_at").values("entry", "received_at", "words")
        inner, values = texts[after:to].query.sql_with_params()
        having = " OR ".join(["words @> %s::text[]"] * len(self.ways))
        sql = (
            f"WITH t AS MATERIALIZED ({inner}) "  # noqa: S608 - words are parameters
            f"SELECT entry, (SELECT count(*) FROM t) FROM t WHERE {having}"
            f" ORDER BY received_at DESC LIMIT {int(need)}"
        )
        rows = _rows(sql, [*values, *self.ways])
        return [row[0] for row in rows], rows[0][1] if rows else 0

    def in_rooms(self, rooms: Collection[UUID], need: int) -> list[UUID]:
        """By the index, of all times."""
        return self._indexed([[f"r:{room}"] for room in rooms], need)

    def by_months(self, need: int) -> list[UUID]:
        """By the index, from this month back; after some months all that is older."""
        this = month = _month(clock.now())
        found: list[UUID] = []
        while need <= PAGE and month > this - MONTHS and len(found) < need:
            found += self._indexed([[f"m:{month}"]], need - len(found))
            month -= 1
        if len(found) < need:
            before = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) if month < this else None
            found += self._indexed([[]], need - len(found), before)
        return found

    def _indexed(
        self, marks: list[list[str]], need: int, before: datetime | None = None
    ) -> list[UUID]:
        """By the index alone: whose texts they are is asked of what it found, so that the planner
        joins nothing else to it."""
        words = [[*way, *mark] for way in self.ways for mark in marks]
        having = " OR ".join([f"{INDEXED} @> %s::text[]"] * len(words))
        texts = self.texts.order_by("-received_at").values_list("entry", flat=True)
        if before is not None:
            texts = texts.filter(received_at__lt=before)
        seen, values = texts[:need].query.sql_with_params()
        sql = (
            "WITH ledger_searchtext AS MATERIALIZED ("  # noqa: S608 - words are parameters
            "SELECT entry, received_at, district, room, ledger FROM ledger_searchtext"
            f" WHERE {having}) {seen}"
        )
        return _run(sql, [*words, *values])


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _run(sql: str, values: list[Any]) -> list[UUID]:
    return [row[0] for row in _rows(sql, values)]


def _month(moment: datetime) -> int:
    """Months since the year 0, counted as the index counts them: December 2025 is 2025 * 12 + 12."""
    at = moment.astimezone(UTC)
    return at.year * 12 + at.month
