"""The rules of the incident register as pure functions over an entry's facts."""

from __future__ import annotations

from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.ledger import Facts

ORDER = ("received_at", "dispatched_at", "arrived_at", "finished_at")


def told_by(facts: Facts) -> str | None:
    """The reporter is told the outcome in time; somebody who found it on patrol needs no telling."""
    return None if facts["channel"] == "patrol" else "deadline.incidents.told"


def closed_by(facts: Facts) -> str | None:
    """Emergency kinds are closed within the shift, others within days."""
    from linli.incidents.ledger import INCIDENTS

    assert INCIDENTS.categories
    path = INCIDENTS.categories.path(facts["category"] or "")
    if any(node.emergency for node in path):
        return "deadline.incidents.emergency"
    return "deadline.incidents.closed"


def times_in_order(facts: Facts) -> None:
    """Received, dispatched, arrived, finished: none may lie before the one it follows."""
    known = [(name, facts[name]) for name in ORDER if facts.get(name)]
    for (earlier, before), (later, after) in pairwise(known):
        if after < before.replace(second=0, microsecond=0):  # typed times have no seconds
            raise ValidationError({later: _WRONG[(earlier, later)]})


_WRONG = {
    ("received_at", "dispatched_at"): _("Sent out before it was received. Check both times."),
    ("received_at", "arrived_at"): _("Arrived before it was received. Check both times."),
    ("received_at", "finished_at"): _("Finished before it was received. Check both times."),
    ("dispatched_at", "arrived_at"): _("Arrived before being sent out. Check both times."),
    ("dispatched_at", "finished_at"): _("Finished before being sent out. Check both times."),
    ("arrived_at", "finished_at"): _("Finished before arriving. Check both times."),
}
