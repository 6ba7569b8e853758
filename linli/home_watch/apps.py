from django.apps import AppConfig


class HomeWatchConfig(AppConfig):
    name = "linli.home_watch"
    label = "home_watch"

    def ready(self) -> None:
        from linli.home_watch.ledger import HOME_WATCH
        from linli.ledger.declaration import registry

        registry.register(HOME_WATCH)
