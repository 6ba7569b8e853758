from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "linli.places"
    label = "places"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.places.register import PLACES

        registry.register_thing(PLACES)
