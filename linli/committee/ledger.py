"""The ledger of the security committee 治保会 and the guards 安保队 (C5): who was on duty, what was
done, what was found. It is gone through with the team once a month."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.committee import rules
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

TEAMS = (
    Choice("committee", _("Security committee")),
    Choice("guards", pgettext_lazy("team", "Guards")),
    Choice("volunteers", pgettext_lazy("team", "Volunteers")),
    Choice("property", _("Guards of the property manager")),
)
FINDING = (
    Field(
        "kind",
        kinds.CHOICE,
        pgettext_lazy("finding", "What kind"),
        choices=(
            Choice("hazard", pgettext_lazy("finding", "Hazard")),
            Choice("facility", _("Facility broken")),
            Choice("suspicious", _("Something suspicious")),
            Choice("dispute", pgettext_lazy("finding", "Dispute")),
            Choice("help", _("Somebody in need of help")),
            Choice("other", _("Other")),
        ),
    ),
    Field("what", kinds.NARRATIVE, pgettext_lazy("team", "What was found"), searched=True),
    Field("where", kinds.PLACE, pgettext_lazy("finding", "Where"), searched=True),
    Field(
        "passed_to",
        kinds.CHOICE,
        pgettext_lazy("finding", "What became of it"),
        choices=(
            Choice("settled", _("Settled on the spot")),
            Choice("room", _("Told to the room")),
            Choice("110", _("110 was called")),
            Choice("property", _("Told to the property manager")),
            Choice("committee", _("Told to the residents' committee")),
        ),
    ),
)

COMMITTEE = Ledger(
    code="committee",
    title=_("Security committee and guards"),
    letter=pgettext_lazy("serial letter of security committee and guards", "SC"),
    key="",
    book=_("Ledger of security committee and guards"),
    recorded_in=_("what the teams did"),
    fields=(
        Field("team", kinds.CHOICE, pgettext_lazy("team", "Team"), required=True, choices=TEAMS),
        Field("category", kinds.CATEGORY, _("Kind of activity"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field(
            "members", kinds.NARRATIVE, _("Members on duty"), required=True, searched=True,
            hint=_("Names of office holders who agreed to be named, one beside the other."),
        ),
        Field("leader", kinds.TEXT, pgettext_lazy("team", "Led by")),
        Field("headcount", kinds.INTEGER, pgettext_lazy("team", "How many"), least=1, most=500, unit=pgettext_lazy("unit", "people")),
        Field("place", kinds.PLACE, pgettext_lazy("team", "Where"), column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("received_at", kinds.MOMENT, pgettext_lazy("team", "Began"), column="received_at"),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("team", "Ended")),
        Field("hours", kinds.DECIMAL, _("Hours of each"), least=0, most=24, unit=pgettext_lazy("unit", "hours")),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("team", "What was done"), required=True, column="narrative", searched=True),
        Field("findings", kinds.ROWS, pgettext_lazy("team", "What was found"), fields=FINDING),
        Field("result", kinds.NARRATIVE, _("Remark of the monthly review"), searched=True),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", _("to be reviewed"), tone="warn"),
        State("done", pgettext_lazy("team", "reviewed"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Record an activity"), _("Recorded"), to="open", needs="record",
            asks=(
                Ask("team", True), Ask("category", True), Ask("members", True), Ask("leader"),
                Ask("headcount"), Ask("place"), Ask("point"), Ask("received_at"),
                Ask("finished_at"), Ask("hours"), Ask("narrative", True), Ask("findings"),
                Ask("remark"),
            ),
        ),
        Action(
            "finish", _("Note the end"), _("End noted"), ("open",),
            asks=(Ask("finished_at", True), Ask("hours"), Ask("headcount")),
            only_if=rules.not_over,
        ),
        Action(
            "review", _("Review with the team"), pgettext_lazy("team", "Reviewed"), ("open",),
            "done", asks=(Ask("result"), Ask("hours")), needs="close",
        ),
        Action(
            "find", _("Add a finding"), _("Finding added"), ("open",), adds="findings",
            asks=(Ask("kind", True), Ask("what", True), Ask("where"), Ask("passed_to", True)),
        ),
        Action(
            "reopen", _("Open again"), _("Opened again"), ("done",), "open",
            needs="close", reason=True,
        ),
    ),
    deadlines=(
        Deadline("reviewed", _("review with the team"), rules.reviewed_by, ("review",)),
        Deadline(
            "finding", _("follow what was found"), rules.finding_by, ("review",),
            start="acted_at", begins_with=("record", "find"),
        ),
    ),
    checks=(rules.hours_in_order,),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    retention="retention.committee",
    headings=str(HERE / "headings.toml"),
)  # fmt: skip
