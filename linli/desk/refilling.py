"""What was typed stays: forms refilled from a draft, from a lapsed session or as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

from linli.access import lapsed_forms
from linli.desk.requests import Asked
from linli.ledger.entries.models import Draft
from linli.ledger.forms import drafts
from linli.ledger.forms.forms import LedgerForm
from linli.ledger.forms.repeated import RepeatedRows
from linli.org import tree


def as_typed(form: LedgerForm) -> LedgerForm:
    """A bound form that shows what was typed without saying yet what is wrong with it."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    return form


def focus_first(bounds: Sequence[BoundField]) -> None:
    """Put the cursor into the first field, unless the page is about errors (those are read first)."""
    if bounds and not bounds[0].form.errors:
        bounds[0].field.widget.attrs["autofocus"] = True


_SHORT = ("choice", "moment", "flag", "point", "date", "integer", "decimal", "staff")


def in_lines(bounds: Sequence[BoundField]) -> list[list[BoundField]]:
    """The fields line by line: short ones (a choice, a time) that follow each other share one."""
    lines: list[list[BoundField]] = []
    before = False
    for bound in bounds:
        declared = getattr(bound.field, "ledger_field", None)
        designed = getattr(getattr(bound.form, "ledger", None), "designed", False)
        short = declared is not None and declared.kind.code in _SHORT and not designed
        if short and before:
            lines[-1].append(bound)
        else:
            lines.append([bound])
        before = short
    return lines


def spare_rows(form: LedgerForm, typed: Mapping[str, Any] | None) -> None:
    """A further row only where somebody asked for one (without script: by the button)."""
    wanted = typed.get("add_row") if typed is not None else None
    for name, field in form.fields.items():
        if isinstance(field.widget, RepeatedRows):
            field.widget.spare = 1 if wanted == form.add_prefix(name) else 0


def colleagues_of(room: UUID) -> list[tuple[str, str]]:
    """Who may be named in a form about a matter of this room: its people and its station's."""
    station = tree.place_in_tree(room)[2]
    both = {staff.pk: staff for staff, _role in (*tree.staff_of(room), *tree.staff_of(station.pk))}
    return [(str(pk), staff.name) for pk, staff in both.items()]


def flat(data: Mapping[str, Any]) -> QueryDict:
    """Kept form data (lists by name) as a QueryDict."""
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, values if isinstance(values, list) else [values])
    return query


def begun(request: Asked) -> tuple[QueryDict | None, str]:
    """What this person had typed here before, and a sentence saying where it comes from."""
    kept = lapsed_forms.take(request)
    if kept is not None:
        return kept, _("You had been signed out. What you typed is here: check it and save.")
    draft = as_uuid(request.GET.get("draft"))
    if draft is None:
        return None, ""
    try:
        _draft, data = drafts.open_draft(request.actor, draft)
    except Draft.DoesNotExist:
        return None, ""
    query = flat(data)
    query["draft"] = str(draft)
    return query, _("This is your draft. It is recorded when you save it.")


def day_or_none(text: str | None) -> date | None:
    """The day in a form or URL; None for anything else, also for days no calendar goes on from."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def as_count(text: str | None) -> int | None:
    """A number in a form or URL that counts something; None for anything else, also for one that is
    longer than a database keeps."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def as_uuid(text: str | None) -> UUID | None:
    """The id in a form or URL; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
