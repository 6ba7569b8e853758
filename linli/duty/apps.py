from __future__ import annotations

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "linli.duty"
    label = "duty"

    def ready(self) -> None:
        from linli.duty.ledger import WORKLOGS
        from linli.ledger.declaration import registry

        registry.register(WORKLOGS)
