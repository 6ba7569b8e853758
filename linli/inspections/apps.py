from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "linli.inspections"
    label = "inspections"

    def ready(self) -> None:
        from linli.inspections.ledger import INSPECTIONS
        from linli.ledger.declaration import registry

        registry.register(INSPECTIONS)
