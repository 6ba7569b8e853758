"""The rules of places as pure functions over a place's facts.

What contradicts itself is refused, whoever says it. What is only missing is refused where a person
records it, and left to be filled in where an old list is brought in (`past`): `missing` says what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ground import rules as law
from linli.ledger.declaration.ledger import Facts
from linli.places.categories import (
    AT_HOME,
    CATEGORIES,
    DANGEROUS,
    KEY_UNIT,
    ORGANISATIONS,
    is_kind,
    root,
)

KEEPERS_NEEDED = "dangerous_goods.keepers"
KEPT_BY_SEVERAL = "dangerous_goods.kept_by_several"
Problem = tuple[str, str | Promise | ValidationError]  # the field, what is wrong with it


def goods_have_two_keepers(facts: Facts) -> None:
    """Dangerous goods have a licence, a store, and where the law asks for it two keepers."""
    _raise(() if facts.get("past") else _goods_lack(facts))


def store_at_home_is_looked_after(facts: Facts) -> None:
    """What is found at a home needs no licence, but says where it is kept and what was done."""
    _raise(() if facts.get("past") else _home_lacks(facts))


def key_unit_has_key_parts(facts: Facts) -> None:
    """A key unit names its key parts 要害部位 and who answers for its security."""
    _raise(() if facts.get("past") else _key_unit_lacks(facts))


def code_for_companies(facts: Facts) -> None:
    """An enterprise has a credit code, and not that of a one-person shop; a home has none."""
    _raise(_code_is_wrong(facts))
    _raise(() if facts.get("past") else _code_lacks(facts))


def licence_dates(facts: Facts) -> None:
    """A licence is not issued in the future, ends not before it was issued, and stands once."""
    _raise(_licences_are_wrong(facts))


def missing(facts: Facts) -> Mapping[str, list[str | Promise | ValidationError]]:
    """By field, what a place still lacks: what the card shows of one that came from an old list."""
    found: dict[str, list[str | Promise | ValidationError]] = {}
    for lacks in (_goods_lack, _home_lacks, _key_unit_lacks, _code_lacks):
        for name, problem in lacks(facts):
            found.setdefault(name, []).append(problem)
    return found


def goods_of(facts: Facts) -> frozenset[str]:
    """The kinds of dangerous goods of a place: by its kind, and by what is listed of its goods."""
    category = facts.get("category") or ""
    listed = {row.get("kind") for row in _rows(facts, "goods")}
    if is_kind(category, DANGEROUS) and category != AT_HOME:
        listed.add(category.partition(".")[2] or "chemicals")
    return frozenset(str(kind) for kind in listed if kind)


def kept_by_several(facts: Facts) -> bool:
    """Whether the law asks for more than one keeper: of explosives and poison, not of a filling
    station. The pack names the kinds as the tree does, by code, title or another word."""
    named = law.on(_judged_on(facts)).value(KEPT_BY_SEVERAL)
    codes = {CATEGORIES.find(str(one)) for one in named} if isinstance(named, tuple) else set()
    return any(f"{DANGEROUS}.{kind}" in codes for kind in goods_of(facts))


def day_of(value: Any) -> date | None:
    """A day of the facts, which is a date or, where it has been kept as JSON, its ISO text."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10]) if value else None
    return value if isinstance(value, date) else None


def _goods_lack(facts: Facts) -> Iterator[Problem]:
    if not goods_of(facts) or facts.get("category") == AT_HOME:
        return
    goods = _rows(facts, "goods")
    if not goods:
        yield "goods", _("Say which goods there are, how much, and where they are stored.")
    elif any(not row.get("storage") for row in goods):
        yield "goods", _("Say for each of the goods where it is stored.")
    if not any(row.get("number") for row in _rows(facts, "licences")) and not (
        goods and all(row.get("licence_no") for row in goods)
    ):
        yield "licences", _("Dangerous goods need a licence. Enter its number.")
    keepers = _keepers(facts)
    needed = law.on(_judged_on(facts)).int(KEEPERS_NEEDED) if kept_by_several(facts) else 1
    if keepers < needed:
        problem = _("These goods need %(needed)d keepers; named so far: %(named)d.")
        params = {"needed": needed, "named": keepers}
        yield "keepers", ValidationError(problem, params=params)


def _home_lacks(facts: Facts) -> Iterator[Problem]:
    if facts.get("category") != AT_HOME:
        return
    goods = _rows(facts, "goods")
    if not goods:
        yield "goods", _("Say what was found and how much.")
    elif any(not row.get("storage") for row in goods):
        yield "goods", _("Say for each of the goods where it is stored.")
    elif any(not row.get("done") for row in goods):
        yield "goods", _("Say for each of the goods what was done about it.")


def _key_unit_lacks(facts: Facts) -> Iterator[Problem]:
    if not is_kind(facts.get("category"), KEY_UNIT):
        return
    parts = _rows(facts, "key_parts")
    if not parts:
        yield "key_parts", _("A key unit has key parts. Name at least one.")
    elif any(not row.get("safeguards") for row in parts):
        yield "key_parts", _("Say for each key part how it is protected.")
    if not any(one.get("role") == "security" for one in _rows(facts, "keepers")):
        yield "keepers", _("Name who answers for the security of a key unit.")


def _code_is_wrong(facts: Facts) -> Iterator[Problem]:
    category, code = facts.get("category") or "", facts.get("credit_code") or ""
    if code and category == AT_HOME:
        yield (
            "credit_code",
            _("A home has no credit code. Choose the kind of the business instead."),
        )
    if code.startswith("92") and root(category) in ORGANISATIONS:
        yield (
            "credit_code",
            _(
                "This is the code of a one-person business, which is no enterprise or institution. "
                "Check the code and the kind."
            ),
        )


def _code_lacks(facts: Facts) -> Iterator[Problem]:
    if root(facts.get("category")) in ORGANISATIONS and not facts.get("credit_code"):
        yield "credit_code", _("An enterprise or institution has a credit code: see its licence.")


def _licences_are_wrong(facts: Facts) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for row in _rows(facts, "licences"):
        issued, until = day_of(row.get("issued_on")), day_of(row.get("valid_until"))
        named = {"number": row.get("number") or "—"}
        if issued and until and until < issued:
            problem = _("Licence %(number)s ended before it was issued. Check both days.")
            yield "licences", ValidationError(problem, params=named)
        if issued and issued > clock.today():
            problem = _("Licence %(number)s is issued on a day to come. Check the day.")
            yield "licences", ValidationError(problem, params=named)
        key = (str(row.get("kind") or ""), str(row.get("number") or "").strip().upper())
        if key[1] and key in seen:
            problem = _("Licence %(number)s stands here twice.")
            yield "licences", ValidationError(problem, params=named)
        seen.add(key)


def _keepers(facts: Facts) -> int:
    """How many keepers are named. Somebody typed twice is one: the same number, or name and phone."""
    known: set[Any] = set()
    for at, one in enumerate(_rows(facts, "keepers")):
        if one.get("role") != "keeper":
            continue
        name, phone = one.get("name") or "", one.get("phone") or ""
        masked = "*" in f"{name}{phone}"  # two people may look the same
        known.add(one.get("id_number") or ((name, phone) if name and phone and not masked else at))
    return len(known)


def _judged_on(facts: Facts) -> date:
    """The day whose rules hold: that of the act, else today."""
    at = facts.get("acted_at")
    return clock.local(at).date() if at else clock.today()


def _rows(facts: Facts, name: str) -> list[Mapping[str, Any]]:
    return list(facts.get(name) or ())


def _raise(problems: Iterable[Problem]) -> None:
    told: dict[str, list[Any]] = {}
    for name, problem in problems:
        told.setdefault(name, []).append(problem)
    if told:
        raise ValidationError(told)
