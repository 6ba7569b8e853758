from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "linli.surveys"
    label = "surveys"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.surveys.ledger import SURVEYS

        registry.register(SURVEYS)
