"""The papers of a meeting: the notice 会议通知 with a list to sign in, and the minutes 会议纪要."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground import clock
from linli.ledger.declaration.ledger import Document, Facts
from linli.meetings import rules
from linli.meetings.shapes import ABOUT, ACCEPTED, KINDS

FOLDER = Path(__file__).parent / "typst"
TITLES = {choice.code: choice.title for choice in (*KINDS, *ABOUT, *ACCEPTED)}


def told(facts: Facts) -> dict[str, Any]:
    """The opinions by their number, each with its answers; how many came; the quarter."""
    day = clock.local(facts.get("held_at") or facts["received_at"]).date()
    answers = rules.answers(facts)
    return {
        "opinions": [
            {
                "n": n,
                "raised_by": _title(row["raised_by"]),
                "about": _title(row["about"]),
                "what": row["what"] or "",
                "where": row["where"] or "",
                "asked_of": row["asked_of"] or "",
                "answers": [
                    {
                        "by": one["answered_by"] or "",
                        "text": one["answer"] or "",
                        "accepted": _title(one["accepted"]),
                    }
                    for number, one in answers
                    if number == n
                ],
            }
            for n, row in enumerate(rules.opinions(facts), 1)
        ],
        "came": rules.counted(facts),
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "votes": [facts.get(name) or 0 for name in rules.VOTES],
    }


def _title(code: str | None) -> str:
    return str(TITLES.get(code or "", ""))


MINUTES = Document(
    name="minutes",
    title=_("Minutes of the meeting"),
    template=FOLDER / "minutes.typ",
    states=("held", "closed"),
    action="close",
    words={
        "quarter": _("{year}, quarter {quarter}"),
        "people": pgettext_lazy("meeting", "{n} present"),
        "present": _("Those present"),
        "no": pgettext_lazy("on paper", "No."),
        "who": pgettext_lazy("meeting", "Who"),
        "of": _("Unit, building or office"),
        "signature": _("Signature"),
        "appraisal": _("Appraisal of the police room"),
        "votes": _("satisfied {a}, fair {b}, dissatisfied {c}"),
        "opinions": _("Opinions and answers"),
        "raised": _("Raised by"),
        "opinion": pgettext_lazy("opinion", "Opinion"),
        "answer": pgettext_lazy("opinion", "Answer"),
        "asked_of": _("Who is asked to answer"),
        "waits": _("not answered yet"),
        "none": _("No opinion was raised."),
        "between": pgettext_lazy("between names", ", "),
        "chair_signs": _("Chair (signature)"),
        "recorder_signs": _("Recorder (signature)"),
        "seal": _("seal"),
    },
    names=False,
    told=told,
)

NOTICE = Document(
    name="notice",
    title=_("Notice of a meeting"),
    template=FOLDER / "notice.typ",
    states=("planned",),
    action="record",
    words={
        "to": _("To those invited:"),
        "call": _("You are asked to come to the meeting named below."),
        "day": _("Date"),
        "time": pgettext_lazy("meeting", "Time"),
        "please": _("Please be there in time. Who cannot come tells the police room beforehand."),
        "bring": _("Bring what residents have told you: opinions are written down and answered."),
        "sign_in": _("Attendance list"),
        "no": pgettext_lazy("on paper", "No."),
        "who": pgettext_lazy("meeting", "Who"),
        "of": _("Unit, building or office"),
        "signature": _("Signature"),
        "seal": _("seal"),
    },
    names=False,
)
