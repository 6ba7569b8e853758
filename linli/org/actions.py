"""The one way in for changes of units, staff and postings: each leaves history in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.ground import words
from linli.ground.clock import now, today
from linli.history.chain import note_change
from linli.org import tree
from linli.org.models import (
    PARENT_KIND,
    Community,
    Coverage,
    Posting,
    Staff,
    Unit,
    UnitKind,
    WorkdayOverride,
)


class By(Protocol):
    """Who does it: an `access.Actor`, of which this floor knows only this much."""

    @property
    def id(self) -> UUID | None: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Program:
    """A command of this floor acting by itself: no person, only a name for the history."""

    name: str
    id: UUID | None = None


PROFILE = ("name", "rural", "provisional", "address", "phone", "hours", "lon", "lat", "duties")
PERSON = (
    "name",
    "badge_no",
    "rank",
    "phone",
    "on_public_page",
    "is_active",
)


def note(*, unit: UUID, subject: UUID, action: str, by: By, body: Mapping[str, Any]) -> None:
    """Chain a change of a thing to its unit: a room's own chain, above rooms the unit's."""
    note_change(
        district=tree.district_of(unit),
        room=unit,
        subject=subject,
        action=action,
        actor_id=by.id,
        actor_name=by.name,
        body=body,
    )


@transaction.atomic
def add_unit(
    *,
    kind: str,
    code: str,
    name: str,
    parent: Unit | None,
    by: By,
    since: date | None = None,
    **profile: Any,
) -> Unit:
    """Make a unit below `parent` (a bureau has none); ValidationError when it does not fit."""
    unit = Unit(
        kind=kind, code=code, name=name, parent=parent, since=since or today(), **_known(profile)
    )
    unit.full_clean()
    unit.save(force_insert=True)
    tree.changed()
    body = {"kind": kind, "code": code, "name": name, "parent": str(parent.pk) if parent else None}
    note(unit=unit.pk, subject=unit.pk, action="unit.add", by=by, body=body)
    return unit


def _known(profile: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(profile) - set(PROFILE)
    if unknown:
        raise TypeError(f"not a field of a unit's profile: {', '.join(sorted(unknown))}")
    return dict(profile)


@transaction.atomic
def change_unit(*, unit: Unit, by: By, **profile: Any) -> Unit:
    """Change a unit's profile (name, address, phone, hours, place, duties); one step, old and new."""
    changes = {
        field: value for field, value in _known(profile).items() if getattr(unit, field) != value
    }
    if not changes:
        return unit
    old = {field: getattr(unit, field) for field in changes}
    for field, value in changes.items():
        setattr(unit, field, value)
    unit.full_clean()
    unit.save(update_fields=list(changes))
    tree.changed()
    note(
        unit=unit.pk,
        subject=unit.pk,
        action="unit.change",
        by=by,
        body={"old": old, "new": changes},
    )
    return unit


@transaction.atomic
def move_unit(*, unit: Unit, to: Unit, by: By) -> Unit:
    """Hang a unit under another parent. What it recorded keeps its home room and home district.

    One row, and where the branch changes also the rooms' list of former districts, by which their
    people go on reading what they recorded there.
    """
    if to.kind != PARENT_KIND[UnitKind(unit.kind)]:
        raise ValidationError(
            _("A room belongs to a station, a station to a branch, a branch to a bureau.")
        )
    before = unit.parent_id
    if before == to.pk:
        return unit
    old_district = tree.district_of(unit.pk)
    moved = Unit.objects.filter(pk=unit.pk, parent=before).update(parent=to)
    if not moved:
        raise ValidationError(_("Somebody else has just moved this unit. Look again."))
    unit.parent = to
    tree.changed()
    new_district = tree.district_of(unit.pk)
    if unit.kind != UnitKind.BRANCH and new_district != old_district:
        _remember_district(tree.rooms_under(unit.pk), old_district)
    body = {"from": str(before), "to": str(to.pk)}
    note(unit=unit.pk, subject=unit.pk, action="unit.move", by=by, body=body)
    return unit


def _remember_district(rooms: Sequence[UUID], district: UUID) -> None:
    changed = []
    for room in Unit.objects.filter(pk__in=rooms):
        if str(district) not in room.former_districts:
            room.former_districts = [*room.former_districts, str(district)]
            changed.append(room)
    Unit.objects.bulk_update(changed, ["former_districts"])


@transaction.atomic
def end_unit(*, unit: Unit, by: By, until: date | None = None) -> Unit:
    """Close a unit from a day on; refused while it has open units below or people posted."""
    day = until or today()
    if unit.children.filter(until=None).exists():
        raise ValidationError(_("There are open units below it. Move or close them first."))
    if Posting.objects.filter(unit=unit, until=None).exists():
        raise ValidationError(_("There are people posted here. End their postings first."))
    unit.until = day
    unit.save(update_fields=["until"])
    tree.changed()
    note(unit=unit.pk, subject=unit.pk, action="unit.end", by=by, body={"until": day.isoformat()})
    return unit


@transaction.atomic
def reopen_unit(*, unit: Unit, by: By) -> Unit:
    """Take a closing back; refused while the unit above is closed."""
    if unit.parent is not None and unit.parent.until is not None:
        raise ValidationError(_("The unit above is closed. Open that one first."))
    old, unit.until = unit.until, None
    unit.save(update_fields=["until"])
    tree.changed()
    body = {"until": old.isoformat() if old else None}
    note(unit=unit.pk, subject=unit.pk, action="unit.reopen", by=by, body=body)
    return unit


@transaction.atomic
def cover(*, room: Unit, community: Community, by: By, since: date | None = None) -> Coverage:
    """Let a room cover a community from a day on; the room that did so until then stops that day."""
    if room.kind != UnitKind.ROOM:
        raise ValidationError(_("Only a room covers communities."))
    day = since or today()
    previous = Coverage.objects.filter(community=community, until=None).first()
    if previous is not None:
        if previous.room_id == room.pk:
            return previous
        previous.until = day
        previous.full_clean(validate_unique=False, validate_constraints=True)
        previous.save(update_fields=["until"])
    row = Coverage.objects.create(room=room, community=community, since=day)
    body = {
        "community": community.code,
        "since": day.isoformat(),
        "before": str(previous.room_id) if previous else None,
    }
    note(unit=room.pk, subject=room.pk, action="unit.cover", by=by, body=body)
    return row


@transaction.atomic
def add_staff(
    *,
    username: str,
    name: str,
    password: str | None,
    unit: Unit,
    role: str,
    by: By,
    since: date | None = None,
    **details: Any,
) -> Staff:
    """Make an account with its first posting. `password` None: it cannot sign in by password yet.

    Details are `badge_no`, `rank`, `phone`, `on_public_page`. Raises ValidationError for a weak
    password or a user name that is taken.
    """
    staff = Staff(username=username.strip().lower(), name=name.strip(), **_of_person(details))
    staff.name_pinyin = words.pinyin(staff.name)
    if password is None:
        staff.set_unusable_password()
    else:
        validate_password(password, staff)
        staff.set_password(password)
    staff.full_clean()
    staff.save(force_insert=True)
    body = {"username": staff.username, "name": staff.name}
    note(unit=unit.pk, subject=staff.pk, action="staff.add", by=by, body=body)
    post(staff=staff, unit=unit, role=role, by=by, since=since)
    return staff


def _of_person(details: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(details) - set(PERSON)
    if unknown:
        raise TypeError(f"not a detail of staff: {', '.join(sorted(unknown))}")
    return dict(details)


@transaction.atomic
def change_staff(*, staff: Staff, by: By, **details: Any) -> Staff:
    """Change name, badge, rank, work phone, showing on the public page, or whether one may sign in."""
    changes = {
        field: value
        for field, value in _of_person(details).items()
        if getattr(staff, field) != value
    }
    if not changes:
        return staff
    old = {field: getattr(staff, field) for field in changes}
    for field, value in changes.items():
        setattr(staff, field, value)
    staff.name_pinyin = words.pinyin(staff.name)
    staff.full_clean()
    staff.save(update_fields=[*changes, "name_pinyin"])
    tree.changed()
    note_staff(staff=staff, action="staff.change", by=by, body={"old": old, "new": changes})
    return staff


@transaction.atomic
def set_password(*, staff: Staff, password: str, by: By) -> None:
    """Give somebody a new password (never written anywhere); their open sessions end by it."""
    validate_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    note_staff(staff=staff, action="staff.password", by=by, body={})


def note_staff(*, staff: Staff, action: str, by: By, body: Mapping[str, Any]) -> None:
    """Chain a change of a person to the unit of the latest posting; without one there is no chain."""
    posting = Posting.objects.filter(staff=staff).order_by("-since", "-id").first()
    if posting is not None:
        note(unit=posting.unit_id, subject=staff.pk, action=action, by=by, body=body)


@transaction.atomic
def post(*, staff: Staff, unit: Unit, role: str, by: By, since: date | None = None) -> Posting:
    """Give somebody a role at a unit from a day on (today if not said)."""
    posting = Posting(staff=staff, unit=unit, role=role, since=since or today())
    posting.full_clean()
    posting.save(force_insert=True)
    tree.changed()
    body = {"role": role, "since": posting.since.isoformat()}
    note(unit=unit.pk, subject=staff.pk, action="posting.add", by=by, body=body)
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, by: By, until: date | None = None) -> Posting:
    """End a posting: `until` is the first day it no longer holds (today: at once)."""
    day = until or today()
    ended = Posting.objects.filter(pk=posting.pk, until=None).update(until=max(day, posting.since))
    if not ended:
        raise ValidationError(_("This posting has ended already."))
    posting.until = max(day, posting.since)
    tree.changed()
    body = {"role": posting.role, "until": posting.until.isoformat()}
    note(unit=posting.unit_id, subject=posting.staff_id, action="posting.end", by=by, body=body)
    return posting


def set_whereabouts(*, staff: Staff, whereabouts: str, words: str = "") -> Staff:
    """Say where one is (only ever by oneself). A passing state: no history, the next one replaces it."""
    staff.whereabouts = whereabouts
    staff.whereabouts_note = words.strip()[:60]
    staff.whereabouts_since = now()
    fields = ["whereabouts", "whereabouts_note", "whereabouts_since"]
    staff.clean_fields(exclude=[f.name for f in Staff._meta.fields if f.name not in fields])
    staff.save(update_fields=fields)
    tree.changed()
    return staff


@transaction.atomic
def set_workday(
    *, day: date, working: bool, by: By, unit: Unit | None = None, reason: str = ""
) -> WorkdayOverride:
    """Say that a day is worked or free against the calendar, everywhere or below a unit."""
    row, _created = WorkdayOverride.objects.update_or_create(
        day=day, unit=unit, defaults={"working": working, "note": reason}
    )
    tree.changed()
    body = {"day": day.isoformat(), "working": working, "note": reason}
    _note_workdays("workday.set", unit, by, body, row.pk)
    return row


@transaction.atomic
def set_workdays(*, days: Mapping[date, tuple[bool, str]], by: By, unit: Unit | None = None) -> int:
    """Take over a notice, everywhere or below a unit: day -> (worked, note). One step; how many."""
    WorkdayOverride.objects.filter(day__in=days, unit=unit).delete()
    WorkdayOverride.objects.bulk_create(
        [
            WorkdayOverride(day=day, working=working, note=reason[:60], unit=unit)
            for day, (working, reason) in sorted(days.items())
        ]
    )
    tree.changed()
    told = {day.isoformat(): working for day, (working, _reason) in days.items()}
    _note_workdays("workday.import", unit, by, {"days": told})
    return len(days)


@transaction.atomic
def unset_workdays(*, days: Sequence[date], by: By, unit: Unit | None = None) -> int:
    """Let the calendar hold again on these days; one step. How many overrides went."""
    rows = WorkdayOverride.objects.filter(day__in=days, unit=unit)
    told = {row.day.isoformat(): row.working for row in rows}
    if not told:
        return 0
    rows.delete()
    tree.changed()
    _note_workdays("workday.unset", unit, by, {"days": told})
    return len(told)


def _note_workdays(
    action: str, unit: Unit | None, by: By, body: Mapping[str, Any], subject: UUID | None = None
) -> None:
    """Chain a change of days to the unit it holds in; for all, to the first bureau."""
    chain = unit or Unit.objects.filter(kind=UnitKind.BUREAU).order_by("code").first()
    if chain is not None:
        note(unit=chain.pk, subject=subject or chain.pk, action=action, by=by, body=body)
