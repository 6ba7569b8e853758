"""Forms of sign-in and of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.org.models import Staff, Whereabouts


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password, with no examples inside the boxes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["login"].widget.attrs.update(
            {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        )
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""


class _Code:
    """Wrong codes are counted together with wrong passwords, in the database: all processes see them.

    A code is good once, also in another process (allauth remembers used codes in one process only).
    """

    user: Staff
    authenticator: Authenticator
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["code"].widget
        widget.attrs.pop("placeholder", None)
        widget.attrs.update({"inputmode": "numeric", "autofocus": True})
        self.fields["code"].label = _("Code")

    def clean_code(self) -> str:
        credentials = {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(context.request, credentials):
            context.request.axes_locked_out = True
            raise get_adapter().validation_error("incorrect_code")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            self._use_up(code)
        except ValidationError:
            user_login_failed.send(
                sender=__name__, credentials=credentials, request=context.request
            )
            raise
        return code

    def _use_up(self, code: str) -> None:
        """Remember the newest time step whose code was used; refuse that one and older ones."""
        authenticator = self.authenticator
        if authenticator.type != Authenticator.Type.TOTP:
            return
        secret = decrypt(authenticator.data["secret"])
        digits = "".join(filter(str.isdigit, code))
        step = max(
            (
                counter
                for counter in yield_hotp_counters_from_time()
                if format_hotp_value(hotp_value(secret, counter)) == digits
            ),
            default=0,
        )
        before = authenticator.data
        authenticator.data = {**before, "step": step}
        unused = before.get("step", 0) < step and Authenticator.objects.filter(
            pk=authenticator.pk, data=before
        ).update(data=authenticator.data)
        if not unused:
            raise get_adapter().validation_error("incorrect_code")


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the app, or a recovery code."""


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The same before something delicate."""


class WhereaboutsForm(forms.Form):
    """Where one is, for those who look for one."""

    whereabouts = forms.ChoiceField(
        label=_("Where are you?"), choices=Whereabouts.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Where exactly"),
        help_text=_("Such as a building or a telephone number. Colleagues see it."),
        max_length=60,
        required=False,
    )


class WaysForm(forms.Form):
    """One's own ways: language, and shortcuts of a single key."""

    language = forms.ChoiceField(label=_("Language"), choices=[], required=False)
    keys_off = forms.BooleanField(
        label=_("Switch single-key shortcuts off"),
        help_text=_("For speech input, or when keys are pressed by mistake."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", _("As the browser asks")), *settings.LANGUAGES]
