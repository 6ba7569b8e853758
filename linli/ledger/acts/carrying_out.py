"""The one way in. Every change of an entry is an act; acts come in batches (one is a batch of
one), so that forms, API, import and public reports are the same code.

    done = carry_out([Act(VISITS, "record", actor, data, room=room, district=district)])

All of a batch happens in one transaction, or none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError

from linli.ground import clock
from linli.history import chain
from linli.ledger.acts import adding_things, changing, changing_things, reacting, recording
from linli.ledger.acts.act import Act, ConflictError, Done, ThingAct
from linli.ledger.acts.adding_things import NewThing
from linli.ledger.acts.recording import NewEntry
from linli.ledger.acts.thing_values import require_single
from linli.ledger.acts.turn import Turn, Working, WorkingThing, entry_row, table_row, words_row
from linli.ledger.declaration.thing_actions import ADD
from linli.ledger.entries import rows
from linli.ledger.entries.models import Entry, SearchText

Item = Act | NewEntry | ThingAct | NewThing


def carry_out(acts: Sequence[Item]) -> list[Done]:
    """Do the acts in order, in one transaction.

    Raises ValidationError (what was typed is wrong, by field), PermissionDenied, DoesNotExist (also
    where the actor may not know of it), ConflictError. On any of them nothing has happened.
    """
    prepared = [_prepared(act) for act in acts]
    try:
        with rows.writing():
            turn = Turn(clock.now(), chain.lock(_homes(prepared)))
            new_ids = {p.values["id"] for p in prepared if isinstance(p, NewEntry | NewThing)}
            changing.load(turn, [a for a in prepared if isinstance(a, Act)], new_ids)
            changing_things.load(turn, [a for a in prepared if isinstance(a, ThingAct)])
            done = [enter(turn, item) for item in prepared]
            _finish(turn)
    except IntegrityError:
        # Two rooms of a district at once wrote what only one may have: told as if it had been there.
        for work in turn.things.values():
            require_single(turn, work)
        raise
    return done


def _prepared(act: Item) -> Item:
    """What can be done before the lock is taken."""
    if isinstance(act, ThingAct):
        return adding_things.prepare(act) if act.action == ADD else act
    if isinstance(act, Act) and act.action == "record":
        return recording.prepare(act)
    return act


def _homes(items: Sequence[Item]) -> dict[UUID, UUID]:
    """Home room -> home district of everything that is acted on."""
    new = [item for item in items if isinstance(item, NewEntry | NewThing)]
    ids = {item.values["id"] for item in new}
    homes = changing.homes([a for a in items if isinstance(a, Act) and a.entry not in ids])
    homes |= changing_things.homes(
        [a for a in items if isinstance(a, ThingAct) and a.thing not in ids]
    )
    return homes | {item.values["room"]: item.values["district"] for item in new}


def enter(turn: Turn, item: Item) -> Done:
    """One act and what it causes in other ledgers."""
    if isinstance(item, NewThing):
        return adding_things.enter(turn, item)
    if isinstance(item, ThingAct):
        return _enter_thing(turn, item)
    if isinstance(item, NewEntry):
        done = recording.enter(turn, item)
        if item.who is not None:
            reacting.react(turn, reacting.Happened(turn.working[done.entry], "record", item.who))
        return done
    work = turn.working.get(item.entry) if item.entry else None
    before = reacting.facts_before(work, item.action) if work else None
    done = changing.enter(turn, item)
    if before is not None:
        happened = reacting.Happened(
            turn.working[done.entry], item.action, item.actor, before, item.at
        )
        reacting.react(turn, happened)
    return done


def _enter_thing(turn: Turn, act: ThingAct) -> Done:
    work = turn.things.get(act.thing) if act.thing else None
    before = reacting.facts_before(work, act.action) if work else None
    done = changing_things.enter(turn, act)
    if before is not None:
        happened = reacting.Happened(turn.things[done.entry], act.action, act.actor, before)
        reacting.react(turn, happened)
    return done


def _finish(turn: Turn) -> None:
    """Write the entries as they stand after the last act, and all other rows."""
    for work in turn.working.values():
        if work.is_new:
            turn.batch[Entry].append(entry_row(work.values))
        elif work.changed:
            _update(work)
        if work.words and (work.is_new or not _reworded(work)):
            turn.batch[SearchText].append(words_row(work.values, work.words))
    for thing in turn.things.values():
        _finish_thing(turn, thing)
    rows.write(turn.batch, turn.tails.values())


def _finish_thing(turn: Turn, work: WorkingThing) -> None:
    """Write a thing and its parts as they stand after the last act."""
    model, values = work.register.model, work.values
    if work.is_new:
        turn.batch.setdefault(model, []).append(table_row(model, values))
    elif work.changed:
        touched = model._default_manager.filter(
            id=values["id"], rev=values["rev"] - work.steps
        ).update(**{column: values[column] for column in work.changed})
        if touched != 1:  # cannot be under the lock; if it is, nothing may be written
            raise ConflictError(values["id"], values["rev"], -1)
    for part, row in work.new_parts:
        turn.batch.setdefault(part, []).append(table_row(part, row))
    for part, row in work.changed_parts:
        part._default_manager.filter(id=row["id"], owner=values["id"]).update(
            **{column: value for column, value in row.items() if column != "id"}
        )
    for part, id in work.gone_parts:
        gone = part._default_manager.filter(id=id, owner=values["id"])
        gone._raw_delete(gone.db)


def _update(work: Working) -> None:
    values = work.values
    touched = Entry.objects.filter(id=values["id"], rev=values["rev"] - work.steps).update(
        **{column: values[column] for column in work.changed}, rev=values["rev"]
    )
    if touched != 1:  # cannot be under the lock; if it is, nothing may be written
        raise ConflictError(values["id"], values["rev"], -1)


def _reworded(work: Working) -> bool:
    """Replace the words of an entry that has a row of them; False where it has none yet."""
    row = SearchText.objects.filter(entry=work.values["id"])
    return bool(row.update(words=work.words, received_at=work.values["received_at"]))
