"""The answers to surveys 满意度评价: anonymous from the first moment.

An answer says which ledger, category and month it is about, and nothing else: no person, no matter,
no link. No role reads single answers (`never` in access/roles.py); officers see figures from five
answers on (figures.py).
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Action, Ask, Choice, Field, Ledger, State

CODE: Final = "surveys"

SATISFACTION: Final = (
    Choice("5", _("very satisfied")),
    Choice("4", _("satisfied")),
    Choice("3", _("neither")),
    Choice("2", _("dissatisfied")),
    Choice("1", _("very dissatisfied")),
)
GRADES: Final = (
    Choice("5", pgettext_lazy("grade", "very good")),
    Choice("4", pgettext_lazy("grade", "good")),
    Choice("3", pgettext_lazy("grade", "fair")),
    Choice("2", pgettext_lazy("grade", "poor")),
    Choice("1", pgettext_lazy("grade", "very poor")),
)

SURVEYS = Ledger(
    code=CODE,
    title=_("Answers to surveys"),
    letter=pgettext_lazy("serial letter of surveys", "Q"),
    key="q",
    fields=(
        Field("satisfaction", kinds.CHOICE, _("Satisfied"), required=True, choices=SATISFACTION),
        Field("attitude", kinds.CHOICE, _("Attitude"), choices=GRADES),
        Field("speed", kinds.CHOICE, _("Speed"), choices=GRADES),
        Field("narrative", kinds.NARRATIVE, _("Comment"), column="narrative"),
        Field("about_ledger", kinds.TEXT, _("Ledger"), required=True),
        Field("about_category", kinds.TEXT, _("Category")),
        Field("about_month", kinds.TEXT, _("Month"), required=True),
        Field("received_at", kinds.MOMENT, _("Day of the answer"), column="received_at"),
    ),
    states=(
        State("answered", _("answered"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action(
            "record", _("Answer"), _("Answered"), to="answered", needs="record",
            asks=(
                Ask("satisfaction", True), Ask("attitude"), Ask("speed"), Ask("narrative"),
                Ask("about_ledger", True), Ask("about_category"), Ask("about_month", True),
                Ask("received_at"),
            ),
        ),
    ),
    columns=("serial", "received_at", "state"),
    retention="retention.survey_answers",
    frozen=True,
)  # fmt: skip
