"""What goes in and out, as pydantic sees it: checks of bodies, and the shapes in OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from linli.access.purposes import PURPOSES
from linli.ledger.exports.tables import FORMS

# Told in the description, checked by `check_purpose`, whose words are for people.
_PURPOSES: JsonDict = {"enum": [purpose.code for purpose in PURPOSES]}
_ANY_PURPOSE: JsonDict = {"enum": ["", *(purpose.code for purpose in PURPOSES)]}
_FORMS: JsonDict = {"enum": list(FORMS)}


class Body(BaseModel):
    """What is sent: nothing unknown in it, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid")


class RecordIn(Body):
    data: dict[str, Any] = Field(description="The ledger's fields; see GET /ledgers/{ledger}.")
    room: UUID | None = Field(None, description="Left out: the room of the token's owner.")
    id: UUID | None = Field(None, description="An id made by the sender (UUID version 7).")
    at: datetime | None = Field(None, description="When it was done, if not now (offline work).")
    version: int | None = Field(
        None,
        description="The version of an own ledger whose form was filled in; left out: the newest.",
    )


class ActIn(Body):
    data: dict[str, Any] = Field(default_factory=dict)
    reason: str = Field("", max_length=2000)
    rev: int | None = Field(
        None, ge=0, le=2**31 - 1,
        description="The revision you saw: 409 if it is another by now.",
    )  # fmt: skip
    at: datetime | None = None


class RevealIn(Body):
    purpose: str = Field(json_schema_extra=_PURPOSES)
    matter: str = Field("", max_length=80)
    words: str = Field("", max_length=300)
    people: list[UUID] | None = Field(None, max_length=100, description="Left out: everybody.")


class FindPersonIn(Body):
    kind: str = Field(pattern="^(phone|identity|name|pinyin)$")
    value: str = Field(min_length=1, max_length=100)
    purpose: str = Field(json_schema_extra=_PURPOSES)
    matter: str = Field("", max_length=80)
    words: str = Field("", max_length=300)


class FiltersIn(Body):
    """What a list is narrowed to, as in its address."""

    state: str = ""
    category: str = ""
    channel: str = ""
    responsible: str = ""
    room: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    overdue: str = ""
    order: str = ""


class ExportIn(Body):
    form: str = Field(json_schema_extra=_FORMS)
    filters: FiltersIn = Field(default_factory=FiltersIn)
    names: bool = Field(False, description="People with names and numbers, not masked.")
    purpose: str = Field("", json_schema_extra=_ANY_PURPOSE)
    matter: str = Field("", max_length=80)
    words: str = Field("", max_length=300)


class ExportOut(Schema):
    """An export. `file` is the address of its file while there is one."""

    id: UUID
    ledger: str | None
    form: str
    names: bool
    status: str
    entries: int
    written: int
    problem: str
    size: int | None
    kept_until: datetime | None
    file: str | None


class DoneOut(Schema):
    """What became of an act."""

    id: UUID
    ledger: str
    serial: str
    action: str
    state: str
    rev: int
    step: UUID


class PersonOut(Schema):
    """A person concerned, masked."""

    id: UUID
    role: str
    name: str
    phone: str
    id_number: str


class PastOut(Schema):
    """What a matter that came in as history was called and what its cells said."""

    number: str | None = None
    said: dict[str, str] | None = None
    notes: list[str] | None = None


class DeadlineOut(Schema):
    """`guess`: counted without that year's holidays; `head` and `chief`: when they were told that
    it is overdue."""

    due: datetime
    met: datetime | None = None
    guess: bool | None = None
    head: datetime | None = None
    chief: datetime | None = None


class RowOut(Schema):
    """An entry in a list. `data` has the ledger's own fields without people."""

    id: UUID
    ledger: str
    version: int
    serial: str
    room: UUID
    district: UUID
    state: str
    open: bool
    first_asked: UUID
    responsible: UUID
    offered_to: UUID | None
    assisting: list[UUID]
    due_at: datetime | None
    closed_at: datetime | None
    data: dict[str, Any]
    deadlines: dict[str, DeadlineOut]
    past: PastOut | None
    rev: int
    recorded_at: datetime


class FileOut(Schema):
    """A photo, document or recording; its content by GET /files/{file} unless it is gone."""

    id: UUID
    name: str
    type: str
    size: int
    field: str
    added_by: UUID | None
    added_at: datetime
    gone: bool


class EntryOut(RowOut):
    """One entry with the people concerned, masked, and its files."""

    people: list[PersonOut]
    files: list[FileOut]


class LinksOut(Schema):
    """The matters that one follows from, and those that it led to."""

    came_from: list[RowOut]
    led_to: list[RowOut]


class PageOut(Schema):
    """A page of a list, newest first. `count` (asked for by counted=true) is exact up to 1000;
    beyond, `more` is true."""

    entries: list[RowOut]
    count: int | None
    more: bool | None
    next: str | None = Field(description="The address of the next page.")
    previous: str | None


class FoundOut(Schema):
    """`how`: serial, words, too_short; phone and identity ask for POST /find-person."""

    how: str
    entries: list[RowOut]
    words: list[str] = Field(description="What to mark in the texts.")
    counts: dict[str, int] | None = Field(description="Of the newest hits, by ledger.")
    next: str | None


class RevealedPerson(Schema):
    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    note: str | None = None
    phone_said: str | None = None
    id_number_said: str | None = None


class RevealedOut(Schema):
    """People unmasked, by their id; the look is in the read log."""

    people: dict[UUID, RevealedPerson]


class PersonFoundOut(Schema):
    entry: RowOut
    person: PersonOut


class PeopleFoundOut(Schema):
    found: list[PersonFoundOut]


class ChangeOut(Schema):
    title: str
    old: str
    new: str


class StepOut(Schema):
    """One step in words of the reader's language."""

    step: UUID
    seq: int
    action: str
    title: str
    by: str
    at: datetime
    recorded_at: datetime
    via: str
    reason: str
    changes: list[ChangeOut]
    said: list[tuple[str, str]]
    erased: bool


class StepsOut(Schema):
    """The history of an entry, the newest first."""

    steps: list[StepOut]


class ActionOut(Schema):
    name: str
    title: str
    needs: str
    from_states: list[str]
    to: str | None
    reason: bool = Field(description="A written reason is asked for.")
    adds: str | None = Field(None, description="The field of rows to which it adds one.")
    data: dict[str, Any] = Field(description="JSON Schema of `data`.")


class StateOut(Schema):
    name: str
    title: str
    open: bool


class CategoryOut(Schema):
    code: str
    title: str


class LedgerOut(Schema):
    """The declaration of a ledger: what it asks for, its states and what can be done."""

    code: str
    title: str
    key: str
    version: int
    fields: dict[str, Any]
    states: list[StateOut]
    actions: list[ActionOut]
    categories: list[CategoryOut]
    may: list[str] = Field(description="What this token may do here.")


class LedgersOut(Schema):
    ledgers: list[LedgerOut]


class ViewOut(Schema):
    """Filters and columns of a list under a name; with `unit` it is shared with that unit."""

    id: UUID
    name: str
    query: str
    owner: UUID
    unit: UUID | None
    first: bool = Field(description="The list opens with it.")


class ViewsOut(Schema):
    views: list[ViewOut]


class PostOut(Schema):
    unit: UUID
    kind: str
    name: str
    role: str


class MeOut(Schema):
    """Whose token this is."""

    id: UUID | None
    name: str
    posts: list[PostOut]
    may: list[str]


class ErrorOut(Schema):
    field: str
    code: str
    message: str


class ProblemOut(Schema):
    """RFC 9457, application/problem+json."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[ErrorOut] | None = None


class ConflictOut(ProblemOut):
    """409: what others did since the revision that was seen."""

    seen: int
    now: int
    changes: list[StepOut]
