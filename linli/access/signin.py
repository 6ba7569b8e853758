"""What allauth and axes ask us: no addresses kept, secrets sealed, limits from the rules."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.access import second_factor
from linli.access.actor import actor_for
from linli.ground import keyring, rules
from linli.ground.clock import today
from linli.org.models import Staff

# Seconds after a sign-in in which nothing delicate asks for the password once more.
_JUST_NOW: Final = 300


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; no mail is sent; no address is kept."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The sessions list has a column for an address; it stays empty, so to say."""
        return "0.0.0.0"  # noqa: S104 - not a binding

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the desk; whoever can unmask people and has no second factor is led to set one up."""
        if _must_set_up(request):
            return reverse("mfa_activate_totp")
        return settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_settings")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of the last password or code; allauth would always ask again."""
        request = self.request or context.request
        records = get_authentication_records(request, request.user)
        return not records or time.time() - records[-1]["at"] > _JUST_NOW

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Signing in says nothing: one is on the desk, that says it all."""
        if "account/messages/logged_in.txt" not in (*args, *kwargs.values()):
            super().add_message(request, level, *args, **kwargs)

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is sent by mail."""


def _must_set_up(request: HttpRequest) -> bool:
    user = request.user
    return (
        isinstance(user, Staff)
        and actor_for(user).needs_second_factor
        and not second_factor.has_one(user.pk)
    )


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed with the keyring; who needs a second factor cannot switch it off."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong or has been used. Wait for the next one."),
        "cannot_delete_authenticator": _(
            "Your role may unmask people or see the audit log, so the second step stays on."
        ),
    }

    def encrypt(self, text: str) -> str:
        blob = keyring.load(settings.HOME).seal_blob(text.encode(), b"second factor")
        return base64.b64encode(blob).decode()

    def decrypt(self, encrypted_text: str) -> str:
        blob = base64.b64decode(encrypted_text)
        return keyring.load(settings.HOME).open_blob(blob, b"second factor").decode()

    def build_totp_svg(self, url: str) -> str:
        """The QR code as SVG, drawn by segno (allauth would want another package)."""
        import segno

        picture = io.BytesIO()
        segno.make(url, error="m").save(
            picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False
        )
        return picture.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not actor_for(authenticator.user).needs_second_factor


def tries_allowed(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> int:
    """How many wrong passwords or codes before a name is locked out, by the rule of the day."""
    return rules.on(today()).int("lockout.tries")


def lockout_time(request: HttpRequest | None = None) -> timedelta:
    """For how long, by the rule of the day."""
    return timedelta(minutes=rules.on(today()).int("lockout.minutes"))


def locked_out(request: HttpRequest, *_more: Any) -> HttpResponse:
    """The page for a name that was tried wrongly too often."""
    minutes = int(lockout_time().total_seconds() // 60)
    return render(request, "access/locked.html", {"minutes": minutes}, status=429)


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """The name somebody tries: capital letters and blanks make no other name."""
    name = (credentials or {}).get("username") or request.POST.get("login")
    return str(name).strip().lower()[:40] if name else None


def no_address(request: HttpRequest) -> None:
    """Attempts are counted without the address they came from."""


def nobody_in_logs(*_args: Any) -> str:
    """Axes writes who tried into the log; user names stay out of it."""
    return "a browser"
