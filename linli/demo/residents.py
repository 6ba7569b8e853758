"""Residents who do not exist: order codes 000 and 999, mobiles with 0000 in the middle."""

from __future__ import annotations

from random import Random

from linli.demo.told import read

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def name(rng: Random, woman: bool | None = None) -> str:
    """A name: one of the common surnames with one of the common given names."""
    names = read("cast")["names"]
    is_woman = rng.random() < 0.5 if woman is None else woman
    given: str = rng.choice(names["women" if is_woman else "men"])
    return str(rng.choice(names["surnames"])) + given


def mobile(rng: Random) -> str:
    return f"1{rng.randint(30, 99)}0000{rng.randint(0, 9999):04d}"


def identity_number(rng: Random, year: int, woman: bool) -> str:
    """A number with a right check digit and an order code that is given to nobody."""
    district = read("cast")["district"]
    birth = f"{rng.randint(year - 84, year - 19)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    digits = f"{district}{birth}{'000' if woman else '999'}"
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def person(rng: Random, role: str, year: int, identity: float = 0.3) -> dict[str, str]:
    """One person concerned, as typed; `identity` is how likely the number was asked for."""
    woman = rng.random() < 0.5
    made = {"role": role, "name": name(rng, woman)}
    if rng.random() < 0.9:
        made["phone"] = mobile(rng)
    if rng.random() < identity:
        made["id_number"] = identity_number(rng, year, woman)
    return made
