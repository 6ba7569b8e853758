"""The work log 工作日志: the day has written it; the officer adds a line and signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access import lapsed_forms
from linli.access.routes import needs
from linli.desk.refilling import day_or_none
from linli.desk.requests import Asked
from linli.duty import worklog
from linli.duty.day import CODE, Log
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Draft, Entry
from linli.ledger.entries.serials import serial_text
from linli.ledger.forms import drafts
from linli.ledger.forms.forms import LedgerForm, errors_to_form, form_class
from linli.org.tree import names


def asked_day(text: str | None) -> date:
    """The day in a URL or form; today where it is none, or one to come."""
    return min(day_or_none(text) or clock.today(), clock.today())


@needs("sign_log")
def day(request: Asked) -> HttpResponse:
    """One's own day: what was done, the remark, the signature. POST signs."""
    actor = request.actor
    if actor.home_room is None:
        return redirect("worklog:rooms")
    kept = lapsed_forms.take(request)
    typed = request.POST if request.method == "POST" else kept
    shown = worklog.own(actor, asked_day((typed or request.GET).get("day")))
    form_type = form_class(registry.get(CODE), "record", only=("remark",))
    note = ""
    if request.method == "POST":
        return _sign(request, shown, form_type(request.POST))
    if kept is not None:
        note = _("You had been signed out. What you typed is here: check it and sign off.")
    remark = kept.get("remark", "") if kept is not None else None
    draft = drafts.about(actor, worklog.log_id(shown.staff, shown.day))
    if remark is None and draft is not None:
        remark = _typed(drafts.open_draft(actor, draft.id)[1], "remark")
    form = form_type(initial={"remark": remark or ""})
    return _page(request, shown, form, draft=draft, note=note)


def _typed(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    return str(value[-1] if isinstance(value, list) and value else value or "")


def _sign(request: Asked, shown: worklog.Day, form: LedgerForm) -> HttpResponse:
    try:
        given = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        given = shown.day
    try:
        worklog.sign_off(actor=request.actor, day=given, remark=request.POST.get("remark", ""))
    except ValidationError as error:
        if shown.signed is not None:  # sent twice, or in two windows: the first one counted
            messages.info(request, _("This log was signed off before."))
            return HttpResponseRedirect(day_url(given))
        errors_to_form(form, error)
        return _page(request, shown, form, status=422)
    messages.success(request, _("The log is signed off."))
    return HttpResponseRedirect(day_url(given))


def day_url(day: date) -> str:
    return f"{reverse('worklog:day')}?day={day.isoformat()}"


@dataclass(frozen=True)
class MonthDay:
    """A day of the month strip."""

    day: date
    signed: bool
    url: str
    current: bool
    to_come: bool


def _month(staff: UUID, day: date) -> list[MonthDay]:
    today = clock.today()
    return [
        MonthDay(one, signed is not None, day_url(one), one == day, one > today)
        for one, signed in worklog.in_month(staff, day)
    ]


def _page(
    request: Asked,
    shown: worklog.Day,
    form: LedgerForm,
    *,
    draft: Draft | None = None,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    following = shown.day + timedelta(days=1)
    context = {
        **_facts(shown),
        "mine": True,
        "form": form,
        "draft": draft,
        "note": note,
        "month": _month(shown.staff, shown.day),
        "before_first": range(shown.day.replace(day=1).weekday()),
        "previous_url": day_url(shown.day - timedelta(days=1)),
        "next_url": day_url(following) if following <= clock.today() else "",
        "today_url": day_url(clock.today()) if shown.day != clock.today() else "",
        "rooms_url": _rooms_url(request, shown.day),
        "print_url": f"{reverse('print:own_log')}?day={shown.day.isoformat()}"
        if actor.may("print", CODE)
        else "",
    }
    return render(request, "desk/worklog/day.html", context, status=status)


def _rooms_url(request: Asked, day: date) -> str:
    if not request.actor.may("assign", CODE):
        return ""
    return f"{reverse('worklog:rooms')}?day={day.isoformat()}"


def _facts(shown: worklog.Day) -> dict[str, Any]:
    """What the page of a log says, whosever it is."""
    return {
        "shown": shown,
        "day": shown.day,
        "is_today": shown.day == clock.today(),
        "groups": shown.log.groups,
        "totals": shown.log.totals,
        "signed": shown.signed,
        "serial": serial_text(shown.signed) if shown.signed else "",
        "later": Log(shown.day, shown.later).groups,
    }


@needs("sign_log")
@require_POST
def draft(request: Asked) -> HttpResponse:
    """Keep the remark while it is typed (413: too long; 409: signed meanwhile)."""
    actor = request.actor
    if actor.id is None or actor.home_room is None:
        raise Http404
    day = asked_day(request.POST.get("day"))
    entry = worklog.log_id(actor.id, day)
    if Entry.objects.filter(id=entry).exists():
        return HttpResponse(status=409)
    before = drafts.about(actor, entry)
    try:
        kept = drafts.save(
            actor=actor, room=actor.home_room, ledger=CODE, action="record", entry=entry,
            data={"day": day.isoformat(), "remark": request.POST.get("remark", "")},
            draft=before.id if before else None,
        )  # fmt: skip
    except drafts.DraftTooLargeError:
        return HttpResponse(status=413)
    return JsonResponse({"draft": str(kept.id), "saved_at": kept.saved_at.isoformat()})


@needs("sign_log")
def go_on(request: Asked, draft: UUID) -> HttpResponse:
    """From a draft on the desk to the day it belongs to."""
    try:
        _kept, data = drafts.open_draft(request.actor, draft)
    except Draft.DoesNotExist:
        raise Http404 from None
    return HttpResponseRedirect(day_url(asked_day(_typed(data, "day"))))


def one_or_404(request: Asked, entry: UUID) -> worklog.Day:
    """A signed log this actor may read."""
    try:
        return worklog.one(request.actor, entry)
    except Entry.DoesNotExist:
        raise Http404 from None


@needs("sign_log")
def one(request: Asked, entry: UUID) -> HttpResponse:
    """A signed log, as head, chief or colleague reads it."""
    shown = one_or_404(request, entry)
    signed = shown.signed
    if shown.staff == request.actor.id or signed is None:
        return HttpResponseRedirect(day_url(shown.day))
    may_print = request.actor.may("print", CODE, signed.room, signed.district)
    called = names([shown.staff, signed.room])
    context = {
        **_facts(shown),
        "mine": False,
        "name": called.get(shown.staff, ""),
        "room": called.get(signed.room, ""),
        "rooms_url": _rooms_url(request, shown.day),
        "print_url": reverse("print:log", args=[entry]) if may_print else "",
    }
    return render(request, "desk/worklog/day.html", context)


@needs("assign")
def rooms(request: Asked) -> HttpResponse:
    """Who of my rooms has signed the day's log."""
    day = asked_day(request.GET.get("day"))
    here = reverse("worklog:rooms")
    following = day + timedelta(days=1)
    found = worklog.of_rooms(request.actor, day)
    context = {
        "day": day,
        "is_today": day == clock.today(),
        "rooms": found,
        "missing": sum(room.missing for room in found),
        "writes": request.actor.home_room is not None and request.actor.may("sign_log", CODE),
        "own_url": day_url(day),
        "previous_url": f"{here}?day={day - timedelta(days=1)}",
        "next_url": f"{here}?day={following}" if following <= clock.today() else "",
        "today_url": here if day != clock.today() else "",
    }
    return render(request, "desk/worklog/rooms.html", context)
