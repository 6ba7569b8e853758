"""The rules of the home-away watch as pure functions over an entry's facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ground import rules as law
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Facts

LOOK = "deadline.home_watch.look"


def span_between_looks(facts: Facts) -> law.Span:
    """As agreed with the household; by the clock, since a home is empty on Sundays too."""
    if days := facts.get("every_days"):
        return law.Span(int(days) * 24, "hours")
    return law.on(clock.local(facts["received_at"]).date()).span(LOOK)


def first_look_by(facts: Facts) -> law.Span | None:
    """The first look, counted from the end of the day on which they leave."""
    return span_between_looks(facts)


def next_look_by(facts: Facts) -> law.Span | None:
    """The next look; none where they are back before it."""
    span = span_between_looks(facts)
    until, at = facts.get("away_until"), facts.get("acted_at")
    if until and at and span.unit == "hours":
        last = datetime.combine(until, time(23, 59, 59), clock.SHANGHAI)
        if at + timedelta(hours=span.n) > last:
            return None
    return span


def back_by(facts: Facts) -> str | None:
    """When the day has passed somebody asks whether they are back."""
    return "deadline.home_watch.back" if facts.get("away_until") else None


def owner_told_by(facts: Facts) -> str | None:
    """What was found wrong is told to the household at once."""
    last = _last(facts)
    wrong = last is not None and last.get("found") not in (None, "in_order")
    return "deadline.home_watch.told" if wrong and not (last or {}).get("told") else None


def was_looked_at(facts: Facts) -> bool:
    """Whether there is a look to tell of."""
    return bool(facts.get("looks"))


def _last(facts: Facts) -> Mapping[str, Any] | None:
    looks = facts.get("looks") or ()
    return looks[-1] if looks else None


def days_in_order(facts: Facts) -> None:
    """They come back after they leave; a home is looked at only then."""
    away, until = facts.get("away_from"), facts.get("away_until")
    if away and until and until < away:
        raise ValidationError({"away_until": _("Back before they leave. Check both days.")})
    back = facts.get("returned_on")
    if away and back and back < away:
        raise ValidationError({"returned_on": _("Back before they left. Check both days.")})
    if back and back > clock.today():
        raise ValidationError({"returned_on": _("This day is yet to come.")})


def watch_is_to_come(facts: Facts) -> None:
    """A watch is taken on for days to come, and not for ever."""
    until, at = facts.get("away_until"), facts.get("acted_at") or facts["received_at"]
    if not until or facts["past"]:
        return
    if until < clock.local(at).date():
        raise ValidationError({"away_until": _("This day has passed. Check it.")})
    most = law.on(clock.local(facts["received_at"]).date()).span("home_watch.longest")
    if until > clock.local(at).date() + timedelta(days=most.n):
        problem = _("At most %(days)d days from today; then ask the household again.")
        raise ValidationError({"away_until": ValidationError(problem, params={"days": most.n})})


def look_says_what_is_wrong(facts: Facts) -> None:
    """What is not in order is described, and the look is neither to come nor before they left."""
    last = _last(facts)
    if last is None:
        return
    at, away = last.get("checked_at"), facts.get("away_from")
    if at and at > clock.now() + timedelta(minutes=5):
        raise ValidationError({"checked_at": _("This look is yet to come.")})
    if at and away and clock.local(at).date() < away:
        raise ValidationError({"checked_at": _("They had not left yet. Check the day.")})
    if last.get("found") != "in_order" and not last.get("what"):
        raise ValidationError({"what": _("Say what is not in order.")})


def told(facts: Facts) -> list[tuple[str, str]]:
    """How many looks were made, and the last one."""
    looks = facts.get("looks") or ()
    if not looks:
        return []
    said = _g("%(count)d, last %(at)s") % {"count": len(looks), "at": _when(looks[-1])}
    return [(_g("Looks so far"), said)]


def _when(row: Mapping[str, Any]) -> str:
    at = row.get("checked_at") or row.get("at")
    return moment_text(at) if at else "—"
