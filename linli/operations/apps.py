from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "linli.operations"
    label = "operations"

    def ready(self) -> None:
        from linli.desk import banners
        from linli.operations.warnings import warnings_for

        banners.add(warnings_for)
