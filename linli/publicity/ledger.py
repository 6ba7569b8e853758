"""Publicity 宣传 (G3): lectures, leaflets, drills, fraud prevention, campaign months.

An activity is planned, takes place and is reported; a drill 演练 also says in how many minutes
everybody was out and what it showed to be weak. Those who came are counted, not listed.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Deadline, Field, Ledger, State
from linli.publicity import rules
from linli.publicity.shapes import AUDIENCE, FRAUDS, MATERIAL, PARTNERS, TOPICS

HERE = Path(__file__).parent
PEOPLE = pgettext_lazy("unit", "people")

PUBLICITY = Ledger(
    code="publicity",
    title=_("Publicity"),
    letter=pgettext_lazy("serial letter of publicity", "P"),
    key="",
    book=_("Register of publicity activities"),
    fields=(
        Field("category", kinds.CATEGORY, _("Form of publicity"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("publicity", "Subject and content"), required=True,
              column="narrative", searched=True),
        Field("topics", kinds.CHOICES, pgettext_lazy("publicity", "Topics"), choices=TOPICS),
        Field("frauds", kinds.CHOICES, _("Frauds warned of"), choices=FRAUDS),
        Field("campaign", kinds.TEXT, _("Campaign it belongs to"), searched=True,
              hint=_("Such as the month against fraud. The same words each time.")),
        Field("place", kinds.PLACE, pgettext_lazy("publicity", "Place of the activity"), required=True,
              column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("starts_at", kinds.MOMENT, pgettext_lazy("publicity", "Planned for")),
        Field("audience", kinds.CHOICES, pgettext_lazy("publicity", "Audience"), choices=AUDIENCE),
        Field("expected", kinds.INTEGER, _("Expected number"), least=1, most=100_000, unit=PEOPLE),
        Field("partners", kinds.CHOICES, pgettext_lazy("publicity", "Together with"), choices=PARTNERS),
        Field("speaker", kinds.TEXT, _("Speaker or leader"), searched=True),
        Field("received_at", kinds.MOMENT, pgettext_lazy("publicity", "Registered"), column="received_at"),
        Field("held_at", kinds.MOMENT, pgettext_lazy("publicity", "Took place")),
        Field("ended_at", kinds.MOMENT, pgettext_lazy("publicity", "Ended")),
        Field("attendance", kinds.INTEGER, _("How many came"), least=0, most=100_000, unit=PEOPLE,
              hint=_("A number. No list of names.")),
        Field("volunteer_count", kinds.INTEGER, pgettext_lazy("publicity", "Volunteers helping"), least=0, most=5000, unit=PEOPLE),
        Field("materials", kinds.ROWS, _("Materials given out"), fields=MATERIAL),
        Field("course", kinds.NARRATIVE, pgettext_lazy("publicity", "How it went"), searched=True),
        Field("evacuation_minutes", kinds.DECIMAL, _("Minutes until everybody was out"), least=0, most=240,
              unit=pgettext_lazy("unit", "minutes")),
        Field("weaknesses", kinds.NARRATIVE, _("Weaknesses the drill showed"), searched=True,
              hint=_("Alarm, exits, assembly place, who led. If there were none, say so.")),
        Field("photos", kinds.FILES, _("Photos")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("publicity", "Summary"), searched=True,
              hint=_("What it achieved, what to do better.")),
        Field("finished_at", kinds.MOMENT, _("Reported at")),
    ),
    states=(
        State("planned", pgettext_lazy("publicity", "planned"), tone="warn"),
        State("held", _("to be reported"), tone="plain"),
        State("reported", pgettext_lazy("publicity", "reported"), open=False, tone="good"),
        State("cancelled", pgettext_lazy("publicity", "called off"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Plan an activity"), pgettext_lazy("publicity", "Planned"), to="planned",
               needs="record", asks=(
            Ask("category", True), Ask("narrative", True), Ask("starts_at"), Ask("place", True),
            Ask("topics"), Ask("frauds"), Ask("audience"), Ask("expected"), Ask("partners"),
            Ask("speaker"), Ask("campaign"), Ask("point"), Ask("received_at"),
        )),
        # Auxiliaries and volunteers' leaders stand there: who did says that it took place.
        Action("hold", _("It took place"), pgettext_lazy("publicity step", "Took place"), ("planned",), "held", asks=(
            Ask("held_at", True), Ask("ended_at"), Ask("attendance", True), Ask("volunteer_count"),
            Ask("materials"), Ask("course"), Ask("photos"),
        )),
        Action("measure", _("Note how the drill went"), _("Drill noted"), ("held",), asks=(
            Ask("evacuation_minutes", True), Ask("weaknesses", True),
        ), only_if=rules.drill_to_measure),
        Action("report", pgettext_lazy("publicity", "Report"), pgettext_lazy("publicity", "Reported"),
               ("held",), "reported", asks=(Ask("result", True), Ask("photos"), Ask("finished_at")),
               needs="close", check=rules.drill_was_measured),
        Action("cancel", pgettext_lazy("publicity", "Call off"), pgettext_lazy("publicity", "Called off"),
               ("planned",), "cancelled", needs="close", reason=True),
        Action("reopen", _("Open again"), _("Opened again"), ("reported",), "held",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("held", _("hold the activity"), rules.held_by, ("hold", "cancel"), start="starts_at"),
        Deadline("reported", _("report the activity"), rules.reported_by, ("report",), start="acted_at",
                 begins_with=("hold", "reopen")),
    ),
    checks=(rules.times_in_order,),
    columns=("serial", "received_at", "category", "place", "narrative", "state"),
    retention="retention.publicity",
    headings=str(HERE / "headings.toml"),
    derived=rules.told,
)  # fmt: skip
