"""A dispute to play with."""

from __future__ import annotations

from typing import Any

from linli.ledger.entries.models import Entry
from tests.cast import Cast, do, record

PARTIES = [
    {"role": "party_a", "name": "张小花", "phone": "13800000011", "address": "梅苑小区 5 栋 301"},
    {"role": "party_b", "name": "李大山", "phone": "13800000012"},
    {"role": "party_b", "name": "王小河"},
]
LEAK = {
    "source": "building_head", "category": "neighbours.leaks", "severity": "medium",
    "narrative": "楼上漏水，泡坏楼下天花板", "place": "梅苑小区 5 栋 301", "people": PARTIES,
    "received_at": "2026-11-23 08:30",
}  # fmt: skip
SESSION = {
    "held_at": "2026-11-24 08:40", "mediators": "李建国、刘调解", "form": "people",
    "partner": "committee", "course": "双方各讲事实，对赔偿金额分歧较大",
}  # fmt: skip
AGREEMENT = {
    "terms": "李大山于十二月十日前修好水管，并赔偿张小花一千二百元。", "agreed_on": "2026-11-26",
    "perform_by": "2026-12-10",
}  # fmt: skip


def a_dispute(people: Cast, **data: Any) -> Any:
    """The id of a fresh dispute of 李建国's."""
    return record("disputes", people.li, people.room, **{**LEAK, **data}).entry


def step(people: Cast, entry: Any, action: str, **data: Any) -> Entry:
    """Do an action as 李建国; gives the entry after it."""
    do("disputes", action, people.li, entry, **data)
    return Entry.objects.get(id=entry)


def agreed(people: Cast) -> Any:
    """A dispute that was mediated and agreed on."""
    entry = a_dispute(people)
    step(people, entry, "mediate", **SESSION, outcome="agreed")
    step(people, entry, "settle", **AGREEMENT)
    return entry
