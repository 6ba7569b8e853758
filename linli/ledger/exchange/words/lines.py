"""One entry as a line of JSON: codes, moments in UTC, everything that is kept of it.

The other way is `own_exports.py` as well: a line is read as a row whose cells are JSON values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.declaration.people_fields import PARTS, SAID
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.words.cell_out import Staff

FORMAT: Final = 1


def line(
    entry: Entry, people: Iterable[Mapping[str, str]], staff: Staff, *, masked: bool = False
) -> dict[str, Any]:
    """One entry as an object: codes, moments in UTC, everything that is kept of it."""
    ledger = registry.of(entry)
    told: dict[str, Any] = {
        "linli": FORMAT,
        "ledger": entry.ledger,
        "version": entry.version,
        "id": str(entry.id),
        "serial": f"{entry.ledger}/{entry.serial_year}/{entry.serial_no}",
        "state": entry.state,
        "received_at": _utc(entry.received_at),
        "fields": _values(ledger, entry, staff),
        "people": [_person(one) for one in people],
        "responsible": _officer(entry.responsible, staff),
        "assisting": [_officer(one, staff) for one in entry.assisting],
        "due_at": _utc(entry.due_at),
        "closed_at": _utc(entry.closed_at),
        "recorded_at": _utc(entry.recorded_at),
    }
    if entry.data.get("past"):
        told["past"] = entry.data["past"]
    if masked:
        told["masked"] = True
    return {key: value for key, value in told.items() if value not in (None, [], {})}


def _values(ledger: Ledger, entry: Entry, staff: Staff) -> dict[str, Any]:
    """The fields by name; also what `data` has that the form does not know."""
    found: dict[str, Any] = {}
    for about in ledger.fields:
        if about.column == "lon,lat":
            value: Any = None if entry.lon is None else [entry.lon, entry.lat]
        elif about.column == "received_at" or about.kind.code == "people":
            continue
        else:
            value = getattr(entry, about.column) if about.column else entry.data.get(about.name)
        if value not in (None, "", []):
            found[about.name] = _told(about, value, staff)
    for name, value in entry.data.items():
        if name != "past" and name not in ledger.by_name:
            found[name] = value
    return found


def _told(about: Field, value: Any, staff: Staff) -> Any:
    """A kept value; members of the staff with their names, by which another place may know them."""
    if isinstance(value, datetime):
        return _utc(value)
    if about.kind.code == "staff":
        return _officer(value, staff)
    led = [sub.name for sub in about.fields if sub.kind.code == "staff"]
    if not led:
        return value
    return [
        row | {name: _officer(row[name], staff) for name in led if name in row} for row in value
    ]


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _person(person: Mapping[str, str]) -> dict[str, str]:
    return {part: person[part] for part in (*PARTS, *SAID) if person.get(part)}


def _officer(staff_id: Any, staff: Staff) -> dict[str, str]:
    return {"id": str(staff_id), "name": staff.get(str(staff_id), "")}
