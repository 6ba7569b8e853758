"""The choices of the ledger of public-order cases, and the rows of its mediations and hearings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Choice, Field

SOURCES = (
    Choice("incident", _("From an incident")),
    Choice("report", pgettext_lazy("case", "Reported in person")),
    Choice("patrol", _("Found on patrol")),
    Choice("dispute", _("From a dispute")),
    Choice("other_body", _("Passed on by another body")),
)
ROLES = (
    Choice("complainant", pgettext_lazy("case", "Complainant")),
    Choice("injured", _("Injured party")),
    Choice("accused", _("Accused of the violation")),
    Choice("guardian", _("Guardian")),
    Choice("other", _("Other")),
)
PROCEDURES = (
    Choice("ordinary", _("Ordinary procedure")),
    Choice("fast", _("Fast track")),
    Choice("on_the_spot", _("Decided on the spot")),
)
HEARING = (
    Field("held_at", kinds.MOMENT, pgettext_lazy("mediation", "Held")),
    Field(
        "form",
        kinds.CHOICE,
        pgettext_lazy("case", "What was held"),
        choices=(
            Choice("mediation", _("Police mediation")),
            Choice("open_mediation", _("Open mediation in the room")),
            Choice("hearing", _("Hearing in the room")),
        ),
    ),
    Field("present", kinds.INTEGER, _("People present"), least=0, most=1000),
    Field(
        "ended",
        kinds.CHOICE,
        _("Outcome of the mediation"),
        choices=(
            Choice("agreed", _("Agreement reached")),
            Choice("failed", _("No agreement possible")),
            Choice("heard", pgettext_lazy("case", "Heard, decision to follow")),
        ),
    ),
    Field("hearing_note", kinds.NARRATIVE, pgettext_lazy("case", "Note on it"), searched=True),
)
OUTCOMES = (
    Choice("penalty", pgettext_lazy("case", "Penalty")),
    Choice("mediated", _("Mediated and performed")),
    Choice("no_penalty", _("No penalty imposed")),
    Choice("no_violation", _("No violation found")),
    Choice("criminal", _("Became a criminal case")),
    Choice("elsewhere", _("Handed to another authority")),
    Choice("ended", _("Investigation ended")),
)
