"""Inspections 检查 (E2): what was looked at by two, what was wrong, by when it is put right.

The checklist of the kind is answered item by item. Where something is wrong a rectification notice
责令整改通知书 is given; it ends by a re-inspection, not by the inspected saying so. What is looked at
is how a business works: no guest's or customer's data is taken.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground import codes
from linli.inspections import rules
from linli.inspections.documents import NOTICE
from linli.inspections.lists import CHECKLISTS
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent
CREDIT_CODE = replace(kinds.TEXT, clean=kinds.coded(codes.credit_code))

SOURCES = (
    Choice("plan", _("By the plan")),
    Choice("campaign", _("Special campaign")),
    Choice("report", _("After a report or incident")),
    Choice("task", _("Task from above")),
    Choice("other", pgettext_lazy("source", "Other")),
)
BODIES = (
    Choice("fire", _("Fire brigade")),
    Choice("market", _("Market regulation")),
    Choice("city", _("City management")),
    Choice("street", pgettext_lazy("body", "Street office")),
    Choice("housing", _("Housing office")),
    Choice("emergency", _("Emergency management")),
    Choice("utility", _("Power, gas or water company")),
    Choice("committee", pgettext_lazy("body", "Residents' committee")),
)
OUTCOMES = (
    Choice("all", _("All put right")),
    Choice("part", _("Partly put right")),
    Choice("none", _("Not put right")),
)
SECOND = Field(
    "second", kinds.STAFF, _("Second inspector"), hint=_("At least two inspect. You are the first.")
)

INSPECTIONS = Ledger(
    code="inspections",
    title=_("Inspections"),
    letter=pgettext_lazy("serial letter of inspections", "N"),
    key="n",
    book=_("Inspection register"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of inspection"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("premises", kinds.THING, _("From the register of places"), of="places",
              fills={"subject": "name", "place": "place", "credit_code": "credit_code", "point": "point"},
              hint=_("Chosen here, name, address and code are taken from the register.")),
        Field("subject", kinds.TEXT, _("Place inspected"), required=True, searched=True, short=True,
              hint=_("The name on the licence, or what everybody calls it.")),
        Field("credit_code", CREDIT_CODE, _("Unified social credit code"), searched=True),
        Field("place", kinds.PLACE, pgettext_lazy("inspection", "Address"), required=True,
              column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("people", kinds.PEOPLE, _("People on the spot"),
              hint=_("Who answers for the place. No guests, no customers."),
              choices=(Choice("in_charge", _("Person in charge")), Choice("on_duty", _("On duty")))),
        Field("source", kinds.CHOICE, _("Why it is inspected"), choices=SOURCES),
        Field("received_at", kinds.MOMENT, _("Inspected at"), column="received_at"),
        SECOND,
        Field("joint", kinds.CHOICES, _("Together with"), choices=BODIES),
        Field("checklist", kinds.CHECKLIST, _("Checklist"), checklists=CHECKLISTS),
        Field("narrative", kinds.NARRATIVE, _("Findings"), column="narrative", searched=True,
              hint=_("What the checklist does not say. No guest's or customer's data.")),
        Field("photos", kinds.FILES, _("Photos")),
        Field("items", kinds.ROWS, _("Further items to be put right"), fields=(
            Field("what", kinds.TEXT, _("What is wrong"), required=True, searched=True),
            Field("demand", kinds.TEXT, _("What is demanded")),
        )),
        Field("due_on", kinds.DATE, _("Put right until")),
        Field("basis", kinds.TEXT, _("Legal basis"), searched=True,
              hint=_("The law, regulation or rule and its article.")),
        Field("notice_no", kinds.TEXT, _("Number of the notice"), searched=True,
              hint=_("Left blank, the notice bears the number of this entry.")),
        Field("reinspections", kinds.ROWS, _("Re-inspections"), fields=(
            Field("outcome", kinds.CHOICE, _("Outcome"), required=True, choices=OUTCOMES),
            Field("found", kinds.NARRATIVE, _("What was found"), required=True, searched=True),
            replace(SECOND, required=True),
        )),
        Field("photos_after", kinds.FILES, _("Photos after it was put right")),
        Field("referred_to", kinds.TEXT, _("Handed on to"), searched=True, short=True),
        Field("finished_at", kinds.MOMENT, _("Finished")),
        Field("result", kinds.NARRATIVE, _("Conclusion"), searched=True),
    ),
    states=(
        State("open", _("being inspected"), tone="warn"),
        State("rectify", _("to be put right"), tone="warn"),
        State("clean", _("nothing found"), open=False, tone="good"),
        State("closed", _("closed"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Record an inspection"), _("Recorded"), to="open", needs="record", asks=(
            Ask("category", True), Ask("premises"), Ask("subject", True), Ask("place", True), Ask("credit_code"),
            Ask("people"), Ask("received_at"), Ask("second"), Ask("joint"), Ask("source"),
            Ask("checklist"), Ask("narrative"), Ask("photos"), Ask("point"),
        ), check=rules.two_inspect),
        Action("inspect", _("Fill in the checklist"), _("Inspected"), ("open",), asks=(
            Ask("checklist", True), Ask("second", True), Ask("narrative"), Ask("photos"),
        ), check=rules.two_inspect),
        # To order and to find clean are for officers, as closing is: an auxiliary fills in the list.
        Action("order", _("Order to put it right"), _("Ordered to put it right"), ("open",), "rectify",
               asks=(Ask("due_on", True), Ask("items"), Ask("basis"), Ask("notice_no")), needs="close",
               check=rules.can_be_ordered),
        Action("pass", _("Nothing found"), _("Nothing was found"), ("open",), "clean",
               asks=(Ask("result", True), Ask("finished_at")), needs="close",
               check=rules.nothing_is_wrong),
        Action("reinspect", _("Re-inspect"), _("Re-inspected"), ("rectify",), adds="reinspections",
               asks=(Ask("outcome", True), Ask("found", True), Ask("second", True), Ask("due_on"),
                     Ask("photos_after")), check=rules.looked_at_again),
        Action("refer", _("Hand on"), _("Handed on"), ("rectify",),
               asks=(Ask("referred_to", True),), needs="close", reason=True),
        Action("close", pgettext_lazy("inspection", "Close"), _("Closed"), ("rectify",), "closed",
               asks=(Ask("result"), Ask("finished_at")), needs="close",
               only_if=rules.is_right_or_handed_on),
        Action("reopen", _("Open again"), _("Opened again"), ("clean", "closed"), "open",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("written", _("fill in the checklist"), rules.written_by, ("inspect", "order", "pass")),
        Deadline("again", _("inspect again"), rules.again_by, ("reinspect", "refer", "close"),
                 start="acted_at", begins_with=("order", "reinspect")),
    ),
    checks=(rules.checklist_is_of_its_kind,),
    columns=("serial", "received_at", "category", "subject", "place", "state"),
    retention="retention.inspections",
    headings=str(HERE / "headings.toml"),
    headline=("subject",),
    documents=(NOTICE,),
)  # fmt: skip
