"""A resident reports a matter: it becomes an entry of the room, and they get a receipt code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from linli.access.actor import resident_actor
from linli.ground import clock
from linli.history import chain
from linli.ledger.acts.act import Act
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Field, Ledger
from linli.ledger.entries import receipts, rows
from linli.ledger.entries.models import Entry
from linli.org import tree
from linli.org.models import Role, Staff, Unit
from linli.publicsite import limits
from linli.publicsite.texts import ReportKind

# Whoever presses twice gets a second code within this time, because the page with the first one
# never reached the screen; later the form on a shared computer must not open the matter again.
_AGAIN: Final = timedelta(minutes=2)


class NobodyThere(Exception):
    """The room has nobody who could be responsible: it takes no reports."""


class TooMany(Exception):
    """The room has taken as many reports online as the rules allow for now."""


class AlreadyReceived(Exception):
    """This form was sent before, and its code was shown then."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was filled in, cleaned; blank where nothing was given."""

    kind: ReportKind
    what: str
    place: str = ""
    when: str = ""
    name: str = ""
    phone: str = ""


def submit(*, entry: UUID, room: Unit, report: Report, files: tuple[UUID, ...] = ()) -> str:
    """Record the report as entry `entry` and give its receipt code, which is stored nowhere.

    Sent twice it is recorded once. Raises NobodyThere, TooMany, AlreadyReceived, ValidationError.
    """
    ledger = registry.get(report.kind.ledger)
    district = tree.district_of(room.pk)
    responsible = responsible_for(room, report.kind)
    if responsible is None:
        raise NobodyThere
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is in the officers' language
        act = Act(
            ledger, "record", resident_actor(room.pk, district, _("Resident, online")),
            _data(ledger, report), room=room.pk, district=district, entry=entry,
            responsible=responsible.pk, files=files,
        )  # fmt: skip
    with rows.writing():
        chain.lock({room.pk: district})
        before = Entry.objects.filter(id=entry).values_list("recorded_at", flat=True).first()
        if before is not None and clock.now() - before > _AGAIN:
            raise AlreadyReceived
        if before is None:
            if limits.room_is_full(room.pk):
                raise TooMany
            carry_out([act])
        return receipts.issue(entry, room.pk, district)


def responsible_for(room: Unit, kind: ReportKind | None = None) -> Staff | None:
    """Who answers for a report. A complaint goes to the chief of the station where there is one:
    it is not left to whoever may be complained of."""
    if kind is not None and kind.to_chief:
        station = tree.place_in_tree(room.pk)[2]
        chiefs = [staff for staff, role in tree.staff_of(station.pk) if role == Role.CHIEF]
        if chiefs:
            return chiefs[0]
    return tree.duty_officer(room.pk)


@cache
def places_needed() -> frozenset[str]:
    """The ledgers among those that take reports whose records must have a place."""
    return frozenset(
        ledger.code
        for ledger in registry.all_ledgers()
        if ledger.takes_reports and any(f.name == "place" and f.required for f in ledger.fields)
    )


def _data(ledger: Ledger, report: Report) -> dict[str, Any]:
    text = report.what
    if report.when:
        text += "\n" + _("When, as the resident says: %(when)s") % {"when": report.when}
    data: dict[str, Any] = {
        "category": _category(ledger, report.kind.category),
        _asked_how(ledger): "online",
        "narrative": text,
        "place": report.place,
    }
    if report.name or report.phone:
        people = _people_field(ledger)
        person = {"name": report.name, "phone": report.phone, "role": people.choices[0].code}
        data[people.name] = [person]
    return data


def _asked_how(ledger: Ledger) -> str:
    """The field that says how a matter came in, or where it comes from."""
    return next(field.name for field in ledger.fields if field.column == "channel")


def _category(ledger: Ledger, wanted: str) -> str:
    """The category of the kind; a city's own tree may not have it, then its first."""
    assert ledger.categories is not None
    tree_of_ledger = ledger.categories
    return wanted if wanted in tree_of_ledger.by_code else tree_of_ledger.roots[0].code


def _people_field(ledger: Ledger) -> Field:
    return next(field for field in ledger.fields if field.kind.code == "people")
