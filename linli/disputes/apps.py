from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "linli.disputes"
    label = "disputes"

    def ready(self) -> None:
        from linli.disputes.ledger import DISPUTES
        from linli.ledger.declaration import registry

        registry.register(DISPUTES)
