"""The slip that a reporter takes home: the receipt code in groups of four and where to follow it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.ledger.entries.models import Entry, Receipt
from linli.ledger.entries.receipts import grouped, plain
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing.typesetting import TEMPLATES, pdf
from linli.org.models import Unit

PAPERS = ("a6", "roll")


def receipt_slip_pdf(
    *,
    code: str,
    serial: str,
    room: str,
    address: str = "",
    phone: str = "",
    hours: Sequence[str] = (),
    url: str = "",
    paper: str = "a6",
) -> bytes:
    """A slip on A6, or on the 80 mm roll of a receipt printer (`paper="roll"`).

    `url` is the page where the code is typed. The code is never part of it, not even behind a #:
    what a phone scans stays in its history, and goes through the servers of the app that scans.
    """
    return pdf(
        TEMPLATES / "slip.typ",
        {
            "title": _("Receipt"),
            "roll": paper == "roll",
            "room": room,
            "code": grouped(plain(code)).split("-"),
            "serial": serial,
            "facts": [
                [title, text]
                for title, text in (
                    (_("Number"), serial),
                    (pgettext("of a room", "Address"), address),
                    (_("Phone"), phone),
                    (pgettext("on paper", "Open"), "\n".join(hours)),
                    (pgettext("on paper", "Web page"), url),
                )
                if text
            ],
            "words": {
                "code": _("Receipt code"),
                "keep": _("Keep this slip. The code is shown once and cannot be made again."),
                "follow": _(
                    "With this code you can follow your matter and answer questions, on the page "
                    "or at the counter. Give it to nobody else."
                ),
            },
        },
        **({"qr": _qr(url)} if url else {}),
    )


def slip_of(receipt: Receipt, code: str, url: str, paper: str) -> bytes:
    """The slip of a matter whose receipt code was shown a moment ago."""
    entry = Entry.objects.get(id=receipt.entry)
    room = Unit.objects.get(pk=entry.room)
    return receipt_slip_pdf(
        code=code, serial=serial_text(entry), room=room.name, address=room.address,
        phone=room.phone, url=url, paper=paper if paper in PAPERS else PAPERS[0],
    )  # fmt: skip


def _qr(url: str) -> str:
    """The address as an SVG picture."""
    drawn = io.BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
