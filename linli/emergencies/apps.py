from django.apps import AppConfig


class EmergenciesConfig(AppConfig):
    name = "linli.emergencies"
    label = "emergencies"

    def ready(self) -> None:
        from linli.emergencies.ledger import EMERGENCY_LOG
        from linli.ledger.declaration import registry

        registry.register(EMERGENCY_LOG)
