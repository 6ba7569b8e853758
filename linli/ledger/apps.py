from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"

    def ready(self) -> None:
        from linli.access import scopes
        from linli.ledger import registry
        from linli.ledger.custom import shelf

        registry.design(shelf.Shelf())
        scopes.ask(shelf.scope_of, shelf.scopes)
