"""Forms of the designer. They only gather; `linli.ledger.custom.definition` says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.access.roles import ROLES
from linli.ledger.custom import drafting
from linli.ledger.custom.definition import CHOSEN, every_field
from linli.ledger.declaration.row_fields import IN_A_ROW
from linli.org.models import Unit

KINDS = {
    "text": _("text, one line"),
    "narrative": _("long text"),
    "integer": _("whole number"),
    "decimal": _("number with decimals"),
    "date": pgettext_lazy("kind of field", "day"),
    "moment": pgettext_lazy("kind of field", "day and time"),
    "choice": _("one of several choices"),
    "choices": _("several of several choices"),
    "flag": _("yes or no"),
    "place": pgettext_lazy("kind of field", "place or address"),
    "point": _("point on the map"),
    "people": pgettext_lazy("kind of field", "people"),
    "files": _("photos and files"),
    "rows": _("rows of further fields"),
}
OPERATORS = {
    "=": pgettext_lazy("condition", "is"),
    "!=": pgettext_lazy("condition", "is not"),
    "selected": pgettext_lazy("condition", "contains the choice"),
    "not_selected": pgettext_lazy("condition", "does not contain the choice"),
    ">": pgettext_lazy("condition", "is more than"),
    ">=": pgettext_lazy("condition", "is at least"),
    "<": pgettext_lazy("condition", "is less than"),
    "<=": pgettext_lazy("condition", "is at most"),
    "filled": pgettext_lazy("condition", "is filled in"),
    "blank": pgettext_lazy("condition", "is blank"),
}


class BeginForm(forms.Form):
    """A new ledger: for which unit, called what; or a workbook."""

    unit = forms.ChoiceField(label=pgettext_lazy("own ledger", "For"))
    title = forms.CharField(label=_("Title"), max_length=80)

    def __init__(self, units: list[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """What a ledger is besides its fields."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=80, required=False)
    letter_zh = forms.CharField(
        label=_("Numbers begin with (Chinese)"), max_length=2, required=False,
        help_text=_("Left blank: a character of the title. It stays for all versions."),
    )  # fmt: skip
    letter_en = forms.CharField(
        label=_("Numbers begin with (English)"), max_length=2, required=False
    )
    follow_up = forms.BooleanField(
        label=_("Entries are handled after recording and closed"), required=False
    )
    days = forms.IntegerField(
        label=_("To be closed within so many days"), required=False, min_value=1, max_value=3650
    )
    months = forms.IntegerField(label=_("Kept for so many months"), min_value=1, max_value=1200)
    after = forms.ChoiceField(
        label=_("Counted from"),
        choices=[
            ("closed", pgettext_lazy("own ledger", "closing")),
            ("recorded", pgettext_lazy("own ledger", "recording")),
        ],
    )
    roles = forms.MultipleChoiceField(
        label=_("Seen also by"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, ROLES[code].title) for code in CHOSEN],
        help_text=_("Officers, the head of the room and the chief of the station always see it."),
    )  # fmt: skip
    columns = forms.CharField(
        label=_("Columns of the list, in their order"), required=False, max_length=400,
        help_text=_("Names of fields with commas between them; left blank: the first two."),
    )  # fmt: skip

    def __init__(self, draft: Mapping[str, Any], first: bool, data: Any) -> None:
        self.draft = draft
        super().__init__(data, initial=_settings_of(draft))
        names = ", ".join(field["title"].get("zh") or field["name"] for field in draft["fields"])
        self.fields["columns"].help_text = _g(
            "Names of fields with commas between them; left blank: the first two. There are: %(names)s."
        ) % {"names": names or "-"}
        if not first:
            for name in ("letter_zh", "letter_en"):
                self.fields[name].disabled = True

    def clean_columns(self) -> list[str]:
        said = self.cleaned_data["columns"].replace("，", ",").replace("、", ",").split(",")
        names = [one.strip() for one in said if one.strip()]
        by_title = {f["title"].get("zh"): f["name"] for f in self.draft["fields"]}
        known = {field["name"] for field in self.draft["fields"]}
        found = [by_title.get(one, one) for one in names]
        if unknown := [one for one in found if one not in known]:
            raise forms.ValidationError(
                _g("There is no field %(name)s.") % {"name": ", ".join(unknown)}
            )
        return found

    def changed_draft(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            **self.draft,
            "title": {"zh": said["title_zh"].strip(), "en": said["title_en"].strip()},
            "letter": {"zh": said["letter_zh"].strip(), "en": said["letter_en"].strip()},
            "follow_up": said["follow_up"],
            "days": said["days"],
            "keep": {"months": said["months"], "after": said["after"]},
            "roles": [*said["roles"]],
            "columns": said["columns"],
        }


def _settings_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title_zh": draft["title"].get("zh", ""),
        "title_en": draft["title"].get("en", ""),
        "letter_zh": draft["letter"].get("zh", ""),
        "letter_en": draft["letter"].get("en", ""),
        "follow_up": draft["follow_up"],
        "days": draft.get("days"),
        "months": draft["keep"]["months"],
        "after": draft["keep"]["after"],
        "roles": draft["roles"],
        "columns": ", ".join(draft["columns"]),
    }


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class FieldForm(forms.Form):
    """One field: what is asked, and when, and what is taken."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("field of a form", "Kind"))
    required = forms.BooleanField(label=_("Must be filled in"), required=False)
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=_area(5),
        help_text=_("One in each line: Hallway, or with a code and English: hall = … | Hallway"),
    )  # fmt: skip
    hint_zh = forms.CharField(label=_("Hint in Chinese"), max_length=300, required=False)
    hint_en = forms.CharField(label=_("Hint in English"), max_length=300, required=False)
    least = forms.FloatField(label=pgettext_lazy("of a number", "At least"), required=False)
    most = forms.FloatField(label=pgettext_lazy("of a number", "At most"), required=False)
    unit = forms.CharField(
        label=pgettext_lazy("of a number", "Unit"), max_length=20, required=False
    )
    when_field = forms.ChoiceField(label=_("Only if this field"), required=False)
    when_operator = forms.ChoiceField(label=pgettext_lazy("condition", "does"), required=False)
    when_value = forms.CharField(
        label=pgettext_lazy("condition", "this"), required=False, max_length=200
    )
    shown_if = forms.CharField(
        label=_("Or the condition as an expression"), required=False, widget=_area(2),
        help_text=_("Such as: selected(${problems}, 'other') and ${bikes} > 5"),
    )  # fmt: skip
    constraint = forms.CharField(
        label=_("Taken only if"), required=False, widget=_area(2),
        help_text=_("The dot is the value: . >= 0 and . <= 200, or . <= today()"),
    )  # fmt: skip
    complaint_zh = forms.CharField(
        label=_("Said if it is not (Chinese)"), max_length=200, required=False
    )
    complaint_en = forms.CharField(
        label=_("Said if it is not (English)"), max_length=200, required=False
    )
    calculate = forms.CharField(
        label=_("Worked out by"), required=False, widget=_area(2),
        help_text=_("Such as: ${price} * ${number}. Nobody types it then."),
    )  # fmt: skip
    heading_zh = forms.CharField(label=_("Heading above it"), max_length=100, required=False)
    name = forms.CharField(
        label=_("Name in expressions and files"), required=False, max_length=40,
        help_text=_("Left blank: by the pinyin of the title."),
    )  # fmt: skip

    def __init__(
        self, draft: Mapping[str, Any], was: Mapping[str, Any] | None, inside: str, data: Any
    ) -> None:
        self.draft, self.was, self.inside = draft, was, inside
        super().__init__(data, initial=_field_of(draft, was) if was else {})
        offered = {code: title for code, title in KINDS.items() if not inside or code in IN_A_ROW}
        self.fields["kind"].choices = list(offered.items())  # type: ignore[attr-defined]
        others = [
            (one["name"], one["title"].get("zh") or one["name"])
            for one, rows in every_field(draft)
            if (rows is None or rows["name"] == inside)
            and one["kind"] not in ("rows", "people")
            and (was is None or one["name"] != was["name"])
        ]
        self.fields["when_field"].choices = [("", ""), *others]  # type: ignore[attr-defined]
        self.fields["when_operator"].choices = [("", ""), *OPERATORS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data
        if said.get("kind") in ("choice", "choices") and not said.get("choices", "").strip():
            self.add_error("choices", _("Write at least one choice."))
        if said.get("when_field") and not said.get("when_operator"):
            self.add_error("when_operator", _("Choose how to compare."))
        return said

    def changed_draft(self) -> dict[str, Any]:
        """The draft with this field put in or changed."""
        said = self.cleaned_data
        was = str(self.was["name"]) if self.was else ""
        rest = drafting.remove(self.draft, was) if was else self.draft
        wanted = said["name"].strip() or was
        name = drafting.name_for(rest, said["title_zh"], wanted)
        field: dict[str, Any] = {
            "name": name,
            "kind": said["kind"],
            "title": {"zh": said["title_zh"].strip(), "en": said["title_en"].strip()},
            "required": said["required"],
        }
        for part in ("hint", "complaint"):
            told = {one: said[f"{part}_{one}"].strip() for one in ("zh", "en")}
            if any(told.values()):
                field[part] = told
        draft = {**self.draft, "lists": dict(self.draft["lists"])}
        if said["kind"] in ("choice", "choices"):
            field["list"] = self._list(draft, name, drafting.choices_from(said["choices"]))
        if said["kind"] in ("integer", "decimal"):
            field |= {one: said[one] for one in ("least", "most") if said[one] is not None}
            if said["unit"].strip():
                field["unit"] = {"zh": said["unit"].strip(), "en": ""}
        for part in ("shown_if", "constraint", "calculate"):
            if said[part].strip():
                field[part] = {"text": said[part].strip()}
        if said["when_field"]:
            built = drafting.condition(
                draft, said["when_field"], said["when_operator"], said["when_value"]
            )
            field["shown_if"] = {"text": built}
        if heading := said["heading_zh"].strip():
            field["above"] = [{"title": {"zh": heading, "en": ""}, "heading": True}]
        kept = [one for one in (self.was or {}).get("above", ()) if not one.get("heading")]
        if kept:
            field["above"] = [*field.get("above", []), *kept]
        return drafting.put(draft, field, was=was, inside=self.inside)

    def _list(self, draft: dict[str, Any], name: str, choices: list[dict[str, Any]]) -> str:
        """The list of choices of the field: its own, or the shared one where nothing was changed."""
        old = (self.was or {}).get("list")
        if old and draft["lists"].get(old) == choices:
            return str(old)
        used = [one.get("list") for one, _rows in every_field(draft)]
        listed = str(old) if old and used.count(old) == 1 else name
        while listed in draft["lists"] and listed != old:
            listed += "_2"
        draft["lists"][listed] = choices
        return listed


def _field_of(draft: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    def text(part: str, language: str) -> str:
        return str((was.get(part) or {}).get(language, ""))

    headings = [one for one in was.get("above", ()) if one.get("heading")]
    return {
        **{f"{part}_{one}": text(part, one) for part in ("title", "hint", "complaint")
           for one in ("zh", "en")},
        "kind": was["kind"],
        "required": was.get("required", False),
        "choices": drafting.choices_text(draft["lists"].get(was.get("list") or "", [])),
        "least": was.get("least"),
        "most": was.get("most"),
        "unit": text("unit", "zh"),
        **{part: text(part, "text") for part in ("shown_if", "constraint", "calculate")},
        "heading_zh": headings[0]["title"].get("zh", "") if headings else "",
        "name": was["name"],
    }  # fmt: skip


class RetireForm(forms.Form):
    """Why a ledger is not used any more."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=_area(2))
