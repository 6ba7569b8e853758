from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "linli.hazards"
    label = "hazards"

    def ready(self) -> None:
        from linli.hazards.ledger import HAZARDS
        from linli.ledger.declaration import registry

        registry.register(HAZARDS)
