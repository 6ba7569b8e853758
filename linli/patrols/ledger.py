"""Patrols 巡逻 (F2): planned by area and time, walked past check points, with what was found.

A check-in is the scan of a point's sign and a press of a button: no position is taken, nothing is
followed between the points. Findings become hazards or incidents by `linli/reactions.py`.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State
from linli.patrols import rules
from linli.patrols.planning import POINTS, points_offered, told

HERE = Path(__file__).parent

TIMES_OF_DAY = (
    Choice("day", pgettext_lazy("patrol", "Day")),
    Choice("evening", _("Evening")),
    Choice("night", pgettext_lazy("patrol", "Night")),
)
WAYS = (
    Choice("foot", _("On foot")),
    Choice("bicycle", _("Bicycle or e-bike")),
    Choice("car", _("By car")),
)
HOW = (
    Choice("scan", _("Sign scanned")),
    Choice("hand", _("By hand: the sign cannot be read")),
)
FINDINGS = (
    Choice("hazard", _("Hazard")),
    Choice("incident", _("Incident")),
    Choice("other", pgettext_lazy("finding", "Other")),
)

PATROLS = Ledger(
    code="patrols",
    title=_("Patrols"),
    letter=pgettext_lazy("serial letter of patrols", "R"),
    key="r",
    book=_("Patrol register"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of patrol"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("place", kinds.PLACE, _("Area or route"), required=True, column="place", searched=True, short=True),
        Field("time_of_day", kinds.CHOICE, _("Time of day"), choices=TIMES_OF_DAY),
        Field("starts_at", kinds.MOMENT, _("Planned start")),
        Field("ends_at", kinds.MOMENT, _("Planned end")),
        Field("way", kinds.CHOICE, pgettext_lazy("patrol", "How"), choices=WAYS),
        Field("points", POINTS, _("Check points on the way"), offers=points_offered,
              hint=_("Signs to be scanned on the way.")),
        Field("officer_count", kinds.INTEGER, pgettext_lazy("patrol", "Officers"), least=0, most=500),
        Field("auxiliary_count", kinds.INTEGER, _("Auxiliaries and guards"), least=0, most=500),
        Field("volunteer_count", kinds.INTEGER, _("Volunteers"), least=0, most=2000),
        Field("team", kinds.TEXT, _("Team"), searched=True, short=True,
              hint=_("Such as the patrol team of a compound. No names of volunteers.")),
        Field("weakness", kinds.NARRATIVE, _("Weakness found behind incidents"), searched=True,
              hint=_("What incidents rose here, and what made them easy.")),
        Field("measure", kinds.NARRATIVE, _("Measure taken against it"), searched=True),
        Field("received_at", kinds.MOMENT, _("Planned on"), column="received_at"),
        Field("started_at", kinds.MOMENT, pgettext_lazy("patrol", "Set out at")),
        Field("check_ins", kinds.ROWS, _("Check points reached"), fields=(
            Field("check_point", kinds.TEXT, _("Check point"), required=True),
            Field("how", kinds.CHOICE, pgettext_lazy("patrol", "How"), choices=HOW),
            Field("remark", kinds.TEXT, _("Remark")),
        )),
        Field("findings", kinds.ROWS, pgettext_lazy("patrol", "Findings"), fields=(
            Field("kind", kinds.CHOICE, pgettext_lazy("patrol", "What it is"), required=True, choices=FINDINGS),
            Field("where", kinds.PLACE, _("Where"), required=True, searched=True),
            Field("what", kinds.NARRATIVE, pgettext_lazy("patrol", "What was found"), required=True, searched=True),
        )),
        Field("photos", kinds.FILES, _("Photos")),
        Field("finished_at", kinds.MOMENT, _("Back")),
        Field("narrative", kinds.NARRATIVE, _("How it went"), column="narrative", searched=True),
    ),
    states=(
        State("planned", _("planned"), tone="warn"),
        State("under_way", _("under way"), tone="plain"),
        State("done", _("patrol done"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Plan a patrol"), _("Planned"), to="planned", needs="record", asks=(
            Ask("category", True), Ask("place", True), Ask("time_of_day"), Ask("way"),
            Ask("starts_at"), Ask("ends_at"), Ask("points"), Ask("officer_count"), Ask("auxiliary_count"),
            Ask("volunteer_count"), Ask("team"), Ask("weakness"), Ask("measure"), Ask("received_at"),
            Ask("started_at"), Ask("finished_at"), Ask("narrative"), Ask("findings"),
        ), check=rules.plan_is_in_order),
        Action("start", _("Set out"), _("Set out"), ("planned",), "under_way", asks=(
            Ask("started_at", True),
        )),
        Action("check_in", _("Check in at a point"), _("Checked in"), ("under_way",),
               adds="check_ins", asks=(Ask("check_point", True), Ask("how"), Ask("remark"))),
        Action("find", _("Note a finding"), pgettext_lazy("patrol", "Found"), ("under_way", "done"), adds="findings", asks=(
            Ask("kind", True), Ask("where", True), Ask("what", True),
        )),
        # Auxiliaries and volunteers' leaders walk alone: who walked says that it is over.
        Action("finish", pgettext_lazy("patrol", "Finish"), pgettext_lazy("patrol", "Finished"),
               ("planned", "under_way"), "done", asks=(
            Ask("narrative", True), Ask("started_at"), Ask("finished_at", True), Ask("photos"),
            Ask("measure"),
        ), check=rules.was_walked),
        Action("reopen", _("Open again"), _("Opened again"), ("done",), "under_way",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("finished", _("finish the patrol"), rules.finished_by, ("finish",), start="ends_at"),
    ),
    checks=(rules.times_in_order,),
    columns=("serial", "received_at", "category", "place", "narrative", "state"),
    retention="retention.patrols",
    headings=str(HERE / "headings.toml"),
    headline=("place",),
    derived=told,
)  # fmt: skip
