"""Forms about staff, their postings and their way in."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.access.actor import Actor
from linli.design.widgets import DateInput
from linli.desk.administering import scope
from linli.ground.clock import today
from linli.org.models import Role, Staff, Unit, UnitKind

# A role reaches everything below its unit: an officer "of a branch" could unmask a whole city.
_HIGHER: Final = frozenset((UnitKind.STATION, UnitKind.BRANCH, UnitKind.BUREAU))
_NEAR: Final = frozenset((UnitKind.ROOM, UnitKind.STATION))
AT: Final[dict[str, frozenset[UnitKind]]] = {
    Role.OFFICER: _NEAR,
    Role.AUXILIARY: _NEAR,
    Role.CLERK: _NEAR,
    Role.HEAD: frozenset((UnitKind.ROOM,)),
    Role.CHIEF: frozenset((UnitKind.STATION,)),
    Role.BRANCH: frozenset((UnitKind.BRANCH, UnitKind.BUREAU)),
    Role.ANALYST: _HIGHER,
    Role.AUDITOR: _HIGHER,
    Role.ADMINISTRATOR: _HIGHER,
}


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """What one is called and reached by. The actions check and save."""

    class Meta:
        model = Staff
        fields = ("name", "badge_no", "rank", "phone", "on_public_page")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["phone"].help_text = _("The phone of the service, never a private one.")
        self.fields["on_public_page"].help_text = _(
            "Name, badge number and work phone on the room's page."
        )

    def _post_clean(self) -> None:
        """Nothing: the row the form was given stays untouched."""

    def clean_badge_no(self) -> str:
        badge = str(self.cleaned_data["badge_no"]).strip()
        taken = Staff.objects.filter(badge_no=badge).exclude(pk=self.instance.pk)
        if badge and taken.exists():
            raise forms.ValidationError(_("Somebody else has this badge number."))
        return badge


class PostingForm(forms.Form):
    """A role at a unit from a day on; the unit by its code or whole name, inside the scope."""

    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=60,
        help_text=gettext_lazy("Its name or its code."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=())
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput, initial=today)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        _posting_fields(self)

    def clean_unit(self) -> Unit:
        return find_unit(self.actor, self.cleaned_data["unit"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        check_role(self, given)
        return given


class NewPersonForm(PersonForm):
    """A new account with its first posting."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=40,
        help_text=gettext_lazy("What one signs in with, such as the name in pinyin."),
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=60,
        help_text=gettext_lazy("Its name or its code."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=())
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput, initial=today)

    field_order = (
        "name", "username", "badge_no", "rank", "phone", "unit", "role", "since", "on_public_page",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        _posting_fields(self)
        self.fields["username"].widget.attrs.update(
            {"autocapitalize": "none", "spellcheck": "false"}
        )

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).strip().lower()
        if not all(sign.isalnum() or sign in "._-@" for sign in name):
            raise forms.ValidationError(_("Only letters, digits, dots, dashes and underscores."))
        if Staff.objects.filter(username=name).exists():
            raise forms.ValidationError(_("Somebody else has this user name."))
        return name

    def clean_unit(self) -> Unit:
        return find_unit(self.actor, self.cleaned_data["unit"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        check_role(self, given)
        return given


def _posting_fields(form: forms.BaseForm) -> None:
    form.fields["role"].choices = [("", "—"), *Role.choices]  # type: ignore[attr-defined]


def find_unit(actor: Actor, text: str) -> Unit:
    """The open unit of that code or whole name in the actor's scope; ValidationError."""
    typed = text.strip()
    code = typed.split()[-1] if typed else ""
    here = scope.units(actor).filter(scope.open_now())
    found = list(here.filter(Q(name=typed) | Q(code=code))[:6])
    if not found:
        raise forms.ValidationError(
            _("There is no such unit among yours. Choose one of those suggested, or give its code.")
        )
    if len(found) > 1:
        listed = ", ".join(f"{one.code} ({one.name})" for one in found)
        raise forms.ValidationError(
            _("Several units fit. Give the code: %(listed)s") % {"listed": listed}
        )
    return found[0]


def check_role(form: forms.BaseForm, given: dict[str, Any]) -> None:
    """A role must fit its unit; dates before the unit began make no sense."""
    unit, role = given.get("unit"), given.get("role")
    if unit and role and UnitKind(unit.kind) not in AT[Role(role)]:
        kinds = ", ".join(str(kind.label) for kind in UnitKind if kind in AT[Role(role)])
        form.add_error(
            "role",
            _("%(role)s is a role at: %(kinds)s. %(unit)s is none of these.")
            % {"role": Role(role).label, "kinds": kinds, "unit": unit.name},
        )


class EndForm(forms.Form):
    """The first day on which the posting no longer holds."""

    until = forms.DateField(
        label=gettext_lazy("No longer from"),
        widget=DateInput,
        initial=today,
        help_text=gettext_lazy("The first day it no longer holds; today: at once."),
    )


class ReasonForm(forms.Form):
    """Why; it stands in the history."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=120,
        help_text=gettext_lazy("Such as: the phone is lost. It stands in the history."),
    )


class EmptyForm(forms.Form):
    """A confirmation: nothing to fill in."""
