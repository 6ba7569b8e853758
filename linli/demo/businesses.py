"""Businesses that do not exist: credit codes that are right and belong to nobody."""

from __future__ import annotations

from linli.demo.told import read
from linli.ground import codes

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "0123456789X0"


def credit_code(number: int, kind: str = "92") -> str:
    """A unified social credit code; the same number gives the same. `kind` are its first two signs:
    91 a company, 92 a shop of one person, 12 a public institution, 52 a private one.

    The organisation code inside (GB 11714) has a wrong check sign, so that nobody can be given it.
    """
    body = f"MA{number % 1_000_000:06d}"
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    right = _CHECK[11 - total % 11]
    first = f"{kind}{read('cast')['district']}{body}{'1' if right != '1' else '2'}"
    return first + codes.credit_check_sign(first)
