"""The auditor's first page: who looked at what and why, and who changed what. Nothing to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access import policy
from linli.access.actor import Actor
from linli.access.purposes import PURPOSES
from linli.access.routes import needs
from linli.desk.refilling import as_uuid, day_or_none
from linli.desk.requests import Asked
from linli.ground import clock
from linli.history.models import Erasure, ReadLog, Step, StepBody
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.entries.serials import serial_text
from linli.org import tree
from linli.org.models import Staff

SIZE = 50
KINDS = {
    "reveal": gettext_lazy("Unmasked"),
    "lookup": gettext_lazy("Looked up"),
    "file": gettext_lazy("Opened a file"),
    "search": gettext_lazy("Searched"),
    "export": gettext_lazy("Exported"),
    "print": gettext_lazy("Printed"),
}
CHANGES = "changes"
# Steps that an auditor asks for by themselves.
TELLING = ("correct", "void", "reopen", "assign")


@dataclass(frozen=True)
class Narrowed:
    """What the page is narrowed to, from its URL."""

    kind: str
    person: UUID | None
    day: date | None
    before: UUID | None

    @classmethod
    def of(cls, request: Asked) -> Narrowed:
        kind = request.GET.get("kind", "")
        day = day_or_none(request.GET.get("day", ""))
        return cls(
            kind if kind in KINDS or kind == CHANGES or kind in TELLING else "",
            as_uuid(request.GET.get("person")),
            day,
            as_uuid(request.GET.get("before")),
        )

    @property
    def shows_changes(self) -> bool:
        return self.kind == CHANGES or self.kind in TELLING

    def query(self, **changed: Any) -> str:
        now = {"kind": self.kind, "person": self.person, "day": self.day, **changed}
        return "?" + urlencode({name: str(value) for name, value in now.items() if value})

    def between(self, column: str) -> Q:
        if self.day is None:
            return Q()
        start = datetime.combine(self.day, time(), clock.SHANGHAI)
        return Q(**{f"{column}__gte": start, f"{column}__lt": start + timedelta(days=1)})


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    what: str
    why: str
    about: str
    url: str
    count: int = 1


@needs("audit")
def audit(request: Asked) -> HttpResponse:
    """Reads (the first view) or changes in the auditor's jurisdiction, fifty at a time."""
    narrowed = Narrowed.of(request)
    lines, after = (_changes if narrowed.shows_changes else _reads)(request.actor, narrowed)
    context = {
        "narrowed": narrowed,
        "lines": lines,
        "next_url": narrowed.query(before=after) if after else "",
        "first_url": narrowed.query() if narrowed.before else "",
        "kinds": list(KINDS.items()),
        "telling": [(name, _action_words(name)) for name in TELLING],
        "people": _people(request.actor),
        "today": _today(request.actor),
        "day": clock.today(),
    }
    return render(request, "desk/audit.html", context)


def reads_of(actor: Actor) -> QuerySet[ReadLog]:
    """The reads this auditor may see."""
    return policy.visible(actor, ReadLog, "audit")


def steps_of(actor: Actor) -> QuerySet[Step]:
    """The steps this auditor may see."""
    return policy.visible(actor, Step, "audit")


def _page_of(
    rows: QuerySet[Any], column: str, before: UUID | None
) -> tuple[list[Any], UUID | None]:
    """Fifty rows, the newest first, and the id after which the next page begins."""
    start: Model | None = rows.model._default_manager.filter(pk=before).first() if before else None
    if start is not None:
        at = getattr(start, column)
        rows = rows.filter(**{f"{column}__lte": at}).exclude(**{column: at, "id__gte": start.pk})
    found = list(rows.order_by(f"-{column}", "-id")[: SIZE + 1])
    return found[:SIZE], (found[SIZE - 1].pk if len(found) > SIZE else None)


def _reads(actor: Actor, narrowed: Narrowed) -> tuple[list[Line], UUID | None]:
    rows = reads_of(actor).filter(narrowed.between("at"))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.person:
        rows = rows.filter(actor=narrowed.person)
    found, after = _page_of(rows, "at", narrowed.before)
    serials = _serials(actor, [row.entry for row in found if row.entry])
    titles = {one.code: str(one.title) for one in PURPOSES}
    return [
        Line(
            row.at,
            row.actor_name,
            str(KINDS.get(row.kind, row.kind)),
            titles.get(row.purpose, row.words if row.kind == "search" else ""),
            serials.get(row.entry, "") if row.entry else row.matter,
            reverse("desk:audit_read", args=[row.id]),
            row.count,
        )
        for row in found
    ], after


def _changes(actor: Actor, narrowed: Narrowed) -> tuple[list[Line], UUID | None]:
    rows = steps_of(actor).filter(narrowed.between("recorded_at"))
    if narrowed.kind in TELLING:
        rows = rows.filter(action=narrowed.kind)
    if narrowed.person:
        rows = rows.filter(actor=narrowed.person)
    found, after = _page_of(rows, "recorded_at", narrowed.before)
    serials = _serials(actor, [row.subject for row in found])
    names = tree.names([row.actor for row in found if row.actor])
    bodies = dict(
        StepBody.objects.filter(step__in=[r.id for r in found]).values_list("step", "text")
    )
    lines = []
    for row in found:
        body = orjson.loads(bodies.get(row.id, "{}"))
        lines.append(
            Line(
                row.recorded_at,
                names.get(row.actor, "") if row.actor else str(body.get("by", "")),
                _action_words(row.action),
                str(body.get("reason", "")),
                serials.get(row.subject, ""),
                reverse("desk:audit_step", args=[row.id]),
            )
        )
    return lines, after


def _serials(actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Numbers of entries, which is all of them that an auditor sees."""
    rows = policy.visible(actor, Entry, "audit").filter(id__in=ids)
    return {
        entry.id: serial_text(entry)
        for entry in rows.only("id", "ledger", "serial_year", "serial_no")
    }


def _action_words(name: str) -> str:
    """An action of any ledger in words; of units and accounts by what the code calls them."""
    for ledger in registry.all_ledgers():
        if name in ledger.all_actions:
            return str(ledger.all_actions[name].done)
    return str(HOUSE_ACTIONS.get(name, name))


HOUSE_ACTIONS: dict[str, Any] = {
    "file_erased": gettext_lazy("File erased after its time"),
    "erased": gettext_lazy("Erased after their time"),
    "hold_placed": gettext_lazy("Held back from erasure"),
    "hold_released": gettext_lazy("Hold released"),
    "key_destroyed": gettext_lazy("Key destroyed"),
    "unit.add": gettext_lazy("Unit added"),
    "unit.change": gettext_lazy("Unit changed"),
    "unit.move": gettext_lazy("Unit moved"),
    "unit.end": gettext_lazy("Unit closed"),
    "unit.reopen": gettext_lazy("Unit opened again"),
    "unit.cover": gettext_lazy("Community assigned"),
    "staff.add": gettext_lazy("Account added"),
    "staff.change": gettext_lazy("Account changed"),
    "staff.password": gettext_lazy("Password set"),
    "staff.second_step_off": gettext_lazy("Second factor reset"),
    "staff.sessions_ended": gettext_lazy("Sessions ended"),
    "staff.token": gettext_lazy("Key for programs made"),
    "posting.add": gettext_lazy("Posted"),
    "posting.end": gettext_lazy("Posting ended"),
    "workday.set": gettext_lazy("Working day set"),
    "workday.import": gettext_lazy("Holiday notice taken over"),
    "word_template.set": gettext_lazy("Word template taken into use"),
    "word_template.removed": gettext_lazy("Word template removed"),
    "workday.unset": gettext_lazy("Working days back to the calendar"),
    "design.begin": gettext_lazy("Draft of an own ledger begun"),
    "design.change": gettext_lazy("Draft of an own ledger changed"),
    "design.publish": gettext_lazy("Own ledger published"),
    "design.retire": gettext_lazy("Own ledger retired"),
    "design.drop": gettext_lazy("Draft of an own ledger thrown away"),
    "reads": gettext_lazy("Reads sealed"),
    "check_point.add": gettext_lazy("Check point put up"),
    "check_point.change": gettext_lazy("Check point changed"),
    "check_point.renew": gettext_lazy("Check point given a new code"),
    "view.share": gettext_lazy("View of a list shared"),
    "view.unshare": gettext_lazy("View of a list shared no more"),
    "view.rename": gettext_lazy("Shared view renamed"),
    "view.drop": gettext_lazy("Shared view deleted"),
}


def _people(actor: Actor) -> list[tuple[UUID, str]]:
    """Whose doings one can narrow to: the staff of the jurisdiction."""
    rows = policy.visible(actor, Staff, "audit").order_by("name_pinyin")[:500]
    return [(staff.pk, staff.name) for staff in rows]


def _today(actor: Actor) -> list[tuple[str, str, int, int, str]]:
    """Today's figures: (kind, title, times, people or rows, URL)."""
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    counted = {
        row["kind"]: (row["times"], row["total"])
        for row in reads_of(actor)
        .filter(at__gte=midnight)
        .values("kind")
        .annotate(times=Count("id"), total=Sum("count"))
    }
    day = clock.today().isoformat()
    figures = [
        (kind, str(title), *counted.get(kind, (0, 0)), f"?kind={kind}&day={day}")
        for kind, title in KINDS.items()
    ]
    changes = steps_of(actor).filter(recorded_at__gte=midnight).count()
    return [*figures, (CHANGES, _("Changes"), changes, changes, f"?kind={CHANGES}&day={day}")]


@needs("audit")
def read(request: Asked, read: UUID) -> HttpResponse:
    """The facts of one read."""
    row = reads_of(request.actor).filter(pk=read).first()
    if row is None:
        raise Http404
    titles = {one.code: str(one.title) for one in PURPOSES}
    serial = _serials(request.actor, [row.entry]).get(row.entry, "") if row.entry else ""
    facts = [
        (_("What"), str(KINDS.get(row.kind, row.kind))),
        (_("Who"), row.actor_name),
        (_("Purpose"), titles.get(row.purpose, "")),
        (_("Matter"), serial or row.matter),
        (_("Words"), row.words),
        (_("How many"), str(row.count)),
        (_("Room"), tree.names([row.room]).get(row.room, "") if row.room else ""),
        (_("Number of the read"), str(row.id)),
    ]
    return _facts_page(request, str(KINDS.get(row.kind, row.kind)), row.at, facts)


@needs("audit")
def step(request: Asked, step: UUID) -> HttpResponse:
    """The facts of one step: what was changed by name, without the values themselves."""
    row = steps_of(request.actor).filter(pk=step).first()
    if row is None:
        raise Http404
    text = StepBody.objects.filter(step=row.id).values_list("text", flat=True).first()
    body: dict[str, Any] = orjson.loads(text) if text else {}
    erased = Erasure.objects.filter(step=row.id).exists()
    facts = [
        (_("What"), _action_words(row.action)),
        (
            _("Who"),
            str(body.get("by", ""))
            or (tree.names([row.actor]).get(row.actor, "") if row.actor else ""),
        ),
        (_("Through"), str(body.get("via", ""))),
        (_("Reason"), str(body.get("reason", ""))),
        (_("Matter"), _serials(request.actor, [row.subject]).get(row.subject, "")),
        (_("Rule"), str(body.get("rule", ""))),
        (_("Matters erased"), str(len(body.get("entries", ())) or "")),
        (_("Fields changed"), ", ".join(_changed_fields(body))),
        (_("People changed"), str(len(body.get("people", {})) or "")),
        (_("Room"), tree.names([row.room]).get(row.room, "")),
        (_("Place in the chain"), str(row.seq)),
        (_("Hash"), bytes(row.hash).hex()),
        (_("Content"), _("erased") if erased else ""),
    ]
    return _facts_page(request, _action_words(row.action), row.recorded_at, facts, row.acted_at)


def _changed_fields(body: dict[str, Any]) -> list[str]:
    """The names of what a step set: columns, and the fields inside `data`."""
    changed = body.get("set") or body.get("new") or {}
    names = [name for name in changed if name not in ("data", "deadlines", "due_at", "is_open")]
    data, old = changed.get("data") or {}, (body.get("old") or {}).get("data") or {}
    return sorted({*names, *(n for n in {*data, *old} if data.get(n) != old.get(n))})


def _facts_page(
    request: Asked,
    title: str,
    at: datetime,
    facts: list[tuple[str, str]],
    acted_at: datetime | None = None,
) -> HttpResponse:
    context = {
        "title": title,
        "at": at,
        "acted_at": acted_at if acted_at and abs((at - acted_at).total_seconds()) > 60 else None,
        "facts": [(name, value) for name, value in facts if value],
    }
    return render(request, "desk/audit_facts.html", context)
