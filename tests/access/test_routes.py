"""Every route of ours declares its access; a route that does not is found."""

from __future__ import annotations

import pytest
from django.urls import reverse

from linli.access import urls
from linli.access.routes import needs, walk


def test_all_routes_of_sign_in_declare_their_access() -> None:
    assert [
        name for _pattern, name, _view, access in walk("linli.access.urls") if access is None
    ] == []
    assert len(urls.urlpatterns) == len(list(walk("linli.access.urls")))


def test_a_route_without_declaration_is_found() -> None:
    found = {name: access for _pattern, name, _view, access in walk("tests.access.pages")}
    assert found["undeclared"] is None
    assert str(found["form"]) == "needs record"
    assert str(found["anybody"]) == "public"
    assert str(found["set_language"]) == "public"


def test_a_permission_that_does_not_exist_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValueError, match="fly"):
        needs("fly")


def test_the_names_allauth_knows_still_lead_somewhere() -> None:
    for name in (
        "account_login", "account_logout", "account_inactive", "account_reauthenticate",
        "account_change_password", "account_set_password", "mfa_authenticate", "mfa_reauthenticate",
        "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "usersessions_list",
    ):  # fmt: skip
        assert reverse(name, urlconf="linli.access.urls")
