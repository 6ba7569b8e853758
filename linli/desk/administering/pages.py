"""What the administration pages share: a page with one form, fifty rows at a time, and history in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.design.pages import link_with
from linli.desk.administering import hours, scope
from linli.desk.audit import HOUSE_ACTIONS
from linli.desk.refilling import as_count
from linli.desk.requests import Asked
from linli.history.models import Step, StepBody
from linli.org import tree
from linli.org.models import Community, Role

SIZE: Final = 50
HISTORY: Final = 30


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a list that is not counted, and the way on (see design.pages.Turn)."""

    rows: Sequence[Any]
    first: int | None
    last: int | None
    previous_url: str
    next_url: str
    count: int | None = None


def rows_of(request: Asked, found: QuerySet[Any]) -> Rows:
    """The page `?page=` of a query, fifty rows, without counting hundreds of thousands of them."""
    page = min(max(as_count(request.GET.get("page")) or 1, 1), 2000)
    start = (page - 1) * SIZE
    rows = list(found[start : start + SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    return Rows(
        rows,
        start + 1 if rows else None,
        start + len(rows) if rows else None,
        link_with(request, page=page - 1) if page > 1 else "",
        link_with(request, page=page + 1) if more else "",
    )


def form_page(
    request: Asked,
    form: forms.BaseForm,
    *,
    title: str,
    button: str,
    back: str,
    back_words: str,
    note: str = "",
    warning: str = "",
    danger: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page with one form, a sentence above it, a button and the way back."""
    context = {
        "form": form, "title": title, "button": button, "back": back, "back_words": back_words,
        "note": note, "warning": warning, "danger": danger, **more,
    }  # fmt: skip
    return render(request, "desk/administer/form.html", context, status=status)


def tried(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do it; a refusal goes to the form's fields (or on top), and False comes back."""
    try:
        act()
    except ValidationError as refused:
        put_errors(form, refused)
        return False
    return True


def put_errors(form: forms.BaseForm, refused: ValidationError) -> None:
    """The errors of an action at the fields they belong to; others on top of the form."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for name, errors in refused.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a unit or an account: when, what, by whom, and what changed."""

    at: datetime
    what: str
    who: str
    unit: str
    reason: str
    changes: list[tuple[str, str, str]]


def history(actor: Actor, subject: UUID, model: type[Model]) -> list[Line]:
    """The latest steps about a unit or account that happened in units of this administrator."""
    steps = list(
        Step.objects.filter(subject=subject, action__in=HOUSE_ACTIONS).order_by(
            "-recorded_at", "-id"
        )[:HISTORY]
    )
    theirs = set(
        scope.units(actor).filter(pk__in={s.room for s in steps}).values_list("pk", flat=True)
    )
    steps = [step for step in steps if step.room in theirs]
    texts = dict(
        StepBody.objects.filter(step__in=[s.id for s in steps]).values_list("step", "text")
    )
    bodies = {s.id: orjson.loads(texts.get(s.id, "{}")) for s in steps}
    mentioned = {one for body in bodies.values() for one in _ids(body)}
    names = tree.names([*(s.actor for s in steps if s.actor), *(s.room for s in steps), *mentioned])
    return [
        Line(
            step.recorded_at,
            str(HOUSE_ACTIONS[step.action]),
            names.get(step.actor, "") if step.actor else _by(bodies[step.id]),
            names.get(step.room, "") if step.room != subject else "",
            str(bodies[step.id].get("reason") or ""),
            _changes(bodies[step.id], model, names),
        )
        for step in steps
    ]


def _by(body: Mapping[str, Any]) -> str:
    return str(body.get("by") or _("the program"))


def _ids(body: Mapping[str, Any]) -> list[UUID]:
    """The units a move or a coverage mentions."""
    found = []
    for name in ("from", "to", "before"):
        try:
            found.append(UUID(str(body.get(name))))
        except ValueError:
            continue
    return found


def _changes(
    body: Mapping[str, Any], model: type[Model], names: Mapping[UUID, str]
) -> list[tuple[str, str, str]]:
    """(what, before, after) in words; "" for what was not there."""
    if "new" in body:
        old, new = body.get("old") or {}, body["new"]
        return [(_label(model, f), _shown(f, old.get(f)), _shown(f, v)) for f, v in new.items()]
    found: list[tuple[str, str, str]] = []
    if body.get("community"):
        known = Community.objects.filter(code=body["community"]).first()
        before = names.get(UUID(body["before"]), "") if body.get("before") else ""
        found.append((_("Community"), "", known.name if known else body["community"]))
        if before:
            found.append((_("Covered by"), before, _("this room")))
    if "from" in body and "to" in body:
        before, after = (
            names.get(UUID(str(body[k])), "") if body[k] != "None" else "" for k in ("from", "to")
        )
        found.append((_("Belongs to"), before, after))
    for name, label in (
        ("role", _("Role")), ("since", _("From")),
        ("until", _("Until")), ("code", pgettext("unit", "Code")), ("username", _("User name")),
    ):  # fmt: skip
        if body.get(name):
            found.append((label, "", _shown(name, body[name])))
    return found


def _label(model: type[Model], field: str) -> str:
    return str(getattr(model._meta.get_field(field), "verbose_name", field))


def _shown(field: str, value: Any) -> str:
    if field == "hours":
        return hours.in_words(value or [])
    if field == "role" and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)
