"""A bound register of 1,000 pages, made as a worker makes it: seconds, pages, MB, memory.

    python -m bench.printing [postgresql|sqlite] [--pages 1000]

The goal is two minutes at a memory that does not grow with the book. Memory is the process that
reads, joins and seals, and beside it the largest of the processes that set a part.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bench import importing, world

GOAL_SECONDS = 120.0
ROWS_A_PAGE = 9  # so many matters of this kind stand on a page
BATCH = 500


def main() -> int:
    """Print a line for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", choices=("postgresql", "sqlite"))
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(_inside(given.pages)))
        return 0
    for kind in [given.kind] if given.kind else ["postgresql", "sqlite"]:
        here = world.make(kind, "linli_bench_printing")
        try:
            said = here.python("-m", "bench.printing", "--inside", "--pages", str(given.pages))
        finally:
            world.end(here)
        told = json.loads(said.splitlines()[-1])
        verdict = "met" if told["seconds"] <= GOAL_SECONDS else "MISSED"
        print(
            f"{kind}: {told['pages']} pages of {told['rows']} matters in {told['seconds']:.1f} s "
            f"(goal {GOAL_SECONDS:.0f}: {verdict}), {told['megabytes']:.1f} MB, memory "
            f"{told['memory']} MiB and {told['press']} MiB a part; filled in {told['filled']:.0f} s"
        )
    return 0


def _inside(pages: int) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.utils import translation

    from linli.access.actor import actor_for
    from linli.ledger.declaration import registry
    from linli.ledger.printing import ordered_books
    from linli.ledger.printing.models import Book
    from linli.ledger.reading import lists
    from linli.org.models import Posting

    translation.activate(settings.LANGUAGE_CODE)
    posting = Posting.objects.select_related("staff", "unit").order_by("staff__username").first()
    assert posting is not None
    actor = actor_for(posting.staff)
    ledger = registry.get("incidents")
    began = time.perf_counter()
    _fill(actor, ledger, posting.unit, pages * ROWS_A_PAGE)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    order = ordered_books.order(
        actor=actor, ledger=ledger, filters=lists.Filters(), room_name=posting.unit.name,
        period="2026",
    )  # fmt: skip
    book = ordered_books.make(Book.objects.get(pk=order.pk).pk)
    seconds = time.perf_counter() - began
    if book.status != "done":
        raise SystemExit(book.problem)
    size = Path(settings.HOME, "files", "books", book.file).stat().st_size
    return {
        "seconds": seconds,
        "pages": book.pages,
        "rows": book.rows,
        "megabytes": size / 1_000_000,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "press": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "filled": filled,
    }


def _fill(actor: Any, ledger: Any, room: Any, rows: int) -> None:
    """Incidents of one room, as the demo's officers would write them."""
    from linli.ledger.acts import carrying_out
    from linli.ledger.acts.act import Act
    from linli.org.tree import district_of

    chance = random.Random(7)
    district = district_of(room.pk)
    for start in range(0, rows, BATCH):
        carrying_out.carry_out([
            Act(
                ledger, "record", actor, room=room.pk, district=district,
                data={
                    "channel": "110", "category": "criminal.theft.ebike",
                    "place": chance.choice(importing.PLACES).format(a=n % 30, b=n % 5, c=n % 900),
                    "narrative": "；".join(chance.choices(importing.STORIES, k=3)) + "。",
                    "people": [{"role": "reporter", "name": chance.choice(importing.NAMES),
                                "phone": f"138 0000 {n % 10_000:04d}".replace(" ", "")}],
                },
            )
            for n in range(start, min(start + BATCH, rows))
        ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
