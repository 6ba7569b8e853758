"""A day's log on A4, with a place for the signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.duty.day import Group, Matter, as_text
from linli.duty.worklog import Day
from linli.ledger.declaration import registry
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.typesetting import pdf

TEMPLATE = Path(__file__).parent / "typst" / "worklog.typ"


def log_pdf(shown: Day, *, name: str, room: str, by: Actor) -> bytes:
    """The log of `name` of a room, printed by somebody; says so where it is not signed off."""
    log, signed = shown.log, shown.signed
    return pdf(
        TEMPLATE,
        {
            "title": registry.get("worklogs").book,
            "name": name,
            "room": room,
            "day": shown.day.isoformat(),
            "serial": serial_text(signed) if signed else "",
            "signed": moment_text(signed.recorded_at) if signed else "",
            "by": by.name,
            "groups": [_group(group) for group in log.groups],
            "figures": _figures(shown),
            "remark": shown.remark,
            "later": as_text(shown.later),
            "words": {
                "day": pgettext("work log", "Day"),
                "name": _("Name"),
                "unsigned": _("Not signed off"),
                "signed": _("Signed off"),
                "time": _("Time"),
                "number": _("Number"),
                "matter": pgettext("work log", "Matter"),
                "done": pgettext("work log", "What was done"),
                "nothing": _("Nothing was done in the ledgers on this day."),
                "figures": _("The day in figures"),
                "remark": _("Remark"),
                "later": _("Done after the log was signed off"),
                "officer": _("Signature"),
                "head_of_room": _("Head of the room"),
                "date": _("Date"),
            },
        },
    )


def _group(group: Group) -> dict[str, Any]:
    return {"title": group.title, "rows": [_row(matter) for matter in group.matters]}


def _row(matter: Matter) -> list[str]:
    first = matter.first
    about = _("of %(room)s") % {"room": first.room} if first.room else ""
    what = [line.action for line in matter.lines[:1]]
    what += [f"{line.action} {line.at:%H:%M}" for line in matter.lines[1:]]
    return [
        f"{first.at:%H:%M}",
        first.serial,
        " · ".join(part for part in (about, first.category, first.place) if part),
        " · ".join(what),
    ]


def _figures(shown: Day) -> list[list[str]]:
    totals = shown.log.totals
    by_ledger = [
        [group.title, " · ".join(f"{action} {n}" for action, n in group.counts)]
        for group in shown.log.groups
    ]
    return [
        [pgettext("work log", "Matters"), str(totals.matters)],
        *by_ledger,
        [_("Overdue, still open"), str(totals.overdue)],
    ]
