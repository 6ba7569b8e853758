from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "linli.incidents"
    label = "incidents"

    def ready(self) -> None:
        from linli.incidents.ledger import INCIDENTS
        from linli.ledger.declaration import registry

        registry.register(INCIDENTS)
