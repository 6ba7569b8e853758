"""Sign-in and one's own account. allauth's views at our paths, under the names allauth knows."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from linli.access import views
from linli.access.routes import PUBLIC, SIGNED_IN, Access


def _theirs(view: type[Any], template: str, access: Access, **extra: Any) -> Any:
    """A view of allauth with our template; `access` says what it asks by itself."""
    made = view.as_view(template_name=f"access/{template}.html", extra_context=extra or None)
    made.access = access
    return made


urlpatterns = [
    path("sign-in/", _theirs(account.LoginView, "sign_in", PUBLIC), name="account_login"),
    path(
        "sign-in/code/",
        _theirs(factor.AuthenticateView, "code", PUBLIC, leave=True),
        name="mfa_authenticate",
    ),
    path(
        "sign-in/inactive/",
        _theirs(account.AccountInactiveView, "inactive", PUBLIC),
        name="account_inactive",
    ),
    path("sign-out/", _theirs(account.LogoutView, "sign_out", PUBLIC), name="account_logout"),
    path("account/", views.account, name="account_settings"),
    path("account/whereabouts/", views.whereabouts, name="account_whereabouts"),
    path("account/ways/", views.ways, name="account_ways"),
    path("account/roles/", views.roles, name="account_roles"),
    path(
        "account/again/",
        _theirs(account.ReauthenticateView, "again", SIGNED_IN),
        name="account_reauthenticate",
    ),
    path(
        "account/again/code/",
        _theirs(factor.ReauthenticateView, "code", SIGNED_IN),
        name="mfa_reauthenticate",
    ),
    path(
        "account/password/",
        _theirs(account.PasswordChangeView, "password", SIGNED_IN),
        name="account_change_password",
    ),
    path(
        "account/password/set/",
        _theirs(account.PasswordSetView, "password", SIGNED_IN),
        name="account_set_password",
    ),
    path("account/second-step/", views.to_account, name="mfa_index"),
    path(
        "account/second-step/on/",
        _theirs(totp.ActivateTOTPView, "second_step_on", SIGNED_IN),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-step/off/",
        _theirs(totp.DeactivateTOTPView, "second_step_off", SIGNED_IN),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/recovery-codes/",
        _theirs(codes.ViewRecoveryCodesView, "recovery_codes", SIGNED_IN),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        _theirs(codes.GenerateRecoveryCodesView, "recovery_codes_new", SIGNED_IN),
        name="mfa_generate_recovery_codes",
    ),
    path("account/sessions/", views.to_account, name="usersessions_list"),
    path("account/sessions/end-others/", views.end_others, name="account_end_others"),
    path("account/sessions/<int:session>/end/", views.end_session, name="account_end_session"),
]
