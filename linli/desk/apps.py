from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DeskConfig(AppConfig):
    name = "linli.desk"
    label = "desk"

    def ready(self) -> None:
        from linli.design import nav

        # Whose home is another page (the audit, the administration) finds that one in the menu.
        nav.add(_("Desk"), "desk:home", "read", 10)
        of_ledgers = (
            "/ledgers/", "/entries/", "/exports/", "/imports/", "/books/", "/bulk/", "/files/",
            "/patrol/", "/surveys/",
        )  # fmt: skip
        nav.add(_("Ledgers"), "desk:ledgers", "read", 20, covers=of_ledgers)
        nav.add(
            pgettext_lazy("menu", "Registers"), "things:registers", "read", 25, covers=("/things/",)
        )
        nav.add(_("Work log"), "worklog:day", "sign_log", 30)
        nav.add(
            pgettext_lazy("menu", "Own ledgers"),
            "own:list",
            "design",
            40,
            covers=("/own-ledgers/",),
        )
        nav.add(_("Retention"), "administer:retention", "retention", 85)
        nav.add(_("Audit"), "desk:audit", "audit", 90, covers=("/audit/",))
        nav.add(
            _("Administration"), "administer:overview", "administer", 80, covers=("/administer/",)
        )
        nav.slot("home", "desk:home")
        nav.slot("search", "desk:find", "search")
        nav.slot("settings", "account_settings")
        nav.slot("sign_in", "account_login")
        nav.slot("sign_out", "account_logout")
