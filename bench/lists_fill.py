"""Fills the database of this process with entries to list and find (see lists.py)."""

from __future__ import annotations

import os
import random
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")

import django

django.setup()

from django.db import connection

from bench.lists import RARE, RARE_EVERY
from linli.access import tokens
from linli.access.actor import system_actor
from linli.ground.words import index_words
from linli.ledger.entries import rows
from linli.ledger.entries.models import Entry, SearchText
from linli.org import actions
from linli.org.models import Unit

WHAT = (
    "漏水",
    "噪音",
    "停车",
    "丢失",
    "纠纷",
    "诈骗",
    "求助",
    "失窃",
    "走失",
    "占道",
    "犬只",
    "装修",
)
WHO = (
    "楼上住户",
    "邻居老人",
    "物业人员",
    "租住青年",
    "附近商户",
    "外卖骑手",
    "小区保安",
    "路过群众",
)
HOW = (
    "要求社区民警到场调解处理",
    "双方多次协商不成情绪激动",
    "请求查看公共区域监控录像",
    "希望尽快联系家属并给予答复",
    "已报物业但一直没有结果",
    "影响老人孩子正常休息生活",
)
PLACE = ("梅苑小区", "百瑞景中央生活区", "东湖春树里", "才汇巷", "中南花园", "水果湖社区")


def templates(count: int = 600) -> list[tuple[str, str, list[str]]]:
    """(narrative, place, words); one in twelve says the common term, none the rare one."""
    made = []
    for number in range(count):
        what = WHAT[number % len(WHAT)]
        narrative = (
            f"{random.choice(WHO)}反映{what}一事，{random.choice(HOW)}，{random.choice(HOW)}"
        )
        place = f"{random.choice(PLACE)}{random.randint(1, 40)}栋{random.randint(1, 4)}单元"
        made.append((narrative, place, index_words(narrative, place)))
    return made


def fill(count: int) -> None:
    """Entries of a year over all rooms, most of them closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'words_by_room'")
        words_index = cursor.fetchone()[0]
        cursor.execute("DROP INDEX words_by_room")
        cursor.execute(
            "CREATE TEMP TABLE template (n int, narrative text, place text, words text[])"
        )
        for number, (narrative, place, words) in enumerate(templates()):
            cursor.execute(
                "INSERT INTO template VALUES (%s, %s, %s, %s)", [number, narrative, place, words]
            )
        cursor.execute(
            """CREATE TEMP TABLE home AS SELECT row_number() OVER (ORDER BY r.code) - 1 AS n,
               r.id AS room, s.parent_id AS district,
               (SELECT staff_id FROM org_posting p WHERE p.unit_id = r.id LIMIT 1) AS staff
               FROM org_unit r JOIN org_unit s ON s.id = r.parent_id WHERE r.kind = 'room'"""
        )
        cursor.execute(_MADE.format(count=count))
        names = ", ".join(rows.columns(Entry))
        cursor.execute(f"INSERT INTO ledger_entry ({names}) SELECT {names} FROM made")
        names = ", ".join(rows.columns(SearchText))
        cursor.execute(
            f"""INSERT INTO ledger_searchtext ({names})
                SELECT district, room, ledger, received_at, id,
                  CASE WHEN n % {RARE_EVERY} = 7 THEN words || ARRAY['{RARE}'] ELSE words END
                FROM made ORDER BY received_at"""
        )
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(words_index)
        cursor.execute("VACUUM ANALYZE ledger_entry")
        cursor.execute("VACUUM ANALYZE ledger_searchtext")
        # What the filling left to be written must not be timed as searching.
        cursor.execute("CHECKPOINT")


_MADE = """
    CREATE TEMP TABLE made AS
    SELECT g.n, gen_random_uuid() AS id, h.district, h.room, 'visits' AS ledger, 1 AS version,
      2026 AS serial_year, g.n / 50 + 1 AS serial_no,
      CASE WHEN g.n % 20 = 0 THEN 'open' ELSE 'handled' END AS state, g.n % 20 = 0 AS is_open,
      h.staff AS first_asked, h.staff AS responsible, NULL::uuid AS offered_to,
      NULL::timestamptz AS offered_at, '[]'::jsonb AS assisting, NULL::timestamptz AS occurred_at,
      now() - g.n * (interval '365 days' / {count}) AS received_at,
      CASE WHEN g.n % 20 = 0 THEN now() + interval '3 days' END AS due_at,
      CASE WHEN g.n % 20 > 0 THEN now() END AS closed_at,
      'help' AS category, 'walk_in' AS channel, t.narrative, t.place,
      NULL::float8 AS lon, NULL::float8 AS lat, '{{"result": "已到场处理并告知双方"}}'::jsonb AS data,
      '{{"answered": {{"due": "2026-12-07T09:30:00+00:00"}}}}'::jsonb AS deadlines, false AS past,
      'national-2026/1' AS rules, 2 AS rev, now() AS recorded_at, h.staff AS recorded_by,
      NULL::uuid AS import_run, NULL::bytea AS source, t.words
    FROM generate_series(0, {count} - 1) AS g(n)
    JOIN home h ON h.n = g.n % 50 JOIN template t ON t.n = (g.n * 7919::bigint) % 600"""


def chief_token() -> str:
    """A token of somebody who reads the whole district."""
    branch = Unit.objects.get(kind="branch")
    staff = actions.add_staff(
        username="desk",
        name="高峰",
        password=None,
        unit=branch,
        role="branch",
        badge_no="900001",
        by=system_actor("bench"),
    )
    return tokens.create(staff, "bench")


if __name__ == "__main__":
    if sys.argv[1] == "token":
        print(chief_token())
    else:
        fill(int(sys.argv[1]))
