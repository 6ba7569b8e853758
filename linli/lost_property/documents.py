"""The papers of lost property: the receipt 收据 for the finder, and the notice 招领公告.

The notice says less than is known: what the thing looks like is asked of whoever comes for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground import clock
from linli.ledger.declaration.ledger import Document, Facts
from linli.lost_property import rules

HERE = Path(__file__).parent


def until(facts: Facts) -> dict[str, Any]:
    """The day until which it belongs to its owner, whoever that is."""
    free = rules.unclaimed_from(facts)
    return {"until": date_format(clock.local(free).date()) if free else ""}


RECEIPT = Document(
    name="receipt",
    title=_("Receipt for a thing found"),
    template=HERE / "typst" / "receipt.typ",
    states=("open", "told", "noticed"),
    action="record",
    copies=(_("for the finder"), _("for the file")),
    words={
        "taken": _("On {day} a thing found was handed in at this police room:"),
        "thing": _("What it looks like"),
        "cash": _("Cash counted with the finder"),
        "place": _("Found at"),
        "kept": _("It is kept until its owner comes. Nobody gains it by having found it."),
        "finder": _("Signature of the finder"),
        "by": _("Taken in by"),
        "seal": _("seal"),
        "date": _("Date"),
    },
    names=False,
    word=HERE / "word" / "receipt.txt",
)

NOTICE = Document(
    name="notice",
    title=_("Notice of a thing found"),
    template=HERE / "typst" / "notice.typ",
    states=("noticed",),
    action="post_notice",
    words={
        "found": _("On {day} this police room was handed a thing found near {place}:"),
        "found_somewhere": _("On {day} this police room was handed a thing found:"),
        "come": _(
            "Whoever lost it comes with papers and says what it looks like, when and where it was lost."
        ),
        "until": _(
            "What nobody has claimed by {day} belongs to the State (Civil Code, article 318)."
        ),
        "after": _(
            "What nobody has claimed when its time is over belongs to the State (Civil Code, article 318)."
        ),
        "where": pgettext_lazy("lost property", "Where to come"),
        "seal": _("seal"),
        "date": pgettext_lazy("lost property", "Posted on"),
    },
    names=False,
    told=until,
    tables={"until": ()},
    word=HERE / "word" / "notice.txt",
)
