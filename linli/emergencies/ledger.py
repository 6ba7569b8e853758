"""The emergency log 突发事件处置日志 (J2): a plan is started, its steps ticked off with the time.

Everything is a line with its time: what was seen and ordered, which step of the plan was done, what
was told upward and who took it. When it is over the after-action report is written from it.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.emergencies import rules
from linli.emergencies.documents import REPORT
from linli.emergencies.plans import STEPS, told
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

REAL = (Choice("real", _("An emergency")), Choice("drill", pgettext_lazy("emergency", "A drill")))
HOW = (
    Choice("phone", pgettext_lazy("told by", "Phone")),
    Choice("radio", _("Radio")),
    Choice("system", _("Message or system")),
    Choice("written", _("In writing")),
    Choice("person", _("In person")),
)
ROLES = (
    Choice("caller", _("Who told us")),
    Choice("missing", _("Missing person")),
    Choice("injured", _("Injured")),
    Choice("contact", _("Contact")),
    Choice("witness", _("Witness")),
)

EMERGENCY_LOG = Ledger(
    code="emergency_log",
    title=_("Emergency log"),
    letter=pgettext_lazy("serial letter of the emergency log", "E"),
    key="e",
    book=_("Emergency log book"),
    fields=(
        Field("category", kinds.CATEGORY, _("Plan"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("exercise", kinds.CHOICE, _("Emergency or drill"), column="channel", choices=REAL),
        Field("place", kinds.PLACE, _("Place"), required=True, column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("emergency", "What is happening"),
              required=True, column="narrative", searched=True),
        Field("people", kinds.PEOPLE, _("People concerned"), choices=ROLES),
        Field("received_at", kinds.MOMENT, pgettext_lazy("emergency", "Began"), column="received_at"),
        Field("commander", kinds.TEXT, _("In command"), searched=True),
        Field("done_steps", kinds.ROWS, _("Steps of the plan done"), fields=(
            Field("step", kinds.CHOICE, pgettext_lazy("emergency", "Step"), required=True, choices=STEPS),
            Field("remark", kinds.TEXT, _("Remark")),
        )),
        Field("lines", kinds.ROWS, pgettext_lazy("emergency", "Log"), fields=(
            Field("what", kinds.NARRATIVE, _("What happened or was ordered"), required=True, searched=True),
            Field("when", kinds.MOMENT, _("At another time"), hint=_("Blank: now.")),
        )),
        Field("reports", kinds.ROWS, pgettext_lazy("emergency", "Reports upward"), fields=(
            Field("to", kinds.TEXT, pgettext_lazy("emergency", "To"), required=True),
            Field("how", kinds.CHOICE, pgettext_lazy("emergency", "How"), required=True, choices=HOW),
            Field("receipt", kinds.TEXT, _("Taken by, or receipt number"), required=True),
            Field("said", kinds.NARRATIVE, _("What was reported")),
        )),
        Field("photos", kinds.FILES, _("Photos")),
        Field("evacuated", kinds.INTEGER, _("People brought out"), least=0, most=100_000),
        Field("injured", kinds.INTEGER, _("People injured"), least=0, most=10_000),
        Field("dead", kinds.INTEGER, _("People dead"), least=0, most=10_000),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("emergency", "Over at")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("emergency", "How it ended"), searched=True),
        Field("went_well", kinds.NARRATIVE, _("What went well"), searched=True),
        Field("to_better", kinds.NARRATIVE, _("What must be better"), searched=True),
        Field("measures", kinds.NARRATIVE, _("What is done about it, by whom and when"), searched=True),
    ),
    states=(
        State("open", _("under way"), tone="warn"),
        State("ended", _("over, report to be written"), tone="plain"),
        State("closed", _("closed"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Start a plan"), _("Plan started"), to="open", needs="record", asks=(
            Ask("category", True), Ask("exercise"), Ask("place", True), Ask("narrative", True),
            Ask("received_at"), Ask("commander"), Ask("people"), Ask("point"),
        )),
        Action("tick", _("Tick off a step"), _("Step done"), ("open",), adds="done_steps",
               asks=(Ask("step", True), Ask("remark")), check=rules.step_is_of_the_plan),
        Action("log", _("Write a line"), pgettext_lazy("emergency", "Line"), ("open", "ended"),
               adds="lines", asks=(Ask("what", True), Ask("when"))),
        Action("report", _("Report upward"), _("Reported upward"), ("open", "ended"), adds="reports",
               asks=(Ask("to", True), Ask("how", True), Ask("receipt", True), Ask("said"))),
        Action("end", _("It is over"), _("Over"), ("open",), "ended", needs="close", asks=(
            Ask("result", True), Ask("finished_at", True), Ask("evacuated"), Ask("injured"),
            Ask("dead"), Ask("photos"),
        )),
        Action("review", _("Write the after-action report"), _("After-action report written"),
               ("ended",), "closed", needs="close", asks=(
            Ask("went_well", True), Ask("to_better", True), Ask("measures", True),
        )),
        Action("reopen", _("Open again"), _("Opened again"), ("ended", "closed"), "open",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("reported", _("report upward"), rules.reported_by, ("report",)),
        Deadline("reviewed", _("write the after-action report"), rules.reviewed_by, ("review",),
                 start="acted_at", begins_with="end"),
    ),
    checks=(rules.not_over_before_it_began,),
    columns=("serial", "received_at", "channel", "category", "narrative", "place", "state"),
    retention="retention.emergency_log",
    headings=str(HERE / "headings.toml"),
    derived=told,
    documents=(REPORT,),
)  # fmt: skip
