"""What goes in and out about things, as pydantic sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.api.shapes import Body, FileOut, PersonOut, StepOut


class AddIn(Body):
    data: dict[str, Any] = Field(description="The register's fields; see GET /things.")
    room: UUID | None = Field(None, description="Left out: the room of the token's owner.")
    id: UUID | None = Field(None, description="An id made by the sender (UUID version 7).")


class ThingActIn(Body):
    data: dict[str, Any] = Field(default_factory=dict)
    reason: str = Field("", max_length=2000)
    rev: int | None = Field(
        None, ge=0, le=2**31 - 1,
        description="The revision you saw: 409 if it is another by now.",
    )  # fmt: skip


class ThingDoneOut(Schema):
    """What became of an act on a thing."""

    id: UUID
    register_: str = Field(alias="register")
    action: str
    state: str
    rev: int
    step: UUID


class ThingRowOut(Schema):
    """A thing in a list. `state` is standing, ended or merged; `data` has the register's own fields
    and parts without people."""

    id: UUID
    register_: str = Field(alias="register")
    room: UUID
    district: UUID
    state: str
    since: date | None
    until: date | None
    merged_into: UUID | None
    moved_from: UUID | None
    data: dict[str, Any]
    rev: int
    made_at: datetime


class ThingOut(ThingRowOut):
    """One thing with the people who answer for it, masked, and its files."""

    people: list[PersonOut]
    files: list[FileOut]


class ThingsPageOut(Schema):
    """A page of a register. `count` is exact up to 1000; beyond, `more` is true."""

    things: list[ThingRowOut]
    count: int
    more: bool
    next: str | None
    previous: str | None


class ThingActionOut(Schema):
    name: str
    title: str
    needs: str
    from_states: list[str]
    reason: bool
    data: dict[str, Any]


class ThingRegisterOut(Schema):
    """The declaration of a register of things."""

    code: str
    title: str
    purpose: bool = Field(description="A register of people: it is not browsed.")
    filters: list[str]
    order: list[str]
    fields: dict[str, Any]
    actions: list[ThingActionOut]
    may: list[str]


class ThingRegistersOut(Schema):
    registers: list[ThingRegisterOut]


class ThingStepsOut(Schema):
    """The history of a thing, the newest first."""

    steps: list[StepOut]
