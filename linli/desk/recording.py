"""To record a matter: one form, by keyboard, with what was done on the spot if it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BoundField
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.desk import attaching, list_rows
from linli.desk.books import answer_file
from linli.desk.drafting import save_url
from linli.desk.refilling import (
    as_typed,
    as_uuid,
    begun,
    colleagues_of,
    focus_first,
    in_lines,
    spare_rows,
)
from linli.desk.requests import Asked, entry_or_404, ledger_or_404, page_if_there, typed_here
from linli.desk.under_way import board_of
from linli.ground.ids import new_id
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.acts.cleaning import field_asked
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Action, Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.entries import receipts
from linli.ledger.entries.models import Draft, Entry, Receipt
from linli.ledger.entries.serials import serial_text
from linli.ledger.forms import drafts
from linli.ledger.forms.forms import LedgerForm, errors_to_form, form_class, now_text, roles_first
from linli.ledger.printing.slip import slip_of
from linli.ledger.reading import lists, things
from linli.org import tree
from linli.org.models import Unit

STAYS_OPEN = "open"


@dataclass(frozen=True)
class Outcome:
    """What may have been done at once: an action after the recording, and its form.

    The names of its fields begin with the action's: two outcomes may ask for the same field.
    """

    action: Action
    form: LedgerForm
    chosen: bool

    @property
    def lines(self) -> list[list[BoundField]]:
        return in_lines(list(self.form))


@dataclass(frozen=True)
class Filled:
    """The record form with the forms of its outcomes, all filled from the same source."""

    form: LedgerForm
    outcomes: list[Outcome]

    @property
    def chosen(self) -> Outcome | None:
        return next((one for one in self.outcomes if one.chosen), None)

    def say_refused(self, refused: attaching.Refused) -> None:
        """Put what was refused of the files beside their fields."""
        for form in (self.form, *(one.form for one in self.outcomes)):
            attaching.say_refused(form, refused)

    def as_typed(self) -> Filled:
        for form in (self.form, *(one.form for one in self.outcomes)):
            as_typed(form)
        return self

    def refused(self, error: ValidationError) -> None:
        """Put what was refused beside the fields it is about."""
        chosen = self.chosen
        if chosen is None or not hasattr(error, "error_dict"):
            errors_to_form(self.form, error)
            return
        own = {n: e for n, e in error.error_dict.items() if n in chosen.form.fields}
        rest = {n: e for n, e in error.error_dict.items() if n not in own}
        if own:
            errors_to_form(chosen.form, ValidationError(own))
        if rest:
            errors_to_form(self.form, ValidationError(rest))


def outcomes_of(ledger: Ledger, actor: Actor) -> list[Action]:
    """Actions with which a new matter can be finished or passed on while it is recorded.

    Those that ask for words (a result, where it was referred to): a mere time is typed above.
    """
    start = ledger.all_actions["record"].to
    return [
        action
        for action in ledger.actions
        if action.to
        and not action.only_if  # there are no facts yet to judge by
        and start in action.from_states
        and any(
            ask.required and field_asked(ledger, action, ask.name).kind.code != "moment"
            for ask in action.asks
        )
        and actor.may(action.needs, ledger.code)
    ]


@needs("record")
def new(request: Asked, code: str) -> HttpResponse:
    """The record form; on POST the matter is recorded, perhaps with its outcome, or shown again."""
    ledger = ledger_or_404(request.actor, code, "record", version_of(request))
    if not typed_here(ledger):
        raise Http404
    if request.method == "POST":
        sent, refused = attaching.received(request)
        filled = fill(request.actor, ledger, sent)
        if "add_row" in sent:
            return _page(request, ledger, filled.as_typed(), sent)
        if refused:
            filled.say_refused(refused)
            return _page(request, ledger, filled, sent, status=422)
        return _record(request, ledger, filled)
    typed, note = begun(request)
    if typed is not None:
        ledger = ledger_or_404(request.actor, code, "record", version_of(request, typed))
        return _page(request, ledger, fill(request.actor, ledger, typed).as_typed(), typed, note)
    return _page(request, ledger, fill(request.actor, ledger), request.GET)


def version_of(request: Asked, typed: Mapping[str, Any] | None = None) -> int | None:
    """The version of an own ledger whose form was filled in; None: the newest."""
    said = str((request.POST if typed is None else typed).get("version", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else None


def fill(actor: Actor, ledger: Ledger, typed: QueryDict | None = None) -> Filled:
    """The forms: as typed, or empty. What an outcome asks for is not asked for twice, but for what
    every matter needs, and people: who brought it is not who fetches it."""
    actions = outcomes_of(ledger, actor)
    always = {ask.name for ask in ledger.all_actions["record"].asks if ask.required}
    always |= {field.name for field in ledger.fields if field.kind.code == "people"}
    inside = {ask.name for action in actions for ask in action.asks} - always
    asked = [ask.name for ask in ledger.all_actions["record"].asks if ask.name not in inside]
    form = form_class(ledger, "record", asked)(typed, initial=_initial(ledger))
    said = typed.get("outcome") if typed is not None else STAYS_OPEN
    rooms = rooms_of(actor, ledger)
    # Who records in several rooms has named one, once the form was sent.
    chosen = as_uuid(typed.get("room")) if typed is not None else None
    room = next((r for r, _name in rooms if r == chosen), rooms[0][0] if rooms else None)
    outcomes = [
        Outcome(
            a,
            form_class(ledger, a.name)(typed, prefix=a.name, initial=roles_first(a)),
            said == a.name,
        )
        for a in actions
    ]
    for one in (form, *(outcome.form for outcome in outcomes)):
        spare_rows(one, typed)
        one.offer_staff(lambda: colleagues_of(room) if room else [])
        one.offer_choices(room)
        one.offer_things(lambda code: things.as_choices(registry.thing(code), room))
        attaching.name_files(one, actor)
    return Filled(form, outcomes)


def _initial(ledger: Ledger) -> dict[str, Any]:
    """A new matter is received now, by somebody who walked in, until it is said otherwise: the first
    way in stands there where a built-in ledger always says one. Nothing else is chosen beforehand."""
    initial: dict[str, Any] = {"received_at": now_text()}
    always = {ask.name for ask in ledger.all_actions["record"].asks if ask.required} | {"channel"}
    channel = ledger.channel
    if channel and channel.name in always and not ledger.designed:
        initial[channel.name] = channel.choices[0].code
    return initial


def rooms_of(actor: Actor, ledger: Register) -> list[tuple[UUID, str]]:
    """The rooms this actor records in, the own one first."""
    ids = actor.reach("record", ledger.code).rooms
    rooms = Unit.objects.filter(pk__in=ids, until=None).order_by("code")
    return sorted(
        ((room.pk, room.name) for room in rooms), key=lambda pair: pair[0] != actor.home_room
    )


def _page(
    request: Asked,
    ledger: Ledger,
    filled: Filled,
    typed: Mapping[str, Any],
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    form = filled.form
    draft = as_uuid(typed.get("draft"))
    later = ("received_at",) if ledger.designed else _LATER
    first = [form[n] for n in form.fields if n not in later]
    focus_first(first)
    context = {
        "ledger": ledger,
        "form": form,
        "action": ledger.all_actions["record"],
        "asked_first": in_lines(first),
        "asked_later": in_lines([form[n] for n in form.fields if n in later]),
        "outcomes": filled.outcomes,
        "outcome_form": filled.chosen.form if filled.chosen else None,
        "stays_open": filled.chosen is None,
        "state_when_open": ledger.state_by_name[ledger.all_actions["record"].to or ""],
        "rooms": rooms_of(request.actor, ledger),
        "room": typed.get("room", ""),
        "entry_id": as_uuid(typed.get("entry")) or new_id(),
        "draft": draft or "",
        "draft_url": save_url(ledger.code, "record"),
        "note": note,
        "unfinished": [] if draft or note else _unfinished(request.actor, ledger),
    }
    return render(request, "desk/new.html", context, status=status)


# Fields of a record form that are rarely needed; they come after the others.
_LATER = ("point", "remark", "findings")


def _unfinished(actor: Actor, ledger: Ledger) -> list[Draft]:
    return [d for d in drafts.listed(actor) if d.ledger == ledger.code and d.action == "record"][:3]


def _record(request: Asked, ledger: Ledger, filled: Filled) -> HttpResponse:
    entry = as_uuid(request.POST.get("entry")) or new_id()
    if Entry.objects.filter(id=entry).exists():  # sent twice: the first one counted
        entry_or_404(request.actor, entry)
        return HttpResponseRedirect(reverse("desk:saved", args=[entry]))
    try:
        carrying_out.carry_out(_acts(request, ledger, filled, entry))
    except ValidationError as error:
        filled.refused(error)
        return _page(request, ledger, filled, request.POST, status=422)
    drafts.drop_sent(request.actor, ledger.code, "record", request.POST, "entry", None)
    return HttpResponseRedirect(reverse("desk:saved", args=[entry]))


def _acts(request: Asked, ledger: Ledger, filled: Filled, entry: UUID) -> list[Act]:
    """The recording, and the outcome where one was chosen, in one batch."""
    actor, chosen = request.actor, filled.chosen
    room = _room(request, ledger)
    district = tree.district_of(room)
    recorded = Act(ledger, "record", actor, filled.form.raw_data(), room, district, entry)
    if chosen is None:
        return [recorded]
    said = chosen.form.raw_data()
    return [
        recorded,
        Act(ledger, chosen.action.name, actor, said, room, district, entry),
    ]


def _room(request: Asked, ledger: Ledger) -> UUID:
    """The room that was chosen, the own one, or the only one; ValidationError, 403."""
    rooms = [room for room, _name in rooms_of(request.actor, ledger)]
    if not rooms:
        raise PermissionDenied(_("You are not posted at a room that records matters."))
    chosen = as_uuid(request.POST.get("room"))
    if chosen is not None and chosen not in rooms:
        raise PermissionDenied(_("You do not record matters in that room."))
    if chosen is None and len(rooms) > 1 and request.actor.home_room not in rooms:
        raise ValidationError(_("Choose the room that this belongs to."))
    return chosen or rooms[0]


@needs("record")
def saved(request: Asked, entry: UUID) -> HttpResponse:
    """What became of it: the serial to say aloud, and what comes next."""
    found = entry_or_404(request.actor, entry)
    return _saved_page(request, found)


@needs("record")
@require_POST
def receipt(request: Asked, entry: UUID) -> HttpResponse:
    """A receipt code for the reporter, shown once."""
    found = entry_or_404(request.actor, entry)
    if "answer" not in registry.of(found).all_actions:  # a work log has no reporter
        raise Http404
    if not request.actor.may("record", found.ledger, found.room, found.district):
        raise PermissionDenied
    code = ""
    if not Receipt.objects.filter(entry=found.id).exists():
        code = receipts.issue(found.id, found.room, found.district)
    response = _saved_page(request, found, code)
    response.headers["Cache-Control"] = "no-store"
    return response


@needs("record")
@require_POST
def receipt_slip(request: Asked, entry: UUID) -> HttpResponse:
    """The receipt on paper, while its code is still on the screen; the code comes from there."""
    found = entry_or_404(request.actor, entry)
    if not request.actor.may("record", found.ledger, found.room, found.district):
        raise PermissionDenied
    code = request.POST.get("code", "")[:60]
    receipt = receipts.find(code)
    if receipt is None or receipt.entry != found.id:
        raise Http404
    address = request.build_absolute_uri(reverse("public_receipt"))
    made = slip_of(receipt, code, address, request.POST.get("paper", ""))
    return answer_file(made, f"{serial_text(found)}.pdf", "application/pdf")


def _saved_page(request: Asked, found: Entry, code: str = "") -> HttpResponse:
    row = list_rows.rows([found])[0]
    context = {
        "row": row,
        "code": receipts.grouped(code) if code else "",
        "has_receipt": Receipt.objects.filter(entry=found.id).exists(),
        "print_url": page_if_there(f"/entries/{found.id}/print/"),
        "board": board_of(found),
    }
    return render(request, "desk/saved.html", context)


@needs("record")
@require_POST
def similar(request: Asked, code: str) -> HttpResponse:
    """Open matters much like the one being typed (a fragment); by POST, words stay out of URLs."""
    ledger = ledger_or_404(request.actor, code)
    place, words = (request.POST.get(name, "")[:300] for name in ("place", "narrative"))
    found: list[Entry] = []
    if len(place) + len(words) >= 4:
        found = lists.similar(request.actor, ledger, place, words)
    return render(request, "desk/parts/similar.html", {"rows": list_rows.rows(found)})
