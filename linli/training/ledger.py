"""Training 培训 (A6): courses in law, social psychology, mediation, first aid and emergency, digital
skills; their sessions, and who of the staff was there, for how long and with what result.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State
from linli.training import rules

HERE = Path(__file__).parent
PEOPLE = pgettext_lazy("unit", "people")
HOURS = pgettext_lazy("unit", "hours")

WAYS = (
    Choice("class", pgettext_lazy("training", "Class")),
    Choice("online", pgettext_lazy("training", "Online course")),
    Choice("exercise", pgettext_lazy("training", "Practical exercise")),
    Choice("reading", pgettext_lazy("training", "Self-study")),
    Choice("mentor", pgettext_lazy("training", "With a mentor")),
)
HELD_BY = (
    Choice("room", pgettext_lazy("training", "Police room")),
    Choice("station", pgettext_lazy("training", "Station")),
    Choice("branch", pgettext_lazy("training", "Branch or bureau")),
    Choice("other", pgettext_lazy("training", "Other body")),
)
ASSESSMENTS = (
    Choice("excellent", pgettext_lazy("assessment", "excellent")),
    Choice("passed", pgettext_lazy("assessment", "passed")),
    Choice("failed", pgettext_lazy("assessment", "not passed")),
    Choice("none", pgettext_lazy("assessment", "not assessed")),
    Choice("absent", pgettext_lazy("assessment", "absent")),
)
# What is needed is asked for by the actions and by rules.rows_are_whole: old books leave it blank.
SESSION = (
    Field("held_at", kinds.MOMENT, _("Session held")),
    Field("hours", kinds.DECIMAL, _("Hours of the session"), least=0.5, most=24, unit=HOURS),
    Field("topic", kinds.TEXT, _("Topic of the session"), searched=True),
    Field("teacher", kinds.TEXT, pgettext_lazy("training", "Teacher"), searched=True),
)  # fmt: skip
ATTENDANCE = (
    Field("colleague", kinds.STAFF, pgettext_lazy("training", "Colleague")),
    Field("assessment", kinds.CHOICE, _("Assessment"), choices=ASSESSMENTS),
    Field("hours", kinds.DECIMAL, pgettext_lazy("training", "Hours taken"), least=0, most=500, unit=HOURS),
    Field("remark", kinds.TEXT, _("Remark")),
)  # fmt: skip

TRAINING = Ledger(
    code="training",
    title=_("Training"),
    letter=pgettext_lazy("serial letter of training", "T"),
    key="",
    book=_("Register of training"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of course"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("training", "Course and content"), required=True,
              column="narrative", searched=True),
        Field("way", kinds.CHOICE, pgettext_lazy("training", "Way of teaching"), choices=WAYS),
        Field("organiser", kinds.CHOICE, _("Organised by"), choices=HELD_BY),
        Field("place", kinds.PLACE, pgettext_lazy("training", "Place of the course"), column="place",
              searched=True, short=True),
        Field("lecturer", kinds.TEXT, _("Lecturer"), searched=True),
        Field("starts_at", kinds.MOMENT, pgettext_lazy("training", "Planned beginning")),
        Field("planned_hours", kinds.DECIMAL, _("Planned hours"), least=0.5, most=500, unit=HOURS),
        Field("for_whom", kinds.TEXT, pgettext_lazy("training", "For whom"), hint=_("Such as all officers and auxiliaries.")),
        Field("received_at", kinds.MOMENT, pgettext_lazy("training", "Registered"), column="received_at"),
        Field("sessions", kinds.ROWS, pgettext_lazy("training", "Sessions"), fields=SESSION),
        Field("attendance", kinds.ROWS, _("Attendance"), fields=ATTENDANCE),
        Field("others_count", kinds.INTEGER, _("Others who took part"), least=0, most=5000, unit=PEOPLE,
              hint=_("Guards, volunteers, mediators: a number.")),
        Field("materials", kinds.FILES, _("Course papers and photos")),
        Field("result", kinds.NARRATIVE, _("Result of the course"), searched=True),
        Field("finished_at", kinds.MOMENT, _("Course ended")),
    ),
    states=(
        State("planned", pgettext_lazy("training", "planned"), tone="warn"),
        State("running", pgettext_lazy("training", "under way"), tone="plain"),
        State("done", pgettext_lazy("training", "ended"), open=False, tone="good"),
        State("cancelled", pgettext_lazy("training", "called off"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Plan a course"), pgettext_lazy("training", "Planned"), to="planned",
               needs="record", asks=(
            Ask("category", True), Ask("narrative", True), Ask("way"), Ask("organiser"),
            Ask("starts_at"), Ask("planned_hours"), Ask("place"), Ask("lecturer"), Ask("for_whom"),
            Ask("received_at"),
        )),
        Action("hold", _("Note a session"), pgettext_lazy("training", "Session held"), ("planned", "running"),
               "running", adds="sessions", asks=(
            Ask("held_at", True), Ask("hours", True), Ask("topic"), Ask("teacher"), Ask("materials"),
        ), check=rules.session_in_order),
        Action("enter", _("Enter who was there"), _("Attendance entered"), ("running",), asks=(
            Ask("attendance", True), Ask("others_count"),
        ), only_if=rules.nobody_entered, check=rules.each_once),
        Action("finish", _("Close the course"), pgettext_lazy("training", "Ended"), ("running",), "done",
               asks=(Ask("result", True), Ask("finished_at"), Ask("others_count"), Ask("materials")),
               needs="close", check=rules.was_entered),
        Action("make_up", _("Add one colleague"), _("Colleague added"), ("running", "done"), adds="attendance",
               asks=(Ask("colleague", True), Ask("assessment", True), Ask("hours"), Ask("remark")),
               only_if=rules.somebody_entered, check=rules.making_up),
        Action("cancel", pgettext_lazy("training", "Call off"), pgettext_lazy("training", "Called off"),
               ("planned",), "cancelled", needs="close", reason=True),
        Action("reopen", _("Open again"), _("Opened again"), ("done",), "running",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("held", _("hold the course"), rules.held_by, ("hold", "cancel"), start="starts_at"),
        Deadline("entered", _("enter who was there"), rules.entered_by, ("enter", "make_up", "finish"),
                 start="acted_at", begins_with="hold"),
    ),
    checks=(rules.sessions_in_order, rules.rows_are_whole, rules.attendance_in_order),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    retention="retention.training",
    headings=str(HERE / "headings.toml"),
    derived=rules.told,
)  # fmt: skip
