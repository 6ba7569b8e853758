"""Forms about units. What they cannot know (scope, the tree) the views and the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.design.widgets import DateInput
from linli.ground.clock import today
from linli.org.actions import PROFILE
from linli.org.models import Community, Unit


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A unit's profile; its hours are rows beside it (see hours.py)."""

    class Meta:
        model = Unit
        fields = [name for name in PROFILE if name != "hours"]
        widgets = {"duties": forms.Textarea(attrs={"rows": 4})}

    field_order: tuple[str, ...] = (
        "name",
        "address",
        "phone",
        "duties",
        "lon",
        "lat",
        "rural",
        "provisional",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provisional"].help_text = _("Untick once the unit's real name is known.")
        for name, example in (("lon", "114.31"), ("lat", "30.55")):
            self.fields[name].widget.attrs.update({"inputmode": "decimal"})
            self.fields[name].help_text = _("In degrees, such as %(example)s.") % {
                "example": example
            }

    def _post_clean(self) -> None:
        """The actions check and save the row; the form leaves the unit it was given untouched."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if (given.get("lon") is None) != (given.get("lat") is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        for name, most in (("lon", 180), ("lat", 90)):
            value = given.get(name)
            if value is not None and not -most <= value <= most:
                self.add_error(name, _("This is not a place on the earth."))
        return given


class NewUnitForm(ProfileForm):
    """The same for a unit to be made."""

    code = forms.CharField(label=pgettext_lazy("unit", "Code"), max_length=20)
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput, initial=today)

    field_order = ("name", "code", "since", *ProfileForm.field_order[1:])

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip()


class MoveForm(forms.Form):
    """Where the unit goes: the choices are given by the view, all within its scope."""

    to = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Belongs to from now on"))


class CloseForm(forms.Form):
    """From which day on the unit is closed."""

    until = forms.DateField(label=gettext_lazy("Closed from"), widget=DateInput, initial=today)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day < self.unit.since:
            raise forms.ValidationError(
                _("The unit did not exist before %(day)s.") % {"day": self.unit.since}
            )
        return day


class CoverForm(forms.Form):
    """A community by its code or whole name, and from when on this room covers it."""

    community = forms.CharField(
        label=gettext_lazy("Community"),
        max_length=60,
        help_text=gettext_lazy("Its name or its twelve-digit code."),
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput, initial=today)

    def clean_community(self) -> Community:
        text = str(self.cleaned_data["community"]).strip()
        # What the suggestions fill in: the name, and the code behind it.
        code = text.split()[-1]
        if code.isdigit():
            found = list(Community.objects.filter(code=code))
        else:
            found = list(Community.objects.filter(name=text)[:6])
        if not found:
            raise forms.ValidationError(
                _("There is no such community. Choose one of those suggested, or give its code.")
            )
        if len(found) > 1:
            listed = ", ".join(f"{one.code} ({one.district} {one.street})" for one in found)
            raise forms.ValidationError(
                _("Several communities have this name. Give the code: %(listed)s")
                % {"listed": listed}
            )
        return found[0]
