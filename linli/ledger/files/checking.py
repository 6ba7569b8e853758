"""What `linli audit verify` asks of files: each that a step brought is there, as the step says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.ground.keyring import KeyDestroyed, SealBroken
from linli.history.models import Step
from linli.ledger.files import storage
from linli.ledger.files.models import ERASED, Attachment
from linli.ledger.files.reading import opened
from linli.ledger.files.taking_in import digest_of


def rows_of(entries: Iterable[UUID]) -> dict[UUID, dict[str, Attachment]]:
    """The files of these matters, by matter and id."""
    found: dict[UUID, dict[str, Attachment]] = {}
    for row in Attachment.objects.filter(entry__in=list(entries)):
        if row.entry is not None:
            found.setdefault(row.entry, {})[str(row.id)] = row
    return found


def problems(bodies: Iterable[Mapping[str, Any]], rows: Mapping[str, Attachment]) -> Iterator[str]:
    """What is wrong with the files of one matter, of which all steps are known."""
    said: dict[str, Mapping[str, Any]] = {}
    ended: set[str] = set()
    for body in bodies:
        said |= body.get("files", {})
        ended |= set(body.get("files_ended", ()))
    for id in sorted(rows.keys() - said.keys()):
        yield _("the file %(id)s was not brought by any step") % {"id": id}
    for id, about in said.items():
        if id not in rows:
            yield _("the file %(id)s is gone from the database") % {"id": id}
        elif problem := _problem(rows[id], about, id in ended):
            yield problem


def _problem(row: Attachment, said: Mapping[str, Any], ended: bool) -> str:
    named = {"id": row.id}
    if (bytes(row.digest).hex(), row.size, row.media) != (
        said["digest"], said["size"], said["type"]
    ) or row.ended != ended:  # fmt: skip
        return _("the row of the file %(id)s was changed") % named
    if row.erased_at is not None:
        if Step.objects.filter(subject=row.id, action=ERASED).exists():
            return ""
        return _("the file %(id)s was erased without a step that says so") % named
    try:
        secret, _name = opened(row)
        found = digest_of(bytes(row.salt), storage.read(row.stored, secret))
    except KeyDestroyed:
        return ""  # its time is over: the content is gone for good
    except FileNotFoundError:
        return _("the file %(id)s is missing on the disk") % named
    except SealBroken:
        return _("the file %(id)s was changed") % named
    return "" if found == bytes(row.digest) else _("the file %(id)s was changed") % named
