from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "linli.publicity"
    label = "publicity"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.publicity.ledger import PUBLICITY

        registry.register(PUBLICITY)
