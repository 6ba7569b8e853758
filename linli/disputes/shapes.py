"""The choices of the ledger of disputes, and the rows of its mediations and checks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Choice, Field

SOURCES = (
    Choice("resident", _("A resident came")),
    Choice("building_head", _("Building head")),
    Choice("visit", _("Found on a home visit")),
    Choice("incident", _("From an incident")),
    Choice("patrol", _("Found on patrol")),
    Choice("online", _("Online")),
    Choice("other_body", _("Passed on by another body")),
)
SEVERITIES = (
    Choice("low", pgettext_lazy("severity", "low")),
    Choice("ordinary", pgettext_lazy("severity", "ordinary")),
    Choice("medium", pgettext_lazy("severity", "medium")),
    Choice("high", pgettext_lazy("severity", "high")),
)
ROLES = (
    Choice("party_a", _("Party A")),
    Choice("party_b", _("Party B")),
    Choice("guardian", _("Guardian")),
    Choice("representative", _("Representative")),
    Choice("other", _("Other")),
)
SESSION = (
    Field("held_at", kinds.MOMENT, pgettext_lazy("mediation", "Held")),
    Field("mediators", kinds.TEXT, _("Mediators")),
    Field(
        "form",
        kinds.CHOICE,
        _("Form of mediation"),
        choices=(
            Choice("people", _("People's mediation")),
            Choice("police", _("Police mediation")),
        ),
    ),
    Field(
        "partner",
        kinds.CHOICE,
        pgettext_lazy("mediation", "Together with"),
        choices=(
            Choice("committee", _("Mediation committee of the community")),
            Choice("judicial", _("Judicial office")),
            Choice("both", _("Both of them")),
            Choice("none", pgettext_lazy("mediation", "nobody")),
        ),
    ),
    Field("course", kinds.NARRATIVE, _("Course of the mediation"), searched=True),
    Field(
        "outcome",
        kinds.CHOICE,
        _("Outcome of the mediation"),
        choices=(
            Choice("agreed", _("Agreement reached")),
            Choice("again", _("To be continued")),
            Choice("unwilling", _("A party does not want it")),
            Choice("failed", _("No agreement possible")),
        ),
    ),
    Field(
        "minors",
        kinds.CHOICE,
        _("Parties under age"),
        choices=(
            Choice("none", pgettext_lazy("minors", "none")),
            Choice("guardian", _("with the guardian present")),
        ),
    ),
    Field(
        "nothing_excluded",
        kinds.FLAG,
        _("Police mediation: nothing excludes it"),
        hint=_(
            "No hired violence, no gang fight, no repeat offender, no unwilling party, no renewed "
            "attack, no suspect who fled; a civil dispute, and minor."
        ),
    ),
)
CHECK = (
    Field("checked_on", kinds.DATE, _("Checked on")),
    Field(
        "kept",
        kinds.CHOICE,
        _("Agreement kept?"),
        choices=(
            Choice("kept", pgettext_lazy("agreement", "kept")),
            Choice("partly", pgettext_lazy("agreement", "partly kept")),
            Choice("not", pgettext_lazy("agreement", "not kept")),
        ),
    ),
    Field(
        "check_note", kinds.NARRATIVE, pgettext_lazy("agreement", "What was found"), searched=True
    ),
)
LED_TO = (
    Choice("court", pgettext_lazy("led to", "Court")),
    Choice("arbitration", _("Labour arbitration")),
    Choice("judicial", _("Judicial office")),
    Choice("case", _("Public-order case")),
    Choice("authority", _("Competent authority")),
    Choice("nowhere", _("Nowhere: mediation ended")),
)
FLARE_UP = (
    Field("flared_on", kinds.DATE, _("Flared up on")),
    Field("what", kinds.NARRATIVE, _("What happened again"), searched=True),
)
