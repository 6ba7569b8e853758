"""Working days: what the calendar says, what was overridden, and the notice of a year to come."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.access.actor import Actor
from linli.access.routes import needs
from linli.design.widgets import DateInput
from linli.desk.administering import hours, notices, pages, scope
from linli.desk.refilling import as_count, as_uuid
from linli.desk.requests import Asked
from linli.ground import clock, workdays
from linli.org import actions, tree
from linli.org.models import Unit, WorkdayOverride


@dataclass(frozen=True, slots=True)
class Day:
    """A cell of the year: `tone` is "" (as its weekday), "free", "work" or "guess"."""

    day: date
    working: bool
    tone: str
    overridden: bool
    note: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Where:
    """For whom days are set: one unit and those below it, or (None) everybody."""

    unit: Unit | None

    @property
    def query(self) -> dict[str, str]:
        return {"unit": str(self.unit.pk)} if self.unit else {}


def _where(request: Asked, given: Mapping[str, Any]) -> Where:
    """The unit asked for, inside the scope; without one everybody, or the own unit where that is all."""
    asked = as_uuid(given.get("unit"))
    if asked:
        return Where(scope.unit_or_404(request.actor, asked))
    if given.get("unit") == "all" or scope.may_set_for_all(request.actor):
        return Where(None)
    roots = scope.roots(request.actor)
    return Where(roots[0] if roots else None)


def _may_set(actor: Actor, where: Where) -> bool:
    return where.unit is not None or scope.may_set_for_all(actor)


def _url(year: int, where: Where) -> str:
    query = {"year": str(year), **(where.query or {"unit": "all"})}
    return f"{reverse('administer:workdays')}?{urlencode(query)}"


def _year(text: str | None) -> int:
    value = as_count(text)
    return min(max(clock.today().year if value is None else value, notices.FIRST), notices.LAST)


class DayForm(forms.Form):
    """One day against the calendar."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput)
    working = forms.TypedChoiceField(
        label=gettext_lazy("It is"),
        choices=[("0", gettext_lazy("a day off")), ("1", gettext_lazy("a working day"))],
        coerce=lambda text: text == "1",
    )
    reason = forms.CharField(label=gettext_lazy("Note"), max_length=60, required=False)


@needs("administer")
def year(request: Asked) -> HttpResponse:
    """The twelve months, the overrides, and (for an unknown year) what has to be done."""
    where = _where(request, request.GET)
    return _page(request, _year(request.GET.get("year")), where, DayForm())


def _page(
    request: Asked, year: int, where: Where, form: forms.Form, status: int = 200
) -> HttpResponse:
    told = {
        row.day: row
        for row in WorkdayOverride.objects.filter(day__year=year, unit=where.unit).order_by("day")
    }
    holding = tree.overrides(where.unit.pk if where.unit else None)
    by_calendar = workdays.is_working(date(year, 1, 1))[1]
    # A whole year that was entered would be a list of 365 lines: only what is out of the ordinary.
    listed = [
        r for r in told.values() if by_calendar or r.note or r.working != (r.day.weekday() < 5)
    ]
    context = {
        "year": year,
        "years": range(max(notices.FIRST, year - 2), min(notices.LAST, year + 2) + 1),
        "where": where,
        "places": _places(request.actor, where),
        "months": [_month(year, month, holding, told) for month in range(1, 13)],
        "weekdays": [name for _n, name in hours.weekdays()],
        "overrides": [
            {"row": row, "weekday": hours.weekdays()[row.day.weekday()][1]} for row in listed
        ],
        "ordinary": len(told) - len(listed),
        "by_calendar": by_calendar,
        "known": tree.year_known(year)
        or all(workdays.is_working(day, holding)[1] for day in _days(year)),
        "may_set": _may_set(request.actor, where),
        "form": form,
        "import_url": reverse("administer:workdays_import")
        + "?" + urlencode(where.query or {"unit": "all"}),
    }  # fmt: skip
    return render(request, "desk/administer/workdays.html", context, status=status)


def _days(year: int) -> list[date]:
    start = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(start, date(year + 1, 1, 1).toordinal())]


def _places(actor: Actor, where: Where) -> list[tuple[str, str, bool]]:
    """For whom one can look at and set days: (value, name, chosen)."""
    places = [("all", _("Everybody"), where.unit is None)]
    units = scope.roots(actor)
    if where.unit and where.unit.pk not in {one.pk for one in units}:
        units.append(where.unit)
    for one in units:
        places.append((str(one.pk), one.name, where.unit is not None and where.unit.pk == one.pk))
    return places


def _month(
    year: int, month: int, holding: workdays.Overrides, told: Mapping[date, WorkdayOverride]
) -> tuple[date, list[list[Day]]]:
    weeks = Calendar(firstweekday=0).monthdatescalendar(year, month)
    return date(year, month, 1), [
        [_cell(day, holding, told.get(day), day.month == month) for day in week] for week in weeks
    ]


def _cell(
    day: date, holding: workdays.Overrides, told: WorkdayOverride | None, inside: bool
) -> Day:
    working, known = workdays.is_working(day, holding)
    ordinary = working == (day.weekday() < 5)
    tone = "guess" if not known else "" if ordinary else "work" if working else "free"
    # A whole year taken over is not marked day by day, only where it differs from the weekday.
    return Day(
        day, working, tone, told is not None and not ordinary, told.note if told else "", inside
    )


@needs("administer")
@require_POST
def set_day(request: Asked) -> HttpResponse:
    """Set one day, for all or below one unit."""
    where = _where(request, request.POST)
    _require(request.actor, where)
    form = DayForm(request.POST)
    given = _year(request.POST.get("year"))
    if not form.is_valid():
        return _page(request, given, where, form, status=422)
    data = form.cleaned_data
    if not pages.tried(
        form, lambda: actions.set_workday(by=request.actor, unit=where.unit, **data)
    ):
        return _page(request, given, where, form, status=422)
    words = (
        _("%(day)s is a working day now.") if data["working"] else _("%(day)s is a day off now.")
    )
    messages.success(request, words % {"day": data["day"]})
    return HttpResponseRedirect(_url(data["day"].year, where))


def _require(actor: Actor, where: Where) -> None:
    if not _may_set(actor, where):
        raise PermissionDenied(
            _(
                "What holds for everybody is set by who administers all bureaus. Set it for your unit."
            )
        )


@needs("administer")
@require_POST
def remove(request: Asked) -> HttpResponse:
    """Let the calendar hold again: on one day, or in a whole year (`whole`)."""
    where = _where(request, request.POST)
    _require(request.actor, where)
    given = _year(request.POST.get("year"))
    if request.POST.get("whole"):
        days = _days(given)
    else:
        try:
            days = [date.fromisoformat(request.POST.get("day", ""))]
        except ValueError:
            days = []
    count = actions.unset_workdays(days=days, by=request.actor, unit=where.unit)
    if count:
        messages.success(request, _("%(count)s days follow the calendar again.") % {"count": count})
    return HttpResponseRedirect(_url(days[0].year if days else given, where))


class NoticeForm(forms.Form):
    """The text of a notice, one day or span a line."""

    text = forms.CharField(
        label=gettext_lazy("Notice"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "One line each: the date, or from and to, then whether it is off or worked, then a note if you like."
        ),
    )
    fill = forms.BooleanField(
        label=gettext_lazy("The notice is complete: all other days of the year follow the weekday"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Only for years the calendar does not know. Deadlines are certain then."
        ),
    )


@needs("administer")
def notice(request: Asked) -> HttpResponse:
    """Paste, look, take over: nothing is written before the second step."""
    where = _where(request, request.POST if request.method == "POST" else request.GET)
    _require(request.actor, where)
    form = NoticeForm(request.POST or None)
    read: notices.Notice | None = None
    if request.method == "POST" and form.is_valid():
        read = notices.read(form.cleaned_data["text"])
        if not read.days and not read.wrong:
            form.add_error("text", _("There is nothing in it."))
        elif "take" in request.POST and read.days and not read.wrong:
            return _take(request, where, read, form.cleaned_data["fill"])
    context = {
        "form": form,
        "where": where,
        "unit_value": str(where.unit.pk) if where.unit else "all",
        "notice": read,
        "weekdays": hours.weekdays(),
        "example": _example(),
        "back": _url(clock.today().year, where),
    }
    status = 422 if form.errors or (read and read.wrong) else 200
    return render(request, "desk/administer/notice.html", context, status=status)


def _example() -> list[str]:
    """Three lines in the words a notice uses."""
    words = notices.words_written()
    coming = clock.today().year + 1
    return [
        f"{coming}-01-01 {words['free']}",
        f"{coming}-02-06 {words['to']} {coming}-02-12 {words['free']}",
        f"{coming}-02-20 {words['work']}",
    ]


def _take(request: Asked, where: Where, read: notices.Notice, fill: bool) -> HttpResponse:
    days = notices.whole_years(read) if fill else notices.as_told(read)
    count = actions.set_workdays(days=days, by=request.actor, unit=where.unit)
    messages.success(
        request, _("The notice is taken over: %(count)s days are set.") % {"count": count}
    )
    return HttpResponseRedirect(_url(read.days[0].day.year, where))
