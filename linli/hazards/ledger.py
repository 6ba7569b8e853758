"""Hazards and broken public facilities 隐患 (E3): who puts it right, by when, and was it done.

What others must put right is passed to them (property manager, street office, utility), chased
when their day has passed, and looked at on the spot before it is closed.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.hazards import rules
from linli.hazards.categories import CATEGORIES
from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

SOURCES = (
    Choice("report", pgettext_lazy("hazard", "Residents' report")),
    Choice("patrol", _("Patrol")),
    Choice("inspection", _("Inspection")),
    Choice("visit", pgettext_lazy("hazard", "Home visit")),
    Choice("meeting", pgettext_lazy("hazard", "Meeting")),
    Choice("emergency", _("After an emergency")),
    Choice("online", _("Online")),
    Choice("other", pgettext_lazy("source", "Other")),
)
SEVERITY = (
    Choice("other", pgettext_lazy("hazard", "Ordinary")),
    Choice("serious", pgettext_lazy("hazard", "Serious")),
)
WHO = (
    Choice("owner", _("Owner")),
    Choice("occupant", _("Occupant or business")),
    Choice("manager", _("Property manager")),
    Choice("committee", pgettext_lazy("body", "Residents' committee")),
    Choice("street", pgettext_lazy("body", "Street office")),
    Choice("utility", _("Power, gas, water or telecom company")),
    Choice("authority", _("Authority in charge")),
    Choice("police", _("The police room itself")),
)
HOW = (
    Choice("phone", pgettext_lazy("told by", "Phone")),
    Choice("visit", _("In person")),
    Choice("letter", _("Letter")),
    Choice("meeting", pgettext_lazy("told by", "Meeting")),
    Choice("online", _("Online")),
)
ROLES = (
    Choice("reporter", _("Reporter")),
    Choice("answerable", _("Who puts it right")),
    Choice("contact", _("Contact")),
)

HAZARDS = Ledger(
    code="hazards",
    title=_("Hazards"),
    letter=pgettext_lazy("serial letter of hazards", "H"),
    key="h",
    book=_("Hazard register"),
    fields=(
        Field("source", kinds.CHOICE, _("Found by"), column="channel", choices=SOURCES),
        Field("category", kinds.CATEGORY, _("Kind of hazard"), required=True, column="category", categories=CATEGORIES),
        Field("severity", kinds.CHOICE, _("How serious"), choices=SEVERITY,
              hint=_("Serious: people may come to harm at any time.")),
        Field("place", kinds.PLACE, _("Place"), required=True, column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("narrative", kinds.NARRATIVE, _("What is wrong"), required=True, column="narrative",
              searched=True),
        Field("people", kinds.PEOPLE, _("People concerned"), choices=ROLES),
        Field("received_at", kinds.MOMENT, pgettext_lazy("hazard", "Found"), column="received_at"),
        Field("photos", kinds.FILES, _("Photos")),
        Field("responsible_kind", kinds.CHOICE, _("Who must put it right"), choices=WHO),
        Field("responsible_body", kinds.TEXT, _("Name of who must put it right"), searched=True, short=True),
        Field("due_on", kinds.DATE, _("Put right until")),
        Field("demand", kinds.NARRATIVE, _("What is demanded"), searched=True),
        Field("letter_no", kinds.TEXT, _("Number of the letter"), searched=True),
        Field("chases", kinds.ROWS, pgettext_lazy("hazard", "Chases"), fields=(
            Field("whom", kinds.TEXT, _("Spoken to")),
            Field("how", kinds.CHOICE, pgettext_lazy("hazard", "How"), required=True, choices=HOW),
            Field("answer", kinds.NARRATIVE, _("What they say"), required=True, searched=True),
        )),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("hazard", "Put right at")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("hazard", "How it was put right"), searched=True),
        Field("photos_after", kinds.FILES, _("Photos after it was put right")),
        Field("checked", kinds.NARRATIVE, _("Seen on the spot"), searched=True),
        Field("checked_at", kinds.MOMENT, _("Seen on the spot at")),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", _("to do"), tone="warn"),
        State("passed", _("being put right"), tone="warn"),
        State("rectified", _("to be checked"), tone="plain"),
        State("closed", _("closed"), open=False, tone="good"),
        State("unfounded", _("no hazard"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Record a hazard"), _("Recorded"), to="open", needs="record", asks=(
            Ask("category", True), Ask("severity"), Ask("place", True), Ask("narrative", True),
            Ask("photos"), Ask("source"), Ask("people"), Ask("received_at"), Ask("point"),
            Ask("responsible_kind"), Ask("responsible_body"), Ask("due_on"), Ask("remark"),
        )),
        Action("pass_on", _("Say who puts it right"), _("Passed on"), ("open", "passed"), "passed", asks=(
            Ask("responsible_kind", True), Ask("responsible_body", True), Ask("due_on", True),
            Ask("demand"), Ask("letter_no"),
        ), check=rules.day_is_to_come),
        Action("chase", _("Chase"), _("Chased"), ("passed",), adds="chases", asks=(
            Ask("how", True), Ask("whom"), Ask("answer", True), Ask("due_on", True),
        ), check=rules.day_is_to_come),
        Action("put_right", _("It is put right"), _("Put right"), ("open", "passed"), "rectified",
               asks=(Ask("result", True), Ask("finished_at"), Ask("photos_after"))),
        Action("close", _("Seen on the spot: close"), _("Closed"), ("rectified",), "closed",
               asks=(Ask("checked", True), Ask("checked_at")), needs="close", shown_to_reporter=True,
               check=rules.checked_after_it_was_put_right),
        Action("not_right", _("Not put right"), _("Not put right"), ("rectified",), "passed",
               asks=(Ask("due_on", True),), reason=True, check=rules.day_is_to_come),
        Action("dismiss", _("No hazard after all"), _("No hazard"), ("open",), "unfounded",
               asks=(Ask("result", True),), needs="close", shown_to_reporter=True),
        Action("reopen", _("Open again"), _("Opened again"), ("closed", "unfounded"), "open",
               needs="close", reason=True, shown_to_reporter=True),
    ),
    deadlines=(
        Deadline("put_right", _("put right"), rules.put_right_by, ("put_right", "dismiss")),
        Deadline("again", _("put right"), rules.put_right_by, ("put_right", "dismiss"),
                 start="acted_at", begins_with="reopen"),
        Deadline("chased", _("chase"), rules.chased_by, ("chase", "put_right", "pass_on"),
                 start="due_on", begins_with=("record", "pass_on", "chase", "not_right")),
        Deadline("checked", _("see it on the spot"), rules.checked_by, ("close", "not_right"),
                 start="acted_at", begins_with="put_right"),
    ),
    checks=(rules.not_before_it_was_found,),
    columns=("serial", "received_at", "channel", "category", "narrative", "place", "state"),
    retention="retention.hazards",
    headings=str(HERE / "headings.toml"),
    takes_reports=True,
)  # fmt: skip
