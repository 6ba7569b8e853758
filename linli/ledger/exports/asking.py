"""An export is asked for; one with people's names is approved by another person first.

What somebody may not see they cannot export: entries come from `policy.visible` with the permission
to export, with names also only where the asker may unmask. The file is its maker's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor
from linli.access.purposes import check_purpose
from linli.ground import clock, rules
from linli.history.reads import note_read
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries.models import Entry
from linli.ledger.exports import reading, tables
from linli.ledger.exports.models import ExportRun, Status
from linli.ledger.reading import lists

Rooms = Mapping[UUID, tuple[UUID, int]]


@dataclass(frozen=True)
class Why:
    """With people's names, and what for; by default they are masked, which needs no purpose."""

    names: bool = False
    purpose: str = ""
    matter: str = ""
    words: str = ""


MASKED = Why()


def ask(
    *, actor: Actor, ledger: Ledger, filters: lists.Filters, form: str, why: Why = MASKED
) -> ExportRun:
    """A run for what the list shows this actor; it waits for the worker, or first for approval.

    Raises PermissionDenied, ValidationError (an unknown form, the purpose).
    """
    if form not in tables.FORMS:
        raise ValidationError({"form": _("Choose a kind of file.")}, code="form")
    policy.require(actor, "export", ledger.code)
    if why.names:
        _require_reason(actor, why, ledger.code)
    rooms = reading.rooms_of(selected(actor, ledger, filters, names=why.names))
    if why.names and not rooms:
        raise ValidationError(_("No matter fits: there is nobody whose name could be in it."))
    return _begun(
        actor, why, rooms, form=form, ledger=ledger.code, query=filters.as_query(),
        said=filters.as_words(ledger)[:300],
    )  # fmt: skip


def ask_for_all(*, actor: Actor, room: UUID, district: UUID, why: Why = MASKED) -> ExportRun:
    """A run for the archive of everything of a room. Raises PermissionDenied, ValidationError."""
    if not may_take_all(actor, room, district):
        raise PermissionDenied(_("Your role does not allow this here."))
    if why.names:
        _require_reason(actor, why, None)
    counted = policy.visible(actor, Entry, "export").filter(room=room).count()
    return _begun(actor, why, {room: (district, counted)}, form=tables.ARCHIVE.code)


def may_take_all(actor: Actor, room: UUID, district: UUID) -> bool:
    """Whether somebody may take all data of a room with them: who leads it, and nobody else. (The
    administrator sees no business data; on the machine itself there is `linli export --all`.)"""
    return all(
        actor.may(permission, None, room, district) for permission in ("export", "reveal", "assign")
    )


def selected(
    actor: Actor, ledger: Ledger, filters: lists.Filters, *, names: bool
) -> QuerySet[Entry]:
    """The entries of the list that this actor may export; with names, may also unmask."""
    rows = lists.selected(actor, ledger, filters, "export")
    if filters.order == "due":
        rows = rows.filter(due_at__isnull=False)
    return rows.filter(actor.reach("reveal", ledger.code).q()) if names else rows


def _require_reason(actor: Actor, why: Why, ledger: str | None) -> None:
    policy.require(actor, "reveal", ledger)
    check_purpose(why.purpose, why.matter, why.words)


def _begun(
    actor: Actor,
    why: Why,
    rooms: Rooms,
    *,
    form: str,
    ledger: str = "",
    query: str = "",
    said: str = "",
) -> ExportRun:
    if actor.id is None:
        raise PermissionDenied(_("Your role does not allow this here."))
    return ExportRun.objects.create(
        ledger=ledger, query=query, said=said, form=form, by=actor.id, by_name=actor.name[:60],
        via=actor.via, language=translation.get_language() or "zh-hans",
        rooms={str(room): [str(district), many] for room, (district, many) in rooms.items()},
        entries=sum(many for _district, many in rooms.values()),
        names=why.names, purpose=why.purpose if why.names else "",
        matter=why.matter[:80] if why.names else "", words=why.words[:300] if why.names else "",
        status=Status.ASKED if why.names and needs_another() else Status.WAITING,
    )  # fmt: skip


def needs_another() -> bool:
    """Whether an export of personal data is approved by another person."""
    return rules.on(clock.today()).value("export.approved_by_another") is True


# Approval


def to_approve(actor: Actor) -> list[ExportRun]:
    """What waits for this actor's word, the oldest first."""
    if actor.id is None or not (actor.may("export") and actor.may("reveal")):
        return []
    asked = ExportRun.objects.filter(status=Status.ASKED).exclude(by=actor.id)
    return [run for run in asked.order_by("made_at")[:500] if may_approve(actor, run)]


def may_approve(actor: Actor, run: ExportRun) -> bool:
    """Another person, who might have made the same export."""
    return actor.id not in (None, run.by) and covers(actor, run)


def covers(actor: Actor, run: ExportRun) -> bool:
    """Whether this actor may (still) see all that an export is about, as it shows it."""
    ledger = run.ledger or None
    needed = ["export", *(["reveal"] if run.names else []), *([] if ledger else ["assign"])]
    return all(
        actor.may(permission, ledger, UUID(room), UUID(district))
        for room, (district, _many) in run.rooms.items()
        for permission in needed
    ) and all(actor.may(permission, ledger) for permission in needed)


def answer(run: ExportRun, *, actor: Actor, yes: bool) -> bool:
    """Approve it, or not; False where somebody else has answered. Raises PermissionDenied."""
    if not may_approve(actor, run):
        raise PermissionDenied(_("Your role does not allow this here."))
    said = ExportRun.objects.filter(pk=run.pk, status=Status.ASKED).update(
        status=Status.WAITING if yes else Status.REFUSED, approved_by=actor.id,
        approved_by_name=actor.name[:60], approved_at=clock.now(), progress_at=clock.now(),
    )  # fmt: skip
    run.refresh_from_db()
    return bool(said)


# The trace


def note(
    actor: Actor,
    rooms: Rooms,
    *,
    fields: list[str],
    said: str,
    why: Why = MASKED,
    approved_by: str = "",
) -> None:
    """One line in the read log for each room whose entries leave, in the surrounding transaction."""
    approved = _("approved by %s") % approved_by if approved_by else ""
    words = "; ".join(part for part in (said, why.words, approved) if part)
    for room, (district, many) in rooms.items():
        note_read(
            actor_id=actor.id, actor_name=actor.name[:80], kind="export", room=room,
            district=district, fields=fields, purpose=why.purpose or "export", matter=why.matter,
            words=words, count=many,
        )  # fmt: skip


def fields_of(ledger: Ledger, *, names: bool) -> list[str]:
    """The fields that leave, as the log names them."""
    return [field.name for field in ledger.fields] + (["names"] if names else [])


def ledger_of(run: ExportRun) -> Ledger | None:
    """The ledger of a run; None for the archive of a room."""
    return registry.get(run.ledger) if run.ledger else None
