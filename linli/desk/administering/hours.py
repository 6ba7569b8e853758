"""The weekly hours of a unit as rows: a weekday, from, to. Works without a script by add and remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from linli.desk.refilling import as_count
from linli.org.models import Unit

PREFIX = "hours"
# More than three spans a day nobody has.
MOST = 21


def weekdays() -> list[tuple[int, str]]:
    """Monday is 0."""
    return [
        (0, pgettext("weekday", "Mon")),
        (1, pgettext("weekday", "Tue")),
        (2, pgettext("weekday", "Wed")),
        (3, pgettext("weekday", "Thu")),
        (4, pgettext("weekday", "Fri")),
        (5, pgettext("weekday", "Sat")),
        (6, pgettext("weekday", "Sun")),
    ]


# Days that a row can stand for together, by the value of the choice.
TOGETHER = {"0-4": range(5), "0-6": range(7)}


def together() -> list[tuple[str, str]]:
    """The choices of several days at once."""
    return [("0-4", _("Mon to Fri")), ("0-6", _("Every day"))]


def by_day(slots: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """(weekdays, spans) of the days that have any; five or seven alike days are one line."""
    found: dict[int, list[str]] = {}
    for slot in sorted(slots, key=lambda one: (one["day"], one["from"])):
        found.setdefault(int(slot["day"]), []).append(f"{slot['from']}–{slot['to']}")
    lines: list[tuple[str, list[str]]] = []
    for value, words in reversed(together()):
        days = TOGETHER[value]
        first = found.get(days[0])
        if first and all(found.get(day) == first for day in days):
            lines.append((words, first))
            for day in days:
                del found[day]
    return lines + [(name, found[day]) for day, name in weekdays() if day in found]


def rows_of(slots: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the editor: a span that all five (or seven) days have is one row."""
    left = {(int(slot["day"]), slot["from"], slot["to"]) for slot in slots}
    rows: list[dict[str, Any]] = []
    for value in ("0-6", "0-4"):
        for opens, closes in sorted({(one[1], one[2]) for one in left}):
            whole = {(day, opens, closes) for day in TOGETHER[value]}
            if whole <= left:
                left -= whole
                rows.append({"day": value, "opens": opens, "closes": closes})
    return rows + [{"day": str(d), "opens": o, "closes": c} for d, o, c in sorted(left)]


def in_words(slots: Sequence[Mapping[str, Any]]) -> str:
    """The week in one line; "" where there are no hours."""
    return "; ".join(f"{day} {' '.join(spans)}" for day, spans in by_day(slots))


class SlotForm(forms.Form):
    """One row; an empty one is left out."""

    day = forms.ChoiceField(label=gettext_lazy("Weekday"), required=False)
    opens = forms.TimeField(
        label=pgettext_lazy("hours", "From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=pgettext_lazy("hours", "To"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *together(),
            *((str(day), name) for day, name in weekdays()),
        ]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        values = [given.get("day") or None, given.get("opens"), given.get("closes")]
        if all(value is None for value in values) or self.errors:
            return given
        if any(value is None for value in values):
            raise forms.ValidationError(_("A row of hours needs a weekday, from and to."))
        if given["opens"] >= given["closes"]:
            self.add_error("closes", _("This must be later than “from”."))
        return given

    @property
    def slots(self) -> list[dict[str, Any]]:
        """The weekly slots this row stands for."""
        given = self.cleaned_data
        if not given.get("day"):
            return []
        opens, closes = f"{given['opens']:%H:%M}", f"{given['closes']:%H:%M}"
        days = TOGETHER.get(given["day"]) or (int(given["day"]),)
        return [{"day": day, "from": opens, "to": closes} for day in days]


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """Spans of one day may not overlap."""
        if any(self.errors):
            return
        last: dict[int, str] = {}
        for slot in self.slots:
            if slot["from"] < last.get(slot["day"], ""):
                raise forms.ValidationError(_("Two rows of the same weekday overlap."))
            last[slot["day"]] = slot["to"]

    @property
    def slots(self) -> list[dict[str, Any]]:
        """What `Unit.hours` holds, by weekday and time."""
        found = [slot for form in self.forms for slot in form.slots]
        return sorted(found, key=lambda one: (one["day"], one["from"]))


SlotRows = forms.formset_factory(SlotForm, formset=_Rows, extra=0, max_num=MOST, validate_max=True)


def rows_for(unit: Unit | None, data: QueryDict | None = None) -> _Rows:
    """The editor filled with a unit's hours, or with what was sent; a new unit has one empty row."""
    if data is not None:
        return SlotRows(data, prefix=PREFIX)  # type: ignore[return-value]
    return SlotRows(initial=(rows_of(unit.hours) if unit else []) or [{}], prefix=PREFIX)  # type: ignore[return-value]


def asked_for_rows(data: QueryDict) -> QueryDict | None:
    """What was sent with a row more or less, where a button without script asked for that."""
    if "add_row" not in data and "remove_row" not in data:
        return None
    changed = data.copy()
    total = min(as_count(str(data.get(f"{PREFIX}-TOTAL_FORMS", "0"))) or 0, MOST)
    names = ("day", "opens", "closes")
    rows = [[data.get(f"{PREFIX}-{n}-{name}", "") for name in names] for n in range(total)]
    if "add_row" in data:
        rows.append(["", "", ""])
    else:
        rows = [one for n, one in enumerate(rows) if str(n) != data["remove_row"]]
    for key in [key for key in changed if key.startswith(f"{PREFIX}-")]:
        del changed[key]
    changed[f"{PREFIX}-TOTAL_FORMS"] = str(len(rows))
    changed[f"{PREFIX}-INITIAL_FORMS"] = "0"
    for n, row in enumerate(rows):
        for name, value in zip(names, row, strict=True):
            changed[f"{PREFIX}-{n}-{name}"] = value
    return changed
