from django.apps import AppConfig


class HomeServicesConfig(AppConfig):
    name = "linli.home_services"
    label = "home_services"

    def ready(self) -> None:
        from linli.home_services.ledger import HOME_SERVICES
        from linli.ledger.declaration import registry

        registry.register(HOME_SERVICES)
