"""The incident register 接处警登记簿 (C1).

An incident is received, its officers are sent out, arrive and finish; the reporter is told the
outcome. Deadlines by category: product/tables.md, through the rule pack.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.incidents import rules
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

CHANNELS = (
    Choice("110", _("Dispatched by 110")),
    Choice("walk_in", _("Walk-in")),
    Choice("phone", pgettext_lazy("channel", "Phone")),
    Choice("patrol", _("Found on patrol")),
    Choice("box", _("Report box")),
    Choice("online", _("Online")),
)

ROLES = (
    Choice("reporter", _("Reporter")),
    Choice("party", _("Party")),
    Choice("injured", _("Injured")),
    Choice("witness", _("Witness")),
    Choice("other", _("Other")),
)

INCIDENTS = Ledger(
    code="incidents",
    title=_("Incidents"),
    letter=pgettext_lazy("serial letter of incidents", "I"),
    key="i",
    book=_("Incident register"),
    fields=(
        Field(
            "channel", kinds.CHOICE, _("How it came in"), required=True, column="channel",
            choices=CHANNELS,
        ),
        Field("category", kinds.CATEGORY, _("Category"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field(
            "place", kinds.PLACE, _("Place"), required=True, column="place", searched=True,
            short=True,
        ),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field(
            "narrative", kinds.NARRATIVE, pgettext_lazy("incident", "What happened"),
            required=True, column="narrative", searched=True,
        ),
        Field("people", kinds.PEOPLE, _("People concerned"), choices=ROLES),
        Field(
            "received_at", kinds.MOMENT, pgettext_lazy("incident", "Received"),
            column="received_at",
        ),
        Field("dispatched_at", kinds.MOMENT, _("Sent out at")),
        Field("arrived_at", kinds.MOMENT, _("Arrived at")),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("incident", "Finished")),
        Field("handling", kinds.NARRATIVE, _("Handling"), searched=True),
        Field("result", kinds.NARRATIVE, _("Result"), searched=True),
        Field("told_at", kinds.MOMENT, _("Reporter told at")),
        Field("told_how", kinds.TEXT, _("How the reporter was told")),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", _("to do"), tone="warn"),
        State("on_site", _("on site"), tone="warn"),
        State("handled", pgettext_lazy("incident", "handled"), tone="plain"),
        State("closed", _("closed"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Record an incident"), _("Recorded"), to="open",
            asks=(
                Ask("channel", True), Ask("category", True), Ask("place", True), Ask("point"),
                Ask("narrative", True), Ask("people"), Ask("received_at"), Ask("dispatched_at"),
                Ask("arrived_at"), Ask("finished_at"), Ask("handling"), Ask("result"),
                Ask("remark"),
            ),
            needs="record",
        ),
        Action(
            "dispatch", _("Send out"), _("Sent out"), ("open",),
            asks=(Ask("dispatched_at", True),),
        ),
        Action(
            "arrive", _("Arrived"), _("Arrived"), ("open",), "on_site",
            asks=(Ask("arrived_at", True),),
        ),
        Action(
            "finish", pgettext_lazy("incident", "Handled"),
            pgettext_lazy("incident", "Handled"), ("open", "on_site"), "handled",
            asks=(Ask("result", True), Ask("handling"), Ask("finished_at")),
        ),
        Action(
            "tell", _("Tell the reporter"), _("Reporter told"), ("open", "on_site", "handled"),
            asks=(Ask("told_how", True), Ask("told_at")), shown_to_reporter=True,
        ),
        Action(
            "close", pgettext_lazy("incident", "Close"), _("Closed"), ("handled",), "closed",
            asks=(Ask("remark"),), needs="close", shown_to_reporter=True,
        ),
        Action(
            "reopen", _("Open again"), _("Opened again"), ("closed", "handled"), "open",
            needs="close", reason=True, shown_to_reporter=True,
        ),
    ),
    deadlines=(
        Deadline("told", _("tell the reporter"), rules.told_by, ("tell",)),
        Deadline("closed", _("close"), rules.closed_by, ("close",)),
    ),
    checks=(rules.times_in_order,),
    columns=("serial", "received_at", "channel", "category", "narrative", "place", "state"),
    retention="retention.incidents",
    headings=str(HERE / "headings.toml"),
    takes_reports=True,
)  # fmt: skip
