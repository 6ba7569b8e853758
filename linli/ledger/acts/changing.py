"""Every act but recording: on an entry that exists, under the lock of its home room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.history import chain
from linli.ledger.acts import attaching, deadlines, handover, naming_things, overdue
from linli.ledger.acts.act import Act, ConflictError, Done
from linli.ledger.acts.adding_rows import add_row, taken
from linli.ledger.acts.cleaning import clean_asked, facts_of, run_checks
from linli.ledger.acts.correcting import add_people, correct_people
from linli.ledger.acts.possible import allowed_action, may_see
from linli.ledger.acts.recording import REPLAYED, words_of
from linli.ledger.acts.turn import Turn, Working
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import ESCALATE, STEP_FIELDS, VOID
from linli.ledger.declaration.ledger import Action, Ledger
from linli.ledger.declaration.slot import put_all
from linli.ledger.entries.models import Entry, SentOnce
from linli.ledger.entries.slots import slots_of
from linli.ledger.entries.things import EntryThing


def homes(acts: Sequence[Act]) -> dict[UUID, UUID]:
    """Home room -> home district of the entries that are acted on; they never change."""
    unknown = [act.entry for act in acts if act.entry and act.room is None]
    found = {act.room: act.district for act in acts if act.room and act.district}
    if unknown:
        found.update(Entry.objects.filter(id__in=unknown).values_list("room", "district"))
    return found


def load(turn: Turn, acts: Sequence[Act], new: Iterable[UUID]) -> None:
    """Read the entries that the acts change, as they are under the lock."""
    wanted = {act.entry for act in acts if act.entry} - set(new)
    if not wanted:
        return
    ledgers = {act.ledger.code for act in acts}
    for row in Entry.objects.filter(id__in=wanted).values():
        values: dict[str, Any] = {**row}
        if values["ledger"] in ledgers and values["room"] in turn.tails:
            ledger = registry.get(values["ledger"], values["version"])
            turn.working[values["id"]] = Working(ledger, values, is_new=False)


def enter(turn: Turn, act: Act) -> Done:
    """Do one act to its entry and chain its step."""
    work = turn.working.get(act.entry) if act.entry else None
    if work is None or not may_see(act, work.values):
        raise Entry.DoesNotExist
    values, ledger = work.values, work.ledger
    action = allowed_action(act, ledger, values)
    if act.rev is not None and values["rev"] - work.steps != act.rev:
        raise ConflictError(values["id"], act.rev, values["rev"])
    before = {column: values[column] for column in REPLAYED}
    at = _moment_of(act, values, turn)
    cleaned = clean_asked(
        ledger, action, act.data, only_given=action.name == "correct",
        present=facts_of(ledger, values) if ledger.designed else None,
    )  # fmt: skip
    naming_things.keep_names(ledger, cleaned, act.actor, values["district"])
    _rename(turn, values, ledger, cleaned)
    body: dict[str, Any] = {"by": act.actor.name, "via": act.actor.via}
    row, cleaned = taken(ledger, action, cleaned)
    files = attaching.for_change(act, action, values, cleaned)
    body |= _said(ledger, cleaned) | files.body
    if action.adds:
        add_row(values, action, row, at, act.actor.name)
    _apply(turn, work, act, action, cleaned, at, body)
    after = {c: values[c] for c in REPLAYED if values[c] != before[c]}
    if action.name == "correct" and not after and "people" not in body:
        raise ValidationError(_("Nothing was changed."), code="unchanged")
    body["set"] = after
    if action.name in ("correct", VOID):
        body["old"] = {column: before[column] for column in after if column != "deadlines"}
    if act.reason:
        body["reason"] = act.reason.strip()
    done = _chained(turn, work, act, action, body, at, after)
    attaching.carry_out(files, values, done.step)
    return done


def _rename(
    turn: Turn, values: Mapping[str, Any], ledger: Ledger, cleaned: Mapping[str, Any]
) -> None:
    """Which things a matter names from now on, where the act says so."""
    said = [name for name in ledger.by_kind.get("thing", ()) if name in cleaned]
    if said:
        EntryThing.objects.filter(entry=values["id"], field__in=said)._raw_delete("default")
        found = naming_things.named_in(ledger, cleaned)
        turn.batch.setdefault(EntryThing, []).extend(naming_things.rows_of(values, found))


SLACK = timedelta(minutes=5)  # clocks of phones and other programs are seldom exactly right


def _moment_of(act: Act, values: Mapping[str, Any], turn: Turn) -> datetime:
    """When it was done: now, or as offline work says; neither before the matter nor to come."""
    if act.at is None:
        return turn.now
    if act.at > turn.now + SLACK:
        raise ValidationError({"at": ValidationError(_("This time is yet to come."), code="at")})
    if act.at < values["received_at"] - SLACK:
        problem = _("This is before the matter was received.")
        raise ValidationError({"at": ValidationError(problem, code="at")})
    return act.at


def _chained(
    turn: Turn,
    work: Working,
    act: Act,
    action: Action,
    body: Mapping[str, Any],
    at: datetime,
    after: Mapping[str, Any],
) -> Done:
    values = work.values
    step = chain.NewStep(
        subject=values["id"], action=action.name, actor=act.actor.id,
        body=chain.make_body(body), acted_at=at, act=act.id,
    )  # fmt: skip
    turn.chain(work, step)
    values["rev"] += 1
    work.steps += 1
    work.changed |= set(after) | ({"source"} if action.name == VOID else set())
    work.changed.add("state")
    if act.once:
        turn.batch[SentOnce].append(
            (act.once.key_hash, act.once.fingerprint, values["id"], turn.now)
        )
    return Done(
        values["id"], work.ledger.code, action.name, values["state"], values["serial_year"],
        values["serial_no"], values["rev"], step.id,
    )  # fmt: skip


def _said(ledger: Ledger, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The values that belong to the step alone (a note, a question), kept in its body."""
    own = STEP_FIELDS.keys() - ledger.by_name.keys() - {attaching.ADDED, attaching.REMOVED}
    return {name: str(value) for name, value in cleaned.items() if name in own and value}


def _apply(
    turn: Turn,
    work: Working,
    act: Act,
    action: Action,
    cleaned: Mapping[str, Any],
    at: datetime,
    body: dict[str, Any],
) -> None:
    values, ledger = work.values, work.ledger
    counted = values["category"], values["received_at"]
    if action.name in handover.ACTIONS:
        handover.apply(values, act, cleaned, at)
    elif action.name == ESCALATE:
        overdue.apply(values, cleaned, at)
    else:
        given = cleaned if action.name == "correct" else _without_blanks(ledger, cleaned)
        put_all(slots_of(ledger), values, given)
        if action.name == "correct":
            correct_people(turn, work, act, cleaned, body)
        else:
            add_people(turn, work, action, cleaned, body)
    if action.to and action.to != values["state"]:
        _move(turn, work, action.to, at)
    facts = facts_of(ledger, values)
    if action.name not in (VOID, ESCALATE):
        run_checks(ledger, action, {**facts, "acted_at": at})
    _deadlines(work, action, facts, at)
    if (values["category"], values["received_at"]) != counted:
        _recount(turn, values, *counted)
    if (
        any(
            ledger.by_name[name].in_search
            for name in (*cleaned, action.adds)
            if name in ledger.by_name
        )
        or "received_at" in cleaned
    ):
        work.words = words_of(ledger, values)
    if action.name == VOID:
        values["source"] = None
        turn.count(values, "received", -1, values["received_at"])


def _without_blanks(ledger: Ledger, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """An action that leaves a field blank does not wipe what the entry already says."""
    return {name: value for name, value in cleaned.items() if value is not None}


def _move(turn: Turn, work: Working, to: str, at: datetime) -> None:
    values, state = work.values, work.ledger.state_by_name[to]
    values["state"] = to
    if values["is_open"] and not state.open:
        values["closed_at"] = at
        values["offered_to"] = values["offered_at"] = None
        if to != VOID:
            turn.count(values, "closed", 1, at)
    elif not values["is_open"] and to == VOID:
        turn.count(values, "closed", -1, values["closed_at"] or at)
    elif not values["is_open"] and state.open:
        turn.count(values, "closed", -1, values["closed_at"] or at)
        values["closed_at"] = None
    values["is_open"] = state.open


def _deadlines(work: Working, action: Action, facts: Mapping[str, Any], at: datetime) -> None:
    values, ledger = work.values, work.ledger
    kept = deadlines.met(ledger, action.name, values["deadlines"], at)
    if not values["past"] and values["is_open"]:
        judged_by = deadlines.rules_for(clock.local(values["received_at"]).date())
        now = {**facts, "acted_at": at}
        district = values["district"]
        kept = deadlines.restarted(ledger, action.name, kept, now, judged_by, district)
        if action.name == "correct":
            kept = deadlines.judged_again(ledger, kept, facts, judged_by, district)
        kept = handover.deadline(values, kept, action.name, at, judged_by)
    elif not values["is_open"]:
        kept = handover.nobody_asked(kept)
    values["deadlines"] = kept
    values["due_at"] = deadlines.next_due(kept) if values["is_open"] else None


def _recount(turn: Turn, values: dict[str, Any], category: str, received_at: datetime) -> None:
    """A corrected category or time of receipt moves what was counted to where it belongs now."""
    before = {**values, "category": category}
    turn.count(before, "received", -1, received_at)
    turn.count(values, "received", 1, values["received_at"])
    if values["closed_at"]:
        turn.count(before, "closed", -1, values["closed_at"])
        turn.count(values, "closed", 1, values["closed_at"])
