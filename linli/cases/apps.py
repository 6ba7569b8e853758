from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "linli.cases"
    label = "cases"

    def ready(self) -> None:
        from linli.cases.ledger import CASES
        from linli.ledger.declaration import registry

        registry.register(CASES)
