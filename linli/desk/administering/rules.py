"""The rules in force today, to read: what they say, where they come from, what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.access.routes import needs
from linli.design.templatetags.linli_design import listed
from linli.desk.administering import rule_words
from linli.desk.requests import Asked
from linli.ground import clock, rules
from linli.ground.rules.pack import HOURS_UNIT, Rule, Span

MARKS = {
    "L": gettext_lazy("read in the law's text"),
    "W": gettext_lazy("read in a secondary source"),
    "T": gettext_lazy("tested"),
    "P": gettext_lazy("practice of local plans"),
    "K": gettext_lazy("general knowledge"),
    "?": gettext_lazy("to be confirmed"),
}
GROUPS = {
    "aftercare": gettext_lazy("Aftercare"),
    "allowance": gettext_lazy("Allowances"),
    "arrival": gettext_lazy("Arrival at the place"),
    "break_glass": gettext_lazy("Emergency access"),
    "bulletin": gettext_lazy("Bulletins"),
    "cases": gettext_lazy("Cases"),
    "chemicals": gettext_lazy("Chemicals"),
    "community_officer": gettext_lazy("Community officers"),
    "dangerous_goods": gettext_lazy("Dangerous goods"),
    "deadline": gettext_lazy("Deadlines"),
    "entertainment": gettext_lazy("Places of entertainment"),
    "escalation": gettext_lazy("Escalation"),
    "evaluation": gettext_lazy("Evaluation"),
    "explosives": gettext_lazy("Explosives"),
    "export": gettext_lazy("Export"),
    "fine": gettext_lazy("Fines"),
    "hotel": gettext_lazy("Hotels"),
    "household": gettext_lazy("Households"),
    "inspection": gettext_lazy("Inspections"),
    "leaders": gettext_lazy("Leaders"),
    "limit": gettext_lazy("Limits"),
    "lockout": gettext_lazy("Lock-out"),
    "locksmith": gettext_lazy("Locksmiths"),
    "mediation": gettext_lazy("Mediation"),
    "password": gettext_lazy("Passwords"),
    "permit": gettext_lazy("Permits"),
    "premises": gettext_lazy("Premises"),
    "presence": gettext_lazy("Presence in the community"),
    "privacy": gettext_lazy("Privacy"),
    "reception": gettext_lazy("Reception of residents"),
    "rental": gettext_lazy("Rented homes"),
    "residence": gettext_lazy("Residence permits"),
    "residents_report": gettext_lazy("Reports to residents"),
    "retention": gettext_lazy("Retention"),
    "scrap": gettext_lazy("Scrap trade"),
    "seal_engraving": gettext_lazy("Seal engraving"),
    "session": gettext_lazy("Sessions"),
    "shift": gettext_lazy("Shifts"),
    "small_counts": gettext_lazy("Small counts"),
    "staffing": gettext_lazy("Staffing"),
    "working_hours": gettext_lazy("Working hours"),
}
# Units that are no time; one that is missing here is shown as the pack has it.
UNITS = {
    "characters": gettext_lazy("%(n)s characters"),
    "copies": gettext_lazy("%(n)s copies"),
    "homes": gettext_lazy("%(n)s homes"),
    "households": gettext_lazy("%(n)s households"),
    "keepers": gettext_lazy("%(n)s keepers"),
    "officers": gettext_lazy("%(n)s officers"),
    "per_day": gettext_lazy("%(n)s a day"),
    "per_hour": gettext_lazy("%(n)s an hour"),
    "per_minute": gettext_lazy("%(n)s a minute"),
    "percent": gettext_lazy("%(n)s %%"),
    "points": gettext_lazy("%(n)s points"),
    "quarters": gettext_lazy("%(n)s quarters"),
    "residents": gettext_lazy("%(n)s residents"),
    "square_metres": gettext_lazy("%(n)s m²"),
    "tries": gettext_lazy("%(n)s tries"),
    "years_of_age": gettext_lazy("%(n)s years of age"),
    "yuan": gettext_lazy("%(n)s yuan"),
    "range_of_years": gettext_lazy("%(n)s years"),
    "iso_weekday": gettext_lazy("weekday %(n)s (Monday is 1)"),
    "count_of_minutes": gettext_lazy("%(n)s minutes"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule in words."""

    code: str
    title: str
    value: str
    source: str
    note: str
    mark: str
    mark_words: str
    open: bool
    since: date
    until: date | None


@needs("administer")
def rules_page(request: Asked) -> HttpResponse:
    """All rules of today, by their first word; `?open=1` only what must be confirmed, `?q=` a part."""
    today = clock.today()
    in_force = rules.on(today)
    shown = [_shown(in_force.rule(code), in_force.value(code)) for code in sorted(in_force)]
    query = request.GET.get("q", "").strip().lower()[:40]
    only_open = request.GET.get("open") == "1"
    chosen = [
        one
        for one in shown
        if (not only_open or one.open)
        and (not query or query in f"{one.code} {one.title} {one.source} {one.note}".lower())
    ]
    context = {
        "version": in_force.version,
        "today": today,
        "groups": [
            (str(GROUPS.get(head, head)), list(some))
            for head, some in groupby(chosen, key=lambda one: one.code.split(".")[0])
        ],
        "count": len(chosen),
        "open": sum(one.open for one in shown),
        "only_open": only_open,
        "query": query,
    }
    return render(request, "desk/administer/rules.html", context)


def _shown(rule: Rule, value: Any) -> Shown:
    return Shown(
        code=rule.code,
        title=rule_words.title(rule.code),
        value=value_words(rule, value),
        source=rule_words.source(rule.source),
        note=rule.note,
        mark=rule.mark,
        mark_words=str(MARKS[rule.mark]),
        open=rule.mark == "?",
        since=rule.since,
        until=rule.until,
    )


def value_words(rule: Rule, value: Any) -> str:
    """A value with its unit, as one reads it."""
    if isinstance(value, Span):
        return span_words(value)
    if rule.unit == HOURS_UNIT:
        return listed(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple | list):
        value = listed(value)
    elif isinstance(value, dict):
        value = ", ".join(f"{name}: {one}" for name, one in value.items())
    if rule.unit in UNITS:
        return UNITS[rule.unit] % {"n": value}
    return f"{value} {rule.unit}" if rule.unit and rule.unit != "count" else str(value)


def span_words(span: Span) -> str:
    """A stretch of time, as one reads it."""
    words = {
        "working_hours": ngettext("%(n)s working hour", "%(n)s working hours", span.n),
        "working_days": ngettext("%(n)s working day", "%(n)s working days", span.n),
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", span.n),
        "hours": ngettext("%(n)s hour", "%(n)s hours", span.n),
        "shift": ngettext("%(n)s hour of the shift", "%(n)s hours of the shift", span.n),
        "days": ngettext("%(n)s day", "%(n)s days", span.n),
        "months": ngettext("%(n)s month", "%(n)s months", span.n),
        "years": ngettext("%(n)s year", "%(n)s years", span.n),
    }
    return words[span.unit] % {"n": span.n}
