"""Which template a paper is made by: one that an administrator uploaded, else one that lies in
LINLI_HOME/templates/<ledger>/<name>.docx, else the shipped one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Document, Ledger
from linli.ledger.printing.models import WordTemplate
from linli.ledger.printing.word import fields, opening, shipped
from linli.ledger.printing.word.judging import Template, judged
from linli.org import actions

Origin = Literal["uploaded", "home", "shipped"]
# Templates in use, by what they hold and what they are for: judging one takes a tenth of a second.
_judged: dict[tuple[str, str, int, str, str], Template] = {}
_MOST_HELD = 64


class TemplateBroken(Exception):
    """The template that holds cannot be used: `problems` in words, `origin` where it comes from."""

    def __init__(self, origin: Origin, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.origin = origin
        self.problems = problems


@dataclass(frozen=True)
class Kept:
    """The file of a template and where it comes from."""

    origin: Origin
    content: bytes
    file_name: str = ""
    by_name: str = ""
    at: datetime | None = None


def papers_of(ledger: Ledger) -> list[tuple[str, str]]:
    """(name, title) of the papers this ledger has templates for: its form, then its documents."""
    return [
        (fields.ENTRY, _("Entry form")),
        *((one.name, str(one.title)) for one in ledger.documents),
    ]


def document_of(ledger: Ledger, name: str) -> Document | None:
    """The document of that name, None for the form of an entry. Raises KeyError."""
    if name == fields.ENTRY:
        return None
    return {one.name: one for one in ledger.documents}[name]


def shape_for(ledger: Ledger, name: str) -> fields.Group:
    """What the template of this paper may ask for. Raises KeyError."""
    return fields.shape_of(ledger, document_of(ledger, name))


def kept(ledger: Ledger, name: str) -> Kept:
    """The file that holds for this paper. Raises KeyError."""
    document = document_of(ledger, name)
    row = WordTemplate.objects.filter(ledger=ledger.code, name=name).first()
    if row is not None:
        return Kept("uploaded", bytes(row.content), row.file_name, row.by_name, row.at)
    path = home_path(ledger, name)
    if path.is_file():
        if path.stat().st_size > opening.MOST_BYTES:
            return Kept("home", b"", path.name)
        at = clock.local(clock.written_at(path))
        return Kept("home", path.read_bytes(), path.name, at=at)
    return Kept("shipped", _shipped(document))


def _shipped(document: Document | None) -> bytes:
    return shipped.document_template(document.word) if document else shipped.entry_template()


def home_path(ledger: Ledger, name: str) -> Path:
    """Where who runs the installation may put a template."""
    return Path(settings.HOME) / "templates" / ledger.code / f"{name}.docx"


def template(ledger: Ledger, name: str) -> Template:
    """The template that holds, judged. Raises KeyError, TemplateBroken.

    A matter with an older form of a community's own ledger, which the bureau's template does not
    fit, gets the shipped one.
    """
    holding = kept(ledger, name)
    digest = hashlib.sha256(holding.content).hexdigest()
    key = (ledger.code, name, ledger.version, holding.origin, digest)
    if key not in _judged:
        try:
            found = judged(holding.content, shape_for(ledger, name))
        except ValidationError as wrong:
            if registry.get(ledger.code).version == ledger.version:
                raise TemplateBroken(holding.origin, wrong.messages) from None
            found = judged(_shipped(document_of(ledger, name)), shape_for(ledger, name))
        if len(_judged) >= _MOST_HELD:
            _judged.clear()
        _judged[key] = found
    return _judged[key]


def upload(
    *, actor: Actor, unit: UUID, ledger: Ledger, name: str, file_name: str, content: bytes
) -> WordTemplate:
    """Take a template into use; the one before it goes. Raises KeyError, ValidationError.

    `unit` is the bureau in whose history it stands.
    """
    judged(content, shape_for(ledger, name))
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        WordTemplate.objects.filter(ledger=ledger.code, name=name).delete()
        row = WordTemplate.objects.create(
            ledger=ledger.code, name=name, content=content, digest=digest,
            file_name=file_name[-200:], by=actor.id, by_name=actor.name[:60],
        )  # fmt: skip
        _note(actor, unit, row, "word_template.set")
    return row


def remove(*, actor: Actor, unit: UUID, ledger: Ledger, name: str) -> bool:
    """Back to the shipped template; whether there was one to remove."""
    with transaction.atomic():
        row = WordTemplate.objects.filter(ledger=ledger.code, name=name).first()
        if row is None:
            return False
        _note(actor, unit, row, "word_template.removed")
        row.delete()
    return True


def _note(actor: Actor, unit: UUID, row: WordTemplate, action: str) -> None:
    told = {"ledger": row.ledger, "name": row.name, "file": row.file_name, "digest": row.digest}
    actions.note(unit=unit, subject=row.pk, action=action, by=actor, body=told)
