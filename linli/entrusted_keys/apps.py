from django.apps import AppConfig


class EntrustedKeysConfig(AppConfig):
    name = "linli.entrusted_keys"
    label = "entrusted_keys"

    def ready(self) -> None:
        from linli.entrusted_keys.ledger import ENTRUSTED_KEYS
        from linli.ledger.declaration import registry

        registry.register(ENTRUSTED_KEYS)
