"""The papers of an inspection: the rectification notice 责令整改通知书."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.inspections.lists import CHECKLISTS
from linli.ledger.declaration.ledger import Document, Facts


def told(facts: Facts) -> dict[str, Any]:
    """(what is required, what was found) for everything that is wrong: the checklist's items first.

    An item of a checklist says how it is when it is in order.
    """
    listed = [
        (item.title, note or _g("not in order"))
        for item, answer, note in CHECKLISTS.answered(facts.get("checklist"))
        if answer == "bad"
    ]
    beside = [(row["demand"] or "", row["what"]) for row in facts.get("items") or ()]
    return {"wrong": [*listed, *beside]}


NOTICE = Document(
    name="notice",
    title=_("Rectification notice"),
    template=Path(__file__).parent / "typst" / "notice.typ",
    states=("rectify", "closed"),
    action="order",
    copies=(_("for the place inspected"), _("for the file")),
    words={
        "notice_no": _("Number of the notice"),
        "found": _("On {day} we inspected your premises at {place} and found what is named below:"),
        "no": pgettext_lazy("on paper", "No."),
        "required": _("What is required"),
        "wrong": _("What was found wrong"),
        "order": _("You are ordered to put it right by {day}."),
        "order_by": _("By {basis} you are ordered to put it right by {day}."),
        "again": _(
            "We inspect again after that day. What is not put right will be dealt with by law."
        ),
        "inspectors": _("Inspectors"),
        "sign": _("Signatures"),
        "received_by": _("Received by"),
        "received_on": _("Received on"),
        "between": pgettext_lazy("between names", ", "),
        "seal": _("seal"),
        "date": _("Date"),
    },
    names=False,
    told=told,
    word=Path(__file__).parent / "word" / "notice.txt",
    tables={"wrong": ("required", "wrong")},
)
