"""What residents say of how it went: figures of a year, from five answers on."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from linli.access.routes import needs
from linli.desk.requests import Asked
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.org import tree
from linli.surveys import figures


@dataclass(frozen=True)
class Line:
    """The figures of one ledger in one room, in words."""

    room: str
    ledger: str
    cell: figures.Cell


@needs("read")
def surveys(request: Asked) -> HttpResponse:
    """The figures of the rooms one reads."""
    this_year = clock.today().year
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else this_year
    cells = figures.of_year(request.actor, year)
    rooms = tree.names({cell.room for cell in cells})
    lines = [
        Line(rooms.get(cell.room, ""), str(registry.get(cell.ledger).title), cell)
        for cell in cells
        if registry.is_there(cell.ledger)
    ]
    context = {
        "lines": sorted(lines, key=lambda line: (line.room, line.ledger)),
        "several_rooms": len(rooms) > 1,
        "year": year,
        "years": [this_year - n for n in range(5)],
        "fewest": figures.fewest(),
    }
    return render(request, "desk/surveys.html", context)
