"""The choices of care visits, and the rows of its visits and of who was told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Choice, Field

ROLES = (
    Choice("cared_for", _("Who is visited")),
    Choice("guardian", _("Guardian")),
    Choice("family", _("Family")),
    Choice("neighbour", _("Neighbour who helps")),
)
SOURCES = (
    Choice("self", pgettext_lazy("care", "They themselves")),
    Choice("family", pgettext_lazy("care", "Their family")),
    Choice("committee", pgettext_lazy("care", "Residents' committee")),
    Choice("school", pgettext_lazy("care", "School")),
    Choice("visit", pgettext_lazy("care", "Found on a visit")),
)
CONSENT_BY = (
    Choice("self", _("The person")),
    Choice("guardian", pgettext_lazy("consent by", "Guardian")),
    Choice("both", _("The person and the guardian")),
)
CONSENT_HOW = (
    Choice("written", pgettext_lazy("consent", "In writing")),
    Choice("spoken", _("Spoken, before a second person")),
)
HELP = (
    Choice("visit", pgettext_lazy("help", "Visits")),
    Choice("call", pgettext_lazy("help", "Phone calls")),
    Choice("errands", _("Shopping and errands")),
    Choice("repairs", _("Small repairs")),
    Choice("safety", _("Fire, gas and fraud: advice")),
    Choice("papers", _("Papers done at home")),
    Choice("allowance", _("Help with applications")),
    Choice("school", _("School and homework")),
    Choice("company", _("Company on the way")),
)
TOLD = (
    Choice("family", pgettext_lazy("told", "Family")),
    Choice("committee", pgettext_lazy("told", "Residents' committee")),
    Choice("street", pgettext_lazy("told", "Street office")),
    Choice("civil", _("Civil affairs office")),
    Choice("health", _("Community health centre")),
    Choice("school", pgettext_lazy("told", "School")),
    Choice("federation", _("Federation of the disabled")),
    Choice("charity", _("Charity or volunteers")),
)
ENDS = (
    Choice("not_needed", _("Not needed any more")),
    Choice("moved", pgettext_lazy("care", "Moved away")),
    Choice("taken_over", _("Another body has taken over")),
    Choice("died", pgettext_lazy("care", "Died")),
)
VISIT = (
    Field("held_at", kinds.MOMENT, _("Visited at")),
    Field(
        "way",
        kinds.CHOICE,
        pgettext_lazy("care", "How"),
        choices=(
            Choice("home", pgettext_lazy("care", "At home")),
            Choice("phone", pgettext_lazy("care", "By phone")),
            Choice("outside", _("Met outside")),
        ),
    ),
    Field(
        "how_found",
        kinds.CHOICE,
        pgettext_lazy("care", "How it was"),
        choices=(
            Choice("well", pgettext_lazy("care", "All well")),
            Choice("needs", _("Something is needed")),
            Choice("urgent", _("Needed at once")),
            Choice("not_met", _("Not met")),
        ),
    ),
    Field("done", kinds.NARRATIVE, pgettext_lazy("care", "What was done"), searched=True),
    Field(
        "needs",
        kinds.NARRATIVE,
        _("What is needed"),
        searched=True,
        hint=_("What help, not what illness."),
    ),
)
TELLING = (
    Field(
        "whom",
        kinds.CHOICE,
        pgettext_lazy("care", "Whom"),
        choices=(*TOLD, Choice("emergency", _("120, 119 or 110: danger to life"))),
    ),
    Field("what", kinds.NARRATIVE, _("What they were told"), searched=True),
    Field("answer", kinds.NARRATIVE, pgettext_lazy("care", "What they answered"), searched=True),
)
