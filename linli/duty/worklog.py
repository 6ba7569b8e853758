"""Work logs as they are read: one's own day, the month, and who of a room has signed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from linli.access import policy
from linli.access.actor import Actor
from linli.access.roles import ROLES
from linli.duty.day import CODE, Line, Log, bounds, compose, later
from linli.duty.signing import log_id, sign_off
from linli.ground import clock
from linli.history.models import Step
from linli.ledger.entries.models import Entry
from linli.org.models import Posting, Unit

__all__ = [
    "Day", "Log", "compose", "in_month", "log_id", "of_rooms", "one", "own", "sign_off",
]  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A person's day: its log, the entry once it is signed, and what was done since then."""

    staff: UUID
    day: date
    log: Log
    signed: Entry | None
    later: tuple[Line, ...] = ()

    @property
    def remark(self) -> str:
        return self.signed.narrative if self.signed else ""


def own(actor: Actor, day: date) -> Day:
    """The actor's own day: as it was signed, else as it stands now. Not for the system."""
    if actor.id is None:
        raise PermissionError("only staff have work logs")
    live = compose(actor.id, day)
    signed = Entry.objects.filter(id=log_id(actor.id, day)).first()
    if signed is None:
        return Day(actor.id, day, live, None)
    frozen = Log.read(day, signed.data["log"])
    return Day(actor.id, day, frozen, signed, later(live, frozen))


def one(actor: Actor, entry: UUID) -> Day:
    """A signed log, of anybody the actor may read logs of; Entry.DoesNotExist otherwise."""
    mine = Q(responsible=actor.id) if actor.id else Q(pk__in=())
    signed = Entry.objects.filter(mine, id=entry, ledger=CODE).first()
    if signed is None:
        signed = policy.visible(actor, Entry, "read", CODE).get(id=entry)
    if signed.occurred_at is None:  # never: the day is required
        raise Entry.DoesNotExist
    day = clock.local(signed.occurred_at).date()
    return Day(signed.responsible, day, Log.read(day, signed.data["log"]), signed)


def in_month(staff: UUID, day: date) -> list[tuple[date, UUID | None]]:
    """Every day of the month around `day`, with the log's id where it is signed."""
    days = [day.replace(day=n) for n in range(1, monthrange(day.year, day.month)[1] + 1)]
    ids = {log_id(staff, one): one for one in days}
    signed = {ids[found]: found for found in _those_signed(ids)}
    return [(one, signed.get(one)) for one in days]


def _those_signed(ids: Iterable[UUID]) -> set[UUID]:
    return set(Entry.objects.filter(id__in=list(ids), ledger=CODE).values_list("id", flat=True))


@dataclass(frozen=True)
class Signer:
    """Somebody of a room on a day: their log once signed, and how much they did."""

    staff: UUID
    name: str
    role: str
    signed: UUID | None
    done: int


@dataclass(frozen=True)
class RoomLogs:
    room: UUID
    name: str
    signers: list[Signer]

    @property
    def missing(self) -> int:
        """How many did something that day and have not signed."""
        return sum(1 for signer in self.signers if signer.done and not signer.signed)


def of_rooms(actor: Actor, day: date) -> list[RoomLogs]:
    """The rooms the actor leads (head, chief), each with who keeps a log and has signed that day.

    Five queries, however many rooms.
    """
    reach = actor.reach("assign", CODE)
    rooms = Unit.objects.filter(pk__in=reach.rooms, until=None).order_by("code")
    writing = [code for code, role in ROLES.items() if role.allows("sign_log", CODE)]
    postings = (
        Posting.objects.filter(
            Q(until=None) | Q(until__gt=day), unit__in=reach.rooms, since__lte=day, role__in=writing
        )
        .select_related("staff")
        .order_by("staff__name_pinyin")
    )
    posted: dict[UUID, dict[UUID, Posting]] = {}
    for posting in postings:
        posted.setdefault(posting.unit_id, {}).setdefault(posting.staff_id, posting)
    people = {staff for of_room in posted.values() for staff in of_room}
    signed = _those_signed(log_id(staff, day) for staff in people)
    done = _done(people, reach.rooms, day)
    return [
        RoomLogs(
            room.pk,
            room.name,
            [_signer(posting, day, signed, done) for posting in posted.get(room.pk, {}).values()],
        )
        for room in rooms
    ]


def _done(people: set[UUID], rooms: frozenset[UUID], day: date) -> dict[UUID | None, int]:
    start, end = bounds(day)
    steps = Step.objects.filter(actor__in=people, acted_at__gte=start, acted_at__lt=end)
    work = steps.filter(room__in=rooms).exclude(subject__in=[log_id(one, day) for one in people])
    counted = work.values("actor").annotate(n=Count("id"))
    return dict(counted.values_list("actor", "n"))


def _signer(posting: Posting, day: date, signed: set[UUID], done: dict[UUID | None, int]) -> Signer:
    log = log_id(posting.staff_id, day)
    return Signer(
        posting.staff_id,
        posting.staff.name,
        str(ROLES[posting.role].title),
        log if log in signed else None,
        done.get(posting.staff_id, 0),
    )
