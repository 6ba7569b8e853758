"""What a patrol plans and what it comes to: its check points by name, hours, points reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.kinds import Kind
from linli.ledger.declaration.ledger import Choice, Facts, Field
from linli.patrols import rules

MOST_POINTS = 60
LONGEST_NAME = 40
_BETWEEN = re.compile(r"[;；、,，\n]")


def clean_points(value: Any, field: Field) -> list[str]:
    """Names of check points, each once, from a list or from words with a mark between them.

    They are kept by name: an old patrol says where it went also when a point is no more.
    """
    if isinstance(value, str):
        value = _BETWEEN.split(value)
    if not isinstance(value, Sequence) or not all(isinstance(one, str) for one in value):
        raise ValidationError(_("This must be a list of check points."), code="type")
    names = list(dict.fromkeys(" ".join(one.split()) for one in value if one.strip()))
    if len(names) > MOST_POINTS:
        raise ValidationError(_("At most %(most)d check points fit."), params={"most": MOST_POINTS})
    for name in names:
        if len(name) > LONGEST_NAME:
            raise ValidationError(
                _("“%(name)s…” is too long for the name of a check point."),
                params={"name": name[:12]},
            )
    return names


def _text(value: Any, field: Field) -> str:
    return _g("; ").join(value)


def _schema(field: Field) -> dict[str, Any]:
    item = {"type": "string", "maxLength": LONGEST_NAME}
    return {"type": "array", "items": item, "uniqueItems": True, "maxItems": MOST_POINTS}


# Typed like any choice of several; what may be chosen differs from room to room.
POINTS = Kind("choices", clean_points, "internal", _text, _schema)


def points_offered(room: UUID) -> list[Choice]:
    """The check points of a room that can be planned, in the order of their signs."""
    from linli.patrols.points import of_room

    return [Choice(point.name, point.name) for point in of_room(room)]


def told(facts: Facts) -> list[tuple[str, str]]:
    """The sum of a patrol: hours and points, no distance and no track."""
    said = []
    length = rules.length(facts)
    if length is not None:
        hours = f"{length.total_seconds() / 3600:.1f}"
        people = sum(
            facts.get(name) or 0 for name in ("officer_count", "auxiliary_count", "volunteer_count")
        )
        text = _g("%(hours)s hours") % {"hours": hours}
        if people:
            text += _g(", %(people)d people") % {"people": people}
        said.append((_g("Time on patrol"), text))
    reached, planned = rules.reached(facts)
    beside = rules.beside_the_plan(facts)
    if planned or beside:
        text = _g("%(reached)d of %(planned)d planned") % {"reached": reached, "planned": planned}
        if beside:
            text += _g(", %(beside)d others") % {"beside": beside}
        said.append((_g("Check points"), text))
    return said
