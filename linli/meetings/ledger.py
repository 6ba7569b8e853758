"""Meetings 会议 (F5): residents' representatives, cadres and security officers of units each
quarter, with their appraisal; the safety situation analysed; opinions raised and answered.

An opinion becomes a hazard or a visit by `linli/reactions.py`. Who raises one is written as a kind
of office only: no list of who thinks what is kept.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Deadline, Field, Ledger, State
from linli.meetings import rules
from linli.meetings.documents import MINUTES, NOTICE
from linli.meetings.shapes import ANSWER, INVITED, INVITED_BY, OPINION, PRESENT

HERE = Path(__file__).parent
PEOPLE = pgettext_lazy("unit", "people")

MEETINGS = Ledger(
    code="meetings",
    title=_("Meetings"),
    letter=pgettext_lazy("serial letter of meetings", "M"),
    key="m",
    book=_("Register of meetings"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of meeting"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("meeting", "Subject"), required=True,
              column="narrative", searched=True),
        Field("place", kinds.PLACE, pgettext_lazy("meeting", "Place of the meeting"), required=True,
              column="place", searched=True, short=True),
        Field("starts_at", kinds.MOMENT, _("Called for")),
        Field("agenda", kinds.NARRATIVE, _("Agenda"), searched=True, hint=_("One item on each line.")),
        Field("invited", kinds.ROWS, _("Invited"), fields=INVITED),
        Field("invited_on", kinds.DATE, _("Invited on")),
        Field("invited_by", kinds.CHOICES, _("Invited by"), choices=INVITED_BY),
        Field("received_at", kinds.MOMENT, pgettext_lazy("meeting", "Registered"), column="received_at"),
        Field("held_at", kinds.MOMENT, pgettext_lazy("meeting", "Held at")),
        Field("chair", kinds.TEXT, _("Chair"), searched=True, hint=_("The office; a name if agreed.")),
        Field("recorder", kinds.STAFF, pgettext_lazy("meeting", "Recorder")),
        Field("present_count", kinds.INTEGER, _("Number present"), least=1, most=5000, unit=PEOPLE),
        Field("present", kinds.ROWS, _("Those present"), fields=PRESENT,
              hint=_("By kind and office. Names only of office holders who agree.")),
        Field("minutes", kinds.NARRATIVE, _("What was said"), searched=True,
              hint=_("The matters, not who said what.")),
        Field("decisions", kinds.NARRATIVE, _("What was decided"), searched=True),
        Field("opinions", kinds.ROWS, _("Opinions raised"), fields=OPINION),
        Field("answers", kinds.ROWS, _("Answers to opinions"), fields=ANSWER),
        Field("votes_satisfied", kinds.INTEGER, _("Votes: satisfied"), least=0, most=5000),
        Field("votes_fair", kinds.INTEGER, _("Votes: fair"), least=0, most=5000),
        Field("votes_dissatisfied", kinds.INTEGER, _("Votes: dissatisfied"), least=0, most=5000),
        Field("appraisal", kinds.NARRATIVE, _("Appraisal of the police room"), searched=True),
        Field("photos", kinds.FILES, _("Photos")),
        Field("finished_at", kinds.MOMENT, _("Filed at")),
        Field("result", kinds.NARRATIVE, _("Remark on filing"), searched=True),
    ),
    states=(
        State("planned", pgettext_lazy("meeting", "called"), tone="warn"),
        State("held", pgettext_lazy("meeting", "held, not filed"), tone="plain"),
        State("closed", pgettext_lazy("meeting", "filed"), open=False, tone="good"),
        State("cancelled", _("called off"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Call a meeting"), pgettext_lazy("meeting", "Called"), to="planned",
               needs="record", asks=(
            Ask("category", True), Ask("narrative", True), Ask("starts_at"), Ask("place", True),
            Ask("agenda"), Ask("invited"), Ask("chair"), Ask("invited_on"), Ask("invited_by"),
            Ask("received_at"),
        )),
        Action("hold", _("Write down the meeting"), pgettext_lazy("meeting", "Held"), ("planned",), "held", asks=(
            Ask("held_at", True), Ask("present_count"), Ask("present"), Ask("chair"), Ask("recorder"),
            Ask("minutes", True), Ask("decisions"), Ask("opinions"), Ask("photos"),
        ), check=rules.somebody_came),
        Action("answer_opinion", _("Answer an opinion"), _("Opinion answered"), ("held",), adds="answers",
               asks=(Ask("opinion", True), Ask("answered_by", True), Ask("answer", True), Ask("accepted")),
               only_if=rules.something_to_answer, check=rules.answers_an_opinion),
        Action("close", _("File the minutes"), pgettext_lazy("meeting", "Filed"), ("held",), "closed",
               asks=(Ask("result"), Ask("finished_at")), needs="close", only_if=rules.all_answered),
        Action("raise_opinion", _("Add an opinion"), _("Opinion raised"), ("held",), adds="opinions", asks=(
            Ask("raised_by", True), Ask("about", True), Ask("what", True), Ask("where"), Ask("asked_of"),
        ), check=rules.raised_with_its_place),
        Action("appraise", _("Note the appraisal"), _("Appraised"), ("held",), asks=(
            Ask("votes_satisfied"), Ask("votes_fair"), Ask("votes_dissatisfied"), Ask("appraisal", True),
        )),
        Action("invite", _("Note the invitations"), pgettext_lazy("meeting", "Invitations sent"), ("planned",), asks=(
            Ask("invited_on", True), Ask("invited_by", True),
        )),
        Action("cancel", pgettext_lazy("meeting", "Call off"), pgettext_lazy("meeting", "Called off"),
               ("planned",), "cancelled", needs="close", reason=True),
        Action("reopen", _("Open again"), _("Opened again"), ("closed",), "held",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("held", _("hold the meeting"), rules.held_by, ("hold", "cancel"), start="starts_at"),
        Deadline("answered", _("answer the opinions"), rules.answered_by, ("answer_opinion",),
                 start="held_at", begins_with=("hold", "raise_opinion", "answer_opinion", "correct")),
        Deadline("filed", _("file the minutes"), rules.filed_by, ("close",), start="acted_at",
                 begins_with=("hold", "raise_opinion", "answer_opinion", "reopen")),
    ),
    checks=(rules.times_in_order, rules.opinions_are_whole),
    columns=("serial", "received_at", "category", "narrative", "place", "state"),
    retention="retention.meetings",
    headings=str(HERE / "headings.toml"),
    derived=rules.told,
    documents=(NOTICE, MINUTES),
)  # fmt: skip
