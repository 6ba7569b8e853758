"""Number plates as they are typed at a gate."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground.codes import halfwidth
from linli.ledger.declaration.kinds import Kind
from linli.ledger.declaration.ledger import Field

_ASIDE = re.compile(r"[\s.\u00b7\u2022\u30fb-]+")
# A province's character and letters, an e-bike's plate with the city's name, one of the armed
# police, a foreign one: the gate writes down what it sees.
_SHAPE = re.compile(r"(?=(?:.*[A-Z0-9]){3})[\u4e00-\u9fffA-Z0-9]{4,12}")


def clean_plate(value: Any, field: Field) -> str:
    """Capitals, half-width, without dots and blanks."""
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."), code="type")
    plate = _ASIDE.sub("", halfwidth(value)).upper()
    if not _SHAPE.fullmatch(plate):
        raise ValidationError(
            _("This is no number plate. Type the letters and digits on it."), code="plate"
        )
    return plate


PLATE = Kind(
    "text", clean_plate, "personal", lambda value, field: str(value),
    lambda field: {"type": "string", "maxLength": 16},
)  # fmt: skip
