from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    name = "linli.patrols"
    label = "patrols"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.patrols.ledger import PATROLS

        registry.register(PATROLS)
