"""What a person sees of an entry: masked by default; unmasked only with a purpose and a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _g
from django.utils.translation import ngettext, pgettext

from linli.access import limits, policy
from linli.access.actor import Actor
from linli.access.purposes import check_purpose
from linli.ground import keyring
from linli.history.models import Erasure, Step, StepBody
from linli.history.reads import note_read
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import LATE, STEP_FIELDS
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD, SINCE, UNTIL
from linli.ledger.entries import people
from linli.ledger.entries.models import Entry, EntryPerson, Sealed
from linli.ledger.entries.rows import writing
from linli.ledger.entries.serials import serial_text, written
from linli.ledger.reading import differences, unmasking
from linli.org.tree import names


def fetch(actor: Actor, entry_id: UUID) -> Entry:
    """The entry, if the actor may read it; Entry.DoesNotExist otherwise (a face answers 404)."""
    return policy.visible(actor, Entry).get(id=entry_id)


def people_of(entry: Entry) -> list[EntryPerson]:
    """The people concerned, masked, in their order."""
    return list(EntryPerson.objects.filter(entry=entry.id, ended=False).order_by("position"))


def field_value(entry: Entry, about: Field) -> Any:
    """The value of a field, wherever it lives; None where it has none."""
    if about.column == "lon,lat":
        return None if entry.lon is None else (entry.lon, entry.lat)
    if about.column:
        return getattr(entry, about.column) or None
    return entry.data.get(about.name)


def facts_shown(entry: Entry) -> list[tuple[Field, str]]:
    """Every field that has a value, in words, in the order of the declaration (people aside)."""
    ledger = registry.of(entry)
    shown = []
    for about in ledger.fields:
        value = field_value(entry, about)
        if value is not None and about.kind.code != "people":
            shown.append((about, str(about.kind.text(value, about))))
    return shown


def derived_shown(entry: Entry) -> list[tuple[str, str]]:
    """What follows from the facts, by the ledger's own rule: (title, words)."""
    ledger = registry.of(entry)
    return list(ledger.derived(facts_of(ledger, vars(entry)))) if ledger.derived else []


@dataclass(frozen=True)
class DueLine:
    """One deadline of an entry. `guess`: the year's working days are not known yet."""

    name: str
    title: str
    at: datetime
    met: datetime | None
    guess: bool = False


def deadline_titles(ledger: Register) -> dict[str, str]:
    """What is to be done by each deadline, in words."""
    titles = {d.name: str(d.title) for d in getattr(ledger, "deadlines", ())}
    return {**titles, "handover": _g("accept the handover")}


def deadlines_shown(entry: Entry) -> list[DueLine]:
    """The deadlines of an entry, the nearest first, met ones last."""
    titles = deadline_titles(registry.of(entry))
    lines = [
        DueLine(
            name,
            titles.get(name, name),
            datetime.fromisoformat(kept["due"]),
            datetime.fromisoformat(kept["met"]) if kept.get("met") else None,
            bool(kept.get("guess")),
        )
        for name, kept in entry.deadlines.items()
    ]
    return sorted(lines, key=lambda line: (line.met is not None, line.at))


@dataclass(frozen=True)
class Change:
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One step in words. `erased`: its content was forgotten, that it happened was not."""

    step: UUID
    seq: int
    action: str
    title: str
    by: str
    at: datetime
    recorded_at: datetime
    via: str = ""
    reason: str = ""
    changes: list[Change] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    erased: bool = False
    shown_to_reporter: bool = False


def timeline(entry: Entry) -> list[Line]:
    """All steps of an entry, the newest first."""
    return timeline_of(registry.of(entry), entry.id)


def timeline_of(register: Register, subject: UUID) -> list[Line]:
    """All steps of an entry or a thing, the newest first."""
    steps = list(Step.objects.filter(subject=subject).order_by("-seq"))
    ids = [step.id for step in steps]
    bodies = dict(StepBody.objects.filter(step__in=ids).values_list("step", "text"))
    erased = set(Erasure.objects.filter(step__in=ids).values_list("step", flat=True))
    return [_line(register, step, bodies.get(step.id), step.id in erased) for step in steps]


def changes_since(entry: Entry, rev: int) -> list[Line]:
    """The steps that others did since the reader saw revision `rev`."""
    return timeline(entry)[: max(entry.rev - rev, 0)]


def _line(ledger: Register, step: Step, text: str | None, erased: bool) -> Line:
    body: Mapping[str, Any] = orjson.loads(text) if text else {}
    action = ledger.all_actions.get(step.action)
    return Line(
        step=step.id,
        seq=step.seq,
        action=step.action,
        title=str(action.done if action else step.action),
        by=body.get("by", ""),
        at=step.acted_at,
        recorded_at=step.recorded_at,
        via=body.get("via", ""),
        reason=body.get("reason", ""),
        changes=_changes(ledger, step.action, body),
        said=[*_said(ledger, step.action, body), *_files_said(body), *_because(body)],
        erased=erased,
        shown_to_reporter=bool(action and action.shown_to_reporter),
    )


def _changes(ledger: Register, action: str, body: Mapping[str, Any]) -> list[Change]:
    """Old and new value of every field that a correction (or an action) changed."""
    changed: list[Change] = []
    new, old = body.get("set", {}), body.get("old", {})
    if isinstance(ledger, Thing) and action != ADD:
        changed += thing_changes(ledger, body)
    elif action == "correct":
        for about in ledger.fields:
            before, after = _in(old, about), _in(new, about)
            in_data = not about.column and "data" in new
            if before != after and ((about.column in new) or in_data):
                changed += [Change(*one) for one in differences.between(about, before, after)]
    if action in ("correct", "change") and "people" in body:
        masks = ["·".join(m for m in p["masks"] if m) for p in body["people"].values()]
        changed.append(Change(_g("People"), "", pgettext("between choices", ", ").join(masks)))
    if new.get("responsible") and action in ("accept", "assign"):
        who = UUID(new["responsible"])
        changed.append(Change(_g("Responsible"), "", names([who]).get(who, "")))
    if new.get("offered_to"):
        who = UUID(new["offered_to"])
        changed.append(Change(_g("To"), "", names([who]).get(who, "")))
    return changed


def thing_changes(thing: Thing, body: Mapping[str, Any]) -> Iterator[Change]:
    """Old and new value of every field of a thing, of its days and parts, that a step changed."""
    new, old = body.get("set", {}), body.get("old", {})
    for about in (*thing.fields, SINCE, UNTIL):
        if about.part is not None:
            before, after = (body.get(key, {}).get(about.name) for key in ("parts_old", "parts"))
        else:
            before, after = _in(old, about), _in(new, about)
        if before != after:
            yield from (Change(*one) for one in differences.between(about, before, after))


def _in(values: Mapping[str, Any], about: Field) -> Any:
    if about.column == "lon,lat":
        return (values["lon"], values["lat"]) if values.get("lon") is not None else None
    if about.column:
        return values.get(about.column)
    return (values.get("data") or {}).get(about.name)


def _files_said(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How many files a step brought or took off; their names are in no step."""
    said = []
    if count := len(body.get("files", ())):
        said.append((_g("Files"), ngettext("%(n)d added", "%(n)d added", count) % {"n": count}))
    if count := len(body.get("files_ended", ())):
        said.append(
            (_g("Files"), ngettext("%(n)d taken off", "%(n)d taken off", count) % {"n": count})
        )
    return said


def _said(ledger: Register, action: str, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A note, question or answer; and for the ledger's own actions what they wrote."""
    said = [
        (str(f.title), _step_text(ledger, f, body[n]))
        for n, f in STEP_FIELDS.items()
        if body.get(n) and n != "hand_to"
    ]
    own = next((a for a in ledger.actions if a.name == action), None)
    if own and action != "record":
        rows = ledger.by_name.get(own.adds)
        said += differences.row_added(ledger, own, body)
        for ask in own.asks:
            about = None if rows and rows.sub(ask.name) else ledger.by_name.get(ask.name)
            value = _in(body.get("set", {}), about) if about else None
            if about and value not in (None, ""):
                said.append((str(about.title), differences.in_words(about, value)))
    return said


def _step_text(ledger: Register, about: Field, value: str) -> str:
    if about is LATE:
        return deadline_titles(ledger).get(value, value)
    return str(about.kind.text(value, about))


def _because(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The matter that caused this one, by its serial."""
    cause = str(body.get("because", {}).get("serial", "")).split("/")
    if len(cause) != 3 or not registry.is_there(cause[0]):
        return []
    return [
        (
            _g("Follows from"),
            written(str(registry.get(cause[0]).letter), int(cause[1]), int(cause[2])),
        )
    ]


def reveal(
    *,
    actor: Actor,
    entry: Entry,
    people_ids: Sequence[UUID] | None = None,
    purpose: str,
    matter: str = "",
    words: str = "",
) -> dict[UUID, dict[str, str]]:
    """The unmasked values of people in an entry, with the trace in the same transaction.

    Raises PermissionDenied, ValidationError (purpose), LimitReached (daily limit).
    """
    policy.require(actor, "reveal", entry.ledger, entry.room, entry.district)
    if purpose == "matter" and not matter:
        matter = serial_text(entry)
    check_purpose(purpose, matter, words)
    if connection.vendor == "postgresql":
        with transaction.atomic():
            boxes = unmasking.boxes(
                actor, entry, people_ids, purpose=purpose, matter=matter, words=words
            )
            return _opened(entry.id, boxes)
    with writing():
        rows = EntryPerson.objects.filter(entry=entry.id, ended=False)
        if people_ids is not None:
            rows = rows.filter(id__in=people_ids)
        wanted = [row.id for row in rows]
        limits.check_limit(actor, "reveal", len(wanted))
        note_read(
            actor_id=actor.id, actor_name=actor.name, kind="reveal", district=entry.district,
            room=entry.room, entry=entry.id, fields=[str(one) for one in wanted],
            purpose=purpose, matter=matter, words=words, count=len(wanted),
        )  # fmt: skip
        return open_people(entry.id, wanted)


def open_people(entry: UUID, wanted: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Decrypt people's sealed values. Callers log the read first, in the same transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise PermissionDenied("sealed values are opened in the transaction that logs the read")
    rows = Sealed.objects.filter(entry=entry, owner__in=wanted).order_by("version")
    return _opened(entry, rows.values_list("owner", "key_id", "wrapped", "box"))


def _opened(entry: UUID, boxes: Iterable[unmasking.Box]) -> dict[UUID, dict[str, str]]:
    ring = keyring.load(settings.HOME)
    opened: dict[UUID, dict[str, str]] = {}
    for owner, key_id, wrapped, box in boxes:
        value = keyring.SealedValue(key_id, bytes(wrapped), bytes(box))
        try:
            plain = ring.open(value, aad=people.associated(owner, entry))
        except keyring.KeyDestroyed:
            continue  # its time is over: the value is gone for good
        opened[owner] = orjson.loads(plain)
    return opened
