"""An import undone as one act: everything it brought is voided, and may be brought again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

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
from linli.ledger.exchange.runs.running import Tick
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
        progress_at=clock.now(), problem="",
    )  # fmt: skip
    if not begun:
        raise ValidationError(_("This import cannot be undone now."), code="status")
    run.refresh_from_db()


def undo(run_id: UUID, *, actor: Actor | None = None, tick: Tick | None = None) -> ImportRun:
    """Void every matter a run brought, as one act; can be stopped and gone on with.

    Its rows may be imported again afterwards. Raises PermissionDenied.
    """
    run = ImportRun.objects.get(pk=run_id)
    if run.status != Status.UNDOING or run.undo_act is None:
        return run
    actor = actor or _undoer(run)
    ledger = registry.register_of(run.ledger)
    with translation.override(run.language):
        reason = _("The import of “%s” was undone.") % run.file_name
        while True:
            ids = list(
                _its_entries(run).order_by("id").values_list("id", flat=True)[: row_pool.BATCH]
            )
            if not ids:
                break
            carrying_out.carry_out([_voiding(ledger, run, actor, id, reason) for id in ids])
            ImportRun.objects.filter(pk=run.pk).update(progress_at=clock.now())
            if tick:
                run.refresh_from_db()
                tick(run)
    ImportRun.objects.filter(pk=run.pk).update(status=Status.UNDONE, undone_at=clock.now())
    run.refresh_from_db()
    return run


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
