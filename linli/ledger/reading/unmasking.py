"""A look at people's sealed values (PostgreSQL): the day's limit, the read log and the boxes in one
statement, all or nothing. It says what `reading.reveal` says in four, for the speed of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg import RawCursor

from linli.access import limits
from linli.access.actor import Actor
from linli.ground import clock, codes
from linli.ground.ids import new_id
from linli.ledger.entries.models import Entry

_LOOK: Final = """
    WITH wanted AS (
      SELECT id FROM ledger_entryperson
      WHERE entry = $1 AND NOT ended AND ($2::uuid[] IS NULL OR id = ANY($2))
    ), many AS (
      SELECT count(*)::int AS n, coalesce(json_agg(id::text), '[]')::jsonb AS ids FROM wanted
    ), spent AS (
      SELECT coalesce(sum(count), 0) AS n FROM history_readlog
      WHERE actor = $3 AND kind = 'reveal' AND at >= $4
    ), noted AS (
      INSERT INTO history_readlog (id, at, district, room, entry, actor, actor_name, kind, fields,
        purpose, matter, words, count)
      SELECT $5, $6, $7, $8, $1, $3, $9, 'reveal', many.ids, $10, $11, $12, many.n
      FROM many, spent WHERE $13::int IS NULL OR spent.n + many.n <= $13 RETURNING 1
    )
    SELECT s.owner, s.key_id, s.wrapped, s.box
    FROM noted LEFT JOIN (ledger_sealed s JOIN wanted ON wanted.id = s.owner) ON s.entry = $1
    ORDER BY s.version"""

# As limits.check_limit does: looks of one person wait for each other.
_TURN: Final = "SELECT 1 FROM org_staff WHERE id = $1 FOR NO KEY UPDATE"

Box = tuple[
    UUID, str, bytes | memoryview, bytes | memoryview
]  # owner, key id, wrapped key, box; the newest version last


def boxes(
    actor: Actor,
    entry: Entry,
    people_ids: Sequence[UUID] | None,
    *,
    purpose: str,
    matter: str,
    words: str,
) -> list[Box]:
    """The sealed values of people in an entry; the look is logged.

    Call it in a transaction. Raises LimitReached.
    """
    most = None if actor.kind == "system" else limits.limit(actor, "reveal")
    only = None if people_ids is None else list(people_ids)
    values: list[Any] = [
        entry.id, only, actor.id, limits.midnight(), new_id(), clock.now(), entry.district,
        entry.room, actor.name, purpose, codes.masked_numbers(matter)[:80],
        codes.masked_numbers(words)[:300], most,
    ]  # fmt: skip
    with connection.cursor() as cursor, connection.wrap_database_errors:
        raw = RawCursor(cursor.connection)
        if most is not None:
            raw.execute(_TURN, [actor.id], prepare=True)
        rows = raw.execute(_LOOK, values, prepare=True).fetchall()
    if not rows:
        raise limits.reached(most or 0)
    return [(row[0], row[1], bytes(row[2]), bytes(row[3])) for row in rows if row[0] is not None]
