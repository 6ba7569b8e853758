"""The after-action report, written by the log itself: what happened, minute by minute."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.emergencies.plans import STEPS, told
from linli.ground import clock
from linli.ledger.declaration.ledger import Document, Facts


def course(facts: Facts) -> list[dict[str, Any]]:
    """Steps, lines and reports in the order of their times, in words."""
    titles = {choice.code: str(choice.title) for choice in STEPS}
    found: list[tuple[datetime, str, str, str]] = []
    for row in facts.get("done_steps") or ():
        what = " - ".join(
            part for part in (titles.get(row["step"], row["step"]), row["remark"]) if part
        )
        found += _line(row, row.get("at"), _g("Step of the plan"), what)
    for row in facts.get("lines") or ():
        found += _line(row, row["when"] or row.get("at"), "", row["what"])
    for row in facts.get("reports") or ():
        what = _g("%(to)s (%(receipt)s). %(said)s") % {
            "to": row["to"], "receipt": row["receipt"], "said": row["said"] or "",
        }  # fmt: skip
        found += _line(row, row.get("at"), _g("Reported"), what.strip())
    return [
        {"at": f"{clock.local(at):%m-%d %H:%M}", "kind": kind, "what": what, "by": by}
        for at, kind, what, by in sorted(found, key=lambda one: one[0])
    ]


def _line(
    row: Any, at: datetime | None, kind: str, what: str
) -> list[tuple[datetime, str, str, str]]:
    """A line of the course; none where no time is known (rows that came from an old file)."""
    return [(at, kind, what, row.get("by") or "")] if at else []


REPORT = Document(
    name="report",
    title=_("After-action report"),
    template=Path(__file__).parent / "typst" / "report.typ",
    states=("ended", "closed"),
    action="review",
    words={
        "facts": _("The emergency"),
        "course": _("Course"),
        "time": pgettext_lazy("on paper", "Time"),
        "what": pgettext_lazy("on paper", "What happened"),
        "by": pgettext_lazy("on paper", "By"),
        "writer": _("Written by"),
        "head_of_room": _("Head of the room"),
        "date": _("Date"),
    },
    names=False,
    told=lambda facts: {"course": course(facts), "sums": told(facts)},
    word=Path(__file__).parent / "word" / "report.txt",
    tables={"course": ("at", "kind", "what", "by"), "sums": ("title", "text")},
)
