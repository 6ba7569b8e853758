from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"

    def ready(self) -> None:
        from linli.access import scopes
        from linli.ledger.custom import published_designs
        from linli.ledger.declaration import registry

        registry.design(published_designs.Shelf())
        scopes.ask(published_designs.scope_of, published_designs.scopes)
