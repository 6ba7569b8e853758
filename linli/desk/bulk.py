"""The same done to several matters of a list: tick them, see what cannot be done and why, give one
reason, and have it done to all the others at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access import lapsed_forms
from linli.access.actor import Actor
from linli.access.roles import ROLES
from linli.access.routes import needs
from linli.desk import list_rows
from linli.desk.refilling import as_count, as_uuid, flat
from linli.desk.requests import Asked, ledger_or_404, safe_back
from linli.ledger.acts import on_several
from linli.ledger.acts.act import ConflictError
from linli.ledger.acts.possible import can_take
from linli.ledger.declaration import registry
from linli.ledger.declaration.common_actions import HAND_TO
from linli.ledger.declaration.ledger import Action
from linli.ledger.entries.models import Entry
from linli.ledger.reading import lists, search
from linli.org.models import Whereabouts

_NO_REASON: Final = ("accept",)


class BulkForm(forms.Form):
    """One reason for all; and who takes them, where they are handed over."""

    hand_to = forms.ChoiceField(label=HAND_TO.title, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is written into the history of each of these matters."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None, action: Action, matters: Sequence[on_several.Chosen]
    ) -> None:
        super().__init__(data)
        if any(ask.name == "hand_to" for ask in action.asks):
            field = self.fields["hand_to"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = _colleagues(matters)
        else:
            del self.fields["hand_to"]
        if action.name in _NO_REASON:
            del self.fields["reason"]

    def for_act(self) -> dict[str, str]:
        """What the action asks for, as typed."""
        given = self.data.get("hand_to", "") if "hand_to" in self.fields else ""
        return {"hand_to": given} if given else {}


def _colleagues(matters: Sequence[on_several.Chosen]) -> list[tuple[str, str]]:
    """Who may take some of them; for whom it is not possible is said when it is tried."""
    where = dict(Whereabouts.choices)
    kinds = {(m.entry.room, m.entry.ledger, m.entry.responsible): m.entry for m in matters}
    people = {staff.pk: (staff, role) for one in kinds.values() for staff, role in can_take(one)}
    return [
        (str(staff.pk), f"{staff.name} · {ROLES[role].title} · {where[staff.whereabouts]}")
        for staff, role in people.values()
    ]


@needs("read")
def several(request: Asked) -> HttpResponse:
    """What was ticked in a list and what is to be done with it; with `confirm` it is done."""
    if request.method == "POST":
        return _asked(request, request.POST)
    kept = lapsed_forms.take(request)  # the session had lapsed: nothing was done, it is shown again
    if kept is None:
        return redirect("desk:ledgers")
    typed = flat(kept)
    typed.pop("confirm", None)
    return _asked(request, typed)


def _asked(request: Asked, typed: QueryDict) -> HttpResponse:
    name = typed.get("action", "")
    if not on_several.possible(name):
        raise Http404
    try:
        matters = on_several.chosen(request.actor, _ticked(request.actor, typed))
    except on_several.TooManyError:
        messages.warning(
            request, _("At most %(n)d at once. Narrow the list.") % {"n": on_several.MOST}
        )
        return HttpResponseRedirect(safe_back(request, "/ledgers/"))
    action = next((a for m in matters if (a := _declared(m.entry, name))), None)
    if action is None:
        messages.warning(request, _("Tick the matters first."))
        return HttpResponseRedirect(safe_back(request, "/ledgers/"))
    confirmed = "confirm" in typed
    form = BulkForm(typed if confirmed else None, action, matters)
    data = form.for_act() if confirmed else {}
    plan = on_several.plan(request.actor, name, matters, data, typed.get("reason", ""))
    if not confirmed:
        return _page(request, typed, action, form, plan)
    if not form.is_valid():
        return _page(request, typed, action, form, plan, status=422)
    if plan.unable:  # it changed since it was shown: nothing is done before it has been seen
        return _page(request, typed, action, form, plan, changed=True, status=409)
    return _carry_out(request, typed, action, form, plan)


def _declared(entry: Entry, name: str) -> Action | None:
    return registry.get(entry.ledger).all_actions.get(name)


def _ticked(actor: Actor, typed: QueryDict) -> dict[UUID, int | None]:
    """The ids (each with the revision that was seen), or the whole list where that was ticked."""
    if "all" in typed:
        ledger = ledger_or_404(actor, typed.get("all", ""))
        filters = lists.Filters.from_query(QueryDict(typed.get("query", "")))
        rows = lists.selected(actor, ledger, filters).order_by("-received_at", "id")
        whole: dict[UUID, int | None] = dict(rows.values_list("id", "rev")[: on_several.MOST + 1])
        if filters.words:
            search.trace(actor, filters.words, len(whole))
        return whole
    ticked: dict[UUID, int | None] = {}
    for text in typed.getlist("entry"):
        id, _colon, rev = text.partition(":")
        found = as_uuid(id)
        if found:
            ticked[found] = as_count(rev)
    return ticked


@dataclass(frozen=True)
class Left:
    """A matter that is left as it is, and why."""

    row: list_rows.Row
    why: str


def _rows(plan: on_several.Plan) -> tuple[list[list_rows.Row], list[Left]]:
    able = list_rows.rows(one.entry for one in plan.able)
    unable = list_rows.rows(one.entry for one, _why in plan.unable)
    return able, [Left(row, why) for row, (_one, why) in zip(unable, plan.unable, strict=True)]


def _page(
    request: Asked,
    typed: QueryDict,
    action: Action,
    form: BulkForm,
    plan: on_several.Plan,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    able, left = _rows(plan)
    context = {
        "action": action,
        "form": form,
        "able": able,
        "left": left,
        "left_before": [text for text in typed.getlist("left") if as_uuid(text)],
        "changed": changed,
        "back": typed.get("back", ""),
        "back_url": safe_back(request, "/ledgers/"),
        "nobody_to_take": "hand_to" in form.fields and not form["hand_to"].subwidgets,
    }
    return render(request, "desk/bulk.html", context, status=status)


def _carry_out(
    request: Asked, typed: QueryDict, action: Action, form: BulkForm, plan: on_several.Plan
) -> HttpResponse:
    reason = form.cleaned_data.get("reason", "")
    try:
        on_several.carry_out_all(request.actor, action.name, plan.able, form.for_act(), reason)
    except (ValidationError, ConflictError, PermissionDenied, Entry.DoesNotExist):
        # Between the trial and the lock somebody was quicker: nothing was done; it is tried anew.
        again = on_several.plan(request.actor, action.name, plan.able, form.for_act(), reason)
        return _page(request, typed, action, form, again, changed=True, status=409)
    done = on_several.chosen(request.actor, {one.entry.id: None for one in plan.able})
    left = {id: None for text in typed.getlist("left") if (id := as_uuid(text))}
    not_done = on_several.plan(
        request.actor, action.name, on_several.chosen(request.actor, dict(left)), {}, reason
    )
    lines = [*not_done.unable, *((one, _("It could be done by now.")) for one in not_done.able)]
    context = {
        "action": action,
        "done": list_rows.rows(one.entry for one in done),
        "left": _rows(on_several.Plan([], lines))[1],
        "reason": reason,
        "back_url": safe_back(request, "/ledgers/"),
    }
    return render(request, "desk/bulk_done.html", context)
