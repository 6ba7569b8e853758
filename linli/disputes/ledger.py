"""The ledger of disputes 矛盾纠纷台账 (C4).

A dispute is taken up, mediated once or several times, agreed on in writing, and looked at again
after 7, 30 and 90 days; where it flares up again it is opened again.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.disputes import rules
from linli.disputes.documents import AGREEMENT
from linli.disputes.shapes import CHECK, FLARE_UP, LED_TO, ROLES, SESSION, SEVERITIES, SOURCES
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

DISPUTES = Ledger(
    code="disputes",
    title=_("Disputes"),
    letter=pgettext_lazy("serial letter of disputes", "D"),
    key="d",
    book=_("Ledger of disputes"),
    fields=(
        Field("source", kinds.CHOICE, pgettext_lazy("dispute", "Where it came from"), column="channel", choices=SOURCES),
        Field("category", kinds.CATEGORY, _("Kind of dispute"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("severity", kinds.CHOICE, pgettext_lazy("dispute", "Severity"), choices=SEVERITIES),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("dispute", "What it is about"), required=True, column="narrative", searched=True),
        Field("people", kinds.PEOPLE, pgettext_lazy("dispute", "Parties"), choices=ROLES),
        Field("place", kinds.PLACE, _("Place"), column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("received_at", kinds.MOMENT, pgettext_lazy("dispute", "Received"), column="received_at"),
        Field("sessions", kinds.ROWS, _("Mediations"), fields=SESSION),
        Field("terms", kinds.NARRATIVE, _("Terms of the agreement"), searched=True),
        Field("agreed_on", kinds.DATE, _("Agreed on")),
        Field("perform_by", kinds.DATE, _("To be performed by")),
        Field("signed_on", kinds.DATE, _("All copies signed on")),
        Field("signed", kinds.FLAG, _("Agreement in writing")),
        Field("checks", kinds.ROWS, _("Checks whether it is kept"), fields=CHECK),
        Field("flare_ups", kinds.ROWS, _("Flared up again"), fields=FLARE_UP),
        Field("referred_to", kinds.CHOICE, pgettext_lazy("dispute", "Led to"), choices=LED_TO),
        Field("result", kinds.NARRATIVE, _("Result"), searched=True),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("dispute", "Finished")),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", _("to be mediated"), tone="warn"),
        State("mediating", _("in mediation"), tone="warn"),
        State("agreed", _("agreed, being checked"), tone="plain"),
        State("settled", pgettext_lazy("dispute", "settled"), open=False, tone="good"),
        State("failed", _("not settled"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Record a dispute"), _("Recorded"), to="open", needs="record",
            asks=(
                Ask("source", True), Ask("category", True), Ask("severity"), Ask("narrative", True),
                Ask("people"), Ask("place"), Ask("point"), Ask("received_at"), Ask("remark"),
            ),
        ),
        Action(
            "settle", _("Write the agreement"), _("Agreement made"), ("mediating",), "agreed",
            asks=(Ask("terms", True), Ask("agreed_on", True), Ask("perform_by")),
            only_if=rules.agreement_reached,
        ),
        Action(
            "sign", _("Note the signatures"), _("Agreement signed"), ("agreed",),
            asks=(Ask("signed_on", True),), only_if=rules.not_signed,
        ),
        Action(
            "conclude", _("Close as settled"), pgettext_lazy("dispute", "Settled"), ("agreed",), "settled",
            asks=(Ask("result"), Ask("finished_at")), needs="close",
            only_if=rules.kept_to_the_end, shown_to_reporter=True,
        ),
        Action(
            "mediate", _("Mediate"), _("Mediated"), ("open", "mediating"), "mediating",
            adds="sessions", check=rules.police_mediation_allowed,
            asks=(
                Ask("held_at", True), Ask("mediators", True), Ask("form", True), Ask("partner"),
                Ask("course"), Ask("outcome", True), Ask("minors"), Ask("nothing_excluded"),
            ),
        ),
        Action(
            "check_kept", _("Check whether it is kept"), pgettext_lazy("agreement", "Checked"),
            ("agreed",), adds="checks", check=rules.check_in_order,
            asks=(Ask("checked_on", True), Ask("kept", True), Ask("check_note")),
        ),
        Action(
            "refer", _("Close as not settled"), pgettext_lazy("dispute", "Not settled"),
            ("open", "mediating", "agreed"), "failed", needs="close", shown_to_reporter=True,
            asks=(Ask("referred_to", True), Ask("result", True), Ask("finished_at")),
        ),
        Action(
            "reopen", _("Flared up again"), _("Opened again"), ("agreed", "settled", "failed"),
            "open", needs="close", adds="flare_ups",
            asks=(Ask("what", True), Ask("flared_on")),
        ),
    ),
    deadlines=(
        Deadline("first", _("mediate for the first time"), rules.first_by, ("mediate", "refer")),
        Deadline(
            "anew", _("mediate anew"), rules.first_by, ("mediate", "refer"),
            start="acted_at", begins_with="reopen",
        ),
        Deadline(
            "second", _("mediate again"), rules.second_by, ("mediate", "settle", "refer"),
            start="acted_at", begins_with="mediate",
        ),
        Deadline(
            "kept", _("check whether it is kept"), rules.check_by, ("check_kept",),
            start="agreed_on", begins_with=("settle", "check_kept", "reopen", "refer"),
        ),
    ),
    checks=(rules.sessions_in_order, rules.agreement_in_order),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    documents=(AGREEMENT,),
    retention="retention.disputes",
    headings=str(HERE / "headings.toml"),
    takes_reports=True,
)  # fmt: skip
