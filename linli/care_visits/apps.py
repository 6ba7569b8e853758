from django.apps import AppConfig


class CareVisitsConfig(AppConfig):
    name = "linli.care_visits"
    label = "care_visits"

    def ready(self) -> None:
        from linli.care_visits.ledger import CARE_VISITS
        from linli.ledger.declaration import registry

        registry.register(CARE_VISITS)
