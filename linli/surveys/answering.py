"""To answer: once per matter, from the page behind the receipt, without leaving a way back.

What connects an answer to its matter exists only while this runs: the receipts of the matter are
marked as answered, without saying when; the answer bears ledger, category and month, and the day
at midnight in place of the time.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from linli.access.actor import system_actor
from linli.ground import clock, rules
from linli.history import chain
from linli.ledger.acts.act import Act
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.entries import rows
from linli.ledger.entries.models import Entry, Receipt
from linli.org import tree
from linli.surveys.ledger import SURVEYS

# Whoever names somebody by number in a comment is not kept with it.
_NUMBERS: Final = re.compile(r"\d[\d\s-]{5,}[\dXx]")


class AnsweredBefore(Exception):
    """Behind this receipt it was said already how it went."""


def is_asked(entry: Entry, asked: tuple[str, ...]) -> bool:
    """Whether the reporter of this matter is asked now: it is closed, not void and not long ago,
    its ledger is one of `asked`, and nobody has answered for it."""
    if entry.ledger not in asked or entry.is_open or entry.state == VOID or entry.past:
        return False
    if entry.closed_at is None or clock.now() - entry.closed_at > _asked_for():
        return False
    receipts = Receipt.objects.filter(entry=entry.id)
    return receipts.exists() and not receipts.filter(answered=True).exists()


def _asked_for() -> timedelta:
    return timedelta(days=rules.on(clock.today()).span("survey.asked_for").n)


def answer(entry: Entry, said: dict[str, Any]) -> None:
    """Keep an answer: satisfaction, attitude, speed, narrative. Raises AnsweredBefore,
    ValidationError."""
    text = _NUMBERS.sub("***", str(said.get("narrative") or ""))
    month = clock.local(entry.closed_at or entry.received_at)
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    on_duty = tree.duty_officer(entry.room)
    with translation.override(settings.LANGUAGE_CODE):
        actor = system_actor(_("Somebody, behind a receipt"), via="public")
    act = Act(
        SURVEYS, "record", actor,
        {
            **{name: said.get(name) or None for name in ("satisfaction", "attitude", "speed")},
            "narrative": text, "about_ledger": entry.ledger,
            "about_category": entry.category.split(".")[0], "about_month": f"{month:%Y-%m}",
            "received_at": midnight.isoformat(),
        },
        room=entry.room, district=entry.district,
        responsible=on_duty.pk if on_duty else entry.responsible,
    )  # fmt: skip
    with rows.writing():
        chain.lock({entry.room: entry.district})
        receipts = Receipt.objects.filter(entry=entry.id)
        if receipts.filter(answered=True).exists() or not receipts.update(answered=True):
            raise AnsweredBefore
        carry_out([act])


__all__ = ["AnsweredBefore", "ValidationError", "answer", "is_asked"]
