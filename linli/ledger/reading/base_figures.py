"""Base figures: how many things of each kind stand on a day, from the counts that acts keep."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Sum
from django.utils.functional import Promise

from linli.access import policy
from linli.access.actor import Actor
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.counting import STANDING
from linli.ledger.entries.models import CountDelta, DailyCount


def by_kind(actor: Actor, thing: Thing, day: date) -> list[tuple[str, str | Promise, int]]:
    """(code, title, how many) for every first-level kind, in the order of the tree, as of the end of
    that day, within the actor's jurisdiction. Two queries, whatever the number of things."""
    counts: Counter[str] = Counter()
    for model in (DailyCount, CountDelta):
        rows = policy.visible(actor, model, "read", thing.code)
        told = rows.filter(measure=STANDING, day__lte=day).values("category").annotate(n=Sum("n"))
        for row in told.order_by():
            counts[row["category"].partition(".")[0]] += row["n"]
    about = next((field for field in thing.fields if field.column == thing.counted_by), None)
    if about is None:
        return []
    if about.categories:
        named: list[tuple[str, str | Promise]] = [
            (node.code, node.title) for node in about.categories.roots
        ]
    else:
        named = [(choice.code, choice.title) for choice in about.choices]
    known = [(code, title, counts.pop(code, 0)) for code, title in named]
    return [*known, *((code, code, n) for code, n in sorted(counts.items()) if n)]
