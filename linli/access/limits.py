"""How many people somebody may unmask or look up in a day, by role, from the rules."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.ground import rules
from linli.ground.clock import SHANGHAI, today
from linli.history.models import ReadLog
from linli.org.models import Staff

# What a kind of read counts against: looking a person up is the rules' "person search".
_RULE: Final = {"reveal": "reveal", "lookup": "search"}


class LimitReached(PermissionDenied):
    """The day's limit is used up; the message says which and what to do."""


def limit(actor: Actor, kind: str) -> int:
    """How many reads of `kind` ("reveal", "lookup") this actor has a day: the best of the posts'."""
    today_rules = rules.on(today())
    codes = [f"limit.{_RULE[kind]}.{role}" for role in actor.roles]
    return max((today_rules.int(code) for code in codes if code in today_rules), default=0)


def midnight() -> datetime:
    """When the day that limits count began."""
    return datetime.combine(today(), time(), SHANGHAI)


def used(actor: Actor, kind: str) -> int:
    """How many the actor has used since midnight in Shanghai."""
    rows = ReadLog.objects.filter(actor=actor.id, kind=kind, at__gte=midnight())
    return int(rows.aggregate(total=Sum("count"))["total"] or 0)


def check_limit(actor: Actor, kind: str, count: int = 1) -> None:
    """Raise LimitReached if `count` more reads of `kind` today would be too many.

    Call it in the transaction that then writes the read log: until that ends, other reads of the
    same person wait, so that many at once are not each counted as the last one allowed. Kinds
    without a rule, and the program itself, have no limit.
    """
    if kind not in _RULE or actor.kind == "system":
        return
    # SQLite knows no such lock and needs none: its transactions wait for each other from the start.
    if actor.id is not None:
        list(Staff.objects.select_for_update(no_key=True).filter(pk=actor.id).values_list("pk"))
    most = limit(actor, kind)
    if used(actor, kind) + count > most:
        raise reached(most)


def reached(most: int) -> LimitReached:
    """The refusal in words."""
    return LimitReached(
        _(
            "You have reached today's limit of %(limit)d. It counts anew tomorrow; if it cannot "
            "wait, ask your chief, who has a limit of their own."
        )
        % {"limit": most}
    )
