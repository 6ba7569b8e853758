"""`linli export`: the entries of a ledger, or everything of a room, to a file.

Streaming, so that a million entries need no more memory than one. An export is a read: it is logged
and committed before the first row is read. The file is written beside its place and gets its name
when it is whole, so after a crash it is begun again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from linli.access import policy
from linli.access.actor import Actor, actor_for, system_actor
from linli.access.purposes import check_purpose
from linli.ledger.declaration import registry
from linli.ledger.entries.rows import writing
from linli.ledger.exports import archive, asking, reading, tables
from linli.ledger.exports.asking import Why
from linli.ledger.reading.lists import Filters
from linli.operations.troubles import CouldNotError
from linli.org.models import Staff, Unit, UnitKind
from linli.org.tree import district_of

FORMS = {".xlsx": "xlsx", ".csv": "csv", ".jsonl": "jsonl"}


def export(
    code: str,
    room_code: str,
    out: Path,
    *,
    purpose: str = "",
    names: bool = False,
    filters: Filters | None = None,
    gb: bool = False,
    user: str = "",
) -> int:
    """Write the file; gives the number of entries. People appear masked unless `names`.

    Without a room, those of all rooms that `user` (else the program itself) may export. Raises
    UnknownLedger; CouldNotError for an unknown room or kind of file, or a file that is there;
    ValidationError, PermissionDenied.
    """
    ledger = registry.get(code)
    room = room_of(room_code) if room_code else None
    form = FORMS.get(out.suffix.lower())
    if form is None or (gb and form != "csv"):
        raise CouldNotError(
            _("Only a .csv file can be in GB18030.")
            if form
            else _("The file must end in .xlsx, .csv or .jsonl.")
        )
    actor = actor_of(user)
    policy.require(actor, "export", ledger.code)
    why = why_of(actor, purpose, names=names)
    filters = filters or Filters()
    rows = asking.selected(actor, ledger, filters, names=names)
    if room:
        rows = rows.filter(room=room.id)
    with reading.apart() as database, unfinished(out) as (file, beside):
        rows = rows.using(database)
        rooms = reading.rooms_of(rows)
        with writing():
            asking.note(
                actor, rooms, fields=asking.fields_of(ledger, names=names), why=why,
                said="; ".join(p for p in (filters.as_words(ledger), out.name) if p),
            )  # fmt: skip
        return tables.write(
            file, form="csv_gb" if gb else form, ledger=ledger, rows=rows, opened=names,
            beside=beside,
        )  # fmt: skip


def export_all(
    room_code: str, out: Path, *, purpose: str = "", names: bool = False, user: str = ""
) -> int:
    """Write the archive of everything of a room; gives the number of entries."""
    room, actor = room_of(room_code), actor_of(user)
    if out.suffix.lower() != ".zip":
        raise CouldNotError(_("The archive of a room must end in .zip."))
    if not asking.may_take_all(actor, room.pk, district_of(room.pk)):
        raise CouldNotError(_("This account may not take all data of this room."))
    why = why_of(actor, purpose, names=names)
    with unfinished(out) as (file, _beside):
        return archive.write(file, room=room, actor=actor, why=why)


def actor_of(user: str) -> Actor:
    """The account of that name, else the program itself."""
    if not user:
        return system_actor("linli export")
    staff = Staff.objects.filter(username=user, is_active=True).first()
    if staff is None:
        raise CouldNotError(_("There is no such account, or it is closed."))
    return actor_for(staff, via="job")


def why_of(actor: Actor, purpose: str, *, names: bool) -> Why:
    """The purpose of an export on the command line: a written reason, needed with names."""
    if not names:
        return Why(words=purpose)
    if actor.kind != "system" and asking.needs_another():
        raise CouldNotError(
            _("With names another person approves an export: ask for it on the page of the list.")
        )
    check_purpose("other", words=purpose)
    return Why(names=True, purpose="other", words=purpose)


def room_of(code: str) -> Unit:
    """The room of that code. Raises CouldNotError."""
    room = Unit.objects.filter(kind=UnitKind.ROOM, code=code).first()
    if room is None:
        raise CouldNotError(_("There is no room %(code)s.") % {"code": code})
    return room


@contextmanager
def unfinished(out: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A file beside `out`, readable by its owner only, that takes its name when it is whole; and a
    folder for what is needed until then. What an export that was killed left is written over."""
    part = out.with_name(out.name + ".unfinished")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    beside = out.with_name(out.name + ".work")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, beside
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
