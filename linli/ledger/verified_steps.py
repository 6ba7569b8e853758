"""What verifying matters and verifying things share: a finding, the steps of subjects, their bodies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from linli.history.models import Erasure, Step, StepBody
from linli.ledger.entries.models import EntryPerson, Sealed
from linli.ledger.entries.people import box_digest

SLICE = 1000


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (`code`), or that was erased by rule (`code` "erased": not wrong)."""

    room: UUID
    seq: int
    step: UUID | None
    code: str
    message: str

    @property
    def wrong(self) -> bool:
        return self.code != "erased"


def bodies_of(steps: list[Step]) -> tuple[dict[UUID, StepBody], dict[UUID, UUID]]:
    ids = [step.id for step in steps]
    return (
        {body.step: body for body in StepBody.objects.filter(step__in=ids)},
        dict(Erasure.objects.filter(step__in=ids).values_list("step", "by")),
    )


def steps_of(ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    steps = Step.objects.filter(subject__in=ids).order_by("subject", "seq")
    return {subject: list(group) for subject, group in groupby(steps, key=lambda s: s.subject)}


def people_of(ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """Of every entry: person -> digest of the sealed box as it is now."""
    boxes = {row.owner: box_digest(bytes(row.box)) for row in Sealed.objects.filter(entry__in=ids)}
    people: dict[UUID, dict[str, str]] = {}
    for person in EntryPerson.objects.filter(entry__in=ids):
        people.setdefault(person.entry, {})[str(person.id)] = boxes.get(person.id, "")
    return people
