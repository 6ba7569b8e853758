"""What an act does with files: those it names are bound to its matter, others taken off it.

Planned before anything is written (what is wrong is told by field), carried out under the lock with
the step that says so. A file is bound once, to one matter, by who sent it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.ledger.acts.act import Act, ThingAct
from linli.ledger.declaration.ledger import Action
from linli.ledger.entries import people
from linli.ledger.files import taking_in
from linli.ledger.files.models import Attachment
from linli.ledger.files.reading import sealed_of

# Fields of the everyday actions `attach` and `detach`.
ADDED: Final = "added_files"
REMOVED: Final = "removed_files"
# The retention class of what a resident sends along: shorter than that of the matter itself.
OF_REPORTS: Final = "report_attachments"

NOT_KNOWN = _("This file is not there any more. Add it again.")


@dataclass(frozen=True, slots=True)
class Plan:
    """Files an act binds (with their keys wrapped anew for the matter's class and month) and ends."""

    bound: tuple[tuple[Attachment, str, keyring.SealedValue], ...] = ()
    ended: tuple[UUID, ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """What the step says: never a name."""
        said: dict[str, Any] = {}
        if self.bound:
            said["files"] = {
                str(row.id): {
                    "digest": bytes(row.digest).hex(),
                    "size": row.size,
                    "type": row.media,
                    "field": name,
                }
                for row, name, _box in self.bound
            }
        if self.ended:
            said["files_ended"] = [str(id) for id in self.ended]
        return said


NOTHING: Final = Plan()


def for_record(act: Act | ThingAct, values: Mapping[str, Any], cleaned: Mapping[str, Any]) -> Plan:
    """The plan of a matter that is new. Raises ValidationError by field."""
    wanted = {name: ids for name, ids in _in_fields(act, cleaned).items() if ids}
    if act.files:
        wanted[""] = [str(id) for id in act.files]
    return _bound(act, values, wanted, present=0) if wanted else NOTHING


def for_change(
    act: Act | ThingAct, action: Action, values: Mapping[str, Any], cleaned: dict[str, Any]
) -> Plan:
    """The plan of an act on a matter; completes the values of file fields in `cleaned`.

    A correction gives the whole list of a field; any other action adds to it.
    """
    fields = _in_fields(act, cleaned)
    added, removed = cleaned.get(ADDED) or (), cleaned.get(REMOVED) or ()
    if not (fields or added or removed or act.files):
        return NOTHING
    present = {
        str(row.id): row for row in Attachment.objects.filter(entry=values["id"], ended=False)
    }
    wanted: dict[str, Sequence[str]] = {"": [*added, *map(str, act.files)]}
    gone: list[str] = []
    for name, given in fields.items():
        had: list[str] = values["data"].get(name) or []
        if action.name == "correct":
            gone += [id for id in had if id not in given]
        elif given:
            cleaned[name] = list(dict.fromkeys([*had, *given]))
        wanted[name] = [id for id in given if id not in had]
    gone += _taken_off(removed, present, values, cleaned)
    plan = _bound(act, values, wanted, present=len(present) - len(gone))
    return replace(plan, ended=tuple(UUID(id) for id in gone))


def _in_fields(act: Act | ThingAct, cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    """The ids given for each field of the ledger that holds files."""
    names = act.register.by_kind.get("files")
    if not names:
        return {}
    return {name: value or [] for name, value in cleaned.items() if name in names}


def _taken_off(
    removed: Iterable[str],
    present: Mapping[str, Attachment],
    values: Mapping[str, Any],
    cleaned: dict[str, Any],
) -> list[str]:
    """The ids an act takes off, which then stand in no field of the matter either."""
    gone = list(removed)
    if any(id not in present for id in gone):
        raise ValidationError({REMOVED: ValidationError(NOT_KNOWN, code="file")})
    for name in {present[id].field for id in gone} - {""}:
        cleaned[name] = [id for id in values["data"].get(name) or () if id not in gone]
    return gone


def _bound(
    act: Act | ThingAct,
    values: Mapping[str, Any],
    wanted: Mapping[str, Sequence[str]],
    *,
    present: int,
) -> Plan:
    ids = [id for given in wanted.values() for id in given]
    most = taking_in.most_per_entry()
    where = next((name for name, given in wanted.items() if given), "") or ADDED
    if present + len(ids) > most and ids:
        problem = ValidationError(
            _("A matter has at most %(most)d files."), code="too_many", params={"most": most}
        )
        raise ValidationError({where: problem})
    rows = {str(row.id): row for row in Attachment.objects.filter(id__in=ids)}
    ring = keyring.load(settings.HOME)
    key = _key_for(act, values)
    errors, bound = {}, []
    for name, given in wanted.items():
        for id in given:
            row = rows.get(id)
            if row is None or not _may_bind(act, row, values["id"]):
                errors[name or ADDED] = ValidationError(NOT_KNOWN, code="file")
                continue
            plain = ring.open(sealed_of(row), aad=row.id.bytes)
            bound.append((row, name, ring.seal(plain, key_id=key, aad=row.id.bytes)))
    if errors:
        raise ValidationError(errors)
    return Plan(tuple(bound))


def _key_for(act: Act | ThingAct, values: Mapping[str, Any]) -> str:
    """The wrapping key of a matter's files: its retention class and month."""
    received = clock.local(values.get("received_at") or values["made_at"]).date()
    if act.actor.kind == "resident":
        return people.key_id(OF_REPORTS, clock.today())
    return people.key_id(act.register.code, received)


def _may_bind(act: Act | ThingAct, row: Attachment, entry: UUID) -> bool:
    if row.entry is not None or row.ended:
        return False
    if act.actor.kind == "resident":
        return row.added_by is None and row.meant_for == entry
    return act.actor.kind == "system" or (row.added_by == act.actor.id and row.meant_for is None)


def carry_out(plan: Plan, values: Mapping[str, Any], step: UUID) -> None:
    """Write the plan, in the transaction of its step; ValidationError where a file was bound or
    removed in the meantime."""
    for row, name, sealed in plan.bound:
        touched = Attachment.objects.filter(id=row.id, entry=None, ended=False).update(
            entry=values["id"], room=values["room"], district=values["district"], step=step,
            field=name, kept_until=None, key_id=sealed.key_id, wrapped=sealed.wrapped,
            box=sealed.box,
        )  # fmt: skip
        if touched != 1:
            raise ValidationError({name or ADDED: ValidationError(NOT_KNOWN, code="file")})
    if plan.ended:
        Attachment.objects.filter(id__in=plan.ended, entry=values["id"]).update(ended=True)
