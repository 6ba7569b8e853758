"""The parts of a room's archive beside the entries themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from django.apps import apps
from django.db import models
from django.utils import translation

from linli.access.scopes import all_scopes
from linli.ground.sealing import SealBroken
from linli.history.models import Erasure, Step, StepBody
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration.checklists import lists_of
from linli.ledger.declaration.ledger import Action, Field, Ledger
from linli.ledger.entries.models import Entry, EntryLink
from linli.ledger.entries.serials import serial_text
from linli.ledger.exports.zipped import Zipped, readable
from linli.ledger.files import reading as contents
from linli.ledger.files.models import Attachment
from linli.org import tree
from linli.org.models import Coverage, Posting, Unit, WorkdayOverride

_BATCH: Final = 1000
# What is in the archive in another form, or belongs to somebody alone, or is worked out from it.
LEFT_OUT: Final = frozenset(
    (
        "ledger.entry", "ledger.entryperson", "ledger.entrylink", "ledger.sealed",
        "ledger.attachment", "history.step", "history.head", "org.coverage",  # elsewhere in it
        "history.readlog",  # the auditor's
        "ledger.draft", "ledger.receipt",  # of one person alone
        "ledger.searchtext", "ledger.countdelta",  # worked out
    )
)  # fmt: skip


def everything(
    archive: Zipped, room: Unit, allowed: Sequence[str], database: str
) -> dict[str, int]:
    """All parts; `allowed` are the ledgers that may leave. Gives how many of what."""
    _room(archive, room, database)
    links = EntryLink.objects.using(database).filter(room=room.pk).order_by("at", "id")
    counts = {"links": archive.add_rows("links", _names(EntryLink), lambda: _plain(links))}
    counts["files"] = _files(archive, room, allowed, database)
    counts["steps"] = archive.add_rows(
        "history/steps", STEP, lambda: _steps(room.pk, allowed, database)
    )
    for model in others():
        rows = model._default_manager.using(database).filter(room=room.pk).order_by("pk")
        if rows.exists():
            name = f"other/{model._meta.label_lower}"
            counts[name] = archive.add_rows(name, _names(model), lambda rows=rows: _plain(rows))  # type: ignore[misc]
    return counts


# The room and its people


def _room(archive: Zipped, room: Unit, database: str) -> None:
    above = [_of(unit) for unit in tree.path(room.pk)[:-1]]
    covered = Coverage.objects.using(database).filter(room=room.pk).select_related("community")
    days = WorkdayOverride.objects.using(database).filter(unit=room.pk).order_by("day")
    archive.add_json(
        "room.json",
        {
            "room": _of(room),
            "above": above,
            "communities": [{**_of(one), "community": _of(one.community)} for one in covered],
            "workdays": list(_plain(days)),
        },
    )
    posted = Posting.objects.using(database).filter(unit=room.pk).select_related("staff")
    heads = ("name", "username", "badge_no", "rank", "phone", "role", "since", "until", "staff_id")

    def rows() -> Iterator[dict[str, Any]]:
        for one in posted.order_by("since", "id"):
            said = {**_of(one.staff), **_of(one), "staff_id": one.staff_id}
            yield {head: said.get(head) for head in heads}

    archive.add_rows("staff", heads, rows)


# Any rows as they are


def others() -> list[type[models.Model]]:
    """Our models that belong to a room and are not written in a form of their own."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        and model._meta.label_lower not in LEFT_OUT
        and any(field.attname == "room" for field in model._meta.concrete_fields)
    ]


def _names(model: type[models.Model]) -> list[str]:
    """The fields that leave: nothing sealed, no keys and hashes."""
    privacy: Mapping[str, str] = getattr(model, "privacy", {})
    return [
        field.attname
        for field in model._meta.concrete_fields
        if privacy.get(field.name) != "sensitive" and not isinstance(field, models.BinaryField)
    ]


def _of(row: models.Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _names(type(row))}


def _plain(rows: models.QuerySet[Any]) -> Iterator[dict[str, Any]]:
    for row in rows.iterator(chunk_size=_BATCH):
        yield _of(row)


# Ledgers


def designed_for(room: UUID) -> list[str]:
    """The own ledgers that a room may use."""
    district = tree.district_of(room)
    return [
        code
        for code, scope in all_scopes().items()
        if room in scope.rooms or district in scope.whole
    ]


def definition(ledger: Ledger) -> dict[str, Any]:
    """What a ledger asks for, in both languages; of an own one also every version as designed."""
    told: dict[str, Any] = {
        "code": ledger.code,
        "title": both(ledger.title),
        "letter": both(ledger.letter),
        "version": ledger.version,
        "fields": [_field(field) for field in ledger.fields],
        "states": [
            {"name": state.name, "title": both(state.title), "open": state.open}
            for state in ledger.states
        ],
        "actions": [_action(action) for action in ledger.all_actions.values()],
        "deadlines": [{"name": one.name, "title": both(one.title)} for one in ledger.deadlines],
    }
    if ledger.categories:
        told["categories"] = [
            {"code": node.code, "title": {"zh": node.zh, "en": node.en}}
            for node in ledger.categories.walk()
        ]
    if ledger.designed:
        designs = LedgerDesign.objects.filter(code=ledger.code).exclude(state=LedgerDesign.DRAFT)
        told["versions"] = [
            {
                "version": one.version,
                "published_at": one.published_at,
                "as_designed": one.definition,
            }
            for one in designs.order_by("version")
        ]
    return told


def both(text: Any) -> dict[str, str]:
    """A text in Chinese and in English."""
    said = {}
    for short, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[short] = str(text)
    return said


def _field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name, "kind": field.kind.code, "title": both(field.title),
        "required": field.required, "personal": field.privacy,
    }  # fmt: skip
    if field.choices:
        told["choices"] = [{"code": c.code, "title": both(c.title)} for c in field.choices]
    if str(field.unit):
        told["unit"] = both(field.unit)
    if field.fields:
        told["fields"] = [_field(sub) for sub in field.fields]
    if field.checklists:
        told["checklists"] = [
            {
                "code": one.code,
                "title": {"zh": one.zh, "en": one.en},
                "items": [{"code": i.code, "title": {"zh": i.zh, "en": i.en}} for i in one.items],
            }
            for one in lists_of(field).lists
        ]
    return told


def _action(action: Action) -> dict[str, Any]:
    return {"name": action.name, "title": both(action.title), "done": both(action.done)}


# Files

FILE: Final = ("path", "ledger", "serial", "entry", "field", "name", "media", "size", "added_at",
               "added_by", "ended", "gone", "id")  # fmt: skip


def _files(archive: Zipped, room: Unit, allowed: Sequence[str], database: str) -> int:
    """Every file of a matter under its own name; what was erased is named without a content.

    Names are made of the file's number, so that the list need not be kept while it is written."""
    rows = Attachment.objects.using(database).filter(room=room.pk, entry__isnull=False)
    rows = rows.order_by("entry", "added_at", "id")
    gone: set[UUID] = set()
    for told, row in _told(rows, allowed, database):
        if told["gone"]:
            continue
        try:
            pieces = contents.pieces(row)
            first = next(pieces, b"")
            with archive.member(told["path"], packed=not row.media.startswith("image/")) as file:
                file.write(first)
                for piece in pieces:
                    file.write(piece)
        except (contents.ContentGone, SealBroken):  # one damaged file keeps nobody's data here
            gone.add(row.id)
    return archive.add_rows(
        "files",
        FILE,
        lambda: (_shown(told, row.id in gone) for told, row in _told(rows, allowed, database)),
    )


def _shown(told: dict[str, Any], gone: bool) -> dict[str, Any]:
    return told | {"gone": True, "path": ""} if gone or told["gone"] else told


def _told(
    rows: models.QuerySet[Attachment], allowed: Sequence[str], database: str
) -> Iterator[tuple[dict[str, Any], Attachment]]:
    many, number = rows.iterator(chunk_size=_BATCH), 0
    while some := list(islice(many, _BATCH)):
        found = Entry.objects.using(database).filter(
            id__in={row.entry for row in some}, ledger__in=allowed
        )
        entries = {entry.id: entry for entry in found}
        for row, shown in zip(some, contents.shown(some), strict=True):
            entry = entries.get(row.entry) if row.entry else None
            if entry is None:
                continue
            number += 1
            serial = readable(serial_text(entry))
            yield {
                "path": f"files/{entry.ledger}/{serial}/{number:04d} {readable(shown.name)}",
                "ledger": entry.ledger, "serial": serial, "entry": row.entry, "field": row.field,
                "name": shown.name, "media": row.media, "size": row.size, "added_at": row.added_at,
                "added_by": row.added_by, "ended": row.ended, "gone": shown.gone, "id": row.id,
            }, row  # fmt: skip


# History

STEP: Final = ("seq", "id", "subject", "serial", "action", "actor", "act", "acted_at",
               "recorded_at", "erased", "salt", "digest", "hash", "body")  # fmt: skip


def _steps(room: UUID, allowed: Sequence[str], database: str) -> Iterator[dict[str, Any]]:
    """Every step of the room's chain. Where a ledger may not leave, the body is left out and the
    header stays, so that the chain can still be followed."""
    many = (
        Step.objects.using(database).filter(room=room).order_by("seq").iterator(chunk_size=_BATCH)
    )
    while some := list(islice(many, _BATCH)):
        ids, subjects = [step.id for step in some], {step.subject for step in some}
        bodies = {one.step: one for one in StepBody.objects.using(database).filter(step__in=ids)}
        erased = set(
            Erasure.objects.using(database).filter(step__in=ids).values_list("step", flat=True)
        )
        closed = _closed(subjects, allowed, database)
        for step in some:
            body = None if step.subject in closed else bodies.get(step.id)
            yield {
                "seq": step.seq, "id": step.id, "subject": step.subject, "serial": step.serial,
                "action": step.action, "actor": step.actor, "act": step.act,
                "acted_at": step.acted_at, "recorded_at": step.recorded_at,
                "erased": step.id in erased, "digest": bytes(step.digest).hex(),
                "hash": bytes(step.hash).hex(), "salt": bytes(body.salt).hex() if body else None,
                "body": orjson.Fragment(body.text) if body else None,
            }  # fmt: skip


def _closed(subjects: Iterable[UUID], allowed: Sequence[str], database: str) -> set[UUID]:
    """Those of the subjects that are entries of ledgers which may not leave."""
    entries = Entry.objects.using(database).filter(id__in=subjects).exclude(ledger__in=allowed)
    return set(entries.values_list("id", flat=True))
