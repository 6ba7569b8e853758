from django.apps import AppConfig


class LostPropertyConfig(AppConfig):
    name = "linli.lost_property"
    label = "lost_property"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.lost_property.ledger import LOST_PROPERTY

        registry.register(LOST_PROPERTY)
