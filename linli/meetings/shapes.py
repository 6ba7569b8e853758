"""The choices of the ledger of meetings, and the rows of who was there, what was said and answered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Choice, Field

# Who takes part: kinds of office, never a list of residents.
KINDS = (
    Choice("representative", _("Residents' representative")),
    Choice("cadre", _("Committee cadre")),
    Choice("building_head", pgettext_lazy("meeting", "Building head")),
    Choice("unit", _("Security officer of a unit")),
    Choice("business", _("Business or trade")),
    Choice("property", pgettext_lazy("meeting", "Property manager")),
    Choice("team", _("Security committee or patrol team")),
    Choice("body", _("Other authority")),
    Choice("police", pgettext_lazy("meeting", "Police")),
    Choice("other", pgettext_lazy("meeting", "Other")),
)
INVITED_BY = (
    Choice("paper", _("Paper notice")),
    Choice("phone", pgettext_lazy("meeting", "Phone")),
    Choice("group", _("Message group")),
    Choice("door", pgettext_lazy("meeting", "In person")),
    Choice("board", _("Notice board")),
)
HAZARD, SERVICE = "hazard", "service"
ABOUT = (
    Choice(HAZARD, pgettext_lazy("opinion", "Hazard or broken facility")),
    Choice(SERVICE, pgettext_lazy("opinion", "Work and services")),
)
ACCEPTED = (
    Choice("yes", pgettext_lazy("opinion", "content with it")),
    Choice("partly", pgettext_lazy("opinion", "partly content")),
    Choice("no", pgettext_lazy("opinion", "not content")),
    Choice("unknown", pgettext_lazy("opinion", "not heard yet")),
)
WHO = Field("who", kinds.CHOICE, pgettext_lazy("meeting", "Who"), choices=KINDS)
OF = Field("of", kinds.TEXT, _("Unit, building or office"), searched=True)
HOW_MANY = Field(
    "number", kinds.INTEGER, pgettext_lazy("meeting", "How many"), least=1, most=2000,
    unit=pgettext_lazy("unit", "people"),
)  # fmt: skip
INVITED = (WHO, OF, HOW_MANY)
PRESENT = (
    WHO, OF, HOW_MANY,
    Field("office_holder", kinds.TEXT, _("Name of the office holder")),
)  # fmt: skip
# What is needed is asked for by the actions and by rules.opinions_are_whole: an old book may leave it blank.
OPINION = (
    Field("raised_by", kinds.CHOICE, _("Raised by"), choices=KINDS,
          hint=_("Only who speaks, as a kind. No name.")),
    Field("about", kinds.CHOICE, _("What it is about: hazard or service"), choices=ABOUT),
    Field("what", kinds.NARRATIVE, pgettext_lazy("opinion", "Opinion"), searched=True),
    Field("where", kinds.PLACE, pgettext_lazy("opinion", "Where"), searched=True,
          hint=_("For a hazard, where it is.")),
    Field("asked_of", kinds.TEXT, _("Who is asked to answer"), searched=True),
)  # fmt: skip
ANSWER = (
    Field("opinion", kinds.INTEGER, _("Number of the opinion"), least=1,
          hint=_("As numbered on the page of the meeting.")),
    Field("answered_by", kinds.TEXT, _("Who answers"), searched=True),
    Field("answer", kinds.NARRATIVE, pgettext_lazy("opinion", "Answer"), searched=True),
    Field("accepted", kinds.CHOICE, _("Those who raised it are"), choices=ACCEPTED),
)  # fmt: skip
