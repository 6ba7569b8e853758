from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "linli.visits"
    label = "visits"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.visits.ledger import VISITS

        registry.register(VISITS)
