"""The ledger of public-order cases 治安案件台账 (C3).

It says that a case was accepted, where it is and how it ended, and how the room was used for it;
never what was investigated: that belongs in the case system. Records of violations are sealed
(Public Security Administration Punishments Law, art. 136): they show nowhere but here.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.cases import rules
from linli.cases.shapes import HEARING, OUTCOMES, PROCEDURES, ROLES, SOURCES
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

CASES = Ledger(
    code="cases",
    title=_("Public-order cases"),
    letter=pgettext_lazy("serial letter of public-order cases", "C"),
    key="",
    book=_("Ledger of public-order cases"),
    fields=(
        Field("source", kinds.CHOICE, pgettext_lazy("dispute", "Where it came from"), column="channel", choices=SOURCES),
        Field("category", kinds.CATEGORY, _("Kind of case"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("procedure", kinds.CHOICE, pgettext_lazy("case", "Procedure"), required=True, choices=PROCEDURES),
        Field(
            "narrative", kinds.NARRATIVE, pgettext_lazy("case", "In short"), required=True, column="narrative", searched=True,
            hint=_("Statements and evidence belong in the case system, not here."),
        ),
        Field("people", kinds.PEOPLE, _("People concerned"), choices=ROLES),
        Field("place", kinds.PLACE, _("Place"), column="place", searched=True, short=True),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("received_at", kinds.MOMENT, pgettext_lazy("case", "Accepted"), column="received_at"),
        Field("case_number", kinds.TEXT, _("Number in the case system"), searched=True, short=True),
        Field("unit", kinds.TEXT, _("Case unit")),
        Field("transferred_at", kinds.MOMENT, _("Transferred at")),
        Field("hearings", kinds.ROWS, _("Mediations and hearings"), fields=HEARING),
        Field("extended_by", kinds.TEXT, _("Extension approved by")),
        Field("outcome", kinds.CHOICE, _("Outcome of the case"), choices=OUTCOMES),
        Field(
            "penalties", kinds.INTEGER, _("Penalties handled"), least=0, most=1000,
            hint=_("A number; names stay in the case system."),
        ),
        Field("result", kinds.NARRATIVE, _("Result"), searched=True),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("case", "Decided")),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", pgettext_lazy("case", "accepted"), tone="warn"),
        State("transferred", _("with the case unit"), tone="plain"),
        State("closed", _("closed"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Record a case"), _("Recorded"), to="open", needs="record",
            asks=(
                Ask("source"), Ask("category", True), Ask("procedure", True),
                Ask("narrative", True), Ask("people"), Ask("place"), Ask("point"),
                Ask("received_at"), Ask("case_number"), Ask("unit"), Ask("remark"),
            ),
        ),
        Action(
            "transfer", _("Transfer to the case unit"), _("Transferred"), ("open",), "transferred",
            asks=(Ask("unit", True), Ask("transferred_at", True), Ask("case_number")),
        ),
        Action(
            "close", pgettext_lazy("case", "Enter the outcome"), _("Closed"),
            ("open", "transferred"), "closed", needs="close",
            asks=(
                Ask("outcome", True), Ask("penalties"), Ask("case_number"), Ask("result"),
                Ask("finished_at"),
            ),
        ),
        Action(
            "hear", _("Mediation or hearing in the room"), pgettext_lazy("case", "Held"),
            ("open", "transferred"), adds="hearings",
            asks=(
                Ask("held_at", True), Ask("form", True), Ask("present"), Ask("ended", True),
                Ask("hearing_note"),
            ),
        ),
        Action(
            "extend", _("Extend the time"), _("Time extended"), ("open", "transferred"),
            asks=(Ask("extended_by", True),), reason=True, only_if=rules.may_be_extended,
        ),
        Action(
            "reopen", _("Open again"), _("Opened again"), ("closed",), "open",
            needs="close", reason=True,
        ),
    ),
    deadlines=(
        Deadline("transferred", _("transfer to the case unit"), rules.transferred_by, ("transfer", "close")),
        Deadline("decided", _("decide"), rules.decided_by, ("close",), begins_with=("record", "extend")),
    ),
    checks=(rules.times_in_order, rules.hearings_in_order, rules.penalties_counted),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    retention="retention.cases",
    headings=str(HERE / "headings.toml"),
    sealed=True,
)  # fmt: skip
