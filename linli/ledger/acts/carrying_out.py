"""The one way in. Every change of an entry is an act; acts come in batches (one is a batch of
one), so that forms, API, import and public reports are the same code.

    done = carry_out([Act(VISITS, "record", actor, data, room=room, district=district)])

All of a batch happens in one transaction, or none of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from linli.ground import clock
from linli.history import chain
from linli.ledger.acts import changing, reacting, recording
from linli.ledger.acts.act import Act, ConflictError, Done
from linli.ledger.acts.recording import NewEntry
from linli.ledger.acts.turn import Turn, Working, entry_row, words_row
from linli.ledger.entries import rows
from linli.ledger.entries.models import Entry, SearchText


def carry_out(acts: Sequence[Act | NewEntry]) -> list[Done]:
    """Do the acts in order, in one transaction.

    Raises ValidationError (what was typed is wrong, by field), PermissionDenied, Entry.DoesNotExist
    (also where the actor may not know of it), ConflictError. On any of them nothing has happened.
    """
    prepared = [
        recording.prepare(act) if isinstance(act, Act) and act.action == "record" else act
        for act in acts
    ]
    new_ids = {p.values["id"] for p in prepared if isinstance(p, NewEntry)}
    homes = changing.homes([a for a in prepared if isinstance(a, Act) and a.entry not in new_ids])
    for item in prepared:
        if isinstance(item, NewEntry):
            homes[item.values["room"]] = item.values["district"]
    with rows.writing():
        turn = Turn(clock.now(), chain.lock(homes))
        changing.load(turn, [a for a in prepared if isinstance(a, Act)], new_ids)
        done = [enter(turn, item) for item in prepared]
        _finish(turn)
    return done


def enter(turn: Turn, item: Act | NewEntry) -> Done:
    """One act and what it causes in other ledgers."""
    if isinstance(item, NewEntry):
        done = recording.enter(turn, item)
        if item.who is not None:
            reacting.react(turn, reacting.Happened(turn.working[done.entry], "record", item.who))
        return done
    work = turn.working.get(item.entry) if item.entry else None
    before = reacting.facts_before(work.ledger, item.action, work.values) if work else None
    done = changing.enter(turn, item)
    if before is not None:
        happened = reacting.Happened(
            turn.working[done.entry], item.action, item.actor, before, item.at
        )
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
    rows.write(turn.batch, turn.tails.values())


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
