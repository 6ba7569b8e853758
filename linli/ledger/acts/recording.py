"""To record: everything that can be done before the lock is taken (clean, seal, cut words, make
the step's body), and the little that must be done under it (serial, chain)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.ground.ids import new_id
from linli.ground.rules import UnknownRule
from linli.ground.words import index_words
from linli.history import chain
from linli.ledger.acts import attaching, deadlines, naming_things
from linli.ledger.acts.act import Act, Done
from linli.ledger.acts.cleaning import clean_asked, facts_of, run_checks
from linli.ledger.acts.turn import Turn, Working, require
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Action, Facts, Field, Ledger
from linli.ledger.declaration.row_fields import searched_texts
from linli.ledger.declaration.slot import put_all
from linli.ledger.entries import people
from linli.ledger.entries.models import Entry, EntryPerson, Sealed, SentOnce
from linli.ledger.entries.people import people_in_body, seal_row
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import EntryThing

if TYPE_CHECKING:
    from linli.access.actor import Actor

TOO_LONG_AGO = ValidationError(
    _("There were no rules for deadlines yet on that day. Check the year."), code="too_long_ago"
)

# What replaying the steps must rebuild (see verify.py); the rest of Entry is fixed at birth.
REPLAYED = (
    "ledger", "version", "state", "is_open", "first_asked", "responsible", "offered_to",
    "offered_at", "assisting", "occurred_at", "received_at", "due_at", "closed_at", "category",
    "channel", "narrative", "place", "lon", "lat", "data", "deadlines", "past", "rules",
    "recorded_by", "import_run",
)  # fmt: skip


@dataclass(slots=True)
class NewEntry:
    """A cleaned, sealed matter, ready to be entered under the lock of its room."""

    ledger: Ledger
    act: UUID
    action: str
    actor: UUID | None
    at: datetime
    values: dict[str, Any]
    people: list[tuple[Any, ...]]
    sealed: list[tuple[Any, ...]]
    words: list[str]
    body: chain.Body
    once: tuple[bytes, bytes] | None
    who: Actor | None = None  # None for history, which causes nothing
    files: attaching.Plan = attaching.NOTHING
    things: tuple[tuple[str, str, UUID], ...] = ()  # field, register and id of what it names


def check(act: Act) -> tuple[dict[str, Any], dict[str, Any], Facts]:
    """What can be wrong with an act of recording, as `prepare` finds it, without sealing anything.

    Returns (cleaned, columns of the new entry, facts). Raises ValidationError by field,
    PermissionDenied.
    """
    ledger, room, district = act.ledger, act.room, act.district
    if room is None or district is None:
        raise ValidationError(_("Choose the room that this belongs to."), code="room")
    action = ledger.all_actions["record"]
    require(act.actor, action.needs, ledger, room, district)
    registry.require_offered(ledger, room, district)
    if ledger.compose:
        act = ledger.compose(act)
    act = naming_things.filled(act)
    cleaned = clean_asked(ledger, action, act.data, as_history=act.past is not None)
    naming_things.keep_names(ledger, cleaned, act.actor, district)
    values = _values(act, action, cleaned, clock.now())
    facts = facts_of(ledger, values)
    run_checks(ledger, action, facts)
    return cleaned, values, facts


def prepare(act: Act) -> NewEntry:
    """Check and clean an act of recording. Raises ValidationError by field, PermissionDenied."""
    cleaned, values, facts = check(act)
    ledger, room, district = act.ledger, values["room"], values["district"]
    entry_id = values["id"]
    ring = keyring.load(settings.HOME)
    kept = [people.keep(person, ring) for person in _people(ledger, cleaned)]
    sealed = _sealed(values, kept, ring, ledger)
    files = attaching.for_record(act, values, cleaned)
    if not act.past:
        judged_by = deadlines.rules_for(clock.local(values["received_at"]).date())
        try:
            values["deadlines"] = deadlines.started(ledger, "record", facts, judged_by, district)
        except UnknownRule:  # before the first rules, or a slip such as 0206 for 2026
            raise ValidationError({"received_at": TOO_LONG_AGO}) from None
        values["due_at"] = deadlines.next_due(values["deadlines"])
        values["rules"] = judged_by.version
    return NewEntry(
        ledger=ledger,
        act=act.id,
        action="record",
        actor=act.actor.id,
        at=act.at or values["recorded_at"],
        values=values,
        people=[
            (k.id, district, room, entry_id, n, k.role, *k.masks, *k.hashes, False)
            for n, k in enumerate(kept)
        ],
        sealed=sealed,
        words=words_of(ledger, values),
        body=chain.make_body(_body(act, values, kept, sealed) | files.body),
        once=(act.once.key_hash, act.once.fingerprint) if act.once else None,
        who=None if act.past else act.actor,
        files=files,
        things=tuple(naming_things.named_in(ledger, cleaned)),
    )


def _values(act: Act, action: Action, cleaned: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The columns of the new entry; `data` holds the fields that have no column."""
    ledger, past = act.ledger, act.past
    state = past.state if past and past.state else action.to
    responsible = act.responsible or act.actor.id
    if state is None or responsible is None:
        raise PermissionDenied("a matter needs a responsible person")
    values: dict[str, Any] = dict(  # noqa: C408 - a table of columns reads better so
        id=act.entry or new_id(), district=act.district, room=act.room, ledger=ledger.code,
        version=ledger.version, serial_year=0, serial_no=0, state=state,
        is_open=ledger.state_by_name[state].open, first_asked=responsible, responsible=responsible,
        offered_to=None, offered_at=None, assisting=[str(staff) for staff in act.assisting],
        occurred_at=None, received_at=act.at or now, due_at=None, closed_at=None, category="",
        channel="", narrative="", place="", lon=None, lat=None, data={}, deadlines={},
        past=past is not None, rules="", rev=1, recorded_at=now, recorded_by=act.actor.id,
        import_run=past.run if past else None, source=past.source if past else None,
    )  # fmt: skip
    put_all(
        slots_of(ledger), values, {n: value for n, value in cleaned.items() if value is not None}
    )
    if past:
        kept = {"number": past.number, "said": dict(past.said), "notes": list(past.notes)}
        values["data"] = {**values["data"], "past": {k: v for k, v in kept.items() if v}}
    if not values["is_open"]:
        told = past.closed_at if past else None
        values["closed_at"] = told or values["data"].get("finished_at") or values["received_at"]
        if isinstance(values["closed_at"], str):
            values["closed_at"] = datetime.fromisoformat(values["closed_at"])
    return values


def _people(ledger: Ledger, cleaned: Mapping[str, Any]) -> list[Mapping[str, str]]:
    names = ledger.by_kind.get("people", ())
    return [
        person for name, value in cleaned.items() if value and name in names for person in value
    ]


def _sealed(
    values: Mapping[str, Any], kept: list[people.KeptPerson], ring: keyring.Keyring, ledger: Ledger
) -> list[tuple[Any, ...]]:
    key = people.key_id(ledger.code, clock.local(values["received_at"]).date())
    return [
        seal_row(values, owner=person.id, version=1, plain=person.plain, key=key, ring=ring)
        for person in kept
    ]


def _body(
    act: Act,
    values: Mapping[str, Any],
    kept: list[people.KeptPerson],
    sealed: list[tuple[Any, ...]],
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "by": act.actor.name,
        "via": act.actor.via,
        "set": {c: v for c in REPLAYED if (v := values[c]) or type(v) is float},
    }
    if kept:
        body["people"] = people_in_body(kept, sealed)
    if act.reason:
        body["reason"] = act.reason
    if act.because:
        body["because"] = dict(act.because)
    return body


def words_of(ledger: Ledger, values: Mapping[str, Any]) -> list[str]:
    """The index words of an entry's searched fields (never of people's names)."""
    long: list[str] = []
    short: list[str] = []
    for field in _searched(ledger):
        if field.searched and not field.fields:
            value = values[field.column] if field.column else values["data"].get(field.name)
            if value:
                text = str(field.kind.text(value, field))
                (short if field.short else long).append(text)
        if field.fields and field.in_search:
            for sub, text in searched_texts(values["data"].get(field.name) or (), field):
                (short if sub.short else long).append(text)
    return index_words("\n".join(long), "\n".join(short))


def _searched(ledger: Ledger) -> tuple[Field, ...]:
    found: tuple[Field, ...] | None = ledger.worked_out.get("searched")
    if found is None:
        found = ledger.worked_out["searched"] = tuple(f for f in ledger.fields if f.in_search)
    return found


def enter(turn: Turn, new: NewEntry) -> Done:
    """Under the lock: give the serial, chain the step, put all rows into the batch."""
    values = new.values
    if new.ledger.compose and Entry.objects.filter(id=values["id"]).exists():
        raise ValidationError(_("This was recorded before."), code="twice")
    tail = turn.tails[values["room"]]
    year = clock.local(values["received_at"] if values["past"] else turn.now).year
    number = tail.next_number(f"{new.ledger.code}/{year}")
    values["serial_year"], values["serial_no"], values["recorded_at"] = year, number, turn.now
    work = Working(new.ledger, values, is_new=True, words=new.words)
    turn.working[values["id"]] = work
    step = chain.NewStep(
        subject=values["id"], action=new.action, actor=new.actor, body=new.body,
        acted_at=new.at, act=new.act, serial=f"{new.ledger.code}/{year}/{number}",
    )  # fmt: skip
    turn.chain(work, step)
    attaching.carry_out(new.files, values, step.id)
    turn.batch[EntryPerson] += new.people
    if new.things:
        turn.batch.setdefault(EntryThing, []).extend(naming_things.rows_of(values, new.things))
    turn.batch[Sealed] += new.sealed
    if values["state"] != VOID:  # history may say so at once
        turn.count(values, "received", 1, values["received_at"])
        if values["closed_at"]:
            turn.count(values, "closed", 1, values["closed_at"])
    if new.once:
        turn.batch[SentOnce].append((*new.once, values["id"], turn.now))
    return Done(values["id"], new.ledger.code, "record", values["state"], year, number, 1, step.id)
