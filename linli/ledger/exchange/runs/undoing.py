"""An import undone as one act: everything it brought is voided, and may be brought again."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access.actor import Actor, actor_for, system_actor
from linli.ground import clock
from linli.ground.ids import new_id
from linli.ledger.acts import carrying_out, turn
from linli.ledger.acts.act import Act, ThingAct
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import VOID
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.runs import row_pool
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.exchange.sheets.opening import UNREADABLE
from linli.ledger.runs import doing
from linli.ledger.runs.lease import Lease
from linli.ledger.runs.long_work import LongWork, Told, declare
from linli.ledger.runs.run import States
from linli.org.models import Staff

_CAN_BE_UNDONE = (Status.DONE, Status.STOPPED, Status.UNDOING)


def changed_since(run: ImportRun) -> int:
    """How many of its matters somebody has worked on since; a page says so before undoing."""
    changed: int = _its_entries(run).filter(rev__gt=1).count()
    return changed


def _its_entries(run: ImportRun) -> Any:
    """The matters, or things, that a run brought and that are not void."""
    register = registry.register_of(run.ledger)
    if isinstance(register, Thing):
        return register.model.objects.filter(
            import_run=run.pk, district=run.district, room=run.room, void=False
        )
    return Entry.objects.filter(
        import_run=run.pk, district=run.district, room=run.room, ledger=run.ledger
    ).exclude(state=VOID)


def begin_undo(run: ImportRun, actor: Actor) -> None:
    """Mark a run as being undone by this person. Raises PermissionDenied, ValidationError."""
    ledger = registry.register_of(run.ledger)
    turn.require(actor, "void", ledger, run.room, run.district)
    begun = ImportRun.objects.filter(pk=run.pk, status__in=_CAN_BE_UNDONE).update(
        status=Status.UNDOING, undo_act=run.undo_act or new_id(), undone_by=actor.id,
        claim=None, progress_at=clock.now(), problem="",
    )  # fmt: skip
    if not begun:
        raise ValidationError(_("This import cannot be undone now."), code="status")
    run.refresh_from_db()


def undo(run_id: UUID) -> ImportRun:
    """Void every matter a run brought, as one act; can be stopped and gone on with.

    Its rows may be imported again afterwards. Raises TakenOver, ImportRun.DoesNotExist.
    """
    return doing.carry_out(UNDO, run_id)


def _void_all(lease: Lease[ImportRun]) -> None:
    run = lease.run
    ledger, actor = registry.register_of(run.ledger), _undoer(run)
    reason = _("The import of “%s” was undone.") % run.file_name
    rows = _its_entries(run).order_by("id").values_list("id", flat=True)
    while ids := list(rows[: row_pool.BATCH]):
        carrying_out.carry_out([_voiding(ledger, run, actor, id, reason) for id in ids])
        lease.beat()
    lease.end()


def _voiding(
    register: Ledger | Thing, run: ImportRun, actor: Actor, id: UUID, reason: str
) -> Act | ThingAct:
    assert run.undo_act is not None
    if isinstance(register, Thing):
        return ThingAct(
            register, VOID, actor, {}, room=run.room, district=run.district, thing=id,
            reason=reason, id=run.undo_act,
        )  # fmt: skip
    return Act(
        register, VOID, actor, {}, room=run.room, district=run.district, entry=id,
        reason=reason, id=run.undo_act,
    )  # fmt: skip


def _undoer(run: ImportRun) -> Actor:
    if run.undone_by is None:
        return system_actor("linli import", via="import")
    return actor_for(Staff.objects.get(pk=run.undone_by), via="import")


# Being undone is one state, whether it waits, is at work or was stopped: nobody imports meanwhile.
UNDO: Final = declare(
    LongWork(
        code="undo",
        model=ImportRun,
        do=_void_all,
        told=Told(
            denied=gettext_lazy("You may not void what is in this room any more."),
            unwritten=UNREADABLE,
            database=gettext_lazy(
                "The database did not take the rows. Go on with it later; nothing is lost."
            ),
            stopped=gettext_lazy("It was stopped. Go on with it and the rest is voided."),
        ),
        states=States(
            waiting=Status.UNDOING,
            running=Status.UNDOING,
            stopped=Status.UNDOING,
            done=Status.UNDONE,
            ended_at="undone_at",
        ),
    )
)
