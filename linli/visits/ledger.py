"""The visitor register 群众来访登记簿 (C2): help, applications, consultation, complaints.

A visit is handled (within our duty), referred to the right body and followed, or explained with
the words given. Deadlines: product/tables.md, through the rule pack.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State
from linli.visits import rules

HERE = Path(__file__).parent

CHANNELS = (
    Choice("walk_in", _("Walk-in")),
    Choice("phone", pgettext_lazy("channel", "Phone")),
    Choice("home", _("At home")),
    Choice("box", _("Report box")),
    Choice("online", _("Online")),
    Choice("meeting", pgettext_lazy("channel", "Meeting")),
)

VISITS = Ledger(
    code="visits",
    title=_("Visits"),
    letter=pgettext_lazy("serial letter of visits", "V"),
    key="v",
    book=_("Visitor register"),
    fields=(
        Field("category", kinds.CATEGORY, pgettext_lazy("visit", "Matter"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field(
            "visitors", kinds.PEOPLE, _("Visitor"),
            hint=_("A visitor may stay unnamed. Ask only for what the matter needs."),
            choices=(Choice("visitor", _("Visitor")), Choice("companion", _("Companion"))),
        ),
        Field(
            "narrative", kinds.NARRATIVE, _("What it is about"), required=True,
            column="narrative", searched=True,
        ),
        Field("place", kinds.PLACE, _("Place"), column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("channel", kinds.CHOICE, _("How it came in"), column="channel", choices=CHANNELS),
        Field("received_at", kinds.MOMENT, pgettext_lazy("visit", "Received"), column="received_at"),
        Field("finished_at", kinds.MOMENT, _("Finished")),
        Field("result", kinds.NARRATIVE, _("What was done"), searched=True),
        Field("referred_to", kinds.TEXT, _("Referred to"), searched=True, short=True),
        Field("words_given", kinds.NARRATIVE, _("Words given"), searched=True),
    ),
    states=(
        State("open", _("to do"), tone="warn"),
        State("referred", _("referred"), tone="warn"),
        State("handled", _("handled"), open=False, tone="good"),
        State("explained", _("explained"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Record a visit"), _("Recorded"), to="open",
            asks=(
                Ask("category", True), Ask("visitors"), Ask("narrative", True), Ask("place"),
                Ask("point"), Ask("channel"), Ask("received_at"), Ask("finished_at"),
                Ask("result"), Ask("referred_to"), Ask("words_given"),
            ),
            needs="record",
        ),
        Action(
            "notice", _("Acknowledge"), _("Acknowledged"), ("open",),
            asks=(Ask("result"),), shown_to_reporter=True,
        ),
        Action(
            "handle", _("Handled"), _("Handled"), ("open", "referred"), "handled",
            asks=(Ask("result", True), Ask("finished_at")), needs="close", shown_to_reporter=True,
        ),
        Action(
            "refer", _("Refer"), _("Referred"), ("open",), "referred",
            asks=(Ask("referred_to", True), Ask("result")), shown_to_reporter=True,
        ),
        Action(
            "explain", _("Explain"), _("Explained"), ("open", "referred"), "explained",
            asks=(Ask("words_given", True), Ask("finished_at")), needs="close",
            shown_to_reporter=True,
        ),
        Action(
            "reopen", _("Open again"), _("Opened again"), ("handled", "explained"), "open",
            needs="close", reason=True, shown_to_reporter=True,
        ),
    ),
    deadlines=(
        Deadline(
            "noticed", _("acknowledge"), rules.noticed_by,
            ("notice", "handle", "refer", "explain"),
        ),
        Deadline("answered", _("answer"), rules.answered_by, ("handle", "explain", "refer")),
        Deadline(
            "followed", _("follow up"), rules.referred_by, ("handle", "explain"),
            start="acted_at", begins_with="refer",
        ),
    ),
    checks=(rules.not_before_it_was_received,),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    retention="retention.visits",
    headings=str(HERE / "headings.toml"),
    takes_reports=True,
)  # fmt: skip
