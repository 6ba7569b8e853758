"""An export of 1,000,000 entries with a person each to CSV, on both databases, against the bare copy.

    python -m bench.exporting [postgresql|sqlite] [--rows 1000000] [--form csv|jsonl|xlsx]

The floor is what the database itself gives of the same columns: COPY (SELECT ..) TO STDOUT on
PostgreSQL, the rows of the same SELECT on SQLite, written down as they come.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import world
from bench.importing import Peak

GOAL = 20_000  # rows a second of CSV
BARE = (
    "SELECT e.id, e.serial_year, e.serial_no, e.state, e.responsible, e.received_at, e.due_at,"
    " e.closed_at, e.category, e.channel, e.narrative, e.place, e.data, p.role, p.name_mask,"
    " p.phone_mask, p.id_mask FROM ledger_entry e"
    " LEFT JOIN ledger_entryperson p ON p.entry = e.id ORDER BY e.received_at, e.id"
)


def fill(count: int) -> None:
    """Visits of a year over all rooms, most of them closed, with one person each."""
    from django.db import connection, transaction

    from bench.lists_fill import templates
    from linli.ground import clock
    from linli.ground.ids import new_id
    from linli.ledger.entries import rows
    from linli.ledger.entries.models import Entry, EntryPerson
    from linli.org.models import Posting, Unit

    chance, now = random.Random(7), clock.now()
    texts = [(narrative, place) for narrative, place, _words in templates()]
    homes = [
        (unit.pk, unit.parent.parent_id, Posting.objects.filter(unit=unit).values_list("staff", flat=True)[0])
        for unit in Unit.objects.filter(kind="room").select_related("parent")
    ]  # fmt: skip
    names, people = rows.columns(Entry), rows.columns(EntryPerson)
    data = json.dumps({"result": "已到场处理并告知双方", "outcome": "handled"}, ensure_ascii=False)

    def made() -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        for number in range(count):
            room, district, staff = homes[number % len(homes)]
            narrative, place = texts[chance.randrange(len(texts))]
            at = now - number * timedelta(days=365) / count
            still = number % 20 == 0
            entry = {
                "id": new_id(), "district": district, "room": room, "ledger": "visits",
                "version": 1, "serial_year": 2026, "serial_no": number // len(homes) + 1,
                "state": "open" if still else "handled", "is_open": still, "first_asked": staff,
                "responsible": staff, "assisting": "[]", "received_at": at, "category": "help",
                "due_at": at + timedelta(days=3) if still else None, "channel": "walk_in",
                "closed_at": None if still else at + timedelta(hours=2), "narrative": narrative,
                "place": place, "data": data, "deadlines": "{}", "past": False,
                "rules": "national-2026/1", "rev": 2, "recorded_at": at, "recorded_by": staff,
            }  # fmt: skip
            person = {
                "id": new_id(), "district": district, "room": room, "entry": entry["id"],
                "position": 0, "role": "visitor", "name_mask": "张*", "phone_mask": "138****1234",
                "id_mask": "4201**********001X", "ended": False,
            }  # fmt: skip
            yield tuple(map(entry.get, names)), tuple(map(person.get, people))

    rows_of = made()
    for start in range(0, count, 5000):
        some = [next(rows_of) for _n in range(min(5000, count - start))]
        with transaction.atomic():
            rows.write({Entry: [e for e, _p in some], EntryPerson: [p for _e, p in some]}, [])
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_entryperson"):
            cursor.execute(
                f"{'VACUUM ' if connection.vendor == 'postgresql' else ''}ANALYZE {table}"
            )


def _prepare(count: int) -> float:
    """In a process of the world: fill; gives the seconds of the floor."""
    from django.conf import settings

    fill(count)
    return _floor(Path(settings.HOME) / "floor")


def _measure(form: str) -> dict[str, Any]:
    """In another process: the export."""
    from django.conf import settings
    from django.utils import translation

    from linli.operations.export import export

    translation.activate("zh-hans")
    out = Path(settings.HOME) / f"visits.{form}"
    peak = Peak()
    peak.start()
    time.sleep(1)
    before, started = peak.most, time.monotonic()
    written = export("visits", "", out)
    seconds = time.monotonic() - started
    peak.over.set()
    samples = peak.samples or [0.0]
    return {
        "rows": written, "seconds": seconds, "bytes": out.stat().st_size,
        "before_mb": before, "peak_mb": peak.most,
        "early_mb": samples[len(samples) // 4], "late_mb": samples[-1],
    }  # fmt: skip


def _floor(out: Path) -> float:
    from django.db import connection

    started = time.monotonic()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                out.open("wb") as file,
                cursor.connection.cursor() as raw,
                raw.copy(f"COPY ({BARE}) TO STDOUT (FORMAT csv)") as copy,
            ):
                for piece in copy:
                    file.write(piece)
        else:
            cursor.execute(BARE)
            with out.open("w", encoding="utf-8", newline="") as text:
                sheet = csv.writer(text)
                while some := cursor.fetchmany(2000):
                    sheet.writerows(some)
    seconds = time.monotonic() - started
    out.unlink()
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["postgresql", "sqlite"])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--form", choices=("csv", "jsonl", "xlsx"), default="csv")
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores; {args.rows} entries, {args.form}")
    failed = False
    for kind in args.kinds:
        place = world.make(kind, "linli_bench_export")
        try:
            part = ("-m", "bench.exporting", "--part")
            floor = float(place.python(*part, "prepare", str(args.rows)).splitlines()[-1])
            got = json.loads(place.python(*part, "measure", args.form).splitlines()[-1])
        finally:
            world.end(place)
        rate = got["rows"] / got["seconds"]
        goal = GOAL if args.form == "csv" else None
        print(
            f"{kind:10} {got['rows']} rows in {got['seconds']:.1f} s = {rate:.0f} rows/s"
            f" (goal {goal or '-'}), {got['bytes'] >> 20} MB; floor {floor:.1f} s, ratio"
            f" {got['seconds'] / floor:.1f}; memory: {got['before_mb']:.0f} MB before,"
            f" {got['early_mb']:.0f} MB after a quarter, {got['late_mb']:.0f} MB at the end,"
            f" {got['peak_mb']:.0f} MB at most"
        )
        failed |= bool(goal and rate < goal)
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        import django

        django.setup()
        what, value = sys.argv[2:4]
        print(_prepare(int(value)) if what == "prepare" else json.dumps(_measure(value)))
        sys.exit(0)
    sys.exit(main())
