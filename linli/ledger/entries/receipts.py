"""Receipt codes: 80 random bits, shown once; only a keyed hash is stored."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings

from linli.ground import clock, codes, keyring
from linli.ledger.entries.models import Receipt

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LENGTH = 16
_READ_AS = str.maketrans("ILO", "110")


def issue(entry: UUID, room: UUID, district: UUID) -> str:
    """Make a receipt for an entry; the code is returned here and never again."""
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    Receipt.objects.create(
        code_hash=_digest(code), entry=entry, room=room, district=district, made_on=clock.today()
    )
    return code


def grouped(code: str) -> str:
    """In groups of four, as it is read out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def find(typed: str) -> Receipt | None:
    """The receipt of a code as typed: with or without dashes, small letters, O for 0."""
    code = plain(typed)
    if len(code) != LENGTH:
        return None
    return Receipt.objects.filter(code_hash=_digest(code)).first()


def plain(typed: str) -> str:
    """A code as typed, without what may stand between its signs."""
    code = "".join(sign for sign in codes.halfwidth(typed).upper() if sign.isalnum())
    return code.translate(_READ_AS)


def _digest(code: str) -> bytes:
    return keyring.load(settings.HOME).lookup("receipt", code)
