"""The work log 工作日志 (B3): one entry for each officer and day, signed off once, frozen then.

Its lines are composed from the day's steps; the officer only adds a remark.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.duty import day as days
from linli.duty.signing import composed
from linli.ground import clock
from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Action, Ask, Field, Ledger, State


def _clean_day(value: Any, field: Field) -> datetime:
    """A day (ISO text or date) as its first moment in Shanghai."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValidationError(_("A day is written 2026-11-23."), code="day") from None
    return days.bounds(day)[0].astimezone(UTC)  # as the database gives it back, for verify


def _day_text(value: Any, field: Field) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return clock.local(moment).date().isoformat()


def _clean_log(value: Any, field: Field) -> dict[str, Any]:
    """Only `composed` makes this value; anything else is refused."""
    if not isinstance(value, Mapping) or set(value) != {"lines", "overdue"}:
        raise ValidationError(_("The lines of a log are not typed."), code="lines")
    return dict(value)


def _log_text(value: Any, field: Field) -> str:
    return days.as_text(days.Line.read(line) for line in value["lines"])


DAY = kinds.Kind(
    "day", _clean_day, "internal", _day_text, lambda field: {"type": "string", "format": "date"}
)
LOG = kinds.Kind("log", _clean_log, "personal", _log_text, lambda field: {"type": "object"})

WORKLOGS = Ledger(
    code=days.CODE,
    title=_("Work logs"),
    letter=pgettext_lazy("serial letter of work logs", "W"),
    key="w",
    book=_("Work log"),
    fields=(
        Field("day", DAY, pgettext_lazy("work log", "Day"), required=True, column="occurred_at"),
        Field(
            "remark", kinds.NARRATIVE, _("Remark"), column="narrative", searched=True,
            hint=_("What the lines do not say: meetings, talks, plans for tomorrow."),
        ),
        Field("log", LOG, pgettext_lazy("work log", "What was done")),
    ),
    states=(State("signed", _("signed off"), open=False, tone="good"),),
    actions=(
        Action(
            "record", _("Sign off"), _("Signed off"), to="signed",
            asks=(Ask("day", True), Ask("remark"), Ask("log")), needs="sign_log",
        ),
    ),
    columns=("serial", "received_at", "narrative", "state"),
    retention="retention.worklogs",
    frozen=True,
    compose=composed,
)  # fmt: skip
