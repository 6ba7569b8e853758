"""A matter in Word: what a template is given, and the file made of it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from docxtpl import DocxTemplate

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.declaration import registry
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Document, Ledger
from linli.ledger.declaration.people_fields import PARTS
from linli.ledger.declaration.row_fields import SIGNED
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.printing import document as papers
from linli.ledger.printing import form
from linli.ledger.printing.book import roles_of
from linli.ledger.printing.typesetting import printable
from linli.ledger.printing.word.fields import CODED, Group, Shape, Table
from linli.ledger.printing.word.judging import FOOTNOTES, Template
from linli.ledger.printing.word.language import environment
from linli.ledger.reading import entry_view
from linli.org.tree import names, place_in_tree

Opened = Mapping[UUID, Mapping[str, str]]
_LOOP_PASSES = 20_000  # of all tables of a paper together


class _Paper(DocxTemplate):  # type: ignore[misc]
    """A template whose author, title and remarks are left alone: nobody judged them."""

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Not templates."""

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Each once. The library does it once per section, and what somebody typed would be read as
        a template the second time."""
        for part in self.docx.part.package.parts:
            if part.content_type == FOOTNOTES:
                filled = self.patch_xml(part.blob.decode("utf-8"))
                part._blob = self.render_xml_part(filled, part, context, jinja_env).encode("utf-8")


class _Rows(list[Any]):
    """Rows that are counted when they are gone through: tables inside tables stay in proportion."""

    def __init__(self, rows: list[Any], passes: list[int]) -> None:
        super().__init__(rows)
        self.passes = passes

    def __iter__(self) -> Iterator[Any]:
        self.passes[0] += len(self)
        if self.passes[0] > _LOOP_PASSES:
            raise ValueError("this template repeats too much")
        return super().__iter__()


def entry_docx(entry: Entry, template: Template, actor: Actor, opened: Opened) -> bytes:
    """One matter in Word, in the reader's language. `opened` as `reading.reveal` gave it."""
    return _filled(template, _values(entry, None, actor, opened))


def document_docx(
    entry: Entry, document: Document, template: Template, actor: Actor, opened: Opened
) -> bytes:
    """A paper that the matter gives, in the language of this installation, whoever prints it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _filled(template, _values(entry, document, actor, opened))


def _filled(template: Template, values: dict[str, Any]) -> bytes:
    paper = _Paper(io.BytesIO(template.content))
    paper.render(_ready(values, [0]), environment(), autoescape=True)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def example(template: Template, shape: Group) -> bytes:
    """The template filled with the names of its fields, to look at it before a matter is printed."""
    return _filled(template, _example(shape))


def _example(shape: Shape) -> Any:
    match shape:
        case Group():
            return {name: _example(one) for name, one in shape.parts.items()}
        case Table():
            return [_example(shape.row)]
    return f"〔{shape.title}〕"


def _ready(value: Any, passes: list[int]) -> Any:
    """The same values with every text printable in Word (without the marks that break lines)."""
    if isinstance(value, Mapping):
        return {str(name): _ready(one, passes) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return _Rows([_ready(one, passes) for one in value], passes)
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    return printable(str(value)).replace("\u200b", "")


def _values(
    entry: Entry, document: Document | None, actor: Actor, opened: Opened
) -> dict[str, Any]:
    ledger = registry.of(entry)
    called = names({entry.responsible, entry.first_asked, entry.room})
    facts = {about.name: papers.fact_of(entry, about) for about in ledger.fields}
    return {
        "title": document.title if document else _("%(ledger)s: entry form") % {"ledger": ledger.title},
        "ledger": ledger.title,
        "serial": serial_text(entry),
        "state": ledger.state_by_name[entry.state].title,
        "room": called.get(entry.room, ""),
        "station": place_in_tree(entry.room)[2].name,
        "responsible": called.get(entry.responsible, ""),
        "by": actor.name,
        "printed": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        "closed": moment_text(entry.closed_at) if entry.closed_at else "",
        "facts": {**facts, **_tables(entry, ledger)},
        "titles": {about.name: about.title for about in ledger.fields},
        "codes": _codes(entry, ledger),
        "last": _last(entry, ledger),
        "listed": [
            {"title": one["title"], "text": one["text"]}
            for one in form.facts_on_paper(ledger, entry, called)
        ],
        "people": _people(entry, ledger, opened),
        "deadlines": [
            dict(zip(("title", "due", "met"), line, strict=True))
            for line in form.deadlines_on_paper(entry)
        ],
        "steps": [
            {**step, "details": "\n".join(step["details"])} for step in form.steps_on_paper(entry)
        ],
        "words": document.words if document else form.form_words(),
        **(_of_document(entry, ledger, document) if document else {}),
    }  # fmt: skip


def _tables(entry: Entry, ledger: Ledger) -> dict[str, list[dict[str, str]]]:
    """Fields with rows, each row with every sub-field in words."""
    return {
        about.name: [
            {
                **{sub.name: papers.words_of(sub, row.get(sub.name)) for sub in about.fields},
                **{name: _signed(row.get(name)) for name in SIGNED},
            }
            for row in entry_view.field_value(entry, about) or ()
        ]
        for about in ledger.fields
        if about.kind.code == "rows"
    }


def _signed(value: Any) -> str:
    """When an action added a row, or who did."""
    try:
        return moment_text(datetime.fromisoformat(str(value))) if value else ""
    except ValueError:
        return str(value)


def _codes(entry: Entry, ledger: Ledger) -> dict[str, Any]:
    codes: dict[str, Any] = {}
    for about in ledger.fields:
        value = entry_view.field_value(entry, about)
        if about.kind.code in CODED:
            codes[about.name] = _code(value)
        elif about.kind.code == "rows":
            row = value[-1] if value else {}
            codes[about.name] = {
                sub.name: _code(row.get(sub.name)) for sub in about.fields if sub.kind.code in CODED
            }
    return codes


def _code(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _last(entry: Entry, ledger: Ledger) -> dict[str, dict[str, str]]:
    """The last row of each table; where there is none, nothing under every name."""
    tables = _tables(entry, ledger)
    return {
        about.name: tables[about.name][-1]
        if tables[about.name]
        else dict.fromkeys((*(sub.name for sub in about.fields), *SIGNED), "")
        for about in ledger.fields
        if about.kind.code == "rows"
    }


def _people(entry: Entry, ledger: Ledger, opened: Opened) -> list[dict[str, str]]:
    roles = roles_of(ledger)
    made = []
    for one in entry_view.people_of(entry):
        masked = {"name": one.name_mask, "phone": one.phone_mask, "id_number": one.id_mask}
        said = opened.get(one.id, masked)
        made.append({
            **{part: said.get(part, "") for part in PARTS},
            "role": one.role, "title": roles.get(one.role, one.role),
            "name_masked": one.name_mask, "phone_masked": one.phone_mask, "id_masked": one.id_mask,
        })  # fmt: skip
    return made


def _of_document(entry: Entry, ledger: Ledger, document: Document) -> dict[str, Any]:
    told = document.told(facts_of(ledger, vars(entry))) if document.told else {}
    return {
        "copies": papers.copies_of(document),
        "rules": papers.rules_of(entry, document),
        "told": {name: _told(told.get(name), columns) for name, columns in document.tables.items()},
    }


def _told(value: Any, columns: tuple[str, ...]) -> Any:
    """Rows by the names of their columns; what has no columns as it is."""
    if not columns:
        return value
    return [
        {column: row.get(column, "") for column in columns}
        if isinstance(row, Mapping)
        else dict(zip(columns, row, strict=True))
        for row in value or ()
    ]
