"""Care visits 关爱走访登记簿 (D7): people who agreed to be looked after, and the visits to them.

On the list by consent, off it at any time. No diagnosis is asked for and none belongs here: only
what help is agreed. What others are told is what the person agreed to.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.care_visits import rules
from linli.care_visits.shapes import (
    CONSENT_BY,
    CONSENT_HOW,
    ENDS,
    HELP,
    ROLES,
    SOURCES,
    TELLING,
    TOLD,
    VISIT,
)
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

CARE_VISITS = Ledger(
    code="care_visits",
    title=_("Care visits"),
    letter=pgettext_lazy("serial letter of care visits", "CV"),
    key="",
    book=_("Register of care visits"),
    fields=(
        Field("category", kinds.CATEGORY, _("Why they asked for visits"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("people", kinds.PEOPLE, _("Person and family"), choices=ROLES,
              hint=_("Door number and phone stand here, with the person: they are sealed.")),
        Field("place", kinds.PLACE, _("Compound and building"), column="place", searched=True, short=True,
              hint=_("Without the door: that stands with the person.")),
        Field("source", kinds.CHOICE, pgettext_lazy("care", "Who asked for it"), column="channel", choices=SOURCES),
        Field("consent_by", kinds.CHOICE, _("Consent given by"), choices=CONSENT_BY),
        Field("consent_how", kinds.CHOICE, _("Consent given how"), choices=CONSENT_HOW),
        Field("consent_on", kinds.DATE, _("Consent given on"), required=True),
        Field("help", kinds.CHOICES, _("Help that is agreed"), required=True, choices=HELP),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("care", "What is agreed"), column="narrative", searched=True,
              hint=_("Only what we do. No illness, no diagnosis, no judgement of a person.")),
        Field("may_be_told", kinds.CHOICES, _("Who may be told"), choices=TOLD),
        Field("every_days", kinds.INTEGER, _("A visit every … days"), least=1, most=180, unit=pgettext_lazy("unit", "days"),
              hint=_("As agreed with them. Blank: as the rule says.")),
        Field("received_at", kinds.MOMENT, _("On the list since"), column="received_at"),
        Field("visits", kinds.ROWS, pgettext_lazy("care", "Visits"), fields=VISIT),
        Field("tellings", kinds.ROWS, _("Who was told"), fields=TELLING),
        Field("ended_how", kinds.CHOICE, pgettext_lazy("care", "Why it ended"), choices=ENDS),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("care", "Ended at")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("care", "What was reached"), searched=True),
    ),
    states=(
        State("cared", pgettext_lazy("care", "being visited"), tone="warn"),
        State("ended", pgettext_lazy("care", "visits ended"), open=False, tone="good"),
        State("withdrawn", _("consent withdrawn"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Put on the list"), _("Put on the list"), to="cared", needs="record", asks=(
            Ask("category", True), Ask("people", True), Ask("place"), Ask("consent_by", True),
            Ask("consent_how", True), Ask("consent_on", True), Ask("help", True), Ask("narrative"),
            Ask("may_be_told"), Ask("every_days"), Ask("source"), Ask("received_at"),
        )),
        Action("visit", pgettext_lazy("care", "Visit"), pgettext_lazy("care", "Visited"), ("cared",), adds="visits",
               check=rules.visit_in_order, asks=(
            Ask("held_at", True), Ask("way", True), Ask("how_found", True), Ask("done"), Ask("needs"),
        )),
        Action("tell", _("Tell who can help"), pgettext_lazy("care", "Told"), ("cared",), adds="tellings",
               check=rules.told_only_who_may_be, asks=(
            Ask("whom", True), Ask("what", True), Ask("answer"),
        )),
        Action("agree", _("Agree anew"), _("Agreed anew"), ("cared",), asks=(
            Ask("consent_by", True), Ask("consent_how", True), Ask("consent_on", True), Ask("help", True),
            Ask("may_be_told"), Ask("every_days"), Ask("narrative"),
        )),
        Action("end", _("End the visits"), _("Visits ended"), ("cared",), "ended", needs="close", asks=(
            Ask("ended_how", True), Ask("result"), Ask("finished_at", True),
        )),
        # Whoever hears it takes them off the list at once: no officer has to agree.
        Action("withdraw", _("Consent is withdrawn"), _("Consent withdrawn"), ("cared",), "withdrawn", asks=(
            Ask("finished_at", True),
        )),
        Action("reopen", _("Put on the list again"), _("Put on the list again"), ("ended", "withdrawn"), "cared",
               needs="close", reason=True, asks=(Ask("consent_by", True), Ask("consent_on", True))),
    ),
    deadlines=(
        Deadline("first", _("visit for the first time"), rules.first_visit_by, ("visit", "end", "withdraw")),
        Deadline("visit", pgettext_lazy("care", "visit again"), rules.next_visit_by, ("visit", "end", "withdraw"),
                 start="acted_at", begins_with=("visit", "reopen")),
        Deadline("told", _("tell who can help"), rules.need_told_by, ("tell", "end", "withdraw"),
                 start="acted_at", begins_with="visit"),
        Deadline("consent", _("ask whether they still agree"), rules.consent_asked_by,
                 ("agree", "end", "withdraw"), start="consent_on", begins_with=("record", "agree", "reopen")),
    ),
    checks=(rules.somebody_consents,),
    columns=("serial", "received_at", "category", "place", "help", "state"),
    retention="retention.care_register",
    headings=str(HERE / "headings.toml"),
    headline=("place", "help"),
    derived=rules.told,
    sealed=True,
)  # fmt: skip
