"""What a resident fills in. Everything but the matter itself may be left out."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground import codes
from linli.publicsite import texts
from linli.surveys.ledger import GRADES, SATISFACTION

MOST_WRITTEN: Final = 4000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LongText(forms.CharField):
    """A text of some length. The browser does not cut it off: what is too long is said, not lost."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(max_length=MOST_WRITTEN, widget=_area(rows), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class ReportForm(forms.Form):
    """A matter reported to a room, with or without a name."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("report", "What it is about"), widget=forms.RadioSelect
    )
    what = LongText(
        rows=6,
        label=_("What happened, or what you need"),
        help_text=_("In your own words. Leave out other people's identity numbers."),
    )
    place = forms.CharField(
        label=pgettext_lazy("of a matter", "Where"),
        max_length=200,
        required=False,
        help_text=_("Street, building, entrance, floor. Needed for safety matters."),
    )
    when = forms.CharField(
        label=_("When (may be left out)"),
        max_length=100,
        required=False,
        help_text=_("For instance: last night about ten."),
    )
    name = forms.CharField(
        label=_("What we may call you"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    # A trap for programs that fill in every field; people neither see it nor hear of it.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places_needed: frozenset[str], **kwargs: Any) -> None:
        """`places_needed`: the ledgers that cannot do without a place."""
        super().__init__(*args, **kwargs)
        self._places_needed = places_needed
        self._kinds = texts.kinds()
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            (one.code, _("%(kind)s: %(hint)s") % {"kind": one.title, "hint": one.hint})
            for one in self._kinds.values()
        ]
        kind.error_messages["required"] = str(_("Choose what it is about."))
        self.fields["what"].error_messages["required"] = str(
            _("Write what happened or what you need.")
        )

    def clean_phone(self) -> str:
        typed = str(self.cleaned_data["phone"])
        if not typed:
            return ""
        try:
            return codes.phone(typed)
        except codes.Refused as refused:
            raise ValidationError(str(refused), code=refused.code) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = self._kinds.get(cleaned.get("kind", ""))
        if kind and kind.ledger in self._places_needed and not cleaned.get("place"):
            self.add_error(
                "place", _("Say where it is, so that somebody can go there or look at it.")
            )
        return cleaned


class CodeForm(forms.Form):
    """The way back to a matter."""

    code = forms.CharField(
        label=_("Receipt code"),
        max_length=60,
        help_text=_("16 letters and digits. Dashes, blanks and small letters do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code-input",
            }
        ),
        error_messages={"required": _("Type the receipt code that you were shown.")},
    )


class SurveyForm(forms.Form):
    """How it went: one thing to choose, the rest may be left out."""

    satisfaction = forms.ChoiceField(
        label=_("Are you satisfied with how your matter was dealt with?"),
        choices=[(one.code, one.title) for one in SATISFACTION],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how satisfied you are.")},
    )
    attitude = forms.ChoiceField(
        label=_("How were you treated? (may be left out)"),
        choices=[(one.code, one.title) for one in GRADES],
        widget=forms.RadioSelect,
        required=False,
    )
    speed = forms.ChoiceField(
        label=_("Was it quick enough? (may be left out)"),
        choices=[(one.code, one.title) for one in GRADES],
        widget=forms.RadioSelect,
        required=False,
    )
    narrative = LongText(
        rows=3,
        label=_("Something to say (may be left out)"),
        required=False,
        help_text=_("Without names and numbers, so that nobody knows you by it."),
    )


class MessageForm(forms.Form):
    """An answer to the officer's question, or something to add."""

    text = LongText(rows=4, label=_("Your message"))

    def __init__(self, *args: Any, asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = _("Your answer") if asked else _("Add something")
        text.error_messages["required"] = str(_("Write something first."))
