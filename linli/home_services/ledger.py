"""Services at home 上门服务登记簿 (C8): for those who cannot come to the room.

Asked for, a day agreed, done at home; where papers follow they are delivered. Fingerprints and
photographs are taken into the identity card system, never kept here.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.home_services import rules
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

CHANNELS = (
    Choice("phone", pgettext_lazy("home service", "Phone")),
    Choice("counter", _("A relative at the counter")),
    Choice("online", _("Online")),
    Choice("committee", _("Through the residents' committee")),
    Choice("visit", _("Found on a home visit")),
)
WHY = (
    Choice("cannot_come", _("Cannot come to the room")),
    Choice("looks_after", _("Looks after somebody at home")),
    Choice("hours", _("Works while the room is open")),
    Choice("group", _("Several people at one place")),
    Choice("other", _("Other")),
)
ROLES = (
    Choice("served", pgettext_lazy("home service", "For whom")),
    Choice("asked", _("Who asked")),
    Choice("guardian", _("Guardian")),
)
RESULTS = (
    Choice("done", pgettext_lazy("home service", "All done")),
    Choice("partly", _("Partly: something is missing")),
)
ENDS = (
    Choice("unwanted", _("No longer wanted")),
    Choice("came", _("They came to the room themselves")),
    Choice("cannot", _("It cannot be done at home")),
    Choice("not_ours", _("Another office does it: told which")),
)

HOME_SERVICES = Ledger(
    code="home_services",
    title=_("Services at home"),
    letter=pgettext_lazy("serial letter of services at home", "HS"),
    key="",
    book=_("Register of services at home"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of service"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("source", kinds.CHOICE, _("How it was asked for"), column="channel", choices=CHANNELS),
        Field("place", kinds.PLACE, _("At which home"), required=True, column="place", searched=True, short=True),
        Field("people", kinds.PEOPLE, _("For whom, and who asked"), choices=ROLES),
        Field("why", kinds.CHOICE, _("Why at home"), choices=WHY,
              hint=_("No illness is written down: that they cannot come is enough.")),
        Field("narrative", kinds.NARRATIVE, _("What is wished"), required=True, column="narrative", searched=True),
        Field("bring", kinds.TEXT, _("What must be ready"), hint=_("Papers they lay out; devices we bring.")),
        Field("received_at", kinds.MOMENT, _("Asked at"), column="received_at"),
        Field("agreed_for", kinds.MOMENT, _("Agreed for")),
        Field("companion", kinds.STAFF, _("Second officer or auxiliary")),
        Field("how_done", kinds.CHOICE, _("What was reached"), choices=RESULTS),
        Field("done_what", kinds.NARRATIVE, _("What was done at home"), searched=True,
              hint=_("That fingerprints were taken, not the prints.")),
        Field("ready_on", kinds.DATE, _("Papers ready on")),
        Field("signed_by", kinds.CHOICE, _("Papers received by"), choices=(
            Choice("self", pgettext_lazy("received by", "Themselves")),
            Choice("family", pgettext_lazy("received by", "A relative")),
            Choice("guardian", pgettext_lazy("received by", "Guardian")),
        )),
        Field("why_not", kinds.CHOICE, pgettext_lazy("home service", "Why it ended"), choices=ENDS),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("home service", "Done at")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("home service", "Result"), searched=True),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", pgettext_lazy("home service", "asked for"), tone="warn"),
        State("agreed", pgettext_lazy("home service", "day agreed"), tone="plain"),
        State("papers", _("papers to be delivered"), tone="warn"),
        State("done", pgettext_lazy("home service", "done at home"), open=False, tone="good"),
        State("not_done", _("not needed any more"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Take a request"), _("Request taken"), to="open", needs="record", asks=(
            Ask("category", True), Ask("place", True), Ask("people"), Ask("why"), Ask("narrative", True),
            Ask("source"), Ask("agreed_for"), Ask("bring"), Ask("received_at"), Ask("remark"),
        )),
        Action("agree", _("Agree on a day"), _("Day agreed"), ("open", "agreed"), "agreed", asks=(
            Ask("agreed_for", True), Ask("companion"), Ask("bring"),
        ), check=rules.time_is_to_come),
        # Who was there says that it is done: an auxiliary delivers papers alone.
        Action("serve", _("Done at home"), pgettext_lazy("home service", "Served at home"), ("open", "agreed"), "done", asks=(
            Ask("done_what", True), Ask("how_done", True), Ask("companion"), Ask("finished_at", True),
        )),
        Action("take_papers", _("Done, papers follow"), _("Done, papers to be delivered"), ("open", "agreed"), "papers", asks=(
            Ask("done_what", True), Ask("ready_on", True), Ask("companion"),
        )),
        Action("miss", _("Nobody at home"), _("Nobody was at home"), ("open", "agreed"), "agreed",
               reason=True, asks=(Ask("agreed_for", True),), check=rules.time_is_to_come),
        Action("deliver", _("Papers delivered"), _("Papers were delivered"), ("papers",), "done", asks=(
            Ask("signed_by", True), Ask("finished_at", True), Ask("result"),
        )),
        Action("decline", _("Not needed any more"), _("Ended without a visit"), ("open", "agreed"), "not_done",
               needs="close", asks=(Ask("why_not", True), Ask("result"))),
        Action("reopen", _("Open again"), _("Opened again"), ("done", "not_done"), "open",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("agreed", _("agree on a day"), rules.agreed_by,
                 ("agree", "serve", "take_papers", "miss", "decline")),
        Deadline("served", _("go there"), rules.served_by, ("serve", "take_papers", "miss", "decline"),
                 start="agreed_for", begins_with=("record", "agree", "miss")),
        Deadline("delivered", _("deliver the papers"), rules.delivered_by, ("deliver",),
                 start="ready_on", begins_with="take_papers"),
    ),
    checks=(rules.times_in_order, rules.second_is_another),
    columns=("serial", "received_at", "category", "place", "agreed_for", "state"),
    retention="retention.home_services",
    headings=str(HERE / "headings.toml"),
)  # fmt: skip
