"""The kinds of places 场所, and what follows from a kind: how it is inspected.

The first part of a code is that of the kind of inspection with its checklist, where there is one.
"""

from __future__ import annotations

from pathlib import Path

from linli.ledger.declaration.categories import CategoryTree

CATEGORIES = CategoryTree(Path(__file__).parent / "categories.toml")

DANGEROUS, AT_HOME = "dangerous_goods", "dangerous_goods.home"
KEY_UNIT = "key_unit"
# What stands in a trade's register with a code of its own: nobody's home, no stall of one person.
ORGANISATIONS = frozenset({KEY_UNIT, "institution"})

_INSPECTED_AS = {
    "public": "entertainment",
    "public.park": "",
    "public.transport": "",
    "public.worship": "",
    "public.parking": "",
    "second_hand": "scrap",
    "vehicle.dismantling": "scrap",
    "institution": "key_unit",
    "institution.school": "school_gate",
    "institution.kindergarten": "school_gate",
    "parcel": "shop",
    "printing": "shop",
    "vehicle": "shop",
    "other": "",
}


def is_kind(category: str | None, kind: str) -> bool:
    """Whether a category is this kind or one below it."""
    return category == kind or (category or "").startswith(f"{kind}.")


def root(category: str | None) -> str:
    """The first part of a category's code: the line of the base chart it counts in."""
    return (category or "").partition(".")[0]


def inspected_as(category: str) -> str:
    """The kind of inspection, and with it the checklist, that fits a place; "" where none does."""
    kind = root(category)
    return _INSPECTED_AS.get(category, _INSPECTED_AS.get(kind, kind))
