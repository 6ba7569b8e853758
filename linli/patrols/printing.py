"""The signs of check points on A4: six to a page, to be cut out and put up."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import segno
from django.utils.translation import gettext as _

from linli.ledger.printing.typesetting import pdf
from linli.patrols.models import CheckPoint

TEMPLATE = Path(__file__).parent / "typst" / "signs.typ"


def signs_pdf(
    points: Sequence[CheckPoint], room: str, url_of: Callable[[CheckPoint], str]
) -> bytes:
    """A sign for each point; `url_of` gives the address that its picture leads to."""
    return pdf(
        TEMPLATE,
        {
            "title": _("Signs of check points"),
            "room": room,
            "signs": [
                {"name": one.name, "area": one.area, "place": one.place, "code": one.code, "qr": n}
                for n, one in enumerate(points)
            ],
            "words": {
                "patrol": _("Patrol check point"),
                "how": _("Patrols: scan, sign in, press “Check in”. No position is taken."),
            },
        },
        **{f"qr{n}": _qr(url_of(one)) for n, one in enumerate(points)},
    )


def _qr(url: str) -> str:
    """The address as an SVG picture that can still be read when it is scratched."""
    drawn = io.BytesIO()
    segno.make(url, error="q").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
